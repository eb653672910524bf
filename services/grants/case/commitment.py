"""A commitment: what has been promised in a case, instalment by instalment, and what has become of it.

The rooms of a case each keep their own state and share this sum: disbursed + withheld + outstanding = committed,
for the case and for each instalment, on every day. Amounts are whole øre, days are days in Europe/Oslo.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.eventlog.events import Event
from services.eventlog.folding import first, replace, shared
from services.grants.case.commitment_refusals import NotCommitted, ReductionBeyondUnpaid, UnknownInstalment, positive
from services.grants.case.events.award import AwardImported, AwardMade, AwardProposed, AwardReturned, Instalment
from services.grants.case.events.award_change import Reduction, SupplementaryAwardApproved
from services.grants.case.events.disbursement import (
    InstalmentPaid,
    InstalmentPaidLater,
    PaymentAttested,
    PaymentRefused,
)
from services.grants.case.events.withholding import RepaymentReceived
from services.grants.case.events.year_end import CommitmentCarriedOver
from services.grants.case.moves import MOVING, Move, least, moves_of


@dataclass(frozen=True, kw_only=True)
class Commitment:
    """The proposal and its approval, and all that has moved on the instalments since. `held_into` are the later years
    it is held over to, `charged` those it was paid in all the same."""

    proposed: AwardProposed | None = None
    approved: AwardMade | None = None
    added: tuple[Instalment, ...] = ()
    moves: tuple[Move, ...] = ()
    requested: tuple[PaymentAttested, ...] = ()
    repaid_ore: int = 0
    held_into: frozenset[int] = frozenset()
    charged: frozenset[int] = frozenset()

    @shared(AwardProposed, AwardReturned, AwardMade, PaymentAttested, CommitmentCarriedOver, PaymentRefused, *MOVING)
    def fold(self, event: Event) -> "Commitment":
        """The commitment after this fact; facts that move none of it change nothing. Never refuses."""
        match event:
            case AwardProposed() | AwardReturned():
                return replace(self, proposed=event if isinstance(event, AwardProposed) else None)
            case AwardMade():
                return replace(self, approved=event)
            case PaymentAttested():
                return replace(self, requested=(*self.requested, event))
            case CommitmentCarriedOver(year=year):
                return replace(self, held_into=self.held_into | {year + 1})
            case PaymentRefused(payment_id=payment_id):
                return self._answered(payment_id)
        return self._moved(event)

    def _moved(self, event: Event) -> "Commitment":
        """The commitment after a fact that moves something on its instalments."""
        told = replace(self, moves=(*self.moves, *moves_of(event)))
        match event:
            case SupplementaryAwardApproved(added=added):
                return replace(told, added=(*told.added, *added))
            case InstalmentPaid(payment_id=payment_id, paid_on=day):
                later = {day.year} if isinstance(event, InstalmentPaidLater) else frozenset[int]()
                return replace(told, charged=told.charged | later)._answered(payment_id)
            case RepaymentReceived(amount_ore=back_ore):
                return replace(told, repaid_ore=told.repaid_ore + back_ore)
        return told

    def _answered(self, payment_id: object) -> "Commitment":
        return replace(self, requested=tuple(asked for asked in self.requested if asked.payment_id != payment_id))

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

    @property
    def own_year(self) -> int:
        """The budget year it was promised in, or the refusal `NotCommitted`."""
        return int(self.approval().fund_id[:4])

    def unpaid_on(self, day: date) -> int:
        """What was promised and not paid at the end of that day, withheld or not."""
        if self.approval().approved_on > day:
            return 0
        later_ore = sum(move.promised_ore for move in self.moves if move.moved_on > day)
        return self.committed_ore - later_ore - sum(move.disbursed_ore for move in self.moves if move.moved_on <= day)

    def approval(self) -> AwardMade:
        """The approved award, or the refusal `NotCommitted`."""
        if self.approved is None:
            raise NotCommitted("No award is approved in this case yet. Have it proposed and approved first.")
        return self.approved

    def bound_by(self) -> dict[str, set[str]]:
        """Who bound the money, by which act of the table of duties: approved here, or found to be decided outside."""
        made = self.approval()
        outside = isinstance(made, AwardImported)
        return {
            "approve award": set() if outside else {made.approved_by},
            "confirm award import": {made.approved_by} if outside else set(),
        }

    def instalment(self, number: int) -> Instalment:
        """The instalment of that number as it stands, or the refusal `NotCommitted` or `UnknownInstalment`."""
        self.approval()
        if found := next((each for each in self.instalments if each.number == number), None):
            return found
        raise UnknownInstalment(f"The plan has instalments 1 to {len(self.instalments)}, not {number}.")

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
        first_ore = self.instalment(number).amount_ore - sum(move.promised_ore for move in moves)
        return first_ore + least(moves, lambda move: move.free_ore, since=since)

    def payable_ore(self, number: int, *, since: date = date.max) -> int:
        """What is free and does not already wait to be paid: all that may be attested, withheld or let fall away."""
        waiting_ore = sum(asked.amount_ore for asked in self.requested if asked.instalment == number)
        return self.free_ore(number, since=since) - waiting_ore

    def withheld_by_ore(self, withholding: int, *, since: date = date.max) -> int:
        """What that withholding holds back on a day and on every day since: the least of them."""
        mine = [move for move in self.moves if move.withholding == withholding]
        return least(mine, lambda move: move.withheld_ore, since=since)

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


NOTHING_PROMISED = first(Commitment)
