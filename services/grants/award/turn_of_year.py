"""What the end of a budget year does to a promise not paid in full (Instruks 4.2: one calendar year, cash basis).

Where the post is "kan overføres" on 31 December the promise goes on as a claim on the money carried over, for the two
years that follow at most (bevilgningsreglementet § 5); where it is not, what is unpaid falls away on that day. A
promise made on a commitment authority stands across the turn, and binds the new year's own money
(bevilgningsreglementet § 6).
"""

from datetime import date

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.award.events import (
    CommitmentCarriedOver,
    CommitmentLapsed,
    HeldOverGround,
    LapseGround,
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


def turn_year(
    granted: Granted, *, year: int, transferable: bool, into_post_id: str, today: date, recorded_by: str
) -> list[Event]:
    """Record what the end of `year` did to what was promised and unpaid then. The same year again is nothing; one that
    was recorded before the next year's books knew of it is recorded anew, and what was paid since moves there.

    `transferable`: whether the post was "kan overføres" on 31 December of the award's own year, by what letters say.
    `into_post_id`: the post that carries the line on in the next year, whether a letter has opened it yet or not.
    Refuses `NotCommitted`, `CaseEnded`, `TurnOutOfOrder`, `YearNotOver`, `NothingToTurn`; where it lapses
    `PaymentUnderway`, and `ReductionBeyondUnpaid` if a later day already shows the money taken.
    """
    approved = granted.commitment.approval()
    if any(turn.year == year for turn in granted.turns):
        return []
    anew = any(turn.year == year for turn in granted.unbooked)
    keep_open(granted.ended and not anew)
    own_year = int(approved.fund_id[:4])
    turned = {turn.year for turn in granted.turns}
    expected = next(each for each in range(own_year, own_year + len(turned) + 1) if each not in turned)
    if year != expected:
        raise TurnOutOfOrder(f"The turn of {expected} is the next for this award.", next_year=expected)
    ended_on = date(year, 12, 31)
    if today <= ended_on:
        raise YearNotOver(f"{year} ends on {ended_on}.")
    held_ore = granted.commitment.unpaid_on(ended_on)
    unpaid_ore = granted.commitment.committed_ore - granted.commitment.disbursed_ore
    if not (unpaid_ore or (held_ore and anew) or year + 1 in granted.commitment.charged):
        raise NothingToTurn("Nothing of the award stands unpaid.")
    if ground := _find_ground(granted, transferable=transferable and year < own_year + YEARS_CARRIED):
        return [
            CommitmentCarriedOver(
                year=year,
                held_ore=held_ore,
                ground=ground,
                held_on=ended_on,
                into_post_id=into_post_id,
                recorded_by=recorded_by,
            )
        ]
    if not unpaid_ore:
        raise NothingToTurn("Nothing of the award stands unpaid.")
    return [_lapse(granted, ended_on, "carried-long-enough" if transferable else "not-transferable", recorded_by)]


def _lapse(granted: Granted, ended_on: date, ground: LapseGround, recorded_by: str) -> CommitmentLapsed:
    keep_payments_answered(granted)
    reductions = granted.commitment.list_rest()
    granted.commitment.check_reductions(reductions, since=ended_on)
    return CommitmentLapsed(
        year=ended_on.year, reductions=reductions, ground=ground, lapsed_on=ended_on, recorded_by=recorded_by
    )


def _find_ground(granted: Granted, *, transferable: bool) -> HeldOverGround | None:
    leans = granted.commitment.approval().across_years or any(
        isinstance(change, SupplementaryAwardApproved) and change.across_years for change in granted.changes
    )
    if leans:
        return "commitment-authority"
    return "transferable" if transferable else None
