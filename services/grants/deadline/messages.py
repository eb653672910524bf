"""What other services are told of deadlines: what is due, when, of what, and that it is moved, met or fallen away.
Thin: ids, days and amounts (whole øre); no persons."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from services.eventlog.feeds.feed import Mapper, Message
from services.eventlog.recorded import Recorded
from services.grants.deadline.events import Deadline, DeadlinesTold


def _told(fact: Recorded) -> Message:
    """Those that are new, or otherwise than told before, each as it stands now."""
    event = fact.event
    assert isinstance(event, DeadlinesTold)
    data = {
        "case_id": str(event.case_id) if event.case_id else None,
        "case_number": event.case_number,
        "year": event.year,
        "scheme_id": event.scheme_id,
        "deadlines": [_shown(each) for each in event.deadlines],
        "undated": [_shown(each) for each in event.undated],
    }
    return Message(type="no.tilsagn.deadline.told.v1", subject=fact.stream, data=data)


def _shown(deadline: Deadline) -> dict[str, Any]:
    """One that has no day says none."""
    shown = asdict(deadline)
    due_on = shown.pop("due_on")
    return shown | ({"due_on": due_on.isoformat()} if due_on else {})


MESSAGES: Mapping[str, Mapper] = {DeadlinesTold.TOPIC: _told}
