"""A commitment: what has been promised in a case, instalment by instalment, and what has become of it.

The rooms of a case each keep their own state and share this sum: disbursed + withheld + outstanding = committed,
for the case and for each instalment, on every day. Amounts are whole øre, days are days in Europe/Oslo.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.award.events import (
    AwardAnnulled,
    AwardApproved,
    AwardDeclined,
    AwardProposed,
    AwardReduced,
    AwardReturned,
    CommitmentLapsed,
    Instalment,
    Reduction,
    SupplementaryAwardApproved,
)
from services.grants.disbursement.events import InstalmentPaid, PaymentAttested, PaymentRefused
from services.grants.recipient_report.events import AwardSettled
from services.grants.withholding.events import (
    ReclaimNetted,
    RepaymentReceived,
    WithholdingDecided,
    WithholdingReleased,
)


class NotCommitted(Refusal):
    """The act needs an approved award, and there is none."""

    code = "not-committed"
    title = "Det er ikke gitt tilsagn i saken"


class UnknownInstalment(Refusal):
    """The payment plan has no instalment of that number."""

    code = "unknown-instalment"
    status = 404
    title = "Terminen finnes ikke"


class AmountNotPositive(Refusal):
    """An amount of money is more than nothing; what goes the other way has a fact of its own."""

    code = "amount-not-positive"
    status = 422
    title = "Beløpet må være større enn null"


class ReductionBeyondUnpaid(Refusal):
    """More than the instalment has free, or than the withholding holds: what is paid is reclaimed, not reduced."""

    code = "reduction-beyond-unpaid"
    title = "Beløpet overstiger det som gjenstår av terminen"


def positive(amount_ore: int) -> int:
    """The amount, or the refusal `AmountNotPositive`."""
    if amount_ore <= 0:
        raise AmountNotPositive(f"The amount is {amount_ore} øre. State one above zero.", amount_ore=amount_ore)
    return amount_ore


def total_ore(reductions: Iterable[Reduction]) -> int:
    """What falls away in all."""
    return sum(reduction.amount_ore for reduction in reductions)


def reductions_of(event: Event) -> tuple[tuple[Reduction, ...], date] | None:
    """What of a promise this fact lets fall away, and from which day; None for every other fact."""
    match event:
        case AwardReduced(reductions=reductions, reduced_on=day):
            return reductions, day
        case AwardAnnulled(reductions=reductions, annulled_on=day):
            return reductions, day
        case AwardDeclined(reductions=reductions, declined_on=day):
            return reductions, day
        case CommitmentLapsed(reductions=reductions, lapsed_on=day):
            return reductions, day
        case ReclaimNetted(reductions=reductions, netted_on=day):
            return reductions, day
        case AwardSettled(reductions=reductions, settled_on=day):
            return reductions, day
    return None


@dataclass(frozen=True, kw_only=True)
class Move:
    """What one fact does to one instalment from a day on: promised, paid, withheld, each up or down."""

    instalment: int
    promised_ore: int = 0
    disbursed_ore: int = 0
    withheld_ore: int = 0
    withholding: int | None = None
    moved_on: date

    @property
    def free_ore(self) -> int:
        return self.promised_ore - self.disbursed_ore - self.withheld_ore


@dataclass(frozen=True, kw_only=True)
class Commitment:
    """The proposal and its approval, and all that has moved on the instalments since."""

    proposed: AwardProposed | None = None
    approved: AwardApproved | None = None
    added: tuple[Instalment, ...] = ()
    moves: tuple[Move, ...] = ()
    requested: tuple[PaymentAttested, ...] = ()
    repaid_ore: int = 0

    def fold(self, event: Event) -> "Commitment":
        """The commitment after this fact; facts that move none of it change nothing. Never refuses."""
        match event:
            case AwardProposed():
                return replace(self, proposed=event)
            case AwardReturned():
                return replace(self, proposed=None)
            case AwardApproved():
                return replace(self, approved=event)
            case SupplementaryAwardApproved(added=added, approved_on=day):
                promised = (Move(instalment=new.number, promised_ore=new.amount_ore, moved_on=day) for new in added)
                return replace(self, added=(*self.added, *added), moves=(*self.moves, *promised))
            case PaymentAttested():
                return replace(self, requested=(*self.requested, event))
            case PaymentRefused(payment_id=payment_id):
                return self._answered(payment_id)
            case InstalmentPaid(instalment=number, amount_ore=amount_ore, paid_on=day):
                moved = Move(instalment=number, disbursed_ore=amount_ore, moved_on=day)
                return self._answered(event.payment_id)._move(moved)
            case WithholdingDecided(instalment=number, amount_ore=amount_ore, decided_on=day):
                return self._move(
                    Move(instalment=number, withheld_ore=amount_ore, withholding=event.number, moved_on=day)
                )
            case WithholdingReleased(instalment=number, amount_ore=amount_ore, released_on=day):
                return self._move(
                    Move(instalment=number, withheld_ore=-amount_ore, withholding=event.number, moved_on=day)
                )
            case RepaymentReceived():
                return self._repaid(event)
        if fallen := reductions_of(event):
            return self._move(*(_fall(reduction, fallen[1]) for reduction in fallen[0]))
        return self

    def _move(self, *moves: Move) -> "Commitment":
        return replace(self, moves=(*self.moves, *moves))

    def _answered(self, payment_id: object) -> "Commitment":
        if payment_id is None:
            return self
        return replace(self, requested=tuple(asked for asked in self.requested if asked.payment_id != payment_id))

    def _repaid(self, event: RepaymentReceived) -> "Commitment":
        """Money back within the budget year undoes the payment and the promise of it; later, it is only shown."""
        repaid = replace(self, repaid_ore=self.repaid_ore + event.amount_ore)
        if not event.credited:
            return repaid
        back_ore = -event.amount_ore
        return repaid._move(
            Move(instalment=event.instalment, promised_ore=back_ore, disbursed_ore=back_ore, moved_on=event.received_on)
        )

    @property
    def committed_ore(self) -> int:
        return sum(instalment.amount_ore for instalment in self.instalments)

    @property
    def disbursed_ore(self) -> int:
        return sum(move.disbursed_ore for move in self.moves)

    @property
    def withheld_ore(self) -> int:
        return sum(move.withheld_ore for move in self.moves)

    @property
    def requested_ore(self) -> int:
        """Attested, and neither paid nor refused yet."""
        return sum(asked.amount_ore for asked in self.requested)

    @property
    def outstanding_ore(self) -> int:
        """What the recipient is still owed and can be paid: free of every instalment."""
        return sum(self.free_ore(instalment.number) for instalment in self.instalments)

    @property
    def instalments(self) -> tuple[Instalment, ...]:
        """The payment plan as it stands, with what was added and what fell away; none before approval."""
        if not (self.proposed and self.approved):
            return ()
        promised = {planned.number: planned.amount_ore for planned in self.proposed.instalments}
        for move in self.moves:
            if move.promised_ore:
                promised[move.instalment] = promised.get(move.instalment, 0) + move.promised_ore
        planned = (*self.proposed.instalments, *self.added)
        return tuple(
            part if part.amount_ore == promised[part.number] else replace(part, amount_ore=promised[part.number])
            for part in planned
        )

    @property
    def open_instalments(self) -> tuple[Instalment, ...]:
        """Those with something left to pay that is not withheld."""
        return tuple(instalment for instalment in self.instalments if self.free_ore(instalment.number) > 0)

    def approval(self) -> AwardApproved:
        """The approved award, or the refusal `NotCommitted`."""
        if self.approved is None:
            raise NotCommitted("No award is approved in this case yet. Have it proposed and approved first.")
        return self.approved

    def instalment(self, number: int) -> Instalment:
        """The instalment of that number as it stands, or the refusal `NotCommitted` or `UnknownInstalment`."""
        self.approval()
        plan = self.instalments
        for instalment in plan:
            if instalment.number == number:
                return instalment
        raise UnknownInstalment(f"The plan has instalments 1 to {len(plan)}, not {number}.")

    def paid_ore(self, number: int) -> int:
        """What is paid of the instalment and not credited back."""
        return sum(move.disbursed_ore for move in self.moves if move.instalment == number)

    def unpaid_ore(self, number: int) -> int:
        """What is not paid of the instalment, withheld or not."""
        return self.instalment(number).amount_ore - self.paid_ore(number)

    def free_ore(self, number: int, *, since: date = date.max) -> int:
        """What is neither paid nor withheld of the instalment on that day *and on every day since*: the least of them.

        An act dated in the past is held against each day it reaches, so that no day's figures show more taken than was
        promised.
        """
        moves = self._moves_of(number)
        now_ore = self.instalment(number).amount_ore
        first_ore = now_ore - sum(move.promised_ore for move in moves)
        return first_ore + least(moves, lambda move: move.free_ore, since=since)

    def payable_ore(self, number: int, *, since: date = date.max) -> int:
        """What is free and does not already wait to be paid: all that may be attested, withheld or let fall away."""
        waiting_ore = sum(asked.amount_ore for asked in self.requested if asked.instalment == number)
        return self.free_ore(number, since=since) - waiting_ore

    def withheld_by_ore(self, withholding: int, *, since: date = date.max) -> int:
        """What that withholding holds back on a day and on every day since: the least of them."""
        moves = [move for move in self.moves if move.withholding == withholding]
        return least(moves, lambda move: move.withheld_ore, since=since)

    def list_rest(self) -> tuple[Reduction, ...]:
        """Everything promised and unpaid, as what would fall away: what is free of each instalment, then what each
        withholding holds of it. What waits to be paid is not in it."""
        rest = []
        for number in (instalment.number for instalment in self.instalments):
            rest.append(Reduction(instalment=number, amount_ore=self.payable_ore(number)))
            held = sorted({move.withholding for move in self._moves_of(number) if move.withholding is not None})
            rest += [
                Reduction(instalment=number, amount_ore=self.withheld_by_ore(each), withholding=each) for each in held
            ]
        return tuple(reduction for reduction in rest if reduction.amount_ore > 0)

    def check_reductions(self, reductions: Sequence[Reduction], *, since: date) -> None:
        """Refuse unless each takes only what its instalment has free, or what its withholding holds of it, on that day
        and every day since: `AmountNotPositive`, `NotCommitted`, `UnknownInstalment`, `ReductionBeyondUnpaid`."""
        for instalment, withholding in {(each.instalment, each.withholding) for each in reductions}:
            asked_ore = sum(
                positive(each.amount_ore)
                for each in reductions
                if (each.instalment, each.withholding) == (instalment, withholding)
            )
            left_ore = self._left_to_fall(instalment, withholding, since)
            if asked_ore > left_ore:
                raise ReductionBeyondUnpaid(
                    f"{left_ore} øre of instalment {instalment} can fall away from {since}; {asked_ore} øre is more.",
                    instalment=instalment,
                    withholding=withholding,
                    left_ore=left_ore,
                )

    def _left_to_fall(self, instalment: int, withholding: int | None, since: date) -> int:
        self.instalment(instalment)
        if withholding is None:
            return self.payable_ore(instalment, since=since)
        mine = any(move.withholding == withholding for move in self._moves_of(instalment))
        return self.withheld_by_ore(withholding, since=since) if mine else 0

    def _moves_of(self, number: int) -> list[Move]:
        return [move for move in self.moves if move.instalment == number]


def least(moves: Sequence[Move], amount: Callable[[Move], int], *, since: date) -> int:
    """The least that the moves add up to on a day and on every day since."""
    days = {since, *(move.moved_on for move in moves if move.moved_on > since)}
    return min(sum(amount(move) for move in moves if move.moved_on <= day) for day in days)


def _fall(reduction: Reduction, day: date) -> Move:
    held_ore = -reduction.amount_ore if reduction.withholding is not None else 0
    return Move(
        instalment=reduction.instalment,
        promised_ore=-reduction.amount_ore,
        withheld_ore=held_ore,
        withholding=reduction.withholding,
        moved_on=day,
    )
