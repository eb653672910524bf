"""What the tests of from recipient build, for other tests to use as well."""

from datetime import date
from typing import Any

from services.eventlog.events import Event
from services.grants.award.rules import Granted, evolve
from services.grants.case.events.award_change import ChangeAnswered, ChangeRequested
from tests import given as sentences

requested = ChangeRequested(number=1, asks="Ny frist.", received_on=date(2020, 5, 4), registered_by="kari")
answered = ChangeAnswered(number=1, granted=True, reason="Ja.", answered_on=date(2020, 5, 11), answered_by="ola")


def given(*events: Event) -> sentences.Given:
    return sentences.given(*events, evolve=evolve, initial=Granted())


def answer(**otherwise: Any) -> dict[str, Any]:
    said = {"number": 1, "granted_it": True, "reason": "Ja.", "answered_on": date(2020, 5, 11), "answered_by": "ola"}
    return {**said, **otherwise}
