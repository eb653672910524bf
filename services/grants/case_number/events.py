"""The number people call a case by. One stream a year, `numbers-<year>`; PostgreSQL writes it, as cases are opened."""

from dataclasses import dataclass
from uuid import UUID

from services.eventlog.events import Event


@dataclass(frozen=True, kw_only=True)
class CaseNumbered(Event, topic="case.numbered.v1"):
    """Cases were opened, and have their numbers: the first of them `first` of `year`, the others those that follow, in
    the order in which they were opened.

    `year` is that of the day (Europe/Oslo) the fact is recorded on. What opened them is in the same command, just
    before it. Those that an upgrade tells had been opened before cases had numbers, in that year.
    """

    year: int
    first: int
    case_ids: tuple[UUID, ...]
