"""Every fact that is a decision can be complained of by its own name, of its own day and people; no other can."""

from dataclasses import fields
from datetime import date
from typing import Any

import pytest

from services.eventlog.events import Event
from services.grants.case.events.application import ApplicationDismissed, ApplicationReceived, ApplicationRejected
from services.grants.case.events.award import AwardApproved, AwardImported, AwardProposed
from services.grants.case.events.award_change import AwardAnnulled, AwardReduced
from services.grants.case.events.withholding import ReclaimDecided, WithholdingDecided, WithholdingReleased
from services.grants.complaint.decision import NUMBERED, decision_of

DAY = date(2020, 5, 5)
DECISIONS: tuple[tuple[type[Event], str, int | None], ...] = (
    (AwardApproved, "award", None),
    (AwardImported, "award", None),
    (ApplicationRejected, "rejection", None),
    (ApplicationDismissed, "dismissal", None),
    (WithholdingDecided, "withholding", 4),
    (ReclaimDecided, "reclaim", 4),
    (AwardReduced, "reduction", 3),
    (AwardAnnulled, "annulment", None),
)


def fact(kind: type[Any]) -> Event:
    """One of that kind, decided by ola on that day; what else it says is not looked at."""
    made = object.__new__(kind)
    for field in fields(kind):
        by, on = field.name.endswith("_by"), field.name.endswith("_on")
        object.__setattr__(made, field.name, "ola" if by else DAY if on else 4 if field.name == "number" else None)
    assert isinstance(made, Event)
    return made


@pytest.mark.parametrize(("kind", "disputed", "number"), DECISIONS, ids=lambda each: getattr(each, "__name__", None))
def test_each_decision_is_named_and_dated(kind: type[Event], disputed: str, number: int | None) -> None:
    found = decision_of(fact(kind), reductions=2)
    assert found is not None
    assert (found.disputed, found.number, found.decided_on, found.decided_by) == (disputed, number, DAY, "ola")
    assert (found.number is not None) == (found.disputed in NUMBERED)


@pytest.mark.parametrize("kind", [ApplicationReceived, AwardProposed, WithholdingReleased])
def test_what_decides_nothing_is_no_decision(kind: type[Event]) -> None:
    assert decision_of(fact(kind), reductions=0) is None
