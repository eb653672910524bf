"""What can have happened to deadlines that this service does not know by itself, and to the days people are reminded
on.

One stream for each case and year that grants tells of (`deadlines-<case>`, `deadlines-<year>`), as there; and one for
each kind of deadline (`deadline-thresholds-<kind>`). Deadlines of notices and letters follow from their own facts, and
from what is found to have ended them (`deadline-found-<stream>`). Days are days in Europe/Oslo, amounts whole øre.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.eventlog.events import Event

State = Literal["due", "met", "fallen"]
Counted = Literal["calendar", "working"]


@dataclass(frozen=True, kw_only=True)
class HeardDeadline:
    """A deadline as grants tells it: its `key` names it for good within its case or year. `due_on` is None where a
    letter asks for it and names no day."""

    key: str
    kind: str
    state: State
    due_on: date | None
    role: str
    what: str
    part: int | None = None
    fund_id: str | None = None
    scheme_id: str | None = None
    amount_ore: int | None = None
    letter_number: int | None = None
    assignment: str | None = None
    cite: str | None = None


@dataclass(frozen=True, kw_only=True)
class DeadlinesHeard(Event, topic="deadline.heard.v1"):
    """Grants told that these are new, or otherwise than it told before: those that have a day, and those that have
    none."""

    case_id: UUID | None
    case_number: str | None
    year: int | None
    deadlines: tuple[HeardDeadline, ...]
    undated: tuple[HeardDeadline, ...] = ()

    @property
    def told(self) -> tuple[HeardDeadline, ...]:
        """All of them."""
        return (*self.deadlines, *self.undated)


@dataclass(frozen=True, kw_only=True)
class DeadlineMet(Event, topic="deadline.met.v1"):
    """Somebody recorded that what was due by `due_on` is done: of what no fact of either service tells, as an
    assignment of the ministry's letter. `ground` says what shows it."""

    key: str
    due_on: date
    met_on: date
    ground: str
    recorded_by: str


@dataclass(frozen=True, kw_only=True)
class UndatedMet(Event, topic="deadline.undated-met.v1"):
    """Somebody recorded that something a letter asks for, and names no day for, is done."""

    key: str
    met_on: date
    ground: str
    recorded_by: str


@dataclass(frozen=True, kw_only=True)
class DeadlineReopened(Event, topic="deadline.reopened.v1"):
    """It was not done after all: it is due as before."""

    key: str
    reason: str
    recorded_by: str


@dataclass(frozen=True, kw_only=True)
class DeadlineFound(Event, topic="deadline.found.v1"):
    """What happened elsewhere has ended a deadline of a notice, letter or publication, or begun it anew: another
    notice, another plan, a letter that left. No fact of its own stream says so; the sweep found it. `due_on` is its day
    as it stood then. On the stream `deadline-found-<the stream it is of>`."""

    key: str
    state: State
    due_on: date | None


@dataclass(frozen=True, kw_only=True)
class ThresholdsSet(Event, topic="deadline.thresholds-set.v1"):
    """From `valid_from` on, people are told of a kind of deadline on these days: so many days before it, and, where
    `every_days` is set, again and again after it until it is met. `counted`: all days, or working days alone."""

    before_days: tuple[int, ...]
    every_days: int | None
    counted: Counted
    valid_from: date
    reason: str
    set_by: str


@dataclass(frozen=True, kw_only=True)
class CalendarOpened(Event, topic="calendar.opened.v1"):
    """Somebody opened a calendar of a role's deadlines. Whoever has the token reads it; only the token's SHA-256 (hex)
    is kept. `what_for` says whose program it is for, in words that name nobody. On the stream `calendars`."""

    calendar_id: UUID
    role: str
    what_for: str
    token_sha256: str
    opened_by: str


@dataclass(frozen=True, kw_only=True)
class CalendarWithdrawn(Event, topic="calendar.withdrawn.v1"):
    """Its token opens nothing any more."""

    calendar_id: UUID
    reason: str
    withdrawn_by: str


@dataclass(frozen=True, kw_only=True)
class DigestBegun(Event, topic="deadline.digest-begun.v1"):
    """A worker began to send a role's digest of a day. On the stream `digest-<day>-<role>`."""

    role: str
    day: date
    attempt: int


@dataclass(frozen=True, kw_only=True)
class DigestSent(Event, topic="deadline.digest-sent.v1"):
    """The mail server took it. It told of so many that were overdue, and so many due within a week."""

    reference: str
    overdue: int
    due: int


@dataclass(frozen=True, kw_only=True)
class DigestNotSent(Event, topic="deadline.digest-not-sent.v1"):
    """The mail server did not take it, or did not say so. It is tried again."""

    problem: str
