"""What can be decided of claims on money carried over from one budget year to the next. On the stream of the new year's
allocation."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.eventlog.events import Event


@dataclass(frozen=True, kw_only=True)
class ClaimsRanked(Event, topic="allocation.claims-ranked.v1"):
    """A controller set in which order claims held over to a post are covered by the money carried over to it, from
    `ranked_on`: these cases first, then the others, the oldest promise first. What is paid stays paid."""

    fund_id: str
    case_ids: tuple[UUID, ...]
    reason: str
    ranked_on: date
    ranked_by: str
