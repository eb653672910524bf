"""What is promised, paid, withheld and left of several instalments, by several facts, and on several days: always all
of them, each once, and from its own day."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import reduce
from itertools import permutations
from uuid import UUID

import pytest

from services.eventlog.events import Event
from services.grants.case.commitment import Commitment
from services.grants.case.commitment_refusals import ReductionBeyondUnpaid, UnknownInstalment
from services.grants.case.events.award import AwardReturned, Instalment
from services.grants.case.events.award_change import AwardReduced, Ground, Reduction
from services.grants.case.events.disbursement import InstalmentPaidLater, PaymentAttested
from tests.grants.fodt_fri import MILLION, approved, first_paid, imported, proposed, released, withheld

DAYS = [date(2020, 3, 2), date(2020, 4, 1), date(2020, 5, 4)]
NEW_YEAR, LAST = date(2021, 1, 4), date(2020, 12, 31)
PARTS = [3 * MILLION, 2 * MILLION, MILLION]
three = replace(proposed, instalments=tuple(Instalment(number=n + 1, amount_ore=ore) for n, ore in enumerate(PARTS)))
promised = (three, approved)
in_any_order = pytest.mark.parametrize(
    "order", list(permutations(range(3))), ids=lambda order: "".join(map(str, order))
)
paid = [replace(first_paid, amount_ore=n + 1, paid_on=day, reference=f"B-{n}") for n, day in enumerate(DAYS)]
fallen = [
    AwardReduced(
        reductions=(Reduction(instalment=2, amount_ore=10 * (n + 1)),), ground=Ground(code="other", text="Mindre"),
        reduced_on=day, approved_by="ola",
    )
    for n, day in enumerate(DAYS)
]  # fmt: skip


def of(*events: Event) -> Commitment:
    return reduce(Commitment.fold, events, Commitment())


@in_any_order
def test_what_is_left_is_the_sum_over_the_instalments_and_what_is_paid_over_the_payments(order: Sequence[int]) -> None:
    case = of(*promised, *(paid[n] for n in order))
    assert case.paid_ore(1) == case.disbursed_ore == 1 + 2 + 3
    assert (case.paid_ore(2), case.paid_ore(3)) == (0, 0)
    assert case.outstanding_ore == sum(PARTS) - 6
    assert case.unpaid_ore(1) == 3 * MILLION - 6


@in_any_order
def test_what_is_unpaid_on_a_day_counts_each_payment_and_each_reduction_from_its_own_day(order: Sequence[int]) -> None:
    case = of(*promised, *(paid[n] for n in order), *(fallen[n] for n in order))
    whole = sum(PARTS)
    before = date(2020, 2, 2)
    assert case.unpaid_on(before) == 0
    assert case.unpaid_on(approved.approved_on) == whole
    for n, gone in enumerate((1 + 10, 3 + 30, 6 + 60)):
        assert case.unpaid_on(DAYS[n]) == whole - gone
    assert case.unpaid_on(LAST) == whole - 66


def test_an_instalment_is_open_until_its_last_ore_is_paid_or_withheld() -> None:
    second = replace(first_paid, instalment=2, amount_ore=2 * MILLION)
    third = replace(withheld, instalment=3, amount_ore=MILLION)
    case = of(*promised, second, third)
    assert [part.number for part in case.open_instalments] == [1]
    nearly = of(*promised, replace(second, amount_ore=2 * MILLION - 1), replace(third, amount_ore=MILLION - 1))
    assert [part.number for part in nearly.open_instalments] == [1, 2, 3]


def test_nothing_is_promised_of_a_proposal_nor_of_one_that_was_returned() -> None:
    assert of(three).instalments == of(three, AwardReturned(reason="Feil", returned_by="ola")).instalments == ()
    assert of(three).committed_ore == of(approved).committed_ore == 0
    assert of(*promised).instalments == three.instalments


def test_a_payment_in_a_later_year_answers_the_one_that_waited() -> None:
    ids = [UUID(int=n) for n in (1, 2)]
    waits = [
        PaymentAttested(
            payment_id=each, instalment=1, amount_ore=MILLION, account_id=UUID(int=9), pay_on=LAST, attested_on=LAST,
            attested_by="per",
        )
        for each in ids
    ]  # fmt: skip
    fields = vars(first_paid) | {"amount_ore": MILLION, "paid_on": NEW_YEAR, "payment_id": ids[0]}
    case = of(*promised, *waits, InstalmentPaidLater(**fields, charged_post_id="2021/291/71"))
    assert [each.payment_id for each in case.requested] == ids[1:]
    assert case.charged == {2021}
    from_before = of(*promised, *waits, first_paid)
    assert [each.payment_id for each in from_before.requested] == ids


@in_any_order
def test_what_would_fall_away_is_the_rest_of_each_instalment_and_of_each_withholding_in_order(
    order: Sequence[int],
) -> None:
    held = [replace(withheld, number=n + 1, instalment=1, amount_ore=ore) for n, ore in enumerate((1, 5, 9))]
    second = replace(first_paid, instalment=2, amount_ore=2 * MILLION - 1)
    case = of(*promised, *(held[n] for n in order), second)
    assert case.list_rest() == (
        Reduction(instalment=1, amount_ore=3 * MILLION - 15),
        Reduction(instalment=1, amount_ore=1, withholding=1),
        Reduction(instalment=1, amount_ore=5, withholding=2),
        Reduction(instalment=1, amount_ore=9, withholding=3),
        Reduction(instalment=2, amount_ore=1),
        Reduction(instalment=3, amount_ore=MILLION),
    )
    assert [case.withheld_by_ore(n) for n in (1, 2, 3)] == [1, 5, 9]


@in_any_order
def test_reductions_of_one_instalment_are_held_together_against_it_and_not_against_another(
    order: Sequence[int],
) -> None:
    parts = [Reduction(instalment=3, amount_ore=ore) for ore in (MILLION // 2, MILLION // 4, MILLION // 4)]
    asked = [parts[n] for n in order]
    case = of(*promised)
    case.check_reductions([*asked, Reduction(instalment=2, amount_ore=2 * MILLION)], since=LAST)
    with pytest.raises(ReductionBeyondUnpaid) as refused:
        case.check_reductions([*asked, Reduction(instalment=3, amount_ore=1)], since=LAST)
    assert refused.value.details["left_ore"] == MILLION


def test_a_withholding_gives_way_in_its_own_instalment_alone_and_to_what_it_holds() -> None:
    other = replace(withheld, number=2, instalment=1, amount_ore=MILLION)
    case = of(*promised, replace(withheld, amount_ore=MILLION), other, replace(first_paid, amount_ore=1))
    case.check_reductions([Reduction(instalment=1, amount_ore=MILLION, withholding=2)], since=LAST)
    for beyond in (
        Reduction(instalment=1, amount_ore=MILLION + 1, withholding=2),
        Reduction(instalment=1, amount_ore=1, withholding=1),
        Reduction(instalment=2, amount_ore=1, withholding=2),
    ):
        with pytest.raises(ReductionBeyondUnpaid):
            case.check_reductions([beyond], since=LAST)
    with pytest.raises(UnknownInstalment):
        case.check_reductions([Reduction(instalment=4, amount_ore=1, withholding=2)], since=LAST)


def test_who_bound_the_money_did_it_here_or_found_it_decided_outside_never_both() -> None:
    assert of(*promised).bound_by() == {"approve award": {"ola"}, "confirm award import": set()}
    assert of(three, imported).bound_by() == {"approve award": set(), "confirm award import": {"ola"}}


def test_withholdings_of_one_instalment_come_in_the_order_of_their_numbers_beside_what_was_paid_of_it() -> None:
    held = [replace(withheld, number=number, instalment=1, amount_ore=number) for number in (17, 3, 9)]
    rest = of(*promised, *held, *paid).list_rest()
    assert [(each.withholding, each.amount_ore) for each in rest if each.withholding] == [(3, 3), (9, 9), (17, 17)]


def test_a_reduction_dated_in_the_past_is_held_against_every_day_since() -> None:
    """What was paid or let go of since leaves less of what was free, and of what was withheld, on the days between."""
    let_go = replace(released, number=1, instalment=2, amount_ore=MILLION)
    held = replace(withheld, instalment=2, amount_ore=2 * MILLION)
    case = of(*promised, held, let_go)
    before, between = date(2020, 10, 1), date(2020, 11, 15)
    case.check_reductions([Reduction(instalment=2, amount_ore=MILLION)], since=LAST)
    for since in (before, between):
        with pytest.raises(ReductionBeyondUnpaid):
            case.check_reductions([Reduction(instalment=2, amount_ore=MILLION)], since=since)
        assert case.payable_ore(2, since=since) == 0
    case.check_reductions([Reduction(instalment=2, amount_ore=MILLION, withholding=1)], since=between)
    with pytest.raises(ReductionBeyondUnpaid):
        case.check_reductions([Reduction(instalment=2, amount_ore=1, withholding=1)], since=before)


def test_a_proposal_that_was_returned_is_proposed_no_more() -> None:
    returned = AwardReturned(reason="Feil", returned_by="ola")
    assert of(three, returned).proposed is None
    assert of(three, returned, proposed).proposed == proposed
