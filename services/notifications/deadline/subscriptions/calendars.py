"""Calendars people subscribe to: one for each role, at an address with a token that can be withdrawn.

All of them stand on one stream, `calendars`. What opens a calendar is the token alone, and only its SHA-256 is kept:
256 random bits, of which nobody finds one that hashes alike.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from services.eventlog.events import Event
from services.eventlog.folding import fold_once
from services.eventlog.recorded import Recorded
from services.eventlog.refusal import Refusal
from services.notifications.deadline.events import CalendarOpened, CalendarWithdrawn

STREAM = "calendars"


class UnknownCalendar(Refusal):
    """No calendar is at that address, or its token was withdrawn: which of the two is told to nobody."""

    code = "unknown-calendar"
    status = 404
    title = "Kalenderen finnes ikke"


class NotYourCalendar(Refusal):
    """A calendar of another role, or one that somebody else has opened."""

    code = "not-your-calendar"
    status = 403
    title = "Kalenderen er ikke din"


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """One subscription, as long as it is not withdrawn."""

    calendar_id: UUID
    role: str
    what_for: str
    token_sha256: str
    opened_by: str
    opened_at: datetime
    withdrawn: bool = False

    def opens_to(self, token: str) -> bool:
        """Whether this is its token, and it stands."""
        return hmac.compare_digest(self.token_sha256, sha256_of(token)) and not self.withdrawn


@dataclass(frozen=True, kw_only=True)
class Calendars:
    """All of them."""

    known: Mapping[UUID, Calendar] = field(default_factory=dict)

    def find(self, calendar_id: UUID) -> Calendar:
        """The calendar, or the refusal `UnknownCalendar`."""
        if calendar_id not in self.known:
            raise UnknownCalendar("There is no such calendar.")
        return self.known[calendar_id]


def sha256_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def evolve(calendars: Calendars, fact: Recorded) -> Calendars:
    """The calendars after this fact."""
    match fact.event:
        case CalendarOpened() as opened:
            made = Calendar(
                calendar_id=opened.calendar_id, role=opened.role, what_for=opened.what_for,
                token_sha256=opened.token_sha256, opened_by=opened.opened_by, opened_at=fact.recorded_at,
            )  # fmt: skip
            return Calendars(known={**calendars.known, opened.calendar_id: made})
        case CalendarWithdrawn(calendar_id=gone) if gone in calendars.known:
            return Calendars(known={**calendars.known, gone: replace(calendars.known[gone], withdrawn=True)})
    return calendars


def fold(facts: Iterable[Recorded]) -> Calendars:
    """All of them, as the stream leaves them."""
    return fold_once(evolve, facts, Calendars)


def open_calendar(
    calendars: Calendars, *, calendar_id: UUID, role: str, what_for: str, token_sha256: str, opened_by: str,
    roles: frozenset[str],
) -> list[Event]:  # fmt: skip
    """Open one for a role. An administrator opens any role's, others one of their own. One that is there is nothing.
    Refuses `NotYourCalendar`."""
    if calendar_id in calendars.known:
        return []
    if role not in roles and "administrator" not in roles:
        raise NotYourCalendar(f"You are no {role}. Ask an administrator for that role's calendar.")
    return [
        CalendarOpened(
            calendar_id=calendar_id, role=role, what_for=what_for, token_sha256=token_sha256, opened_by=opened_by
        )
    ]


def withdraw(
    calendars: Calendars, *, calendar_id: UUID, reason: str, withdrawn_by: str, roles: frozenset[str]
) -> list[Event]:
    """Withdraw its token: its address answers nothing any more. One that is withdrawn is nothing. Refuses
    `UnknownCalendar`, `NotYourCalendar`."""
    calendar = calendars.find(calendar_id)
    if calendar.opened_by != withdrawn_by and "administrator" not in roles:
        raise NotYourCalendar("Somebody else opened it. They can withdraw it, or an administrator.")
    if calendar.withdrawn:
        return []
    return [CalendarWithdrawn(calendar_id=calendar_id, reason=reason, withdrawn_by=withdrawn_by)]
