"""A correction tells what it would take away, does nothing unconfirmed, and is of the letter that stands."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import reduce
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from services.eventlog.events import Event
from services.grants.allocation.correction.rules import (
    AnotherLetter,
    CorrectionUnconfirmed,
    correct_letter,
    withdraw_letter,
)
from services.grants.allocation.correction.view import preview_correction, preview_withdrawal
from services.grants.allocation.letter_file.reading import read_letter
from services.grants.allocation.rules import LetterNumberTaken, LetterRefersToNothing, register_letter
from services.grants.allocation.settlement import settle_difference
from services.grants.budget_year.events.allocation import FundsRenamed, LetterCorrected, LetterWithdrawn
from services.grants.budget_year.letter import Letter
from services.grants.budget_year.reconciliation import LetterUnknown
from services.grants.budget_year.state import BudgetYear, evolve, letters_by
from services.reason import ReasonMissing
from tests.given import Given, given
from tests.grants.allocation.correcting import UDI
from tests.grants.allocation.letters import KRONE, folded, letter_of, opening, registered, since, supplement

SHA = "ab" * 32
POST = "2020/290/01"
WHY = "Sifferet var lest feil."


def _march(amount: str) -> Letter:
    return supplement(
        1, "2020-03-01", f'changes: [{{fund: 290/01, increase: "{amount}", moves: at_disposal, why: w, cite: a}}]'
    )


def _after(*facts: Event) -> Given:
    return given(*facts, evolve=evolve, initial=BudgetYear())


def _ask(letter: Letter, **more: Any) -> dict[str, Any]:
    return {
        "letter": letter, "source_sha256": SHA, "corrected_by": "siri", "reason": WHY, "confirmed": None, **more
    }  # fmt: skip


def _confirmed(year: BudgetYear, letter: Letter, sha256: str = SHA) -> list[Event]:
    """The correction, with what its preview says it takes away confirmed."""
    shown = preview_correction(year, letter=letter, source_sha256=sha256, reason=WHY)
    return correct_letter(year, **_ask(letter, source_sha256=sha256, confirmed=shown.confirm_with))


def _stood(year: BudgetYear, *days: str) -> list[int]:
    return [year.at_disposal_ore(POST, date.fromisoformat(day)) // KRONE for day in days]


def test_another_agencys_letter_is_no_correction_of_ours() -> None:
    udi = read_letter(UDI.encode())
    _after(*registered(letter_of(0))).when(correct_letter, **_ask(udi)).refused(AnotherLetter, saying="0 of the 11")


def test_the_refusal_of_a_taken_number_says_that_it_is_another_letter() -> None:
    udi = read_letter(UDI.encode())
    _after(*registered(letter_of(0))).when(
        register_letter, letter=udi, source_sha256=SHA, registered_by="kari"
    ).refused(LetterNumberTaken, saying="This is another letter")


def test_a_supplement_with_another_reference_that_speaks_of_none_of_our_posts_is_another() -> None:
    ours, theirs = replace(_march("2 mill."), reference="20/1-1"), replace(_june(), reference="19/7-3", number=1)
    _after(*registered(opening(), ours)).when(correct_letter, **_ask(theirs)).refused(AnotherLetter, saying="20/1-1")


@pytest.mark.parametrize("reference", [None, "20/1-1"])
def test_a_bare_transcription_is_no_correction_of_a_letter_that_speaks_of_posts(reference: str | None) -> None:
    """A title alone, as another agency's letter sent for ours: with its reference, the same or none, it is refused."""
    ours = replace(_march("2 mill."), reference=reference)
    bare = replace(supplement(1, "2020-03-01", ""), title="Tillegg til UDI", reference=reference)
    _after(*registered(opening(), ours)).when(correct_letter, **_ask(bare)).refused(AnotherLetter, saying="no post")
    fuller = _after(*registered(opening(), bare)).when(correct_letter, **_ask(ours))
    assert fuller.refusal is None, "what was read bare at first is read better"


