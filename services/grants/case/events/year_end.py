"""What the end of a budget year did to what was promised and unpaid."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.eventlog.events import Event
from services.grants.case.events.award_change import Reduction

HeldOverGround = Literal["transferable", "commitment-authority"]

LapseGround = Literal["not-transferable", "carried-long-enough"]


@dataclass(frozen=True, kw_only=True)
class CommitmentHeldOver(Event, topic="award.commitment-held-over.v1"):
    """Budget year `year` ended and what is promised and unpaid stays reserved: the post is "kan overføres", or the
    promise leans on a commitment authority. `held_on` is the year's last day.

    Recorded before the new year's books knew of it: it moves nothing, and what was paid later stands on the old year's
    post until the turn of that year is recorded anew (`CommitmentCarriedOver`).
    """

    year: int
    held_ore: int
    ground: HeldOverGround
    held_on: date
    recorded_by: str


@dataclass(frozen=True, kw_only=True)
class CommitmentCarriedOver(Event, topic="award.commitment-held-over.v2"):
    """Budget year `year` ended and what is promised and unpaid (`held_ore`, as it stood on `held_on`, the year's last
    day) goes on to the next year's books, on the post that carries the line on there (`into_post_id`).

    Held over on "kan overføres" it is a claim on the money carried over, and binds what letters release of it, in
    order. On a commitment authority it binds the new year's ordinary appropriation. What moves from then on belongs to
    the year of its own day.
    """

    year: int
    held_ore: int
    ground: HeldOverGround
    held_on: date
    into_post_id: str
    recorded_by: str


@dataclass(frozen=True, kw_only=True)
class CommitmentLapsed(Event, topic="award.commitment-lapsed.v1"):
    """Budget year `year` ended and the post's money cannot follow it: what was promised and unpaid falls away on its
    last day."""

    year: int
    reductions: tuple[Reduction, ...]
    ground: LapseGround
    lapsed_on: date
    recorded_by: str
