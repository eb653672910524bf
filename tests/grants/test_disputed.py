"""Money an undecided complaint is about stays as it is, whatever room asks."""

from dataclasses import replace
from functools import reduce

import pytest

from services.eventlog.events import Event
from services.grants.award.events import Reduction
from services.grants.disputed import DisputedMoney, Disputes
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
        dispute = disputes(received, *events).find_about("withholding", 1)
        assert dispute is not None
        assert dispute.overturns is overturned
