"""The room that handles applications and the award on one agree on which version counts, whatever came when."""

from dataclasses import replace
from functools import reduce
from itertools import product

import pytest

from services.eventlog.events import Event
from services.grants.application import rules
from services.grants.award.approval import propose
from services.grants.case.events.application import LateAccepted
from services.grants.case.events.award import Applied
from services.grants.case.granted_application import GrantedApplication
from tests.grants.award.application_granted import asked, assessed, award, given, received

STEPS = ("in time", "late", "take in first", "take in last")
TAKEN_IN = LateAccepted(
    version=1, ground="special-reasons", reason="x", accepted_on=received.arrived_on, accepted_by="ola"
)


def history(steps: tuple[str, ...]) -> list[Event]:
    """Versions as they came, and late ones taken in by an approver."""
    events: list[Event] = []
    late: list[int] = []
    version = 0
    for step in steps:
        if step in ("in time", "late"):
            version += 1
            events.append(replace(received, version=version, late=step == "late"))
            late += [version] if step == "late" else []
        elif late:
            events.append(replace(TAKEN_IN, version=late.pop(0 if step == "take in first" else -1)))
    return events


@pytest.mark.parametrize("steps", [each for length in range(1, 5) for each in product(STEPS, repeat=length)], ids=str)
def test_both_count_the_same_version(steps: tuple[str, ...]) -> None:
    events = history(steps)
    applied = reduce(GrantedApplication.fold, events, GrantedApplication())
    handled = reduce(rules.evolve, events, rules.Application())
    assert applied.received == handled.counting


def test_a_late_version_taken_in_after_a_supplement_came_in_time_takes_nothing_from_it() -> None:
    """Version 1 came late, version 2 answered a request in time and is assessed, and version 1 is then taken in."""
    facts = history(("late", "in time", "take in first"))
    on_the_second = replace(award, basis=Applied(call_id=received.call_id, version=2))
    given(*facts, replace(assessed, version=2)).when(propose, **asked(on_the_second)).then(on_the_second)
