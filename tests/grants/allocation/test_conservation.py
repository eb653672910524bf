"""Whatever letters say, in whatever order they come, are corrected or taken out, money is conserved on every level.

A run of the machine is a year at the desk where letters are transcribed: files are written, also such as cannot be, and
read by the reader itself; registered, put right, withdrawn, settled. After each act what stands on every fund is held
against a plain reckoning of the lines written, and each fund's earmarks against the funds below it.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from typing import Any, ClassVar

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.allocation.correction.rules import correct_letter, withdraw_letter
from services.grants.allocation.correction.view import preview_correction, preview_withdrawal
from services.grants.allocation.deviation.found import Around
from services.grants.allocation.deviation.rules import deviations_of
from services.grants.allocation.letter_file.reading import read_letter
from services.grants.allocation.rules import register_letter
from services.grants.allocation.settlement import settle_difference
from services.grants.balance.movements import effects
from services.grants.budget_year import letter_checks
from services.grants.budget_year.differences import year_standings
from services.grants.budget_year.letter import Change, Letter
from services.grants.budget_year.state import BudgetYear, evolve
from services.grants.budget_year.tree import parent_of
from tests.grants.allocation.letters import OPENING, folded, since

POSTS = ("290/01", "290/45", "291/71")
EARMARKS = ("291/71/en", "291/71/to", "291/71/en/tre", "291/71/en/fire", "290/01/fem")
FUNDS = (*POSTS, *EARMARKS)
SPLITS = """
earmarks:
  - under: 291/71
    whole: true
    cite: a
    parts:
      - id: en
        name: En
        amount: 30 mill.
        cite: a
        split:
          whole: false
          cite: a
          parts: [{id: tre, name: Tre, amount: 10 mill., cite: a}, {id: fire, name: Fire, amount: 5 mill., cite: a}]
      - {id: to, name: To, amount: 20 mill., cite: a}
  - {under: 290/01, whole: false, cite: a, parts: [{id: fem, name: Fem, amount: 40 mill., cite: a}]}
