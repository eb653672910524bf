"""Sentences about rules whose state is folded from recorded facts: each fact an hour after the one before."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from services.eventlog.events import Event
from services.eventlog.recorded import Recorded
from services.notifications.facts import held_state as holding
from services.notifications.facts import notice_state as telling
from tests.given import Given

FIRST = datetime(2020, 3, 1, 8, tzinfo=UTC)
AN_HOUR = timedelta(hours=1)


def at(hour: int) -> datetime:
    """When the fact of that number (from 1) was recorded."""
    return FIRST + (hour - 1) * AN_HOUR


def notice_after(*events: Event) -> Given:
    """A notice, as these leave it."""
    return Given(telling.fold(_recorded(events)))


def held_after(*events: Event) -> Given:
    """What is held, as these leave it."""
    return Given(holding.fold(_recorded(events)))


def _recorded(events: Iterable[Event]) -> Iterable[Recorded]:
    return (Recorded(nth, "s", nth, event, at(nth), "x", "-", "-") for nth, event in enumerate(events, 1))
