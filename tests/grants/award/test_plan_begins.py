"""When a plan may begin: not before what the award stands on; what is overdue when it is approved is paid at once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import reduce
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from services.eventlog.events import Event
from services.grants.award.approval import approve, propose
from services.grants.award.payment_plan import planned_instalments
from services.grants.award.proposal import InstalmentDueTooSoon
from services.grants.award.state import Award, evolve
from services.grants.case.events.award import Agreed, AwardProposed, Instalment
from services.grants.case.events.grant_letter import LetterFrozen
from services.grants.disbursement.blocks import list_blocks
from services.grants.disbursement.refusals import InstalmentNotDue
from services.grants.disbursement.view import fold
from services.grants.scheme.events import InstalmentShare
from tests.given import given
from tests.grants.award.application_granted import TERMS, approval, assessed, award, frozen, received
from tests.grants.fodt_fri import MILLION, proposed

ARRIVED = received.arrived_on
EVE = ARRIVED - timedelta(days=1)


def due(*days: date | None, of: AwardProposed = award) -> AwardProposed:
    """The award in as many parts as days are given."""
    share = of.amount_ore // len(days)
    plan = tuple(Instalment(number=number, amount_ore=share, due_on=day) for number, day in enumerate(days, 1))
    return replace(of, instalments=plan)


def after(*facts: Event) -> Any:
    return given(*facts, evolve=evolve, initial=Award())


def test_no_instalment_is_due_before_the_application_arrived() -> None:
    for early in (due(EVE), due(EVE, date(2020, 9, 1)), due(None, EVE)):
        refusal = after(received, assessed).when(propose, proposal=early, scheme=TERMS).refused(InstalmentDueTooSoon)
        assert refusal.details["first_day_on"] == str(ARRIVED)
    for plan in (due(ARRIVED), due(None), due(ARRIVED, date(2020, 9, 1))):
        after(received, assessed).when(propose, proposal=plan, scheme=TERMS).then(plan)


def test_a_day_of_the_schemes_own_plan_stands_however_late_it_was_applied() -> None:
    terms = replace(TERMS, instalments=(InstalmentShare(share_basis_points=10_000, month=1, day=15),))
    plan = planned_instalments(terms, amount_ore=award.amount_ore, year=2020, reports=())
    own = replace(award, instalments=plan)
    assert own.instalments[0].due_on == date(2020, 1, 15)
    after(received, assessed).when(propose, proposal=own, scheme=terms).then(own)
    another = due(date(2020, 1, 16))
    after(received, assessed).when(propose, proposal=another, scheme=terms).refused(InstalmentDueTooSoon)


def test_no_instalment_is_due_before_the_agreement() -> None:
    agreed = replace(proposed, basis=Agreed(document="20/00123-1", agreed_on=date(2020, 5, 4)))
    after().when(propose, proposal=due(date(2020, 5, 3), of=agreed)).refused(InstalmentDueTooSoon)
    assert after().when(propose, proposal=due(date(2020, 5, 4), of=agreed)).events
    assert after().when(propose, proposal=due(date(2020, 1, 1), of=proposed)).events, "the letter names it for the year"


def not_due(facts: Sequence[Event], on: date) -> list[int]:
    """The instalments that wait for their day."""
    case = fold(facts)
    plan = next(each for each in facts if isinstance(each, AwardProposed)).instalments
    return [part.number for part in plan if InstalmentNotDue in map(type, list_blocks(case, part, on=on))]


DAYS = st.dates(date(2020, 1, 1), date(2020, 12, 31))


@drawn(DAYS, st.lists(DAYS, min_size=1, max_size=2).map(sorted), DAYS)
def test_whatever_the_days_what_is_approved_late_is_paid_at_once_and_nothing_is_due_before_it_was_sought(
    arrived_on: date, days: list[date], approved_on: date
) -> None:
    plan, sought = due(*days), replace(received, arrived_on=arrived_on)
    award_so_far = reduce(evolve, (sought, assessed), Award())
    if days[0] < arrived_on:
        with pytest.raises(InstalmentDueTooSoon):
            propose(award_so_far, proposal=plan, scheme=TERMS)
        return
    past = (sought, assessed, *propose(award_so_far, proposal=plan, scheme=TERMS), dated(approved_on))
    made = approve(reduce(evolve, past, Award()), **approval(approved_on=approved_on))
    waits = not_due((*past, *made), on=approved_on)
    assert waits == [number for number, day in enumerate(days, 1) if day > approved_on]


def dated(day: date) -> LetterFrozen:
    return replace(frozen, dated_on=day)


def test_the_property_is_not_vacuous() -> None:
    """A due day before the approval is reached, and the amount is the whole of it."""
    plan = due(ARRIVED, date(2020, 12, 1))
    facts = (received, assessed, plan, dated(date(2020, 6, 1)))
    made = approve(reduce(evolve, facts, Award()), **approval(approved_on=date(2020, 6, 1)))
    assert not_due((*facts, *made), on=date(2020, 6, 1)) == [2]
    assert sum(part.amount_ore for part in plan.instalments) == 2 * MILLION
