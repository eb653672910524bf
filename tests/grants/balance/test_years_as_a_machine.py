"""Three years of one line of money, in any order of what can happen: every øre is in one place, on every day.

The facts are recorded on a real log; what should stand is added up here from the facts alone, by year, without a word
of how the database puts them there. In the end `make verify` holds the log's own tables against both.
"""

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import reduce
from itertools import count
from typing import Any, ClassVar, Literal

import psycopg
from hypothesis import Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from psycopg.rows import dict_row

from dev.large.playing import read_models
from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.award.rules import AwardGone, Granted, evolve
from services.grants.award_change.limits import YearTurned
from services.grants.award_change.rules import approve_change
from services.grants.award_change.year_end import turn_year
from services.grants.case.commitment import Commitment
from services.grants.case.events.award import AwardProposed, Instalment, NamedIn, Recipient
from services.grants.case.events.award_change import AwardChangeProposed, AwardReduced, Ground, Reduction
from services.grants.case.events.complaint import ComplaintDecided, ComplaintReceived, Party
from services.grants.case.events.withholding import RepaymentReceived, WithholdingDecided, WithholdingReleased
from services.grants.case.events.year_end import CommitmentCarriedOver, CommitmentLapsed
from services.grants.disbursement.payment_lists import RECONCILED, RECONCILED_BY_SUMS
from services.grants.held_over.unpaid import OF_EVERY_PROMISE, UNPAID
from tests.conftest import Database
from tests.grants.balance.between_years import OTHER, REASONS, Years, stream
from tests.grants.life import moves_of

YEARS = (2020, 2021, 2022)
MORE = Ground(code="more-granted", text="Tiltaket utvides.")
END = date(2022, 12, 31)
SHARE = st.sampled_from([1, 2, 3])
WHICH = st.integers(0, 99)
MOST_TURNS = 6
BACK = st.sampled_from([0, 0, 0, 9, 40])


@dataclass
class Case:
    """One promise, and everything that has happened to it."""

    number: int
    across: bool
    line: str = ""
    events: list[Event] = field(default_factory=list)

    @property
    def granted(self) -> Granted:
        return reduce(evolve, self.events, Granted())

    @property
    def commitment(self) -> Commitment:
        return self.granted.commitment

    @property
    def own_year(self) -> int:
        return self.commitment.own_year

    def stood(self, on: date) -> tuple[int, int, int]:
        """Promised, paid, held back by the end of a day, read off the facts."""
        moves = [move for move in moves_of(self.events) if move.day <= on]
        return (
            sum(move.promised_ore for move in moves),
            sum(move.paid_ore for move in moves),
            sum(move.held_ore for move in moves),
        )

    def paid_in(self, year: int, on: date) -> int:
        return sum(move.paid_ore for move in moves_of(self.events) if move.day <= on and move.day.year == year)

    @property
    def held_into(self) -> dict[int, str]:
        return {each.year + 1: each.ground for each in self.events if isinstance(each, CommitmentCarriedOver)}


@dataclass
class Drawn:
    """What is released of a line in a year, what is paid of claims on it, and what is unpaid of those that are held
    over on "kan overføres"; and what of it pays and covers them, its own before what is above."""

    released: int
    paid: int
    unpaid: int

    @property
    def pays(self) -> int:
        return min(self.paid, max(0, self.released))

    @property
    def covers(self) -> int:
        return min(self.unpaid, max(0, self.released) - self.pays)


