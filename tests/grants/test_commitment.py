"""Whatever people try on a case, in whatever order and however dated, its money is conserved on every day."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import reduce
from typing import Any, ClassVar

import pytest
from hypothesis import Phase, given, settings
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
from services.eventlog.mapper import decode, encode
from services.eventlog.refusal import Refusal
from services.grants.award import rules as award
from services.grants.award.events import AwardReturned, Instalment
from services.grants.award.letter_release import claim_release, confirm_release
from services.grants.disbursement import rules as disbursement
from services.grants.disbursement.events import InstalmentConditionMet, InstalmentPaid
from services.grants.withholding import rules as withholding
from services.grants.withholding.events import (
    Exemption,
    PriorWarningGiven,
    PriorWarningOmitted,
    WithholdingDecided,
    WithholdingReleased,
)
from services.grants.withholding.warning import omit_warning, warn
from tests.grants.fodt_fri import (
    MILLION,
    approved,
    broken,
    claimed,
    first_paid,
    letter_out,
    proposed,
    released,
    unsound,
    warned,
    withheld,
)

Rule = Callable[..., list[Event]]

PARTS_ORE = st.lists(st.sampled_from([2 * MILLION, 3 * MILLION]), min_size=2, max_size=2)
AMOUNTS_ORE = st.sampled_from([1, MILLION, MILLION, 2 * MILLION, 3 * MILLION])
NUMBERS = st.integers(1, 2)
DAYS_BACK = st.sampled_from([0, 0, 0, 5, 30])
PREPARERS = st.sampled_from(["kari", "liv"])
DECIDERS = st.sampled_from(["ola", "ola", "liv"])
ATTESTORS = st.sampled_from(["per", "per", "liv", "ola"])
REASONS = st.sampled_from([(unsound,), (unsound, broken)])


class Case(RuleBasedStateMachine):
    """One case after its letter is out. Kept mutants replace a rule; `reached` counts what really happened."""

    pay: ClassVar[Rule] = staticmethod(disbursement.pay)
    decide: ClassVar[Rule] = staticmethod(withholding.decide)
    release: ClassVar[Rule] = staticmethod(withholding.release)
    reached: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Event] = []
        self.award = award.Award()
        self.payments = disbursement.Disbursement()
        self.withholdings = withholding.Withholding()
        self.today = letter_out.released_on + timedelta(days=20)
        self.sizes_ore: dict[int, int] = {}

    @initialize(parts_ore=PARTS_ORE)
    def begin(self, parts_ore: list[int]) -> None:
        self.sizes_ore = dict(enumerate(parts_ore, 1))
        plan = tuple(Instalment(number=number, amount_ore=part_ore) for number, part_ore in self.sizes_ore.items())
        proposal = replace(proposed, amount_ore=sum(parts_ore), instalments=plan)
        self.add(award.propose(self.award, **vars(proposal)))
        self.add(
            award.approve(
                self.award, approved_by="ola", approved_on=approved.approved_on, disposal_authority="Delegert"
            )
        )
        self.add(claim_release(self.award, **vars(claimed), system_began_on=date(2022, 1, 1)))
        self.add(confirm_release(self.award, confirmed_by="liv"))

    def add(self, events: list[Event]) -> None:
        self.events += events
        self.award = reduce(award.evolve, events, self.award)
        self.payments = reduce(disbursement.evolve, events, self.payments)
        self.withholdings = reduce(withholding.evolve, events, self.withholdings)
        self.reached.update(type(event).__name__ for event in events)

    def attempt(self, decision: Rule, room: str, **asked: Any) -> None:
        """Ask; a refusal is an answer. The same asked again at once is nothing."""
        try:
            self.add(decision(getattr(self, room), **asked))
            assert decision(getattr(self, room), **asked) == []
        except Refusal as refusal:
            self.reached[type(refusal).__name__] += 1

    @rule(days=st.integers(1, 40))
    def wait(self, days: int) -> None:
        self.today = min(self.today + timedelta(days=days), date(2020, 12, 31))

    @rule(
        number=NUMBERS,
        amount_ore=st.sampled_from([1, MILLION, 3 * MILLION]),
        back=DAYS_BACK,
        voucher=st.integers(1, 20),
        who=ATTESTORS,
    )
    def someone_pays(self, number: int, amount_ore: int, back: int, voucher: int, who: str) -> None:
        self.attempt(
            type(self).pay,
            "payments",
            instalment=number,
            amount_ore=amount_ore,
            paid_on=self.today - timedelta(days=back),
            reference=f"B-{voucher}",
            attested_by=who,
        )

    @precondition(lambda self: self.payments.commitment.withheld_ore)
    @rule(number=NUMBERS, back=DAYS_BACK)
    def someone_pays_all_that_is_unpaid_though_some_is_withheld(self, number: int, back: int) -> None:
        self.attempt(
            type(self).pay,
            "payments",
            instalment=number,
            amount_ore=self.payments.commitment.unpaid_ore(number),
            paid_on=self.today - timedelta(days=back),
            reference=f"B-{100 + len(self.events)}",
            attested_by="per",
        )

    @rule(
        number=NUMBERS,
        amount_ore=AMOUNTS_ORE,
        back=DAYS_BACK,
        reasons=REASONS,
        period=st.integers(0, 15),
        who=PREPARERS,
    )
    def someone_warns(self, number: int, amount_ore: int, back: int, reasons: Any, period: int, who: str) -> None:
        day = self.today - timedelta(days=back)
        self.attempt(
            warn,
            "withholdings",
            instalment=number,
            amount_ore=amount_ore,
            reasons=reasons,
            reply_by=day + timedelta(days=period),
            warned_on=day,
            warned_by=who,
        )

    @rule(number=NUMBERS, amount_ore=AMOUNTS_ORE, back=DAYS_BACK, reasons=REASONS, who=PREPARERS)
    def someone_omits_the_warning(self, number: int, amount_ore: int, back: int, reasons: Any, who: str) -> None:
        self.attempt(
            omit_warning,
            "withholdings",
            instalment=number,
            amount_ore=amount_ore,
            reasons=reasons,
            exemption=Exemption(code="fvl-16-3-a", ground="Kontoen tømmes."),
            omitted_on=self.today - timedelta(days=back),
            omitted_by=who,
        )

    @rule(number=NUMBERS, amount_ore=AMOUNTS_ORE, back=DAYS_BACK, reasons=REASONS, who=DECIDERS)
    def someone_withholds(self, number: int, amount_ore: int, back: int, reasons: Any, who: str) -> None:
        self.attempt(
            type(self).decide,
            "withholdings",
            instalment=number,
            amount_ore=amount_ore,
            reasons=reasons,
            decided_on=self.today - timedelta(days=back),
            decided_by=who,
        )

    @precondition(lambda self: self.withholdings.decided)
    @rule(number=NUMBERS, amount_ore=AMOUNTS_ORE, back=DAYS_BACK, who=DECIDERS)
    def someone_releases(self, number: int, amount_ore: int, back: int, who: str) -> None:
        self.attempt(
            type(self).release,
            "withholdings",
            number=number,
            amount_ore=amount_ore,
            reason="Forholdet er rettet.",
            released_on=self.today - timedelta(days=back),
            released_by=who,
        )

    @invariant()
    def nothing_is_lost_or_made(self) -> None:
        disbursed_ore = sum(event.amount_ore for event in self.events if isinstance(event, InstalmentPaid))
        withheld_ore = sum(held_ore(event) for event in self.events)
        for commitment in (self.award.commitment, self.payments.commitment, self.withholdings.commitment):
            assert commitment.committed_ore == sum(self.sizes_ore.values())
            assert commitment.disbursed_ore == disbursed_ore
            assert commitment.withheld_ore == withheld_ore
            assert commitment.outstanding_ore == commitment.committed_ore - disbursed_ore - withheld_ore
            assert commitment.outstanding_ore >= 0

    @invariant()
    def on_no_day_is_more_taken_than_promised(self) -> None:
        """Counted from the events alone, for every instalment and every day on which something counts."""
        moved = [event for event in self.events if isinstance(event, Moved)]
        for number, size_ore in self.sizes_ore.items():
            mine = [event for event in moved if event.instalment == number]
            for day in map(day_of, mine):
                told = [event for event in mine if day_of(event) <= day]
                paid_ore = sum(event.amount_ore for event in told if isinstance(event, InstalmentPaid))
                assert 0 <= sum(map(held_ore, told)) <= size_ore - paid_ore

    @invariant()
    def each_withholding_has_a_preparation_of_its_own_by_another_person(self) -> None:
        waiting: dict[int, PriorWarningGiven | PriorWarningOmitted] = {}
        for event in self.events:
            match event:
                case PriorWarningGiven() | PriorWarningOmitted():
                    waiting[event.instalment] = event
                case WithholdingDecided():
                    prepared = waiting.pop(event.instalment, None)
                    assert prepared is not None, "withheld without prior warning"
                    if isinstance(prepared, PriorWarningGiven):
                        assert prepared.warned_on < prepared.reply_by < event.decided_on
                        assert prepared.warned_by != event.decided_by
                    else:
                        assert prepared.omitted_by != event.decided_by
                        assert event.exemption == prepared.exemption
                case WithholdingReleased():
                    waiting.pop(event.instalment, None)
                case InstalmentPaid():
                    assert event.attested_by != "ola", "attested by the award's approver"
                    assert event.paid_on >= letter_out.released_on

    def teardown(self) -> None:
        """Stored and read again, the history folds to the same case."""
        read = [decode(type(event).TOPIC, encode(event)) for event in self.events]
        assert reduce(award.evolve, read, award.Award()) == self.award
        assert reduce(disbursement.evolve, read, disbursement.Disbursement()) == self.payments
        assert reduce(withholding.evolve, read, withholding.Withholding()) == self.withholdings


Moved = InstalmentPaid | WithholdingDecided | WithholdingReleased


def held_ore(event: Event) -> int:
    """What the event adds to what is withheld."""
    match event:
        case WithholdingDecided(amount_ore=amount_ore):
            return amount_ore
        case WithholdingReleased(amount_ore=amount_ore):
            return -amount_ore
    return 0


def day_of(event: Moved) -> date:
    """The day the money counts from."""
    match event:
        case InstalmentPaid(paid_on=day) | WithholdingDecided(decided_on=day) | WithholdingReleased(released_on=day):
            return day


LIFE = settings(max_examples=200, stateful_step_count=30)
HUNT = settings(LIFE, max_examples=400, phases=[Phase.generate])


def test_money_is_conserved_and_every_act_is_reached() -> None:
    class Watched(Case):
        reached: ClassVar[Counter[str]] = Counter()

    run_state_machine_as_test(Watched, settings=LIFE)
    acts = ("InstalmentPaid", "PriorWarningGiven", "PriorWarningOmitted", "WithholdingDecided", "WithholdingReleased")
    refusals = ("SamePersonTwice", "InstalmentWithheld", "PriorWarningMissing", "ReplyPeriodOpen", "BeyondUnpaid")
    assert {name for name in (*acts, *refusals) if Watched.reached[name] < 5} == set()


def pays_what_is_withheld(case: disbursement.Disbursement, **asked: Any) -> list[Event]:
    without = tuple(taken for taken in case.commitment.taken if not taken.withheld_ore)
    return disbursement.pay(replace(case, commitment=replace(case.commitment, taken=without)), **asked)


def pays_back_in_time(case: disbursement.Disbursement, *, paid_on: date, **asked: Any) -> list[Event]:
    decided = disbursement.pay(case, paid_on=date(2020, 12, 31), **asked)
    return [replace(event, paid_on=paid_on) for event in decided if isinstance(event, InstalmentPaid)]


def pays_by_the_approver(case: disbursement.Disbursement, *, attested_by: str, **asked: Any) -> list[Event]:
    decided = disbursement.pay(case, attested_by="somebody", **asked)
    return [replace(event, attested_by=attested_by) for event in decided if isinstance(event, InstalmentPaid)]


def decides_on_a_spent_warning(case: withholding.Withholding, **asked: Any) -> list[Event]:
    return withholding.decide(replace(case, waiting=case.prepared), **asked)


def releases_twice(case: withholding.Withholding, **asked: Any) -> list[Event]:
    return withholding.release(replace(case, released=()), **asked)


@pytest.mark.parametrize(
    ("name", "mutant"),
    [
        ("pay", pays_what_is_withheld),
        ("pay", pays_back_in_time),
        ("pay", pays_by_the_approver),
        ("decide", decides_on_a_spent_warning),
        ("release", releases_twice),
    ],
)
def test_a_mutant_of_a_rule_is_found(name: str, mutant: Rule) -> None:
    mutated = type("Mutated", (Case,), {name: staticmethod(mutant)})
    with pytest.raises(AssertionError):
        run_state_machine_as_test(mutated, settings=HUNT)


EVERY_FACT: tuple[Event, ...] = (
    proposed,
    AwardReturned(reason="Mangler vilkår.", returned_by="ola"),
    approved,
    claimed,
    letter_out,
    first_paid,
    InstalmentConditionMet(instalment=9, ground="20/00123-9", met_on=date(2020, 8, 20), confirmed_by="kari"),
    replace(first_paid, instalment=9),
    warned,
    withheld,
    replace(withheld, amount_ore=99 * MILLION),
    released,
    replace(released, number=9),
)


@given(st.lists(st.sampled_from(EVERY_FACT), max_size=30))
def test_no_history_however_odd_makes_a_fold_fail(events: list[Event]) -> None:
    for evolve, state in (
        (award.evolve, award.Award()),
        (disbursement.evolve, disbursement.Disbursement()),
        (withholding.evolve, withholding.Withholding()),
    ):
        folded: Any = reduce(evolve, events, state)  # type: ignore[arg-type]
        assert isinstance(folded.commitment.outstanding_ore, int)
