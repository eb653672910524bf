"""Rules of the register of staff: one name and title for each person on each day, or none.

It is not where rights come from: the issuer says who may do what. It says how letters name whoever prepared and decided
them, on the day the letter is dated. Names stand in rows that can be erased; the facts hold the days.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID, uuid5

from services.eventlog.events import Event
from services.eventlog.folding import fold_once, replace
from services.eventlog.refusal import Refusal
from services.grants.staff.events import StaffEntryEnded, StaffEntryErased, StaffNamed

_STAFF = UUID("8a0f3a5e-6c39-4d0c-9a0b-0d8f6f0b7d53")


class StaffDaysReversed(Refusal):
    """The last day lies before the first."""

    code = "staff-days-reversed"
    status = 422
    title = "Siste dag er før den første"


class StaffNamedAlready(Refusal):
    """The person has a name and title in the register on some of these days."""

    code = "staff-named-already"
    title = "Den ansatte står i registeret disse dagene"


class StaffEntryUnknown(Refusal):
    """The register has no such row, or it is erased."""

    code = "staff-entry-unknown"
    status = 404
    title = "Oppføringen finnes ikke"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One row of the register: for whom, and the days it counts (both counted; without a last one, until further
    notice)."""

    id: UUID
    subject: str
    valid_from: date
    valid_until: date | None
    erased: bool = False

    def holds(self, day: date) -> bool:
        """Whether letters of that day name the person by it."""
        return not self.erased and self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, kw_only=True)
class Register:
    """The rows of one member of staff, by id, in the order they were recorded."""

    entries: Mapping[UUID, Entry] = field(default_factory=dict)

    def find(self, day: date) -> Entry | None:
        """The row that counts on that day."""
        return next((entry for entry in self.entries.values() if entry.holds(day)), None)


def stream_of_staff(subject: str) -> str:
    """The stream of a member of staff: any subject the issuer may give has a name of its own."""
    return f"staff-{uuid5(_STAFF, subject)}"


def evolve(register: Register, event: Event) -> Register:
    """The rows after this fact."""
    match event:
        case StaffNamed():
            entry = Entry(
                id=event.entry_id, subject=event.subject, valid_from=event.valid_from, valid_until=event.valid_until
            )
            return Register(entries={**register.entries, entry.id: entry})
        case StaffEntryEnded(entry_id=entry_id, valid_until=day) if entry_id in register.entries:
            ended = replace(register.entries[entry_id], valid_until=day)
            return Register(entries={**register.entries, entry_id: ended})
        case StaffEntryErased(entry_id=entry_id) if entry_id in register.entries:
            erased = replace(register.entries[entry_id], erased=True)
            return Register(entries={**register.entries, entry_id: erased})
    return register


def fold(events: Sequence[Event]) -> Register:
    """The rows as the facts leave them."""
    return fold_once(evolve, events, Register)


def name_staff(
    register: Register,
    *,
    entry_id: UUID,
    subject: str,
    valid_from: date,
    valid_until: date | None,
    digest: str | None,
    named_by: str,
) -> list[Event]:
    """Put a name and title into the register from a day on. One without a last day that stands from before ends on the
    day before. The same row again returns no event.

    Refuses `StaffDaysReversed`, `StaffNamedAlready`.
    """
    if entry_id in register.entries:
        return []
    if valid_until is not None and valid_until < valid_from:
        raise StaffDaysReversed(f"The last day, {valid_until}, lies before the first, {valid_from}.")
    events: list[Event] = []
    for entry in register.entries.values():
        if entry.erased or not _meet(entry, valid_from, valid_until):
            continue
        if entry.valid_until is not None or entry.valid_from >= valid_from:
            raise StaffNamedAlready(
                f"A row names the person from {entry.valid_from} to {entry.valid_until or 'further notice'}. End it"
                " first, or choose other days.",
                entry_id=str(entry.id),
            )
        events.append(StaffEntryEnded(entry_id=entry.id, valid_until=valid_from - timedelta(days=1), ended_by=named_by))
    assert digest is not None, "only a row that was erased has none, and its fact stands"
    named = StaffNamed(
        entry_id=entry_id,
        subject=subject,
        valid_from=valid_from,
        valid_until=valid_until,
        digest=digest,
        named_by=named_by,
    )
    return [*events, named]


def end_entry(register: Register, *, entry_id: UUID, valid_until: date, ended_by: str) -> list[Event]:
    """Say on which day the row counts for the last time. The same day again returns no event.

    Refuses `StaffEntryUnknown`, `StaffDaysReversed`, `StaffNamedAlready` where another row counts before that day.
    """
    entry = register.entries.get(entry_id)
    if entry is None or entry.erased:
        raise StaffEntryUnknown("The register has no row of that id that names anybody.")
    if entry.valid_until == valid_until:
        return []
    if valid_until < entry.valid_from:
        raise StaffDaysReversed(f"The row counts from {entry.valid_from}; its last day cannot lie before that.")
    for other in register.entries.values():
        if other.id != entry_id and not other.erased and _meet(other, entry.valid_from, valid_until):
            raise StaffNamedAlready(f"Another row names the person from {other.valid_from}.", entry_id=str(other.id))
    return [StaffEntryEnded(entry_id=entry_id, valid_until=valid_until, ended_by=ended_by)]


def erase_entry(register: Register, *, entry_id: UUID, reason: str, erased_on: date, erased_by: str) -> list[Event]:
    """Record that the name and title are erased; the right to be erased waits for nothing (personvernforordningen
    artikkel 17). Also of a row whose fact never came. Again is nothing."""
    if (entry := register.entries.get(entry_id)) and entry.erased:
        return []
    return [StaffEntryErased(entry_id=entry_id, reason=reason, erased_on=erased_on, erased_by=erased_by)]


def _meet(entry: Entry, first: date, last: date | None) -> bool:
    """Whether the row counts on any day of these."""
    return (entry.valid_until is None or first <= entry.valid_until) and (last is None or entry.valid_from <= last)
