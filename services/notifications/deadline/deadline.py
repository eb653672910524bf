"""A deadline as a value, whichever service it comes from."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

from services.calendar.clock import OSLO
from services.calendar.days import add_days
from services.notifications.deadline.events import State

PERIODS = frozenset({"complaint-period", "reply-period", "notice-opens", "meeting", "call-closes"})
"""What ends by itself on its day: nobody is late when it has passed, and nobody is reminded of it after."""
BY_HAND = frozenset({"assignment", "ministry-report", "publication", "meeting", "letter-publication"})
"""What no fact of either service tells that it is done: somebody records it."""


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """Something due by the end of `due_on`; `due_at` is the first instant (UTC) after it, or the instant itself where
    it is exact. Neither is there where a letter asks for it and names no day. `roles` are those it is shown to. Posts
    are written `291.62`. `items` are the letters (or publications) that a notice's deadline holds for, and
    `item_numbers` what people call the case of each by (empty where it has none)."""

    key: str
    kind: str
    state: State
    due_on: date | None
    due_at: datetime | None
    roles: tuple[str, ...]
    what: str
    part: int | None = None
    case_ids: tuple[UUID, ...] = ()
    case_numbers: tuple[str, ...] = ()
    scheme_ids: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    item_numbers: tuple[str, ...] = ()
    notice_id: UUID | None = None
    year: int | None = None
    letter_number: int | None = None
    assignment: str | None = None
    amount_ore: int | None = None
    cite: str | None = None


def end_of(day: date) -> datetime:
    """The first instant (UTC) after a day of Oslo: 23 or 25 hours after it began where the clock was changed on it."""
    return start_of(add_days(day, 1))


def start_of(day: date) -> datetime:
    """The first instant (UTC) of a day of Oslo."""
    return datetime.combine(day, time(), OSLO).astimezone(UTC)


def post_of(fund_id: str | None) -> str | None:
    """The post a fund is of, as endpoints and lists name it: `291.62` of `2020/291/62/jobbsjansen`."""
    parts = (fund_id or "").split("/")
    return f"{parts[1]}.{parts[2]}" if len(parts) >= 3 else None
