"""What is answered of deadlines, as typed bodies."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.httpapi.paging import Listing, Place
from services.notifications.deadline.listing import DeadlineRow
from services.notifications.deadline.rules import Line
from services.notifications.deadline.threshold_responses import THRESHOLDS, ThresholdsShown, show_thresholds
from services.notifications.deadline.thresholds import Thresholds, latest_passed, next_after

CHANGES = Listing("deadline-history", int)
EXAMPLE: dict[str, Any] = {
    "deadline_id": "0b9c7c52-1d0c-5f3a-9a53-5d6f7a8b9c0d",
    "kind": "instalment",
    "state": "due",
    "overdue": False,
    "due_on": "2026-12-15",
    "due_at": "2026-12-15T23:00:00Z",
    "roles": ["attestor"],
    "what": "Utbetaling av termin 2",
    "part": 2,
    "case_ids": ["3f2b9c1e-5d47-4a8e-9b60-7c1d2e3f4a5b"],
    "case_numbers": ["2026/17"],
    "scheme_ids": ["jobbsjansen-2026"],
    "posts": ["291.62"],
    "notice_id": None,
    "waiting": None,
    "year": None,
    "letter_number": None,
    "assignment": None,
    "amount_ore": 300000000,
    "cite": None,
    "known_at": "2026-10-01T08:00:00Z",
    "moves": 0,
}
CALENDAR: dict[str, Any] = {
    "calendar_id": "4e0c3a0e-6f43-5b1c-8b0e-0f5a4c2d1b99",
    "role": "attestor",
    "what_for": "Felles kalender for attestantene",
    "opened_by": "per",
    "opened_at": "2026-10-01T08:00:00Z",
    "withdrawn": False,
}


class DeadlineShown(BaseModel):
    """Something that is or was due."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    deadline_id: UUID
    kind: str = Field(description="What is due, as a code; its days of reminder stand under it.")
    state: str = Field(
        description="due, met, fallen (nobody waits for it any more), over (it ended by itself) or history (over long"
        " before it was known here: nobody is reminded of it), or undated (a letter asks for it and names no day)."
    )
    overdue: bool
    due_on: date | None = Field(description="The last day, which counts. Europe/Oslo. Null where no day is named.")
    due_at: datetime | None = Field(description="The first instant after it; of an opening, the instant itself.")
    roles: Sequence[str] = Field(description="Who it is for.")
    what: str
    part: int | None = Field(description="Which instalment, report, complaint or claim it is of.")
    case_ids: Sequence[UUID]
    case_numbers: Sequence[str]
    scheme_ids: Sequence[str]
    posts: Sequence[str] = Field(description="Chapter and post, as 291.62.")
    notice_id: UUID | None
    waiting: int | None = Field(description="Of a notice: how many of its letters wait for this.")
    year: int | None = Field(description="The budget year whose letters say it.")
    letter_number: int | None
    assignment: str | None
    amount_ore: int | None = Field(description="Whole øre.")
    cite: str | None
    known_at: datetime = Field(description="When it was first known here.")
    moves: int = Field(description="How often its day has been set to another since.")


class DeadlinePage(BaseModel):
    """Some deadlines, by day. `next` is null on the last page."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [EXAMPLE], "next": None}]})

    items: Sequence[DeadlineShown]
    next: str | None


class ChangeShown(BaseModel):
    """One thing that happened to it."""

    what: str = Field(description="set, moved, met, fallen or reopened.")
    at: datetime
    due_on: date | None
    state: str
    by: str | None = Field(description="Who recorded it; null where it follows from what happened elsewhere.")
    ground: str | None = Field(description="What shows that it is done, or why it is not after all.")
    met_on: date | None = Field(description="The day it was done, where somebody recorded that.")


class CalendarShown(BaseModel):
    """A calendar people subscribe to. What opens it is not in it."""

    model_config = ConfigDict(json_schema_extra={"examples": [CALENDAR]})

    calendar_id: UUID
    role: str
    what_for: str
    opened_by: str
    opened_at: datetime
    withdrawn: bool


class CalendarWithToken(CalendarShown):
    """The same, with its address: shown once. Null at a repeat."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [CALENDAR | {"address": f"/v1/calendars/{CALENDAR['calendar_id']}/{'x' * 43}.ics"}]
        }
    )

    address: str | None


class CalendarsShown(BaseModel):
    """Those that are open."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [CALENDAR]}]})

    items: Sequence[CalendarShown]


class DeadlineWhole(DeadlineShown):
    """A deadline with its history, and when people are told of it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                EXAMPLE
                | {
                    "history": [
                        {
                            "what": "set",
                            "at": "2026-10-01T08:00:00Z",
                            "due_on": "2026-12-15",
                            "state": "due",
                            "by": None,
                            "ground": None,
                            "met_on": None,
                        },
                    ],
                    "next": None,
                    "thresholds": THRESHOLDS,
                    "last_passed": None,
                    "next_at": "2026-12-07T23:00:00Z",
                    "version": 1,
                }
            ]
        }
    )

    history: Sequence[ChangeShown]
    next: str | None = Field(description="Where the history goes on (`cursor`); null where this is its end.")
    thresholds: ThresholdsShown
    last_passed: str | None = Field(
        description="The last threshold that has passed: before-5, due, after-7. Null once nobody waits for it."
    )
    next_at: datetime | None = Field(description="When the next will, if it is not met before.")
    version: int = Field(description="Counts what has made it otherwise, as in the ETag.")


def show_one(row: DeadlineRow) -> dict[str, Any]:
    """A row as it is answered."""
    return {name: getattr(row, name) for name in DeadlineShown.model_fields}


def show_whole(
    row: DeadlineRow, line: Line, thresholds: Thresholds, *, now: datetime, after: Place | None, limit: int
) -> dict[str, Any]:
    """The row with what happened to it, a page at a time."""
    changes, following_changes = CHANGES.part(line.changes, after, limit)
    last = latest_passed(thresholds, due_on=row.due_on, due_at=row.due_at, now=now)
    following = next_after(thresholds, due_on=row.due_on, due_at=row.due_at, now=now)
    return show_one(row) | {
        "history": [{name: getattr(each, name) for name in ChangeShown.model_fields} for each in changes],
        "next": following_changes,
        "thresholds": show_thresholds(row.kind, thresholds),
        "last_passed": last.name if last and row.state in ("due", "over") else None,
        "next_at": following if row.state == "due" else None,
        "version": line.version,
    }
