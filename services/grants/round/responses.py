"""What is answered of rounds and their lines. Whole øre."""

from collections.abc import Sequence
from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.grants.round.rules import LineState

Part = dict[str, object]


class RoundListed(BaseModel):
    """A round of the list."""

    model_config = ConfigDict(extra="forbid")

    round_id: UUID
    position: int
    year: int
    scheme_id: str
    call_id: str | None
    name: str
    opened_on: date
    opened_by: str
    state: Literal["open", "closed"]
    approved_ore: int


class RoundShown(BaseModel):
    """A round as it stands: how many lines are in each state, what they come to, and the files they came from. What an
    act on it has to tell besides (remarks on its lines, what would be refused) stands beside."""

    model_config = ConfigDict(title="Round")

    round_id: UUID
    year: int
    scheme_id: str
    call_id: str | None
    name: str
    opened_on: date
    opened_by: str
    state: Literal["open", "closed"]
    closed_on: date | None
    closed_by: str | None
    lines: int
    proposed: int
    proposed_ore: int
    approved: int
    approved_ore: int
    returned: int
    files: Sequence[Part]


class RoundLineShown(BaseModel):
    """A line of a round, and where it stands. `place` counts from 1, in the order they came."""

    model_config = ConfigDict(extra="forbid", title="RoundLine")

    place: int
    case_id: UUID
    case_number: str | None = None
    fund_id: str
    amount_ore: int
    recipient: Part
    period: str | None
    state: LineState
    reason: str | None
