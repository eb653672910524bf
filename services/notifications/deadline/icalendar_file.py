"""A role's deadlines as iCalendar (RFC 5545): what is due and not met, each under the same UID for good.

A moved day is the same entry with a higher SEQUENCE, so a program that has it moves it; what is met, fallen away or
over is not in the file any more, and goes when the program reads it next. Only `icalendar` writes the format: folding
and escaping are its own.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from services.calendar.days import add_days
from services.notifications.deadline.listing import DeadlineRow

PRODUCT = "-//Tilsagn//Frister//NO"
REFRESH = timedelta(hours=1)
EXACT = frozenset({"notice-opens"})
"""What happens at an instant and not at the end of a day."""


def calendar_of(rows: Iterable[DeadlineRow], *, title: str, now: datetime) -> bytes:
    """The file. `now` is when it is made."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", title)
    calendar.add("x-wr-calname", title)
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    for row in rows:
        calendar.add_component(_entry(row, now))
    content: bytes = calendar.to_ical()
    return content


def _entry(row: DeadlineRow, now: datetime) -> Event:
    assert row.due_on is not None, "what has no day is in no calendar"
    entry = Event()
    entry.add("uid", f"{row.deadline_id}@tilsagn")
    entry.add("sequence", row.moves)
    entry.add("dtstamp", now)
    entry.add("last-modified", row.changed_at)
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
