"""What can have happened to the register of staff: whom letters name, from which day to which. One stream for each
member of staff.

People are subject ids. Their names and titles stand in erasable rows beside the log, which these facts refer to.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.eventlog.events import Event


@dataclass(frozen=True, kw_only=True)
class StaffNamed(Event, topic="staff.named.v1"):
    """Letters dated from `valid_from` to `valid_until` (both counted, Europe/Oslo; None: until further notice) name
    this member of staff as the row says. `digest` is the salted SHA-256 (hex) of that row."""

    entry_id: UUID
    subject: str
    valid_from: date
    valid_until: date | None
    digest: str
    named_by: str


@dataclass(frozen=True, kw_only=True)
class StaffEntryEnded(Event, topic="staff.entry-ended.v1"):
    """The row counts to that day and no longer: the person has another title or name from the next, or has left."""

    entry_id: UUID
    valid_until: date
    ended_by: str


@dataclass(frozen=True, kw_only=True)
class StaffEntryErased(Event, topic="staff.entry-erased.v1"):
    """The name and title were erased, in the transaction that recorded this. Letters already frozen keep them: they are
    archival. That it happened, by whom and why is kept."""

    entry_id: UUID
    reason: str
    erased_on: date
    erased_by: str
