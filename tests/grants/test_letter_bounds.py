"""What a letter could not hold is refused where it is written, with the true reason, whichever way it comes in."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from services.grants.award.letter_bounds import check_letter_of
from services.grants.award.rules import fold as fold_granted
from services.grants.award.state import Award
from services.grants.award_change.rules import propose_change
from services.grants.case.events.award import AwardProposed, Instalment, PerCapita
from services.grants.case.events.award_change import Ground
from services.grants.grant_letter.own_texts import Own, own_terms
from services.grants.round.proposing import LineToPropose, Setting, propose_line
from services.grants.scheme.events import ReportDuty
from services.grants.scheme.letter_bounds import (
    MOST_INSTALMENTS,
    MOST_LINES,
    MOST_REPORTS,
    MOST_SCHEME_LINES,
    MOST_SIGNS,
    LetterTooLong,
    LetterUnsettable,
)
from services.grants.scheme.rules import Scheme, evolve, publish_call, register, revise
from tests.given import given as given_facts
from tests.grants.fodt_fri import approved, proposed
from tests.grants.letter_bounds import decided_outside, in_a_case
from tests.grants.plan_conditions import REGISTRATION, REVISION, SETTING
from tests.grants.scheme.schemes import CALL, REGISTERED, TERMS

LONG = "a" * 10_000
PARAGRAPHS = "\n\n".join(["Ja."] * 3_000)
SMILE = "Takk \U0001f600"
BEYOND: dict[str, tuple[str, ...]] = {
    "too many signs": (LONG, LONG, LONG, LONG, LONG),
    "too many paragraphs": (PARAGRAPHS[:9_999],),
    "a sign that the fonts lack": (SMILE,),
}


def in_a_round(proposal: AwardProposed) -> Any:
    asked = LineToPropose(
        fund_id=proposal.fund_id, amount_ore=proposal.amount_ore, recipient=proposal.recipient, basis=proposal.basis,
        purpose=proposal.purpose, terms=proposal.terms, instalments=proposal.instalments,
    )  # fmt: skip
    return propose_line(Award(), asked=asked, setting=SETTING, proposed_by="kari")


def by_a_schemes_own_terms(proposal: AwardProposed) -> Any:
    """The same texts as the standard terms of a scheme from before, which a line of a round takes over."""
    setting: Setting = replace(SETTING, terms=replace(SETTING.terms, standard_terms=proposal.terms))
    asked = LineToPropose(
        fund_id=proposal.fund_id, amount_ore=proposal.amount_ore, recipient=proposal.recipient, basis=proposal.basis,
        purpose=proposal.purpose, instalments=proposal.instalments,
    )  # fmt: skip
    return propose_line(Award(), asked=asked, setting=setting, proposed_by="kari")


WAYS = [in_a_case, decided_outside, in_a_round, by_a_schemes_own_terms]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("beyond", BEYOND)
def test_an_award_is_not_proposed_with_what_no_letter_holds(way: Any, beyond: str) -> None:
    reason = LetterUnsettable if "fonts" in beyond else LetterTooLong
    with pytest.raises(reason):
        way(replace(proposed, terms=BEYOND[beyond]))
    way(replace(proposed, terms=(LONG,)))


@pytest.mark.parametrize("beyond", BEYOND)
def test_nor_is_a_scheme_registered_or_revised_or_a_call_opened_with_it(beyond: str) -> None:
    reason = LetterUnsettable if "fonts" in beyond else LetterTooLong
    terms = replace(TERMS, standard_terms=BEYOND[beyond])
    given_facts(evolve=evolve, initial=Scheme()).when(register, terms=terms, **REGISTRATION).refused(reason)
    stands = given_facts(REGISTERED, evolve=evolve, initial=Scheme())
    stands.when(revise, terms=terms, **REVISION).refused(reason)
    before = given_facts(replace(REGISTERED, terms=terms), evolve=evolve, initial=Scheme())
    before.when(publish_call, **CALL).refused(reason)
    given_facts(evolve=evolve, initial=Scheme()).when(
        register, terms=replace(terms, letter_template=None), **REGISTRATION
    ).then(replace(REGISTERED, terms=replace(terms, letter_template=None)))


@pytest.mark.parametrize("text", ["control", "reactions"])
def test_a_schemes_own_texts_in_the_letter_are_bounded_by_themselves(text: str) -> None:
    begun = given_facts(evolve=evolve, initial=Scheme())
    lines: dict[str, Any] = {text: "\n".join(["Ja."] * (MOST_SCHEME_LINES + 1))}
    refused = begun.when(register, terms=replace(TERMS, **lines), **REGISTRATION).refused(LetterTooLong)
    assert refused.details["what"] == f"lines in {text}"
    signs: dict[str, Any] = {text: SMILE}
    begun.when(register, terms=replace(TERMS, **signs), **REGISTRATION).refused(LetterUnsettable, saying="U+1F600")


def test_a_change_does_not_make_the_letter_longer_than_it_can_be() -> None:
    first = len(proposed.instalments) + 1

    def change(number: int, condition: str | None = None) -> Any:
        added = tuple(
            Instalment(number=place, amount_ore=100, condition=condition) for place in range(first, first + number)
        )
        return propose_change(
            fold_granted([proposed, approved]), kind="supplementary", added=added,
            ground=Ground(code="more-granted", text="Mer."), proposed_by="kari",
        )  # fmt: skip

    assert change(MOST_INSTALMENTS - first + 1)
    with pytest.raises(LetterTooLong, match="instalments"):
        change(MOST_INSTALMENTS - first + 2)
    with pytest.raises(LetterUnsettable):
        change(1, SMILE)


def test_the_reports_are_bounded_and_the_recipients_name_is_of_signs_that_can_be_set() -> None:
    duties = (ReportDuty(kind="interim", month=9, day=1),) * (MOST_REPORTS + 1)
    with pytest.raises(LetterTooLong, match="reports"):
        propose_line(
            Award(), asked=_of(proposed), setting=replace(SETTING, terms=replace(SETTING.terms, report_duties=duties)),
            proposed_by="kari",
        )  # fmt: skip
    with pytest.raises(LetterUnsettable):
        in_a_case(replace(proposed, recipient=replace(proposed.recipient, name="مؤسسة")))


def _of(proposal: AwardProposed) -> LineToPropose:
    return LineToPropose(
        fund_id=proposal.fund_id, amount_ore=proposal.amount_ore, recipient=proposal.recipient, basis=proposal.basis,
        purpose="p", terms=("t",), instalments=proposal.instalments,
    )  # fmt: skip


def test_a_per_capita_award_has_no_letter_to_be_too_long() -> None:
    basis = PerCapita(count=1, rate_ore=proposed.amount_ore, rule=SMILE)
    check_letter_of(replace(proposed, basis=basis, terms=BEYOND["too many signs"]))


@settings(max_examples=60, deadline=None)
@given(
    way=some.sampled_from(WAYS),
    texts=some.lists(some.tuples(some.integers(1, 10_000), some.integers(0, 450)), min_size=1, max_size=6),
)
def test_no_way_takes_what_another_refuses(way: Any, texts: list[tuple[int, int]]) -> None:
    terms = tuple(("x\n" * lines + "y" * signs)[:10_000].strip() for signs, lines in texts)
    all_of_it = [proposed.purpose, *terms, *(part.condition for part in proposed.instalments if part.condition)]
    fits = sum(map(len, all_of_it)) <= MOST_SIGNS and sum(text.count("\n") + 1 for text in all_of_it) <= MOST_LINES
    if fits:
        way(replace(proposed, terms=terms))
    else:
        with pytest.raises(LetterTooLong):
            way(replace(proposed, terms=terms))


def test_an_award_on_no_scheme_has_its_own_texts_bounded_as_a_schemes() -> None:
    alone = replace(proposed, scheme_id=None)
    assert own_terms(alone, Own(title="Tilskudd", control="Vi følger opp.", reactions="Vi krever tilbake."))
    with pytest.raises(LetterUnsettable):
        own_terms(alone, Own(title=SMILE, control="x", reactions="y"))
    with pytest.raises(LetterTooLong, match="lines in reactions"):
        own_terms(alone, Own(title="Tilskudd", control="x", reactions="y\n" * MOST_SCHEME_LINES + "y"))
