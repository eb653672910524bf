"""What can have happened to a round: many awards proposed, checked and approved in one decision. Stream `round-<uuid>`.

What happens to each case of a round is also recorded on the case's own stream, in the same transaction. Whole øre.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.eventlog.events import Event
from services.grants.case.events.award import Recipient


@dataclass(frozen=True, kw_only=True)
class RoundLine:
    """One award of the round: its case, the fund it is on, its amount, and whom it is for.

    `last_due_on` is the last day it promises money on, where it names one. `period` is what a per-capita line is
    reckoned for (2020, 2020-Q1, 2020-06); None for every other basis.
    """

    case_id: UUID
    fund_id: str
    amount_ore: int
    recipient: Recipient
    last_due_on: date | None = None
    period: str | None = None


@dataclass(frozen=True, kw_only=True)
class ImportedFile:
    """The file a batch came from. The digest is over its exact bytes. `remarks` is how much of its names and numbers
    stood out, and `confirmed` the digest by which whoever brought it confirmed having seen that."""

    name: str
    kind: Literal["csv", "xlsx"]
    sha256: str
    lines: int
    remarks: int = 0
    confirmed: str | None = None


@dataclass(frozen=True, kw_only=True)
class RoundOpened(Event, topic="round.opened.v1"):
    """A round of one scheme (and one call, where there was one) is prepared. `year` is the scheme's budget year."""

    year: int
    scheme_id: str
    call_id: str | None
    name: str
    opened_on: date
    opened_by: str


@dataclass(frozen=True, kw_only=True)
class RoundLinesProposed(Event, topic="round.lines-proposed.v1"):
    """Awards were prepared in these cases, together. `file` tells where they came from, for an imported batch."""

    lines: tuple[RoundLine, ...]
    file: ImportedFile | None
    proposed_by: str


@dataclass(frozen=True, kw_only=True)
class RoundLinesReturned(Event, topic="round.lines-returned.v1"):
    """These lines went back to their preparer with a reason. They are no longer in the round until proposed anew."""

    case_ids: tuple[UUID, ...]
    reason: str
    returned_by: str


@dataclass(frozen=True, kw_only=True)
class RoundLinesApproved(Event, topic="round.lines-approved.v1"):
    """A second person approved these lines, all in one transaction. `total_ore` is their sum."""

    case_ids: tuple[UUID, ...]
    total_ore: int
    approved_on: date
    approved_by: str
    disposal_authority: str


@dataclass(frozen=True, kw_only=True)
class RoundClosed(Event, topic="round.closed.v1"):
    """Nothing waits in the round, and nothing more is proposed in it."""

    closed_on: date
    closed_by: str
