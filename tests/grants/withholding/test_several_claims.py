"""Of several reclaims, warnings, repayments and payments, each counts on its own and all of them together."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import reduce
from itertools import permutations

import pytest

from services.eventlog.events import Event
from services.grants.case.events.award_change import Reduction
from services.grants.case.events.complaint import ComplaintReceived, Party, SuspensiveEffectGranted
from services.grants.case.events.withholding import ReclaimReduced
from services.grants.withholding.claims import Claims, evolve
from tests.grants.fodt_fri import (
    MILLION,
    committed,
    first_paid,
    netted,
    reclaim_warned,
    reclaimed,
    repaid,
)

second_paid = replace(first_paid, instalment=2, reference="B-1002", paid_on=date(2020, 9, 1))
running = (*committed, first_paid, second_paid)
in_any_order = pytest.mark.parametrize(
    "order", list(permutations(range(3))), ids=lambda order: "".join(map(str, order))
)
claims = [replace(reclaimed, number=n + 1, instalment=1 + n % 2, amount_ore=10 * (n + 1)) for n in range(3)]
"""Three claims: 10 and 30 of the first instalment, 20 of the second."""


def of(*events: Event) -> Claims:
    return reduce(evolve, (*running, *events), Claims())


def reduced(number: int, amount_ore: int) -> ReclaimReduced:
    return ReclaimReduced(
        number=number, amount_ore=amount_ore, reason="Klage", reduced_on=date(2020, 12, 2), reduced_by="ola"
    )


@in_any_order
def test_each_claim_stands_at_what_it_asks_less_all_that_answered_that_claim(order: Sequence[int]) -> None:
    facts = [
        [reduced(2, 1), replace(repaid, reclaim=2, instalment=2, amount_ore=2), _netted(2, 3, 1)],
        [reduced(2, 2), replace(repaid, reclaim=2, instalment=2, amount_ore=3), _netted(2, 1, 1)],
        [reduced(3, 4), replace(repaid, reclaim=3, amount_ore=5), _netted(3, 6)],
    ]
    case = of(*(claims[n] for n in order), *(fact for n in order for fact in facts[n]))
    assert [case.reclaim(n) for n in (1, 2, 3)] == claims
    assert [case.claimed_ore(n) for n in (1, 2, 3)] == [10, 17, 26]
    assert [case.repaid_ore(n) for n in (1, 2, 3)] == [0, 5, 5]
    assert [case.netted_ore(n) for n in (1, 2, 3)] == [0, 6, 6]
    assert [case.standing_ore(n) for n in (1, 2, 3)] == [10, 6, 15]


def _netted(number: int, *amounts_ore: int) -> Event:
    return replace(
        netted, number=number, reductions=tuple(Reduction(instalment=2, amount_ore=ore) for ore in amounts_ore)
    )


@in_any_order
def test_what_is_kept_of_an_instalment_is_its_payments_less_its_claims_and_what_came_back_unasked(
    order: Sequence[int],
) -> None:
    unasked = [
        replace(repaid, reclaim=None, amount_ore=100, voucher="B-1"),
        replace(repaid, reclaim=None, amount_ore=200, voucher="B-2"),
        replace(repaid, reclaim=None, instalment=2, amount_ore=400, voucher="B-3"),
    ]
    more = replace(first_paid, amount_ore=7, reference="B-7", paid_on=date(2020, 4, 1))
    case = of(more, *(claims[n] for n in order), *(unasked[n] for n in order))
    late = date(2020, 12, 31)
    assert case.kept_ore(1, on=late) == 3 * MILLION + 7 - 40 - 300
    assert case.kept_ore(2, on=late) == 3 * MILLION - 20 - 400
    assert case.kept_ore(1, on=more.paid_on) == 3 * MILLION + 7 - 340
    assert case.kept_ore(1, on=date(2020, 3, 31)) == 3 * MILLION - 340
    assert case.paid == (first_paid, second_paid, more)


@in_any_order
def test_each_warning_waits_for_its_own_instalment_and_its_writers_are_known_for_it_alone(
    order: Sequence[int],
) -> None:
    told = [
        replace(reclaim_warned, warned_by="ane"),
        replace(reclaim_warned, warned_by="bo"),
        replace(reclaim_warned, instalment=2, warned_by="cia"),
    ]
    case = of(*(told[n] for n in order))
    last = next(told[n] for n in reversed(order) if n < 2)
    assert case.find_waiting(1) == last
    assert case.find_waiting(2) == told[2]
    assert case.warned == tuple(told[n] for n in order)
    assert last.warned_by in case.find_authors(1) <= {"ane", "bo"}
    assert case.find_authors(2) == {"cia"}
    spent = of(*(told[n] for n in order), reclaimed)
    assert spent.find_waiting(1) is None
    assert spent.find_waiting(2) == told[2]
    assert spent.find_authors(1) == set()
    assert spent.find_authors(2) == {"cia"}
    both = of(*(told[n] for n in order), reclaimed, replace(reclaimed, number=2, instalment=2))
    assert both.find_preparers(1) == case.find_authors(1)
    assert both.find_preparers(2) == {"cia"}


def complaint(number: int, disputed: str, decision_number: int | None) -> list[Event]:
    received = ComplaintReceived(
        number=number,
        disputed="reclaim" if disputed == "reclaim" else "award",
        decision_number=decision_number,
        party=Party(name="Stiftelsen Født Fri"),
        decision_arrived_on=date(2020, 11, 2),
        lodged_on=date(2020, 11, 23),
        last_day_on=date(2020, 11, 23),
        grounds="Uenig",
        defects=(),
        registered_by="kari",
    )
    suspended = SuspensiveEffectGranted(
        number=number, suspends="reclaim", reason="Uvisst", granted_on=date(2020, 11, 24), granted_by="ola"
    )
    return [received, suspended]


def test_a_complaint_of_one_reclaim_stops_that_one_and_of_the_award_every_one() -> None:
    of_second = of(*claims, *complaint(1, "reclaim", 2))
    assert [bool(of_second.find_suspending(n)) for n in (1, 2, 3, None)] == [False, True, False, False]
    two = of(*claims, *complaint(1, "reclaim", 2), *complaint(2, "reclaim", 3))
    assert [(found := two.find_suspending(n)) and found.number for n in (1, 2, 3)] == [None, 1, 2]
    of_award = of(*claims, *complaint(1, "award", None))
    assert [bool(of_award.find_suspending(n)) for n in (1, 2, 3, None)] == [True, True, True, True]
    unnamed = of(*claims, *complaint(1, "reclaim", None))
    assert [bool(unnamed.find_suspending(n)) for n in (1, 2, 3, None)] == [True, True, True, False]
