"""A role's deadlines as iCalendar (RFC 5545): what is due and not met, each under the same UID for good.

What an entry says otherwise, a moved day or another text, is the same entry with a higher SEQUENCE, so a program that
has it takes the new; what is met, fallen away or over is not in the file any more, and goes when the program reads it
next. Only `icalendar` writes the format: folding and escaping are its own. The zone the days are of is always there: a
calendar without any entry must have a component too.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from icalendar import Calendar, Event, Timezone

from services.calendar.days import add_days
from services.notifications.deadline.listing import DeadlineRow

PRODUCT = "-//Tilsagn//Frister//NO"
REFRESH = timedelta(hours=1)
OSLO = """BEGIN:VTIMEZONE
TZID:Europe/Oslo
BEGIN:DAYLIGHT
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""
"""Summer time from the last Sunday of March to the last of October, as since 1996."""
EXACT = frozenset({"notice-opens"})
"""What happens at an instant and not at the end of a day."""


@dataclass(frozen=True, kw_only=True)
class Edition:
    """How often an entry has come to say something else, and since when it says what it says."""

    sequence: int
    said_at: datetime


def sha256_of(row: DeadlineRow) -> str:
    """The hash (hex) of what its entry says."""
    content: bytes = _entry(row).to_ical()
    return hashlib.sha256(content).hexdigest()


def calendar_of(
    rows: Sequence[DeadlineRow], editions: Mapping[UUID, Edition], *, title: str, now: datetime, cut: bool = False
) -> bytes:
    """The file. `now` is when it is made; `cut`, that there are more than these, which it says of itself."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", title)
    calendar.add("x-wr-calname", title)
    if cut:
        there_are_more = f"De første {len(rows)} fristene. Resten finnes i listen over frister."
        calendar.add("description", there_are_more)
        calendar.add("x-wr-caldesc", there_are_more)
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    calendar.add_component(Timezone.from_ical(OSLO))
    for row in rows:
        entry, edition = _entry(row), editions[row.deadline_id]
        entry.add("sequence", edition.sequence)
        entry.add("last-modified", edition.said_at)
        entry.add("dtstamp", now)
        calendar.add_component(entry)
    content: bytes = calendar.to_ical()
    return content


def _entry(row: DeadlineRow) -> Event:
    """What it says; which edition that is, is added to it."""
    assert row.due_on is not None, "what has no day is in no calendar"
    entry = Event()
    entry.add("uid", f"{row.deadline_id}@tilsagn")
    entry.add("created", row.known_at)
    if row.kind in EXACT:
        entry.add("dtstart", row.due_at)
    else:
        entry.add("dtstart", row.due_on)
        entry.add("dtend", add_days(row.due_on, 1))
    entry.add("summary", _summary(row))
    entry.add("description", _description(row))
    entry.add("categories", [row.kind])
    entry.add("transp", "TRANSPARENT")
    return entry


def _summary(row: DeadlineRow) -> str:
    cases = f" ({', '.join(row.case_numbers[:3])})" if row.case_numbers else ""
    return f"{'Forfalt: ' if row.overdue else ''}{row.what}{cases}"


def _description(row: DeadlineRow) -> str:
    """What it is of, line by line: ids and codes, no person."""
    told = {
        "Saker": ", ".join(row.case_numbers),
        "Ordning": ", ".join(row.scheme_ids),
        "Post": ", ".join(row.posts),
        "Oppdrag": row.assignment or "",
        "Kilde": row.cite or "",
        "Venter": "" if row.waiting is None else f"{row.waiting} brev",
        "Se": f"/v1/deadlines/{row.deadline_id}",
    }
    return "\n".join(f"{name}: {value}" for name, value in told.items() if value)