def _june() -> Letter:
    return supplement(
        2, "2020-06-01", 'changes: [{fund: 291/71, decrease: "3 mill.", moves: at_disposal, why: w, cite: a}]'
    )


def test_a_supplement_that_was_read_on_the_wrong_post_is_corrected() -> None:
    wrong = supplement(
        1, "2020-03-01", 'changes: [{fund: 290/45, increase: "2 mill.", moves: at_disposal, why: w, cite: a}]'
    )
    facts = registered(opening(), wrong)
    (fact,) = _confirmed(folded(facts), _march("2 mill."))
    assert isinstance(fact, LetterCorrected)


def test_what_a_correction_takes_away_is_told_and_has_to_be_confirmed() -> None:
    facts = registered(opening(), _march("9 mill."))
    refusal = _after(*facts).when(correct_letter, **_ask(_march("2 mill."))).refused(CorrectionUnconfirmed)
    (told,) = refusal.details["takes_away"]
    assert (told["what"], told["name"], told["on"]) == ("money", POST, "2020-03-01")
    assert (told["before_ore"] // KRONE, told["after_ore"] // KRONE) == (109_000_000, 102_000_000)


def test_a_confirmed_correction_counters_what_the_wrong_transcription_moved_on_its_own_days() -> None:
    facts = registered(opening(), _march("9 mill."))
    (fact,) = _confirmed(folded(facts), _march("2 mill."))
    assert isinstance(fact, LetterCorrected)
    assert [(each.effective_on, each.at_disposal_ore // KRONE) for each in fact.postings] == [
        (date(2020, 3, 1), -7_000_000)
    ]
    year = folded([*facts, fact])
    assert _stood(year, "2020-02-29", "2020-03-01") == [100_000_000, 102_000_000]
    assert year.letters[1].letter == _march("2 mill.")
    assert year.letters[1].registered_by == "kari"


def test_a_confirmation_holds_for_what_was_shown_and_nothing_else() -> None:
    before = since(opening(), _march("9 mill."))
    shown = preview_correction(before, letter=_march("2 mill."), source_sha256=SHA, reason=WHY)
    ask = _ask(_march("2 mill."), confirmed=shown.confirm_with)
    since_then = registered(opening(), _march("9 mill."), _february())
    _after(*since_then).when(correct_letter, **ask).refused(CorrectionUnconfirmed, saying="changed since")
    _after(*registered(opening(), _march("9 mill."))).when(
        correct_letter, **{**ask, "source_sha256": "cd" * 32}
    ).refused(CorrectionUnconfirmed)


def _february() -> Letter:
    """Takes from the same post in an earlier letter, so that another sum is left after the correction."""
    return supplement(
        2, "2020-02-01", 'changes: [{fund: 290/01, decrease: "1 mill.", moves: at_disposal, why: w, cite: a}]'
    )


def test_a_correction_that_takes_nothing_needs_no_confirmation() -> None:
    more = opening(
        "earmarks: [{under: 291/71, whole: false, cite: a, parts: [{id: ny, name: Ny, amount: 1 mill., cite: a}]}]"
    )
    shown = preview_correction(since(opening()), letter=more, source_sha256=SHA, reason=WHY)
    assert (shown.takes_away, shown.confirm_with) == ((), None)
    (fact,) = correct_letter(since(opening()), **_ask(more))
    assert isinstance(fact, LetterCorrected)
    assert [fund.fund_id for fund in fact.funds] == ["2020/291/71/ny"]
    assert [each.fund_id for each in fact.postings] == ["2020/291/71/ny"]


def test_lines_that_would_stand_no_more_are_taken_away_too() -> None:
    bare = replace(opening(), posts=(opening().posts[0], replace(opening().posts[1], keywords=()), opening().posts[2]))
    shown = preview_correction(since(opening()), letter=bare, source_sha256=SHA, reason=WHY)
    assert [(each.what, each.name) for each in shown.takes_away] == [("keyword", "2020/290/45 transferable")]


def test_a_preview_of_a_correction_is_what_it_then_does() -> None:
    year = since(opening(), _march("9 mill."))
    shown = preview_correction(year, letter=_march("2 mill."), source_sha256=SHA, reason=WHY)
    (fact,) = correct_letter(year, **_ask(_march("2 mill."), confirmed=shown.confirm_with))
    assert isinstance(fact, LetterCorrected)
    assert (shown.postings, shown.statements) == (fact.postings, fact.statements)
    assert [(post.before_ore, post.after_ore) for post in shown.posts] == [(109_000_000 * KRONE, 102_000_000 * KRONE)]


def test_names_follow_the_transcription_that_opens_them_now() -> None:
    right = replace(opening(), posts=(replace(opening().posts[0], name="Driftsutgifter"), *opening().posts[1:]))
    facts = registered(opening())
    corrected, renamed = correct_letter(folded(facts), **_ask(right))
    assert isinstance(renamed, FundsRenamed)
    assert [(fund.fund_id, fund.name) for fund in renamed.funds] == [(POST, "Driftsutgifter")]
    assert folded([*facts, corrected, renamed]).funds[POST].name == "Driftsutgifter"
    assert preview_correction(folded(facts), letter=right, source_sha256=SHA, reason=WHY).names == renamed.funds


def test_a_correction_that_corrects_nothing_is_no_fact() -> None:
    _after(*registered(opening(), _march("2 mill."))).when(correct_letter, **_ask(_march("2 mill."))).nothing()


def test_only_a_registered_letter_can_be_corrected_and_only_with_a_reason() -> None:
    _after(*registered(opening())).when(correct_letter, **_ask(_june())).refused(LetterUnknown)
    wrong = replace(_june(), title="Feil")
    _after(*registered(opening(), wrong)).when(correct_letter, **_ask(_june(), reason=" ")).refused(ReasonMissing)


def test_a_correction_cannot_take_away_what_another_letter_stands_on() -> None:
    without = replace(opening(), posts=opening().posts[1:])
    _after(*registered(opening(), _march("2 mill."))).when(correct_letter, **_ask(without)).refused(
        LetterRefersToNothing, saying="Letter 1"
    )


def test_a_letter_that_should_never_have_stood_is_withdrawn_and_its_number_is_free() -> None:
    facts: list[Event] = list(registered(read_letter(UDI.encode())))
    year = folded(facts)
    ask: dict[str, Any] = {"number": 0, "withdrawn_by": "siri", "reason": "Brevet var til UDI."}
    _after(*facts).when(withdraw_letter, confirmed=None, **ask).refused(CorrectionUnconfirmed, saying="490/01")
    shown = preview_withdrawal(year, of_year=2020, number=0, reason="Brevet var til UDI.")
    assert {each.what for each in shown.takes_away} == {"post", "money"}
    assert shown.reconciliation is None
    (fact,) = withdraw_letter(year, confirmed=shown.confirm_with, **ask)
    assert isinstance(fact, LetterWithdrawn)
    after = folded([*facts, fact])
    assert {after.at_disposal_ore(fund_id, date(2020, 12, 31)) for fund_id in after.funds} == {0}
    ours = register_letter(after, letter=letter_of(0), source_sha256=SHA, registered_by="kari")
    assert folded([*facts, fact, *ours]).letters[0].letter == letter_of(0)


def test_a_letter_that_another_stands_on_is_not_withdrawn() -> None:
    ask = {"number": 0, "withdrawn_by": "siri", "reason": "Feil.", "confirmed": None}
    _after(*registered(opening(), _march("2 mill."))).when(withdraw_letter, **ask).refused(
        LetterRefersToNothing, saying="Letter 1"
    )
    _after(*registered(opening())).when(withdraw_letter, **{**ask, "number": 7}).refused(LetterUnknown)
    _after(*registered(opening())).when(withdraw_letter, **{**ask, "reason": " "}).refused(ReasonMissing)


def test_what_was_settled_of_a_withdrawn_letter_is_not_settled_of_the_next_under_its_number() -> None:
    says = 'stated: [{post: 290/01, at_disposal: {amount: "105 mill.", cite: b}, cite: b}]'
    facts: list[Event] = list(registered(opening(), supplement(1, "2020-03-01", says)))
    facts += settle_difference(
        folded(facts), letter_number=1, fund_id=POST, sort="total", reason="Vet.", settled_by="siri",
        settled_on=date(2020, 4, 1),
    )  # fmt: skip
    shown = preview_withdrawal(folded(facts), of_year=2020, number=1, reason="Feil.")
    ask: dict[str, Any] = {"number": 1, "withdrawn_by": "siri", "reason": "Feil.", "confirmed": shown.confirm_with}
    facts += withdraw_letter(folded(facts), **ask)
    facts += register_letter(
        folded(facts), letter=supplement(1, "2020-03-01", says), source_sha256=SHA, registered_by="kari"
    )
    assert folded(facts).find_said(POST, "open_differences", date(2020, 12, 31)) == 1


def test_a_letter_whose_day_was_put_right_counts_from_the_right_day_only() -> None:
    facts: list[Event] = list(registered(opening(), _march("2 mill.")))
    facts += _confirmed(folded(facts), replace(_march("2 mill."), dated=_june().dated))
    assert 1 not in letters_by(folded(facts), date(2020, 4, 1)).letters


KEYS = ("290/01", "290/45", "291/71")
read = st.lists(st.tuples(st.sampled_from(KEYS), st.integers(-9, 9)), max_size=3, unique_by=lambda line: line[0])


def _read_as(lines: Iterable[tuple[str, int]]) -> Letter:
    changes = ", ".join(
        f'{{fund: {fund}, {"increase" if millions >= 0 else "decrease"}: "{abs(millions)} mill.", moves: at_disposal, '
        "why: w, cite: a}"
        for fund, millions in lines
    )
    return supplement(1, "2020-03-01", f"changes: [{changes}]")


@settings(max_examples=60, deadline=None)
@drawn(readings=st.lists(read, min_size=2, max_size=5))
def test_whatever_is_corrected_nothing_is_less_without_a_confirmation_and_the_last_reading_stands(
    readings: list[list[tuple[str, int]]],
) -> None:
    facts: list[Event] = list(registered(opening(), _read_as(readings[0])))
    last = readings[0]
    for nth, lines in enumerate(readings[1:]):
        if last and not lines:
            given(*facts, evolve=evolve, initial=BudgetYear()).when(correct_letter, **_ask(_read_as(lines))).refused(
                AnotherLetter
            )
            continue
        last = lines
        before, sha256 = folded(facts), f"{nth:064x}"
        try:
            facts += correct_letter(before, **_ask(_read_as(lines), source_sha256=sha256))
            after = folded(facts)
            assert all(
                after.at_disposal_ore(fund_id, date(2020, 3, 1)) >= before.at_disposal_ore(fund_id, date(2020, 3, 1))
                for fund_id in before.funds
            )
        except CorrectionUnconfirmed:
            facts += _confirmed(before, _read_as(lines), sha256)
    expected = reduce(evolve, registered(opening(), _read_as(last)), BudgetYear())
    stands = folded(facts)
    for fund_id in expected.funds:
        assert stands.at_disposal_ore(fund_id, date(2020, 3, 1)) == expected.at_disposal_ore(fund_id, date(2020, 3, 1))


@pytest.mark.parametrize("post", ["290/01", "290/45", "291/71"])
def test_whichever_post_is_gone_is_told(post: str) -> None:
    year = since(opening())
    without = replace(opening(), posts=tuple(line for line in opening().posts if line.fund_id != f"2020/{post}"))
    shown = preview_correction(year, letter=without, source_sha256=SHA, reason=WHY)
    assert {(each.what, each.name) for each in shown.takes_away} >= {
        ("post", f"2020/{post}"),
        ("money", f"2020/{post}"),
    }
