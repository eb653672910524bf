"""What the end of a budget year does to a promise not paid in full (Instruks 4.2: one calendar year, cash basis).

Where the post is "kan overføres" on 31 December the money stays reserved, for the two years that follow at most
(bevilgningsreglementet § 5); where it is not, what is unpaid falls away on that day. A promise made on a commitment
authority stands across the turn (bevilgningsreglementet § 6).
"""

from datetime import date

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.award.events import (
    CommitmentHeldOver,
    CommitmentLapsed,
    HeldOverGround,
    SupplementaryAwardApproved,
)
from services.grants.award.rules import Granted, keep_payments_answered
from services.grants.award_refusals import keep_open

YEARS_CARRIED = 2


class YearNotOver(Refusal):
    """The year has not ended: its money can still be paid."""

    code = "year-not-over"
    title = "Budsjettåret er ikke omme"


class TurnOutOfOrder(Refusal):
    """Years turn one after the other, from the award's own budget year on."""

    code = "turn-out-of-order"
    title = "Feil år"


class NothingToTurn(Refusal):
    """Everything promised is paid, or has fallen away already."""

    code = "nothing-to-turn"
    title = "Ingenting står ubetalt"


def turn_year(granted: Granted, *, year: int, transferable: bool, today: date, recorded_by: str) -> list[Event]:
    """Record what the end of `year` did to what is promised and unpaid. The same year again is nothing.

    `transferable`: whether the post was "kan overføres" on 31 December of the award's own year, by what letters say.
    Refuses `NotCommitted`, `CaseEnded`, `TurnOutOfOrder`, `YearNotOver`, `NothingToTurn`; where it lapses
    `PaymentUnderway`, and `ReductionBeyondUnpaid` if a later day already shows the money taken.
    """
    approved = granted.commitment.approval()
    if any(turn.year == year for turn in granted.turns):
        return []
    keep_open(granted.ended)
    own_year = int(approved.fund_id[:4])
    expected = own_year + len(granted.turns)
    if year != expected:
        raise TurnOutOfOrder(f"The turn of {expected} is the next for this award.", next_year=expected)
    ended_on = date(year, 12, 31)
    if today <= ended_on:
        raise YearNotOver(f"{year} ends on {ended_on}.")
    held_ore = granted.commitment.committed_ore - granted.commitment.disbursed_ore
    if not held_ore:
        raise NothingToTurn("Nothing of the award stands unpaid.")
    if ground := _find_ground(granted, transferable=transferable and year < own_year + YEARS_CARRIED):
        return [
            CommitmentHeldOver(year=year, held_ore=held_ore, ground=ground, held_on=ended_on, recorded_by=recorded_by)
        ]
    keep_payments_answered(granted)
    reductions = granted.commitment.list_rest()
    granted.commitment.check_reductions(reductions, since=ended_on)
    return [
        CommitmentLapsed(
            year=year,
            reductions=reductions,
            ground="carried-long-enough" if transferable else "not-transferable",
            lapsed_on=ended_on,
            recorded_by=recorded_by,
        )
    ]


def _find_ground(granted: Granted, *, transferable: bool) -> HeldOverGround | None:
    if transferable:
        return "transferable"
    leans = granted.commitment.approval().across_years or any(
        isinstance(change, SupplementaryAwardApproved) and change.across_years for change in granted.changes
    )
    return "commitment-authority" if leans else None
