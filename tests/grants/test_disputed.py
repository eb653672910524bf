"""Money an undecided complaint is about stays as it is, whatever room asks."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import reduce
from itertools import permutations

import pytest

from services.eventlog.events import Event
from services.grants.case.disputes import DisputedMoney, Disputes
from services.grants.case.events.award_change import Reduction
from services.grants.case.events.complaint import (
    ComplaintDismissed,
    ComplaintReceived,
    ComplaintWithdrawn,
    SuspensiveEffectEnded,
)
from tests.grants.complaint.story import (
    disputed_case,
    forwarded,
    half_reversed,
    received,
    reversed_wholly,
    suspended,
    upheld,
)
from tests.grants.fodt_fri import MILLION, released

held = Reduction(instalment=2, amount_ore=MILLION, withholding=1)
free = Reduction(instalment=2, amount_ore=MILLION)
turned_away = ComplaintDismissed(number=1, reason="For sent.", dismissed_on=date(2020, 12, 20), dismissed_by="liv")
of_the_award = replace(received, disputed="award", decision_number=None)
of_a_reclaim = replace(received, disputed="reclaim", decision_number=4)


def disputes(*events: Event) -> Disputes:
    return reduce(Disputes.fold, (*disputed_case, *events), Disputes())


def test_withheld_money_that_is_complained_of_does_not_fall_away_and_other_money_may() -> None:
    with pytest.raises(DisputedMoney):
        disputes(received).check_reductions([free, held])
    disputes(received).check_reductions([free, replace(held, withholding=2)])


def test_while_the_award_is_complained_of_nothing_of_it_falls_away() -> None:
    with pytest.raises(DisputedMoney):
        disputes(of_the_award).check_reductions([free])


def test_a_reversal_in_part_leaves_the_rest_in_dispute() -> None:
    with pytest.raises(DisputedMoney):
        disputes(received, half_reversed).check_reductions([held])


def test_once_it_is_decided_the_money_is_free_of_dispute() -> None:
    disputes(received, forwarded, upheld).check_reductions([held])
    assert disputes(received, forwarded, upheld).open_numbers == ()


def test_a_reclaim_waits_while_its_suspension_stands() -> None:
    waits = replace(suspended, suspends="reclaim")
    assert disputes(of_a_reclaim, waits).reclaims_suspended == {4}
    assert disputes(of_a_reclaim).reclaims_suspended == set()
    assert not disputes(of_a_reclaim, waits).payment_suspended


def test_what_is_changed_does_not_stand_as_it_was_until_the_change_is_carried_out() -> None:
    changed = replace(upheld, outcome="changed")
    for events, overturned in (
        ((forwarded, upheld), False),
        ((forwarded, changed), True),
        ((forwarded, changed, released), False),
        ((forwarded, replace(upheld, outcome="annulled"), released), True),
        ((reversed_wholly, released), True),
        ((released, forwarded, changed), True),
    ):
        assert disputes(received, *events).is_overturned("withholding", 1) is overturned


def ended(number: int, how: str) -> list[Event]:
    """One complaint of the withholding, and how it ended."""
    complaint = replace(received, number=number, lodged_on=received.lodged_on + timedelta(days=number))
    if how == "withdrawn":
        return [complaint, ComplaintWithdrawn(number=number, withdrawn_on=date(2020, 12, 20), recorded_by="siri")]
    if how == "dismissed":
        return [complaint, replace(turned_away, number=number)]
    return [complaint, replace(reversed_wholly, number=number)] if how == "reversed" else [complaint]


@pytest.mark.parametrize("order", list(permutations(("withdrawn", "dismissed", "reversed"))), ids="-".join)
def test_of_several_complaints_the_one_that_overturned_counts_whatever_came_of_the_others(
    order: tuple[str, ...],
) -> None:
    events = [event for number, how in enumerate(order, 1) for event in ended(number, how)]
    assert disputes(*events).is_overturned("withholding", 1)
    assert not disputes(*events).is_overturned("withholding", 2)
    assert not disputes(*events).is_overturned("reclaim", 1)
    none = [event for number, how in enumerate(order, 1) if how != "reversed" for event in ended(number, how)]
    assert not disputes(*none).is_overturned("withholding", 1)


def find(events: Sequence[Event], number: int) -> ComplaintReceived:
    """The complaint of that number, as it came."""
    return next(each for each in events if isinstance(each, ComplaintReceived) and each.number == number)


@pytest.mark.parametrize("order", list(permutations(("withdrawn", "dismissed", "open"))), ids="-".join)
def test_no_complaint_that_has_ended_hides_one_that_is_open(order: tuple[str, ...]) -> None:
    events = [event for number, how in enumerate(order, 1) for event in ended(number, how)]
    standing = order.index("open") + 1
    assert disputes(*events).open_numbers == (standing,)
    with pytest.raises(DisputedMoney) as refused:
        disputes(*events).check_reductions([free, held])
    assert refused.value.details["complaint"] == standing
    mine = find(events, standing)
    award = [replace(mine, disputed="award", decision_number=None) if event == mine else event for event in events]
    with pytest.raises(DisputedMoney) as refused:
        disputes(*award).check_reductions([free])
    assert refused.value.details["complaint"] == standing


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))), ids=str)
def test_each_suspension_of_several_holds_until_its_own_end(order: tuple[int, ...]) -> None:
    complaints = [replace(received, number=number, disputed="reclaim", decision_number=number) for number in (1, 2, 3)]
    waits = [replace(suspended, number=number, suspends="reclaim") for number in order]
    assert disputes(*complaints, *waits).reclaims_suspended == {1, 2, 3}
    first, second, third = order
    gone = ComplaintWithdrawn(number=second, withdrawn_on=date(2020, 12, 20), recorded_by="siri")
    lifted = SuspensiveEffectEnded(number=first, reason="Ja.", ended_on=date(2020, 12, 1), ended_by="liv")
    assert disputes(*complaints, *waits, gone).reclaims_suspended == {first, third}
    assert disputes(*complaints, *waits, gone, lifted).reclaims_suspended == {third}
    payments = [replace(each, suspends="payment") for each in waits]
    assert disputes(*complaints, *payments, gone, lifted).payment_suspended


def test_a_complaint_of_the_award_or_of_a_reclaim_holds_no_withholding_and_of_a_withholding_no_reclaim() -> None:
    of_first = replace(received, number=2)
    assert disputes(of_the_award, of_first, replace(of_a_reclaim, number=3)).withholdings == {1}
    assert disputes(of_the_award, replace(of_a_reclaim, number=3)).withholdings == frozenset()
    waits = replace(suspended, number=2, suspends="reclaim")
    assert disputes(of_first, waits, replace(of_a_reclaim, number=3)).reclaims_suspended == frozenset()
    of_none = replace(of_a_reclaim, number=2, decision_number=None)
    assert disputes(of_none, waits).reclaims_suspended == frozenset()


def test_what_is_let_go_of_one_withholding_follows_no_change_of_another() -> None:
    others = replace(received, number=2, decision_number=2)
    changed = [replace(upheld, number=number, outcome="changed") for number in (1, 2)]
    told = disputes(received, others, *changed, released)
    assert told.is_overturned("withholding", 2)
    assert not told.is_overturned("withholding", 1)


def test_the_first_of_several_disputed_withholdings_is_told_and_why() -> None:
    many = [replace(received, number=number, decision_number=number) for number in (9, 3, 17)]
    parts = [replace(held, withholding=number) for number in (17, 3, 9)]
    with pytest.raises(DisputedMoney) as refused:
        disputes(*many).check_reductions([free, *parts])
    assert refused.value.details == {"complaint": 3, "withholding": 3}


def test_how_each_complaint_ended_is_told_of_it_and_its_suspension_ends_with_it() -> None:
    withdrawn = ComplaintWithdrawn(number=3, withdrawn_on=date(2020, 12, 20), recorded_by="siri")
    dismissed = replace(upheld, number=2, outcome="dismissed")
    complaints = [replace(received, number=number) for number in (1, 2, 3, 4)]
    stopped = [replace(suspended, number=number) for number in (1, 2, 3, 4)]
    told = disputes(*complaints, *stopped, turned_away, dismissed, withdrawn)
    assert [each.ending for each in told.known] == ["turned-away", "turned-away", "withdrawn", None]
    assert [each.suspends for each in told.known] == [None, None, None, suspended.suspends]
    assert told.open_numbers == (4,)
