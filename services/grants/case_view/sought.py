"""What is sought in a case, where another version of its application may count than the last that came."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection

from services.eventlog.events import Event
from services.eventlog.projections.whole import load_whole
from services.eventlog.recorded import Recorded
from services.grants.case.application_versions import counting
from services.grants.case.events.application import ApplicationReceived, LateAccepted


def sought_anew(connection: Connection, facts: Sequence[Recorded]) -> Iterator[tuple[str, int]]:
    """By stream, the øre that the version which counts seeks, or the last while none does, where these facts may change
    which it is: that depends on versions a row of the list no longer tells of."""
    revised = sorted({fact.stream for fact in facts if _may_count_otherwise(fact.event)})
    whole = load_whole(connection, "grants", revised, until=facts[-1].position) if revised else {}
    for stream in revised:
        events = [fact.event for fact in whole[stream]]
        versions = [event for event in events if isinstance(event, ApplicationReceived)]
        counts = counting(versions, {event.version for event in events if isinstance(event, LateAccepted)})
        yield stream, (counts or versions[-1]).amount_sought_ore


def _may_count_otherwise(event: Event) -> bool:
    return isinstance(event, LateAccepted) or (isinstance(event, ApplicationReceived) and event.version > 1)
