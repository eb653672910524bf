"""The timeline of a case: who did what, when, what it changed and why. Each fact as it was recorded, none left out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from services.calendar.clock import OSLO
from services.eventlog.events import Event
from services.eventlog.recorded import Recorded
from services.grants.case_view.timeline_titles import TITLES

# Facts that come again in a later version of themselves: what tells one from another, beside their kind.
TOLD_APART_BY = ("number", "instalment", "check", "case_id", "payment_id", "account_id", "person")
# Fields that say who and when a fact was, not what it is about.
CIRCUMSTANCES = ("_by", "_on", "_at", "version", "sha256")
WHY = ("reason", "reasons", "ground", "grounds", "exemption", "statement", "note", "asks")


@dataclass(frozen=True, kw_only=True)
class TimelineFilter:
    """Which facts of the case are wanted; None is all of them. Days are days of recording, in Europe/Oslo."""

    room: str | None = None
    what: str | None = None
    actor: str | None = None
    since: date | None = None
    until: date | None = None

    def wants(self, fact: Recorded) -> bool:
        day = fact.recorded_at.astimezone(OSLO).date()
        return (
            self.room in (None, room_of(fact.event))
            and self.what in (None, fact.event.TOPIC)
            and self.actor in (None, fact.actor)
            and (self.since is None or self.since <= day)
            and (self.until is None or day <= self.until)
        )


def tell(facts: Sequence[Recorded], asked: TimelineFilter) -> Iterator[dict[str, Any]]:
    """Each wanted fact, oldest first, with what it changed since the last of its kind and the reason it gives."""
    last: dict[tuple[Any, ...], Event] = {}
    for fact in facts:
        event = fact.event
        kind = (event.TOPIC, *(getattr(event, name, None) for name in TOLD_APART_BY))
        if asked.wants(fact):
            yield {
                "position": fact.position,
                "version": fact.version,
                "recorded_at": fact.recorded_at,
                "actor": fact.actor,
                "correlation_id": fact.correlation_id,
                "room": room_of(event),
                "what": event.TOPIC,
                "title": TITLES[event.TOPIC],
                "why": why(event),
                "changed": changes(last.get(kind), event),
                "data": event,
            }
        last[kind] = event


def room_of(event: Event) -> str:
    """The room the fact belongs to: the first part of its stored name."""
    return event.TOPIC.partition(".")[0]


def why(event: Event) -> Any:
    """The reason the fact itself gives, in the words or the codes it was given in; None where it needs none."""
    given = {name: getattr(event, name) for name in WHY if getattr(event, name, None)}
    return given or None


def changes(before: Event | None, event: Event) -> Mapping[str, Any] | None:
    """What is otherwise than in the last fact of the same kind, field by field; None for the first of its kind."""
    if before is None:
        return None
    return {
        each.name: {"before": getattr(before, each.name), "after": getattr(event, each.name)}
        for each in fields(event)
        if not each.name.endswith(CIRCUMSTANCES) and getattr(before, each.name) != getattr(event, each.name)
    }
