"""What the recipient pays back, or is paid less: never more than was paid, and never counted twice."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.duties import SamePersonTwice
from services.eventlog.events import Event
from services.grants.case.commitment_refusals import AmountNotPositive, ReductionBeyondUnpaid, UnknownInstalment
from services.grants.case.disputes import DisputedMoney
from services.grants.case.events.award_change import Reduction
from services.grants.case.events.complaint import Outcome
from services.grants.case.events.disbursement import InstalmentPaid, InstalmentPaidLater, PaymentAttested
from services.grants.case.events.withholding import RepaymentReceived
from services.grants.case.events.year_end import CommitmentCarriedOver
from services.grants.withholding.claims import (
    BeyondClaim,
    BeyondPaid,
    Claims,
    ReclaimSuspended,
    UnknownReclaim,
    evolve,
)
from services.grants.withholding.reclaim import BeforeReclaim, reduce_reclaim
from services.grants.withholding.repayment import (
    ReclaimOverturned,
    RepaymentOfWhat,
    RepaymentVoucherUsed,
    WithheldIsNotNetted,
    net_reclaim,
    receive_repayment,
)
from tests import given as sentences
from tests.grants.fodt_fri import (
    MILLION,
    approved,
    first_paid,
    letter_out,
    netted,
    proposed,
    reclaim_warned,
    reclaimed,
    released,
    repaid,
    running,
    warned,
    withheld,
)
from tests.grants.withholding.reclaim import complained, outcome, reduced, suspended

claimed = (*running, reclaim_warned, reclaimed)
unasked = replace(repaid, reclaim=None, received_on=date(2020, 6, 1))


def given(*events: Event) -> sentences.Given:
    return sentences.given(*events, evolve=evolve, initial=Claims())


def asked(fact: Event) -> dict[str, Any]:
    return dict(vars(fact))


def receipt(fact: RepaymentReceived = repaid) -> dict[str, Any]:
    """As it is asked: of a claim, or of an instalment; whether it is credited is worked out."""
    told = {name: value for name, value in vars(fact).items() if name != "credited"}
    return told | ({"instalment": None} if fact.reclaim else {})


def test_a_repayment_of_a_claim_within_the_year_makes_room_again() -> None:
    given(*claimed).when(receive_repayment, **receipt()).then(repaid)
    case = given(*claimed, repaid).state
    assert (case.commitment.committed_ore, case.commitment.disbursed_ore) == (5 * MILLION, 2 * MILLION)
    assert (case.commitment.outstanding_ore, case.commitment.repaid_ore) == (3 * MILLION, MILLION)
    assert case.standing_ore(1) == MILLION


def test_what_comes_back_another_year_is_income_of_that_year_and_only_shown() -> None:
    next_year = replace(repaid, received_on=date(2021, 1, 1), credited=False)
    given(*claimed).when(receive_repayment, **receipt(next_year)).then(next_year)
    last_day = replace(repaid, received_on=date(2020, 12, 31))
    given(*claimed).when(receive_repayment, **receipt(last_day)).then(last_day)
    case = given(*claimed, next_year).state
    assert (case.commitment.committed_ore, case.commitment.disbursed_ore) == (6 * MILLION, 3 * MILLION)
    assert (case.standing_ore(1), case.commitment.repaid_ore) == (MILLION, MILLION)


def test_what_was_paid_another_year_than_the_funds_is_not_credited() -> None:
    paid_late = replace(running[-1], paid_on=date(2021, 2, 1))
    back = replace(unasked, received_on=date(2021, 3, 1), credited=False)
    given(*running[:-1], paid_late).when(receive_repayment, **receipt(back)).then(back)


def test_money_that_came_unasked_names_the_instalment_it_returns() -> None:
    given(*running).when(receive_repayment, **receipt(unasked)).then(unasked)
    given(*running).when(receive_repayment, **(receipt(unasked) | {"instalment": 3})).refused(UnknownInstalment)


def test_a_repayment_is_of_a_claim_or_of_an_instalment() -> None:
    given(*claimed).when(receive_repayment, **(receipt() | {"reclaim": None})).refused(RepaymentOfWhat)
    given(*claimed).when(receive_repayment, **(receipt() | {"instalment": 1})).refused(RepaymentOfWhat)


def test_the_same_repayment_again_is_nothing() -> None:
    given(*claimed, repaid).when(receive_repayment, **receipt()).nothing()
    given(*running, unasked).when(receive_repayment, **receipt(unasked)).nothing()


@pytest.mark.parametrize("voucher", ["B-2001", "B-1001", "b-2001", "B-1001\N{NO-BREAK SPACE}"])
def test_a_voucher_stands_on_one_movement_only(voucher: str) -> None:
    other = replace(repaid, amount_ore=1, voucher=voucher)
    given(*claimed, repaid).when(receive_repayment, **receipt(other)).refused(RepaymentVoucherUsed)


def test_one_ore_more_than_the_claim_asks_for_is_too_much() -> None:
    rest = replace(repaid, voucher="B-2002")
    given(*claimed, repaid).when(receive_repayment, **receipt(rest)).then(rest)
    more = replace(rest, amount_ore=MILLION + 1)
    refusal = given(*claimed, repaid).when(receive_repayment, **receipt(more)).refused(BeyondClaim)
    assert refusal.details["standing_ore"] == MILLION
    given(*claimed, reduced, repaid).when(receive_repayment, **receipt(replace(rest, amount_ore=1))).refused(
        BeyondClaim
    )


def test_no_more_comes_back_unasked_than_was_paid_and_not_claimed() -> None:
    after = replace(unasked, received_on=date(2020, 11, 20), voucher="B-2002")
    given(*claimed).when(receive_repayment, **receipt(after)).then(after)
    more = replace(after, amount_ore=MILLION + 1)
    refusal = given(*claimed).when(receive_repayment, **receipt(more)).refused(BeyondPaid)
    assert refusal.details["kept_ore"] == MILLION
    before_payment = replace(unasked, received_on=date(2020, 3, 1))
    given(*running).when(receive_repayment, **receipt(before_payment)).refused(BeyondPaid)


@pytest.mark.parametrize("fact", [repaid, unasked])
def test_what_came_back_is_more_than_nothing(fact: RepaymentReceived) -> None:
    given(*claimed).when(receive_repayment, **(receipt(fact) | {"amount_ore": 0})).refused(AmountNotPositive)


def test_a_claim_is_not_answered_before_it_was_made() -> None:
    early = replace(repaid, received_on=date(2020, 11, 1))
    given(*claimed).when(receive_repayment, **receipt(early)).refused(BeforeReclaim)
    given(*running).when(receive_repayment, **receipt()).refused(UnknownReclaim)


def test_whoever_decided_the_claim_does_not_record_what_it_brings() -> None:
    given(*claimed).when(receive_repayment, **(receipt() | {"recorded_by": "ola"})).refused(SamePersonTwice)


def test_nobody_is_kept_from_paying_while_the_claim_is_stopped() -> None:
    given(*claimed, complained, suspended).when(receive_repayment, **receipt()).then(repaid)


def test_a_claim_is_settled_against_what_is_still_owed() -> None:
    given(*claimed).when(net_reclaim, **asked(netted)).then(netted)
    case = given(*claimed, repaid, netted).state
    assert case.standing_ore(1) == 0
    assert case.kept_ore(1, on=date(2020, 12, 1)) == MILLION
    assert (case.commitment.committed_ore, case.commitment.disbursed_ore) == (4 * MILLION, 2 * MILLION)
    assert case.commitment.outstanding_ore == 2 * MILLION


def test_the_same_netting_again_is_nothing() -> None:
    given(*claimed, netted).when(net_reclaim, **asked(netted)).nothing()


def test_no_more_is_netted_than_the_claim_asks_for() -> None:
    more = replace(netted, reductions=(Reduction(instalment=2, amount_ore=2 * MILLION + 1),))
    given(*claimed).when(net_reclaim, **asked(more)).refused(BeyondClaim)
    given(*claimed).when(net_reclaim, **asked(replace(netted, reductions=()))).refused(AmountNotPositive)


def test_only_what_is_free_is_netted() -> None:
    given(*claimed, warned, withheld).when(net_reclaim, **asked(netted)).refused(ReductionBeyondUnpaid)
    held = replace(netted, reductions=(Reduction(instalment=2, amount_ore=MILLION, withholding=1),))
    given(*claimed, warned, withheld).when(net_reclaim, **asked(held)).refused(WithheldIsNotNetted)
    elsewhere = replace(netted, reductions=(Reduction(instalment=3, amount_ore=MILLION),))
    given(*claimed).when(net_reclaim, **asked(elsewhere)).refused(UnknownInstalment)


def test_what_waits_to_be_paid_is_not_netted() -> None:
    attested = PaymentAttested(
        payment_id=UUID(int=1),
        instalment=2,
        amount_ore=3 * MILLION,
        account_id=UUID(int=2),
        pay_on=date(2020, 12, 2),
        attested_on=date(2020, 11, 30),
        attested_by="per",
    )
    given(*claimed, attested).when(net_reclaim, **asked(netted)).refused(ReductionBeyondUnpaid)


def test_whoever_prepared_the_claim_does_not_settle_it() -> None:
    given(*claimed).when(net_reclaim, **(asked(netted) | {"netted_by": "kari"})).refused(SamePersonTwice)


def test_a_claim_is_not_netted_before_it_was_made() -> None:
    given(*claimed).when(net_reclaim, **(asked(netted) | {"netted_on": date(2020, 11, 1)})).refused(BeforeReclaim)


def test_nothing_is_netted_while_a_complaint_stops_the_claim() -> None:
    given(*claimed, complained, suspended).when(net_reclaim, **asked(netted)).refused(ReclaimSuspended)
    given(*claimed, complained).when(net_reclaim, **asked(netted)).then(netted)
    later = replace(netted, netted_on=date(2021, 2, 2))
    given(*claimed, complained, suspended, outcome).when(net_reclaim, **asked(later)).then(later)


def test_nothing_is_netted_while_the_award_itself_is_complained_of() -> None:
    of_the_award = replace(complained, disputed="award", decision_number=None)
    given(*claimed, of_the_award).when(net_reclaim, **asked(netted)).refused(DisputedMoney)


@pytest.mark.parametrize("told", ["changed", "annulled", "returned"])
def test_a_claim_that_a_complaint_changed_is_not_netted_as_it_was(told: Outcome) -> None:
    overturned = (*claimed, complained, replace(outcome, outcome=told))
    saying = "to what is left" if told == "changed" else "by all that it still asks for"
    given(*overturned).when(net_reclaim, **asked(netted)).refused(ReclaimOverturned, saying=saying)


@pytest.mark.parametrize("told", ["annulled", "returned"])
def test_a_claim_that_does_not_stand_is_not_netted_though_it_is_reduced_and_then_asks_for_nothing(
    told: Outcome,
) -> None:
    over = (*claimed, complained, replace(outcome, outcome=told, decided_on=date(2020, 11, 25)))
    lower = replace(reduced, reduced_on=date(2020, 11, 26))
    given(*over, lower).when(net_reclaim, **asked(netted)).refused(ReclaimOverturned)
    left_ore = given(*over).state.standing_ore(1)
    nothing = replace(lower, amount_ore=left_ore)
    assert given(*over, nothing).state.standing_ore(1) == 0


def test_what_is_left_of_a_changed_claim_is_netted_once_it_is_reduced_to_that() -> None:
    told = replace(outcome, outcome="changed", decided_on=date(2020, 11, 25))
    lower = replace(reduced, reduced_on=date(2020, 11, 26))
    given(*claimed, complained, told, lower).when(net_reclaim, **asked(netted)).then(netted)


# Which year's books a repayment stands in, over several payments of several years.

held = CommitmentCarriedOver(
    year=2020, held_ore=3 * MILLION, ground="transferable", held_on=date(2020, 12, 31), into_post_id="2021/291/71",
    recorded_by="anne",
)  # fmt: skip


def paid(instalment: int, ore: int, on: date, *, charged: bool = False) -> InstalmentPaid:
    told = replace(first_paid, instalment=instalment, amount_ore=ore, paid_on=on, reference=f"B-{instalment}-{on}")
    return InstalmentPaidLater(**vars(told), charged_post_id=f"{on.year}/291/71") if charged else told


def back(ore: int, on: date, *, instalment: int = 1, voucher: str = "T-1", credited: bool = True) -> RepaymentReceived:
    return replace(unasked, instalment=instalment, amount_ore=ore, received_on=on, voucher=voucher, credited=credited)


TWO_YEARS = (
    proposed, approved, letter_out, paid(1, 20, date(2020, 3, 2)), paid(2, 40, date(2020, 3, 2)), held,
    paid(1, 10, date(2021, 3, 2)), paid(2, 5, date(2021, 3, 2)),
)  # fmt: skip


@pytest.mark.parametrize("of_year", ["held over to", "paid in all the same"])
def test_what_was_paid_of_the_instalment_in_the_year_is_credited_in_it_to_the_last_ore(of_year: str) -> None:
    case: tuple[Event, ...] = TWO_YEARS
    if of_year == "paid in all the same":
        case = (*TWO_YEARS[:5], *(InstalmentPaidLater(**vars(each), charged_post_id="2021/291/71")
                                  for each in TWO_YEARS[6:] if isinstance(each, InstalmentPaid)))  # fmt: skip
    on = date(2021, 3, 2)
    given(*case).when(receive_repayment, **receipt(back(10, on))).then(back(10, on))
    given(*case).when(receive_repayment, **receipt(back(11, on))).then(back(11, on, credited=False))
    given(*case).when(receive_repayment, **receipt(back(6, on, instalment=2))).then(
        back(6, on, instalment=2, credited=False)
    )
    eve, year_end = date(2021, 3, 1), date(2020, 12, 31)
    given(*case).when(receive_repayment, **receipt(back(1, eve))).then(back(1, eve, credited=False))
    given(*case).when(receive_repayment, **receipt(back(20, year_end))).then(back(20, year_end))
    next_year = date(2022, 1, 1)
    given(*case).when(receive_repayment, **receipt(back(1, next_year))).then(back(1, next_year, credited=False))


def test_what_was_credited_before_is_not_credited_twice_and_what_was_not_takes_nothing_of_it() -> None:
    on = date(2021, 5, 4)
    once = back(6, on)
    given(*TWO_YEARS, once).when(receive_repayment, **receipt(back(4, on, voucher="T-2"))).then(
        back(4, on, voucher="T-2")
    )
    given(*TWO_YEARS, once).when(receive_repayment, **receipt(back(5, on, voucher="T-2"))).then(
        back(5, on, voucher="T-2", credited=False)
    )
    income = back(15, on, credited=False)
    given(*TWO_YEARS, income).when(receive_repayment, **receipt(back(10, on, voucher="T-2"))).then(
        back(10, on, voucher="T-2")
    )
    of_the_other = (back(5, on, instalment=2), back(7, date(2020, 6, 1), voucher="T-0"))
    given(*TWO_YEARS, *of_the_other).when(receive_repayment, **receipt(back(10, on, voucher="T-2"))).then(
        back(10, on, voucher="T-2")
    )


def test_what_is_netted_is_free_on_its_day_and_on_each_day_since() -> None:
    """The withholding was let go of on 1 December; in November there was nothing to net against."""
    freed = (*claimed, warned, withheld, released)
    early = replace(netted, netted_on=date(2020, 11, 10))
    given(*freed).when(net_reclaim, **asked(early)).refused(ReductionBeyondUnpaid)
    on_the_day = replace(netted, netted_on=released.released_on)
    given(*freed).when(net_reclaim, **asked(on_the_day)).then(on_the_day)


@pytest.mark.parametrize("turned", [False, True])
def test_of_several_complaints_the_one_that_set_the_claim_aside_says_what_is_left_to_do(turned: bool) -> None:
    changed = (complained, replace(outcome, outcome="changed"))
    annulled = (replace(complained, number=2), replace(outcome, number=2, outcome="annulled"))
    both = (*annulled, *changed) if turned else (*changed, *annulled)
    given(*claimed, *both).when(net_reclaim, **asked(netted)).refused(
        ReclaimOverturned, saying="by all that it still asks for"
    )


def test_a_claim_may_be_answered_settled_and_reduced_on_the_day_it_was_made() -> None:
    at_once = replace(repaid, received_on=reclaimed.decided_on)
    given(*claimed).when(receive_repayment, **receipt(at_once)).then(at_once)
    same_day = replace(netted, netted_on=reclaimed.decided_on)
    given(*claimed).when(net_reclaim, **asked(same_day)).then(same_day)
    less = replace(reduced, reduced_on=reclaimed.decided_on)
    given(*claimed).when(reduce_reclaim, **asked(less)).then(less)
