"""Three people propose, return, edit and decide in any order, by any spelling of their names: no decision ever stands
that was taken by one who wrote any part of it. The oracle knows nothing of how authors are found."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.duties import authorship
from services.duties.table import ACTS_OF
from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.award import approval as awarding
from services.grants.award import state as proposal_state
from services.grants.case.events.award import AwardProposed, Instalment, NamedIn
from services.grants.case.events.withholding import PriorWarningGiven, Reason
from services.grants.scheme import rules as scheme
from services.grants.scheme.events import SchemeRegistered, SchemeRevised
from services.grants.withholding import rules as withholding
from services.grants.withholding.warning import warn
from services.notifications.facts.hands import words_in
from services.notifications.facts.release import WaiverProposed
from services.notifications.release import rules as release
from tests.duties.authorship import BY_X
from tests.grants.fodt_fri import running
from tests.grants.scheme.schemes import PUBLISHED, REGISTERED, TERMS
from tests.notifications.sentences import held_after
from tests.notifications.world import held

SPELLINGS = {
    "anna": ("anna", "ANNA", "Anna ", "an\N{ZERO WIDTH SPACE}na", "\N{FULLWIDTH LATIN SMALL LETTER A}nna"),
    "bo": ("bo", "BO", " bo", "b\N{SOFT HYPHEN}o", "b\N{MATHEMATICAL BOLD SMALL O}"),
    "carl": ("carl", "Carl", "CARL\N{NO-BREAK SPACE}", "carl\N{VARIATION SELECTOR-16}", "c a r l"),
}
WHO = {spelling: person for person, spellings in SPELLINGS.items() for spelling in spellings}
TEXTS = ("Kurs i norsk", "Kurs i norsk.", "Helt andre midler", "Helt andre midler!")
NUMBERS = (100, 200, 300)
DAY = date(2020, 9, 1)


@dataclass(frozen=True)
class Draft:
    """What is proposed, in two parts."""

    text: str
    number: int


@dataclass(frozen=True)
class Thing:
    """One kind of thing: how it is proposed, returned and decided, from all that has happened to it."""

    propose: Callable[[Sequence[Event], Draft, str], Sequence[Event]]
    decide: Callable[[Sequence[Event], str], Sequence[Event]]
    proposed: tuple[type[Event], ...]
    give_back: Callable[[Sequence[Event], str], Sequence[Event]] | None = None


def award(facts: Sequence[Event]) -> proposal_state.Award:
    return reduce(proposal_state.evolve, facts, proposal_state.Award())


def propose_award(facts: Sequence[Event], draft: Draft, by: str) -> Sequence[Event]:
    parts = (Instalment(number=1, amount_ore=draft.number),)
    whole = replace(BY_X, purpose=draft.text, amount_ore=draft.number, instalments=parts, terms=(draft.text,))
    whole = replace(whole, fund_id=f"2020/291/{draft.number}", recipient=replace(BY_X.recipient, name=draft.text))
    whole = replace(whole, basis=NamedIn(year=draft.number, letter=0, section=draft.text), proposed_by=by)
    return awarding.propose(award(facts), proposal=whole)


def case(facts: Sequence[Event]) -> withholding.Withholding:
    return reduce(withholding.evolve, (*running, *facts), withholding.Withholding())


def of_scheme(facts: Sequence[Event]) -> scheme.Scheme:
    return reduce(scheme.evolve, facts, scheme.Scheme())


def write_terms(facts: Sequence[Event], draft: Draft, by: str) -> Sequence[Event]:
    terms = replace(TERMS, aim=draft.text, name=f"Ordning {draft.number}")
    if not facts:
        return [replace(REGISTERED, terms=terms, registered_by=by)]
    return scheme.revise(of_scheme(facts), terms=terms, reason="Klarere.", revised_on=DAY, revised_by=by)


def publish(facts: Sequence[Event], by: str) -> Sequence[Event]:
    asked = {name: getattr(PUBLISHED, name) for name in ("title", "fund_id", "opens_on", "closes_on", "total_ore")}
    call_id = f"{PUBLISHED.call_id}{len(facts)}"
    return scheme.publish_call(
        of_scheme(facts), **asked, call_id=call_id, published_on=PUBLISHED.published_on, published_by=by
    )


LETTER = held("a")
THINGS = {
    "award": Thing(
        propose=propose_award,
        give_back=lambda facts, by: awarding.return_proposal(award(facts), reason="Se på det.", returned_by=by),
        decide=lambda facts, by: awarding.approve(
            award(facts), approved_by=by, approved_on=date(2020, 2, 3), disposal_authority="Instruks 4.2"
        ),
        proposed=(AwardProposed,),
    ),
    "withholding": Thing(
        propose=lambda facts, draft, by: warn(
            case(facts), instalment=2, amount_ore=draft.number, reasons=(Reason(code="misuse", text=draft.text),),
            reply_by=DAY, warned_on=date(2020, 8, 11), warned_by=by,
        ),
        decide=lambda facts, by: withholding.decide(
            case(facts), instalment=2, amount_ore=1, reasons=(Reason(code="misuse", text="Misbrukt."),),
            decided_on=date(2020, 11, 2), decided_by=by,
        ),
        proposed=(PriorWarningGiven,),
    ),
    "waiver": Thing(
        propose=lambda facts, draft, by: release.propose_waiver(
            held_after(LETTER, *facts).state, document=draft.text, document_sha256=f"{draft.number}" * 16,
            proposed_by=by,
        ),
        give_back=lambda facts, by: release.reject_waiver(
            held_after(LETTER, *facts).state, reason="Feil brev.", rejected_by=by
        ),
        decide=lambda facts, by: release.confirm_waiver(
            held_after(LETTER, *facts).state, words=words_in(()), confirmed_by=by
        ),
        proposed=(WaiverProposed,),
    ),
    "terms": Thing(propose=write_terms, decide=publish, proposed=(SchemeRegistered, SchemeRevised)),
}  # fmt: skip
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("propose"), st.sampled_from(sorted(WHO)), st.sampled_from(TEXTS), st.sampled_from(NUMBERS)),
        st.tuples(st.just("again"), st.sampled_from(sorted(WHO))),
        st.tuples(st.just("return"), st.sampled_from(sorted(WHO))),
        st.tuples(st.just("decide"), st.sampled_from(sorted(WHO))),
    ),
    min_size=3,
    max_size=10,
)

A_FULL_STOP = [
    ("propose", "anna", "Helt andre midler", 100),
    ("return", "anna"),
    ("propose", "bo", "Kurs i norsk", 100),
    ("return", "carl"),
    ("propose", "carl", "Kurs i norsk.", 100),
    ("decide", "BO"),
    ("decide", "ANNA"),
]


def hands_in(line: Sequence[tuple[Draft, str]]) -> set[str]:
    """Whoever first wrote each part of the last draft, and whoever put it forward; a full stop makes no new text."""
    if not line:
        return set()
    last, by = line[-1]
    texts = [who for draft, who in line if draft.text.rstrip(".!") == last.text.rstrip(".!")]
    numbers = [who for draft, who in line if draft.number == last.number]
    return {WHO[texts[0]], WHO[numbers[0]], WHO[by]}


def play(thing: Thing, steps: Sequence[tuple[Any, ...]], seen: Counter[str]) -> None:
    """Tried in this order; asserts that whoever decides had no hand in what is decided."""
    facts: list[Event] = []
    line: list[tuple[Draft, str]] = []
    for what, by, *said in steps:
        draft = Draft(*said) if what == "propose" else line[-1][0] if line else Draft(TEXTS[0], NUMBERS[0])
        try:
            match what:
                case "propose" | "again":
                    new = list(thing.propose(facts, draft, by))
                    if new:
                        line.append((draft, by))
                case "return":
                    new = list(thing.give_back(facts, by)) if thing.give_back else []
                case _:
                    new = list(thing.decide(facts, by))
                    if new:
                        seen["decided"] += 1
                        seen["decided after several"] += len(line) > 1
                        assert WHO[by] not in hands_in(line), f"{by} decided on {line}"
                        line = line if thing is THINGS["terms"] else []
            facts += new
        except Refusal as refusal:
            seen[refusal.code] += 1


def run(name: str) -> Counter[str]:
    seen: Counter[str] = Counter()

    @settings(max_examples=200, database=None)
    @given(STEPS)
    @example(A_FULL_STOP)
    def tried(steps: Sequence[tuple[Any, ...]]) -> None:
        play(THINGS[name], steps, seen)

    tried()
    return seen


@pytest.mark.parametrize("name", THINGS)
def test_nobody_decides_what_they_have_a_hand_in(name: str) -> None:
    seen = run(name)
    assert seen["decided"] > 20
    assert seen["decided after several"] > 5
    assert seen["same-person-twice"] > 20


def the_last_alone(line: Sequence[Event]) -> frozenset[str]:
    """The mutant that was the rule: whoever put it forward last is its only author."""
    return frozenset(getattr(each, ACTS_OF[each.TOPIC][0].by) for each in line[-1:])


def whole_texts(text: str) -> list[tuple[str, ...]]:
    """The mutant that takes a full stop for a new text."""
    return [(text,)]


@pytest.mark.parametrize("name", THINGS)
def test_the_machine_finds_it_when_only_the_last_proposer_counts(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (awarding, withholding, release, scheme):
        monkeypatch.setattr(module, "authors", the_last_alone)
    with pytest.raises(AssertionError, match="decided on"):
        run(name)


@pytest.mark.parametrize("name", THINGS)
def test_the_machine_finds_it_when_names_are_compared_exactly(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.duties.apart.is_among", lambda one, others: one in others)
    with pytest.raises(AssertionError, match="decided on"):
        run(name)


@pytest.mark.parametrize("name", THINGS)
def test_the_machine_finds_it_when_a_full_stop_makes_a_new_text(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authorship, "_pairs", whole_texts)
    with pytest.raises(AssertionError, match="decided on"):
        run(name)
