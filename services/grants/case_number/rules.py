"""A year's case numbers, folded from their own facts. No rule decides here: PostgreSQL gives the numbers, for only it
knows in which order cases are opened (`migrations/grants/sql/case_number.sql`)."""

from dataclasses import dataclass
from uuid import UUID

from services.eventlog.events import Event
from services.grants.case_number.events import CaseNumbered


@dataclass(frozen=True)
class Numbers:
    """The last number given in the year, 0 before there is one; and whose the last fact gave, with each its number."""

    last: int = 0
    given: tuple[tuple[UUID, int], ...] = ()


def evolve(_: Numbers, event: Event) -> Numbers:
    """The year after one more fact. What it tells stands by itself: whether it follows on what was before is for
    `make verify` to say."""
    assert isinstance(event, CaseNumbered), f"{event.TOPIC} gives no case numbers"
    given = tuple(zip(event.case_ids, range(event.first, event.first + len(event.case_ids)), strict=True))
    return Numbers(last=given[-1][1], given=given)