"""
LAST = date(2020, 12, 31)


@dataclass(frozen=True)
class Line:
    """One line of a letter as it is written: its kind, the fund, the fund at the other end, and millions."""

    kind: str
    fund: str
    other: str
    millions: int

    def written(self) -> str:
        amount = f'"{abs(self.millions)} mill."'
        match self.kind:
            case "change":
                word = "increase" if self.millions >= 0 else "decrease"
                return f"{{fund: {self.fund}, {word}: {amount}, moves: at_disposal, why: w, cite: a}}"
            case "transfer":
                ends = f"from: {self.fund}, to: {self.other}"
                return f"{{{ends}, amount: {amount}, moves: appropriation, why: w, cite: a}}"
            case "carry-over":
                return f"{{fund: {self.fund}, amount: {amount}, why: w, cite: a}}"
            case "stated":
                return f"{{post: {self.fund[:6]}, at_disposal: {{amount: {amount}, cite: b}}, cite: b}}"
        part = f"{{id: ny-{self.millions % 3}, name: Ny, amount: {amount}, cite: a}}"
        return f"{{under: {self.fund}, whole: false, cite: a, parts: [{part}]}}"


SECTIONS = {
    "change": "changes", "transfer": "transfers", "carry-over": "carry_over", "stated": "stated", "earmark": "earmarks",
}  # fmt: skip
EVEN = (("290/01", "291/71"), ("291/71", "290/45"), ("291/71/en", "291/71/to"), ("291/71/en/fire", "291/71/en/tre"))
funds = st.sampled_from((*FUNDS, "290/45/ny-1"))
millions = st.integers(-60, 60)
line = st.one_of(
    st.builds(Line, st.sampled_from(("change", "carry-over", "stated", "earmark")), funds, st.just(""), millions),
    st.sampled_from(EVEN).flatmap(lambda ends: st.builds(Line, st.just("transfer"), *map(st.just, ends), millions)),
    st.builds(Line, st.just("carry-over"), funds, st.just(""), millions),
    st.builds(Line, st.sampled_from(("change", "transfer")), funds, st.sampled_from(FUNDS), millions),
)
lines = st.lists(
    line, min_size=1, max_size=3, unique_by=lambda each: (each.kind, each.fund[: 6 if each.kind == "stated" else None])
)
days = st.integers(0, 365).map(lambda days: date(2020, 1, 1) + timedelta(days=days))
numbers = st.integers(1, 4)


def written(number: int, on: date, said: list[Line]) -> str:
    text = f"year: 2020\nnumber: {number}\ntitle: Tillegg\ndated: {{on: {on}, ground: printed}}\n"
    for kind, section in SECTIONS.items():
        if of_kind := [line.written() for line in said if line.kind == kind]:
            text += f"{section}: [{', '.join(of_kind)}]\n"
    return text


def loses(line: Line) -> bool:
    """Said anew: money goes only between two posts, or between two names under the same fund."""
    return (
        line.kind == "transfer"
        and line.fund.rpartition("/")[0] != line.other.rpartition("/")[0]
        and not (line.fund in POSTS and line.other in POSTS)
    )


def plainly(letters: list[Letter], fund_id: str, on: date) -> int:
    """What stands on a fund: take the letters in order; a line that opens it or states it replaces, others add."""
    stood_ore = 0
    for letter in sorted(letters, key=lambda each: (each.dated.on, each.number)):
        if letter.dated.on > on:
            continue
        opened = [*((post.fund_id, post.at_disposal) for post in letter.posts)]
        opened += [(part.fund_id, part.amount) for part in letter.earmarks]
        for opened_id, figure in opened:
            stood_ore = figure.amount_ore if opened_id == fund_id else stood_ore
        stood_ore += sum(change.amount_ore for change in letter.changes if change.fund_id == fund_id)
        for said in letter.stated:
            if said.fund_id == fund_id and said.at_disposal:
                stood_ore = said.at_disposal.amount_ore
    return stood_ore


class Desk(RuleBasedStateMachine):
    """The letters of one year, and what is kept of them."""

    reached: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.facts: list[Event] = []
        self.year = BudgetYear()
        self.ledger: dict[tuple[str, str], dict[date, int]] = defaultdict(lambda: defaultdict(int))
        self.known: list[tuple[int, dict[str, int]]] = []

    @initialize()
    def opens(self) -> None:
        letter = read_letter((OPENING + SPLITS).encode())
        self.records(register_letter(self.year, letter=letter, source_sha256="0" * 64, registered_by="kari"))

    def records(self, facts: list[Event]) -> None:
        for effect in (effects([("allocation-2020", fact)]) or {} for fact in facts):
            for movement in effect.get("movements", ()):
                for account in ("available", "earmarked"):
                    day = date.fromisoformat(movement["day"])
                    self.ledger[movement["fund"], account][day] += movement.get(account, 0)
        self.facts += facts
        self.year = reduce(evolve, facts, self.year)
        stood = {fund: self.year.at_disposal_ore(fund, LAST) for fund in self.year.funds}
        self.known.append((len(self.facts), stood))

    def read(self, number: int, on: date, said: list[Line]) -> Letter | None:
        """The file as the reader takes it: a line that would lose money is never read, and told by its line."""
        lost = any(loses(line) for line in said)
        try:
            letter = read_letter(written(number, on, said).encode())
        except Refusal:
            self.reached["transfer refused"] += lost
            return None
        assert not lost, said
        return letter

    @rule(number=numbers, on=days, said=lines)
    def registers(self, number: int, on: date, said: list[Line]) -> None:
        letter = self.read(number, on, said)
        if letter is None:
            return
        try:
            facts = register_letter(
                self.year, letter=letter, source_sha256=f"{hash(letter):064x}"[-64:], registered_by="kari"
            )
        except Refusal as refusal:
            self.reached[refusal.code] += 1
            return
        latest = max(each.letter.dated.on for each in self.year.letters.values())
        self.records(facts)
        self.counts(letter)
        self.reached["back-dated"] += bool(facts) and on < latest

    @rule(number=numbers, on=days, said=lines)
    @precondition(lambda self: len(self.year.letters) > 1)
    def corrects(self, number: int, on: date, said: list[Line]) -> None:
        number = number if number in self.year.letters else max(self.year.letters)
        letter = self.read(number, on, said)
        if letter is None:
            return
        asked: dict[str, Any] = {"letter": letter, "source_sha256": "c" * 64, "reason": "Lest feil."}
        try:
            digest = preview_correction(self.year, **asked).confirm_with
            facts = correct_letter(self.year, **asked, corrected_by="siri", confirmed=digest)
        except Refusal as refusal:
            self.reached[refusal.code] += 1
            return
        self.records(facts)
        self.counts(letter)
        self.reached["corrected"] += bool(facts)

    @rule(number=numbers)
    @precondition(lambda self: len(self.year.letters) > 2)
    def withdraws(self, number: int) -> None:
        number = number if number in self.year.letters else max(self.year.letters)
        asked: dict[str, Any] = {"number": number, "reason": "Ikke sendt."}
        try:
            digest = preview_withdrawal(self.year, of_year=2020, **asked).confirm_with
            facts = withdraw_letter(self.year, **asked, withdrawn_by="siri", confirmed=digest)
        except Refusal as refusal:
            self.reached[refusal.code] += 1
            return
        self.records(facts)
        self.reached["withdrawn"] += 1

    @rule(nth=st.integers(0, 9), on=days)
    def settles(self, nth: int, on: date) -> None:
        waiting = [each.difference for each in year_standings(self.year) if each.is_open]
        if waiting:
            one = waiting[nth % len(waiting)]
            self.records(
                settle_difference(
                    self.year, letter_number=one.letter_number, fund_id=one.fund_id, sort=one.sort, reason="Vet.",
                    settled_by="siri", settled_on=on,
                )
            )  # fmt: skip
            self.reached[f"settled {one.sort}"] += 1

    def counts(self, letter: Letter) -> None:
        for change in letter.changes:
            level = "post" if parent_of(change.fund_id) is None else "earmark"
            self.reached[f"{change.ground} on {level}"] += 1
        self.reached["stated"] += bool(letter.stated)
        self.reached["earmark"] += bool(letter.earmarks)
        self.reached["below zero"] += any(
            each.kind == "below-zero" for each in deviations_of(self.year, letter.number, Around())
        )

    @property
    def letters(self) -> list[Letter]:
        return [each.letter for each in self.year.in_order]

    def stood(self, fund_id: str, account: str, on: date) -> int:
        return sum(ore for day, ore in self.ledger[fund_id, account].items() if day <= on)

    @invariant()
    def every_fund_stands_at_what_letters_say(self) -> None:
        for on in {letter.dated.on for letter in self.letters} | {LAST}:
            for fund_id in self.year.funds:
                stands = self.year.at_disposal_ore(fund_id, on)
                assert stands == plainly(self.letters, fund_id, on) == self.stood(fund_id, "available", on)

    @invariant()
    def what_is_earmarked_is_what_the_funds_below_hold(self) -> None:
        for on in {letter.dated.on for letter in self.letters} | {LAST}:
            for fund_id in self.year.funds:
                below = [each for each in self.year.funds if parent_of(each) == fund_id]
                assert self.stood(fund_id, "earmarked", on) == sum(self.stood(each, "available", on) for each in below)

    @invariant()
    def transfers_conserve_on_every_level(self) -> None:
        moved: Counter[tuple[str | None, date]] = Counter()
        for each in self.year.postings:
            if each.ground == "transfer":
                moved[parent_of(each.fund_id), each.effective_on] += each.at_disposal_ore
        assert set(moved.values()) <= {0}

    @invariant()
    def nothing_depends_on_the_way_there(self) -> None:
        anew = since(*self.letters)
        for fund_id in anew.funds:
            assert anew.at_disposal_ore(fund_id, LAST) == self.year.at_disposal_ore(fund_id, LAST)
            for name in ("open_differences", "open_earmark_differences"):
                if not self.year.settled:
                    assert (anew.find_said(fund_id, name, LAST) or 0) == (self.year.find_said(fund_id, name, LAST) or 0)
        waiting = [each.difference for each in year_standings(self.year) if each.is_open]
        said = sum(self.year.find_said(post, name, LAST) or 0 for post in anew.funds for name in (
            "open_differences", "open_earmark_differences",
        ))  # fmt: skip
        assert said == len(waiting)

    def teardown(self) -> None:
        """What was known earlier stays so: the facts up to then still fold to it, whatever came after."""
        for upto, stood in self.known:
            year = folded(self.facts[:upto])
            assert {fund: year.at_disposal_ore(fund, LAST) for fund in year.funds} == stood


KINDS = (
    "change on post", "change on earmark", "transfer on post", "transfer on earmark", "transfer refused",
    "carry-over on post", "carry-over on earmark", "stated", "earmark", "back-dated", "corrected", "withdrawn",
    "settled total", "settled earmark", "below zero", "letter-number-taken", "letter-refers-to-nothing",
)  # fmt: skip


def _run(runs: int) -> None:
    run_state_machine_as_test(
        Desk,
        settings=settings(
            max_examples=runs, stateful_step_count=14, deadline=None, derandomize=True, database=None,
            phases=(Phase.generate,),
        ),
    )  # fmt: skip


def test_money_is_conserved_and_every_kind_of_line_is_reached(long: bool) -> None:
    """What is drawn follows also from which modules are loaded: it goes on until each kind is reached."""
    Desk.reached.clear()
    for runs in [400] if long else (40, 80, 160):
        _run(runs)
        if not (missed := {kind for kind in KINDS if Desk.reached[kind] < 2}):
            break
    assert missed == set()


def test_the_machine_finds_a_transfer_that_loses_money(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mutant: the reader takes any transfer."""

    def takes_all(_: Change) -> bool:
        return True

    monkeypatch.setattr(letter_checks, "conserves", takes_all)
    with pytest.raises(AssertionError):
        _run(25)