class ThreeYears(RuleBasedStateMachine):
    """2020 to 2022 on one post, at times with two earmarks below it. What is attested and asked is left to other tests:
    here money moves."""

    years: ClassVar[Years]
    chapters: ClassVar[Any]
    reached: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.chapter = next(self.chapters)
        self.cases: list[Case] = []
        self.today = date(2020, 2, 1)
        self.lines: tuple[str, ...] = ("",)
        self.released: list[tuple[date, int, str]] = []
        self.turned_until = 2019

    def post(self, year: int) -> str:
        return f"{year}/{self.chapter}/71"

    @initialize(
        keyword=st.tuples(st.booleans(), st.booleans()),
        own=st.sampled_from([40, 300]),
        amounts=st.tuples(st.sampled_from([6, 12]), st.sampled_from([6, 12]), st.sampled_from([3, 9])),
        below=st.booleans(),
    )
    def letters_open_the_post(
        self, keyword: tuple[bool, bool], own: int, amounts: tuple[int, int, int], below: bool
    ) -> None:
        self.transferable = {2020: keyword[0] or keyword[1], 2021: keyword[1], 2022: True}
        self.lines = ("", "/a", "/d") if below else ("",)
        self.at_disposal = {(year, line): own // 4 if line else own for year in YEARS for line in self.lines}
        for (year, line), ore in self.at_disposal.items():
            self.years.letter(year, date(year, 1, 1), ore, post=f"{self.post(year)}{line}")
        for nth, (amount, across) in enumerate(zip(amounts, (False, False, True), strict=True)):
            self.something_is_promised(amount, across, nth)

    def record(self, case: Case, *events: Event) -> bool:
        recorded = self.years.tells((stream(case.number), events)) == "recorded"
        if recorded:
            case.events += events
        return recorded

    def pick(self, which: int) -> Case:
        return self.cases[which % len(self.cases)]

    # What can happen

    @rule(amount=st.sampled_from([6, 20, 30]), across=st.sampled_from([False, False, True]), which=WHICH)
    def something_is_promised(self, amount: int, across: bool, which: int) -> None:
        line = self.lines[which % len(self.lines)]
        case = Case(1_000 * self.chapter + len(self.cases), across, line)
        fund = f"{self.post(self.today.year)}{line}"
        proposed = AwardProposed(
            fund_id=fund, recipient=Recipient(name="Forening"), amount_ore=amount, purpose="Drift", terms=("Rapport",),
            instalments=(Instalment(number=1, amount_ore=amount),), proposed_by="kari",
            basis=NamedIn(year=self.today.year, letter=0, section="5"),
        )  # fmt: skip
        left = self.left(self.today.year, line)
        approved = self.years.approved(fund, amount, self.today, across_years=across)
        if self.record(case, proposed, approved):
            self.cases.append(case)
            assert amount <= left, "what was left bore it"
            self.reached["promised of an earmark"] += bool(line)
        else:
            assert amount > left

    @rule(days=st.sampled_from([20, 70, 150]))
    def days_pass(self, days: int) -> None:
        self.today = min(self.today + timedelta(days=days), date(self.today.year, 12, 1))

    @precondition(lambda self: self.today.year < 2022)
    @rule(late=st.booleans())
    def a_year_ends(self, late: bool) -> None:
        """Late: accounting pays in the new year before the turn is recorded; else it tells late of the old year."""
        self.today = date(self.today.year + 1, 1, 15)
        if late:
            for which in range(len(self.cases)):
                self.something_is_paid(which, 3, 0)
        self.turns()
        if not late:
            self.something_is_paid(self.today.year, 3, 20)

    @precondition(lambda self: self.today.year < 2022 and self.cases)
    @rule(which=WHICH, upheld=st.booleans(), amount=st.sampled_from([5, 25]))
    def a_dispute_goes_over_new_year(self, which: int, upheld: bool, amount: int) -> None:
        """Withheld, complained of, held over, released by a letter, and decided: so that it is common."""
        self.something_is_withheld(which, 2, complained=True)
        self.a_year_ends(late=False)
        self.a_letter_releases_some(amount, 0, which)
        if any(case.commitment.withheld_ore for case in self.cases):
            self.the_withheld_is_decided(which, upheld)
        self.somebody_asks_for_all_that_is_left_and_an_ore_more(which)
        self.what_is_covered_is_paid(which)
        self.something_is_reduced(which, 3)

    @precondition(lambda self: self.today.year > 2020)
    @rule(which=WHICH)
    def what_is_covered_is_paid(self, which: int) -> None:
        covered = [case for case in self.cases if self.covered(case, self.today) > 0]
        if covered:
            case = covered[which % len(covered)]
            amount = min(self.covered(case, self.today), case.commitment.free_ore(1))
            if amount <= 0:
                return
            charged = self.post(self.today.year)
            assert self.record(case, self.years.paid(amount, self.today, charged=charged))
            self.reached["paid within cover"] += 1

    @rule(which=WHICH)
    def somebody_asks_for_all_that_is_left_and_an_ore_more(self, which: int) -> None:
        line = self.lines[which % len(self.lines)]
        wanted = max(1, self.left(self.today.year, line) + 1)
        approved = self.years.approved(f"{self.post(self.today.year)}{line}", wanted, self.today)
        assert self.years.tells((stream(1_000 * self.chapter + 999), [approved])) == "exhausted"
        bound = any(self.covered(case, self.today) for case in self.cases)
        self.reached["refused by what is bound"] += bound

    @precondition(lambda self: self.turned_until < self.today.year - 1)
    @rule()
    def turns_are_recorded(self) -> None:
        self.turns()

    def turns(self) -> None:
        for year in range(self.turned_until + 1, self.today.year):
            for case in self.cases:
                if case.own_year > year:
                    continue
                try:
                    events = turn_year(
                        case.granted, year=year, transferable=self.transferable[case.own_year],
                        into_post_id=self.post(year + 1), today=self.today, recorded_by="anne",
                    )  # fmt: skip
                except Refusal:
                    continue
                if events and self.record(case, *events):
                    for turned in events:
                        self.note_turn(case, turned)
        self.turned_until = self.today.year - 1

    def note_turn(self, case: Case, turned: Event) -> None:
        if isinstance(turned, CommitmentCarriedOver):
            self.reached[f"held over: {turned.ground}"] += 1
            self.reached["held over twice"] += len(case.held_into) == 2
            self.reached["held over, paid meanwhile"] += turned.year + 1 in case.commitment.charged
            self.reached["complaint across the turn"] += bool(case.granted.disputes.undecided)
        elif isinstance(turned, CommitmentLapsed):
            self.reached[f"lapsed: {turned.ground}"] += 1

    @precondition(lambda self: self.today.year > 2020)
    @rule(
        amount=st.sampled_from([2, 5, 25]), free=st.sampled_from([0, 1]), which=WHICH,
        more=st.sampled_from([0, 1, 9]),
    )  # fmt: skip
    def a_letter_releases_some(self, amount: int, free: int, which: int, more: int = 0) -> None:
        """Of the post, or of an earmark and the post it is on. And more is promised of it to the first in the order,
        who goes before the others."""
        year, line = self.today.year, self.lines[which % len(self.lines)]
        post, claims = self.post(year), self.open_claims(year)
        if line:
            free = 0
            self.years.releases(self.today, post, post=amount, **{line.removeprefix("/"): amount})
            self.at_disposal[year, line] += amount
            self.reached["released of an earmark"] += 1
        else:
            self.years.letter(year, self.today, amount, carried=True, free_ore=free, post=post)
        self.at_disposal[year, ""] += amount
        self.released.append((self.today, amount - free, line))
        if claims:
            self.reached["released in part" if amount - free < claims else "released whole"] += 1
            self.reached["released free"] += free
        held = [case for case in self.cases if self.today.year in case.held_into]
        if held and more:
            for back in (400, 0):
                self.more_is_promised(held[0], back, more)

    @precondition(lambda self: self.today.year > 2020 and any(case.line for case in self.cases))
    @rule(which=WHICH)
    def one_earmark_has_room_and_another_pays(self, which: int) -> None:
        of_line = [nth for nth, case in enumerate(self.cases) if case.line]
        paying = of_line[which % len(of_line)]
        other = self.lines.index("/d" if self.cases[paying].line == "/a" else "/a")
        self.a_letter_releases_some(25, 0, other)
        self.something_is_paid(paying, 1, 0)

    @precondition(lambda self: self.cases)
    @rule(which=WHICH, share=SHARE, back=BACK)
    def something_is_paid(self, which: int, share: int, back: int) -> None:
        """Whatever it breaks: accounting tells what has happened."""
        case, day = self.pick(which), self.day(which, back)
        amount = min(case.commitment.free_ore(1, since=day), max(1, case.commitment.free_ore(1) // share))
        if amount <= 0:
            return
        charged = None if day.year == case.own_year else self.post(day.year)
        covered = self.covered(case, day)
        assert self.record(case, self.years.paid(amount, day, charged=charged)), "a receipt is always taken"
        if charged:
            self.reached["paid within cover" if amount <= covered else "paid beyond cover"] += 1
        elif day.year < self.today.year and case.held_into:
            self.reached["told late of a closed year"] += 1

    @precondition(lambda self: self.cases)
    @rule(which=WHICH)
    def something_is_paid_and_some_comes_back(self, which: int) -> None:
        self.something_is_paid(which, 2, 0)
        self.something_comes_back(which)

    @precondition(lambda self: any(case.stood(self.today)[1] for case in self.cases))
    @rule(which=WHICH)
    def something_comes_back(self, which: int) -> None:
        paid = [case for case in self.cases if case.paid_in(self.today.year, self.today)]
        if not paid:
            return
        case = paid[which % len(paid)]
        back = RepaymentReceived(
            reclaim=None, instalment=1, amount_ore=1, credited=True, voucher="T-1", received_on=self.today,
            recorded_by="kari",
        )  # fmt: skip
        assert self.record(case, back)
        self.reached["repaid in a later year" if self.today.year > case.own_year else "repaid"] += 1

    @precondition(lambda self: self.cases)
    @rule(which=WHICH, share=SHARE, complained=st.booleans())
    def something_is_withheld(self, which: int, share: int, complained: bool) -> None:
        case = self.pick(which)
        amount = case.commitment.free_ore(1) // share
        if amount <= 0 or case.commitment.withheld_ore or case.granted.disputes.known:
            return
        held = WithholdingDecided(
            number=1, instalment=1, amount_ore=amount, reasons=REASONS, prepared_reasons=REASONS,
            reasons_changed=False, exemption=None, decided_on=self.today, decided_by="ola",
        )  # fmt: skip
        complaint = ComplaintReceived(
            number=1, disputed="withholding", decision_number=1, party=Party(name="Forening"),
            decision_arrived_on=self.today, lodged_on=self.today, last_day_on=self.today, grounds="Uenig", defects=(),
            registered_by="kari",
        )  # fmt: skip
        assert self.record(case, held, *([complaint] if complained else []))

    @precondition(lambda self: any(case.commitment.withheld_ore for case in self.cases))
    @rule(which=WHICH, upheld=st.booleans())
    def the_withheld_is_decided(self, which: int, upheld: bool) -> None:
        held = [case for case in self.cases if case.commitment.withheld_ore]
        case = held[which % len(held)]
        amount = case.commitment.withheld_ore
        events: list[Event] = []
        if case.granted.disputes.undecided:
            outcome: Literal["upheld", "changed"] = "upheld" if upheld else "changed"
            decided = ComplaintDecided(
                number=1, outcome=outcome, document="21/1", decided_on=self.today, recorded_by="kari"
            )
            events.append(decided)
            if self.today.year > case.own_year and case.held_into:
                self.reached[f"complaint {outcome} in a later year"] += 1
        if upheld:
            fallen = (Reduction(instalment=1, amount_ore=amount, withholding=1),)
            events.append(AwardReduced(reductions=fallen, ground=OTHER, reduced_on=self.today, approved_by="liv"))
        else:
            events.append(
                WithholdingReleased(
                    number=1,
                    instalment=1,
                    amount_ore=amount,
                    reason="Levert",
                    released_on=self.today,
                    released_by="liv",
                )
            )
        assert self.record(case, *events)

    @precondition(lambda self: self.cases)
    @rule(which=WHICH, share=SHARE)
    def something_is_reduced(self, which: int, share: int) -> None:
        case = self.pick(which)
        amount = case.commitment.free_ore(1) // share
        if amount > 0:
            fallen = (Reduction(instalment=1, amount_ore=amount),)
            assert self.record(
                case, AwardReduced(reductions=fallen, ground=OTHER, reduced_on=self.today, approved_by="liv")
            )
            self.reached["a claim reduced"] += self.today.year in case.held_into

    def more_is_promised(self, case: Case, back: int, amount: int) -> None:
        """Dated back at times: never into a closed year, and never of what covers another."""
        planned = len(case.commitment.instalments)
        proposed = AwardChangeProposed(
            kind="supplementary", added=(Instalment(number=planned + 1, amount_ore=amount),), reductions=(),
            ground=MORE, proposed_by="kari",
        )  # fmt: skip
        day = max(case.commitment.approval().approved_on, self.today - timedelta(days=back))
        granted = evolve(case.granted, proposed)
        before = self.covers(case)
        try:
            approved = approve_change(
                granted, approved_on=day, approved_by="liv", disposal_authority="Delegert", commitment_authority=True
            )
        except YearTurned:
            assert any(day.year < year for year in case.held_into) or case.granted.turns
            self.reached["more promised of a closed year"] += 1
            return
        except AwardGone:
            return
        assert day.year not in {year - 1 for year in case.held_into}, "a closed year"
        recorded = self.record(case, proposed, *approved)
        if case.held_into:
            self.reached["a claim widened" if recorded else "a claim not widened"] += 1
        after = self.covers(case)
        assert all(after[each] >= ore for each, ore in before.items()), "what covers one is taken by no other"

    @precondition(lambda self: sum(self.today.year in case.held_into for case in self.cases) > 1)
    @rule(which=WHICH)
    def a_controller_ranks(self, which: int) -> None:
        held = [case.number for case in self.cases if self.today.year in case.held_into]
        first = held[which % len(held)]
        self.years.ranks(self.today.year, self.today, first, post=self.post(self.today.year))
        self.reached["ranked"] += 1

    def teardown(self) -> None:
        """The last year ends too: what has been carried for two years falls away."""
        if not self.cases:
            return
        self.today = date(2023, 1, 15)
        self.turns()
        self.a_payment_stands_in_the_year_of_its_day_and_nowhere_else()
        self.every_ore_is_claimed_in_one_year()

    # What is known of it here

    def day(self, which: int, back: int) -> date:
        """Today, or a day before it that the promise had come by."""
        case = self.pick(which)
        approved = case.commitment.approval().approved_on
        return max(approved, self.today - timedelta(days=back))

    def open_claims(self, year: int) -> int:
        return sum(max(0, self.claim(case, self.today)) for case in self.cases if year in case.held_into)

    def claim(self, case: Case, on: date) -> int:
        """What is unpaid of a case."""
        promised, paid, _ = case.stood(on)
        return promised - paid

    def covered(self, case: Case, on: date) -> int:
        if on.year not in case.held_into:
            return 0
        committed, disbursed, withheld = self.years.line(case.number, on.year, on)
        return committed - disbursed - withheld

    def covers(self, case: Case) -> dict[tuple[int, int], int]:
        """What each other case is covered by in each year it is held over to, in the end."""
        others = [(other.number, year) for other in self.cases if other is not case for year in other.held_into]
        return {each: self.years.line(*each, END)[0] for each in others}

    def drawn(self, year: int) -> dict[str, Drawn]:
        """What each line of a year has, and what is asked of it, in the end: the facts alone."""
        claims = self.years.claims(self.post(year), END)
        drawn = {line: Drawn(0, 0, 0) for line in self.lines}
        for day, ore, line in self.released:
            drawn[line].released += ore if day.year == year else 0
        for case in self.cases:
            if case.held_into.get(year) == "commitment-authority" or case.number not in claims:
                continue
            claimed, paid, _ = claims[case.number]
            drawn[case.line].paid += paid
            drawn[case.line].unpaid += max(0, claimed - paid) if year in case.held_into else 0
        for line in self.lines[1:]:
            drawn[""].paid += drawn[line].paid - drawn[line].pays
            drawn[""].unpaid += drawn[line].unpaid - drawn[line].covers
        return drawn

    def left(self, year: int, line: str) -> int:
        """What can be promised of a line in the end: what is neither promised, nor set aside for what is held over of
        it, nor earmarked below it."""
        drawn, stands = self.drawn(year), {
            each: self.years.stands(f"{self.post(year)}{each}", END) for each in self.lines
        }  # fmt: skip
        aside = {each: drawn[each].pays + drawn[each].covers for each in self.lines[1:]}
        of_post = stands[""][0] - stands[""][1]
        if line:
            return min(of_post, stands[line][0] - stands[line][1] - aside[line])
        below = sum(stands[each][0] - stands[each][1] - aside[each] for each in self.lines[1:])
        return min(of_post, of_post - below)

    def days(self) -> list[date]:
        closed = [date(year, 12, 31) for year in YEARS if year <= self.today.year]
        opened = [date(year, 1, 1) for year in YEARS if 2020 < year <= self.today.year]
        return [*closed, *opened, self.today]

    # What always holds

    @invariant()
    def a_payment_stands_in_the_year_of_its_day_and_nowhere_else(self) -> None:
        if not self.cases:
            return
        for on in {self.today, date(self.today.year, 12, 31), END}:
            for year in YEARS:
                disbursed = self.years.stands(self.post(year), on)[2]
                assert disbursed == sum(case.paid_in(year, on) for case in self.cases), (year, on)

    @invariant()
    def a_closed_year_stays_as_it_was_closed(self) -> None:
        for year in (year for year in YEARS if year <= self.turned_until):
            mine = [case for case in self.cases if case.own_year == year and year + 1 in case.held_into]
            for case in mine:
                promised, paid, held = case.stood(date(year, 12, 31))
                for on in (date(year, 12, 31), END):
                    assert self.years.stands(stream(case.number), on)[1:] == (promised, paid, held)

    @invariant()
    def every_ore_is_claimed_in_one_year(self) -> None:
        """What was unpaid when a year ended is claimed in the next, and no more: until that year ends in its turn."""
        for year in YEARS[1:]:
            claims = self.years.claims(self.post(year), END)
            for case in self.cases:
                if year not in case.held_into:
                    continue
                ends = date(year, 12, 31) if year + 1 in case.held_into else END
                promised, paid, held = case.stood(ends)
                before = sum(case.paid_in(each, ends) for each in YEARS if each < year)
                beyond = sum(case.paid_in(each, ends) for each in YEARS if each > year)
                assert claims.get(case.number, (0, 0, 0)) == (promised - before - beyond, paid - before - beyond, held)

    @invariant()
    def what_is_released_covers_claims_and_no_more(self) -> None:
        for year in YEARS[1:]:
            held = [case for case in self.cases if year in case.held_into]
            lines = {case.number: self.years.line(case.number, year, END) for case in held}
            carried = [case for case in held if case.held_into[year] == "transferable"]
            claims = self.years.claims(self.post(year), END)
            drawn = self.drawn(year)
            assert sum(each.paid for each in drawn.values()) >= sum(
                each[1] for number, each in claims.items() if number not in lines
            )
            covered = sum(lines[case.number][0] - lines[case.number][1] for case in carried)
            assert covered == sum(each.covers for each in drawn.values())
            for line in self.lines:
                mine = [case for case in carried if case.line == line]
                own = sum(lines[case.number][0] - lines[case.number][1] for case in mine)
                assert own >= (drawn[line].covers if line else 0), "an earmark covers what is held over of it first"
            for case in held:
                if case.held_into[year] == "commitment-authority":
                    assert lines[case.number][0] == claims[case.number][0]

    @invariant()
    def what_is_at_disposal_is_what_letters_put_there(self) -> None:
        if self.cases:
            for (year, line), ore in self.at_disposal.items():
                assert self.years.stands(f"{self.post(year)}{line}", END)[0] == ore

    @invariant()
    def what_of_an_earmark_covers_claims_is_set_aside_there_and_what_is_paid_beyond_shows(self) -> None:
        if not self.cases:
            return
        for year in YEARS[1:]:
            drawn = self.drawn(year)
            for line in self.lines[1:]:
                aside = self.years.set_aside(f"{self.post(year)}{line}", END)
                assert aside == drawn[line].pays + drawn[line].covers
                self.reached["set aside on an earmark"] += bool(aside)
            beyond = drawn[""].paid - drawn[""].pays
            assert self.years.paid_beyond(self.post(year), END) == beyond
            room = sum(max(0, each.released) - each.pays - each.covers for each in drawn.values())
            self.reached["paid beyond one line while another has room"] += bool(beyond and room)


REACHED = (
    "held over: transferable", "held over: commitment-authority", "held over twice", "held over, paid meanwhile",
    "lapsed: not-transferable", "lapsed: carried-long-enough",
    "released in part", "released whole", "released free", "paid within cover", "paid beyond cover",
    "told late of a closed year", "repaid", "repaid in a later year", "complaint across the turn",
    "complaint upheld in a later year", "complaint changed in a later year", "a claim reduced", "ranked",
    "promised of an earmark", "released of an earmark", "set aside on an earmark",
    "paid beyond one line while another has room", "refused by what is bound", "more promised of a closed year",
    "a claim widened", "a claim not widened",
)  # fmt: skip
"""What the machine has to reach for its invariants to say anything."""


def test_three_years_conserve_every_ore_and_all_that_can_happen_is_reached(database: Database, long: bool) -> None:
    class Watched(ThreeYears):
        years = Years(database)
        chapters = count(300)
        reached: ClassVar[Counter[str]] = Counter()

    # What is drawn follows from which modules are loaded too (constants in them are tried), so that an ordinary run may
    # miss what it reached yesterday: then it goes on with others.
    for nth in range(1 if long else MOST_TURNS):
        size = settings(
            max_examples=200 if long else 16, stateful_step_count=50 if long else 25, phases=[Phase.generate]
        )
        run_state_machine_as_test(seed(nth)(Watched), settings=size)
        if all(Watched.reached[name] for name in REACHED):
            break
    assert Watched.years.faults() == []
    read_models(database.service_dsn, database.admin_dsn, time.sleep)
    what_is_paid_of_each_post_is_what_every_payment_asked_would_give(database)
    each_page_of_what_was_unpaid_is_what_every_promise_asked_would_give(database)
    assert {name: Watched.reached[name] for name in REACHED if not Watched.reached[name]} == {}


def each_page_of_what_was_unpaid_is_what_every_promise_asked_would_give(database: Database) -> None:
    """Of every year, over all that the machine has left behind."""
    found = Counter[str]()
    with psycopg.connect(database.service_dsn, autocommit=True, row_factory=dict_row) as connection:
        for year in range(2019, 2025):
            asked: dict[str, Any] = {"day": date(year, 12, 31), "after": "", "limit": 5}
            while rows := connection.execute(UNPAID.encode(), asked).fetchall():
                assert rows == connection.execute(OF_EVERY_PROMISE.encode(), asked).fetchall()
                found += Counter(f"unpaid at the end of {year}, of {row['year']}" for row in rows)
                found["turned"] += sum(row["turned"] for row in rows)
                asked["after"] = rows[-1]["commitment_id"]
            assert connection.execute(OF_EVERY_PROMISE.encode(), asked).fetchall() == []
    assert all(found[each] for each in ("turned", *(f"unpaid at the end of {year}, of 2020" for year in YEARS))), found


def what_is_paid_of_each_post_is_what_every_payment_asked_would_give(database: Database) -> None:
    """Of every year: on its own post, held over to the next, and repaid. What is paid in another year always is held
    over to it, if only as `paid`."""
    found = Counter[str]()
    with psycopg.connect(database.service_dsn, autocommit=True, row_factory=dict_row) as connection:
        for year in range(2019, 2025):
            of_year = {"year": year}
            rows = connection.execute(RECONCILED_BY_SUMS.encode(), of_year).fetchall()
            assert rows == connection.execute(RECONCILED.encode(), of_year).fetchall()
            for row in rows:
                found.update({name: ore for name, ore in row.items() if name.endswith("_ore")})
    for name in ("imported_ore", "repaid_ore", "paid_of_earlier_years_ore"):
        assert found[name] > 0, found
