"""The daily digest: one e-mail a day to each role that has an address, at seven in the morning in Norway.

It says that nothing is due when nothing is, so that a morning without one is an alarm. When it is to be sent, what came
of it, and what it says are worked out here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from services.bokmal import day_in_words
from services.calendar.clock import OSLO
from services.calendar.days import add_days
from services.eventlog.recorded import Recorded
from services.notifications.deadline.events import DigestBegun, DigestNotSent, DigestSent
from services.notifications.deadline.listing import DeadlineRow, as_heard_by

AT = time(7)
LEASE = timedelta(minutes=10)
"""How long whoever has begun may take; after that another tries. An e-mail that came twice is better than none."""
AGAIN = timedelta(minutes=15)
AHEAD_DAYS = 7
MOST = 200
ROLES = {
    "caseworker": "saksbehandler",
    "approver": "godkjenner",
    "attestor": "attestant",
    "controller": "controller",
    "ministry": "departementet",
}


@dataclass(frozen=True, kw_only=True)
class Digest:
    """What it says: its title and its text."""

    title: str
    text: str
    overdue: int
    due: int


def begins_at(day: date) -> datetime:
    """When that day's digest is sent first (UTC)."""
    return datetime.combine(day, AT, OSLO).astimezone(UTC)


def attempt_now(facts: Iterable[Recorded], *, day: date, now: datetime) -> int | None:
    """Which attempt is to be made now, counted from 1; None while it is not time, somebody is at it, or it is sent."""
    if now < begins_at(day):
        return None
    attempts, waits_until = 0, now
    for fact in facts:
        match fact.event:
            case DigestSent():
                return None
            case DigestBegun():
                attempts, waits_until = attempts + 1, fact.recorded_at + LEASE
            case DigestNotSent():
                waits_until = fact.recorded_at + AGAIN
    return attempts + 1 if waits_until <= now else None


def digest_of(role: str, rows: Sequence[DeadlineRow], *, day: date) -> Digest:
    """The digest of a role on a day, from its deadlines that are due."""
    rows = [as_heard_by(role, row) for row in rows]
    overdue = [row for row in rows if row.overdue]
    ahead = [row for row in rows if not row.overdue and row.due_on and row.due_on <= add_days(day, AHEAD_DAYS)]
    title = f"Frister for {ROLES.get(role, role)} {day_in_words(day)}"
    if not overdue and not ahead:
        text = f"Ingenting er forfalt, og ingenting forfaller de neste {AHEAD_DAYS} dagene.\n"
        return Digest(title=f"{title}: ingenting forfaller", text=text + LAST, overdue=0, due=0)
    parts = [
        *_part("Forfalt og ikke innfridd", overdue),
        *_part(f"Forfaller de neste {AHEAD_DAYS} dagene", ahead),
    ]
    counted = f"{title}: {len(overdue)} forfalt, {len(ahead)} forfaller"
    return Digest(title=counted, text="\n".join(parts) + "\n" + LAST, overdue=len(overdue), due=len(ahead))


LAST = "\nDenne e-posten kommer hver dag, også når ingenting forfaller. Uteblir den, er noe galt.\n"


def _part(heading: str, rows: Sequence[DeadlineRow]) -> list[str]:
    if not rows:
        return []
    more = [f"  ... og {len(rows) - MOST} til"] if len(rows) > MOST else []
    return [f"{heading} ({len(rows)}):", *map(_line, rows[:MOST]), *more, ""]


def _line(row: DeadlineRow) -> str:
    cases = f" ({', '.join(row.case_numbers[:3])})" if row.case_numbers else ""
    waiting = f", {row.waiting} brev venter" if row.waiting else ""
    return f"  {row.due_on:%d.%m.%Y}  {row.what}{cases}{waiting}"
