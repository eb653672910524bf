"""What the end of a budget year does to a promise not paid in full (Instruks 4.2: one calendar year, cash basis).

Where the post is "kan overføres" on 31 December the promise goes on as a claim on the money carried over, for the two
years that follow at most (bevilgningsreglementet § 5); where it is not, what is unpaid falls away on that day. A
promise made on a commitment authority stands across the turn, and binds the new year's own money
(bevilgningsreglementet § 6). One award may hold both kinds, the one promised first and the other added: no authority
carries more than what was promised on it.
"""

from collections.abc import Collection
from datetime import date

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.award.refusals import keep_open
from services.grants.award.rules import Granted, keep_payments_answered
from services.grants.case.commitment import Commitment
from services.grants.case.events.award_change import SupplementaryAwardApproved
from services.grants.case.events.year_end import CommitmentCarriedOver, CommitmentLapsed, HeldOverGround, LapseGround
from services.grants.case.reductions import total_ore

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
    """Record what the end of `year` did to what was promised and unpaid then. The same year again returns no event; one
    that was recorded before the next year's books knew of it is recorded anew, and what was paid since moves there.

    Where a part of the award was promised on an authority and a part within the year, what is not carried over lapses
    and the rest is held over on the authority; on "kan overføres" all of it claims the money carried over.
    `transferable`: whether the post was "kan overføres" on 31 December of the award's own year, by what letters say.
    `into_post_id`: the post that carries the line on in the next year, whether a letter has opened it yet or not.
    Refuses `NotCommitted`, `CaseSettled`, `TurnOutOfOrder`, `YearNotOver`, `NothingToTurn`; where it lapses
    `PaymentUnderway`, and `ReductionBeyondUnpaid` if a later day already shows the money taken.
    """
    approved = granted.commitment.approval()
    if any(turn.year == year for turn in granted.turns):
        return []
    anew = any(turn.year == year for turn in granted.unbooked)
    keep_open(granted.ended and not anew)
    own_year, ended_on = int(approved.fund_id[:4]), date(year, 12, 31)
    _keep_in_order(granted, own_year, year)
    if today <= ended_on:
        raise YearNotOver(f"{year} ends on {ended_on}.")
    held_ore = granted.commitment.unpaid_on(ended_on)
    unpaid_ore = granted.commitment.committed_ore - granted.commitment.disbursed_ore
    if not (unpaid_ore or (held_ore and anew) or year + 1 in granted.commitment.charged):
        raise NothingToTurn("Nothing of the award stands unpaid.")
    leaning, within = _parts(granted, ended_on)
    fallen: list[CommitmentLapsed] = []
    ground: HeldOverGround | None = "commitment-authority" if leaning else None
    if within and transferable and year < own_year + YEARS_CARRIED:
        ground = "transferable"
    elif within:
        lapses: LapseGround = "carried-long-enough" if transferable else "not-transferable"
        fallen = _lapse(granted, within, ended_on, lapses, recorded_by)
    if ground is None:
        return [*fallen]
    held_ore -= sum(total_ore(each.reductions) for each in fallen)
    return [*fallen, CommitmentCarriedOver(year=year, held_ore=held_ore, ground=ground, held_on=ended_on,
                                           into_post_id=into_post_id, recorded_by=recorded_by)]  # fmt: skip


def _keep_in_order(granted: Granted, own_year: int, year: int) -> None:
    turned = {turn.year for turn in granted.turns}
    expected = next(each for each in range(own_year, own_year + len(turned) + 1) if each not in turned)
    if year != expected:
        raise TurnOutOfOrder(f"The turn of {expected} is the next for this award.", next_year=expected)


def _parts(granted: Granted, ended_on: date) -> tuple[frozenset[int], frozenset[int]]:
    """The instalments with something unpaid when the year ended, or now: those promised on a commitment authority, and
    those promised within the year."""
    money = granted.commitment
    leaning: set[int] = set()
    if money.approval().across_years and money.proposed:
        leaning |= {planned.number for planned in money.proposed.instalments}
    for change in granted.changes:
        if isinstance(change, SupplementaryAwardApproved) and change.across_years:
            leaning |= {added.number for added in change.added}
    numbers = (instalment.number for instalment in money.instalments)
    unpaid = frozenset(each for each in numbers if max(_unpaid_ore(money, each, ended_on), money.unpaid_ore(each)) > 0)
    return unpaid & leaning, unpaid - leaning


def _unpaid_ore(money: Commitment, number: int, day: date) -> int:
    """What was promised of the instalment and not paid at the end of that day, withheld or not."""
    moves = (move for move in money.moves if move.instalment == number)
    gone_ore = sum(move.promised_ore if move.moved_on > day else move.disbursed_ore for move in moves)
    return money.instalment(number).amount_ore - gone_ore


def _lapse(
    granted: Granted, numbers: Collection[int], ended_on: date, ground: LapseGround, recorded_by: str
) -> list[CommitmentLapsed]:
    """What is unpaid of these instalments falls away. What of an award held over otherwise was paid since needs not."""
    money = granted.commitment
    if not any(money.unpaid_ore(number) for number in numbers):
        if money.committed_ore == money.disbursed_ore:
            raise NothingToTurn("Nothing of the award stands unpaid.")
        return []
    keep_payments_answered(granted)
    reductions = tuple(each for each in money.list_rest() if each.instalment in numbers)
    money.check_reductions(reductions, since=ended_on)
    lapsed = CommitmentLapsed(
        year=ended_on.year, reductions=reductions, ground=ground, lapsed_on=ended_on, recorded_by=recorded_by
    )
    return [lapsed]
