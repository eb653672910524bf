"""A commitment: what has been promised in a case, instalment by instalment, and what has become of it.

The rooms of a case each keep their own state and share this sum: disbursed + withheld + outstanding = committed,
for the case and for each instalment, on every day. Amounts are whole øre, days are days in Europe/Oslo.
"""

from dataclasses import dataclass, replace
from datetime import date

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.award.events import AwardApproved, AwardProposed, AwardReturned, Instalment
from services.grants.disbursement.events import InstalmentPaid
from services.grants.withholding.events import WithholdingDecided, WithholdingReleased


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


def positive(amount_ore: int) -> int:
    """The amount, or the refusal `AmountNotPositive`."""
    if amount_ore <= 0:
        raise AmountNotPositive(f"The amount is {amount_ore} øre. State one above zero.", amount_ore=amount_ore)
    return amount_ore


@dataclass(frozen=True, kw_only=True)
class Taken:
    """Money that an instalment no longer has free from a day on: paid, withheld, or (below zero) released again."""

    instalment: int
    disbursed_ore: int = 0
    withheld_ore: int = 0
    taken_on: date


@dataclass(frozen=True, kw_only=True)
class Commitment:
    """The proposal and its approval, and all that has been taken from the instalments since."""

    proposed: AwardProposed | None = None
    approved: AwardApproved | None = None
    taken: tuple[Taken, ...] = ()

    def fold(self, event: Event) -> "Commitment":
        """The commitment after this fact; facts that move none of it change nothing. Never refuses."""
        match event:
            case AwardProposed():
                return replace(self, proposed=event)
            case AwardReturned():
                return replace(self, proposed=None)
            case AwardApproved():
                return replace(self, approved=event)
            case InstalmentPaid(instalment=number, amount_ore=amount_ore, paid_on=day):
                return self._take(Taken(instalment=number, disbursed_ore=amount_ore, taken_on=day))
            case WithholdingDecided(instalment=number, amount_ore=amount_ore, decided_on=day):
                return self._take(Taken(instalment=number, withheld_ore=amount_ore, taken_on=day))
            case WithholdingReleased(instalment=number, amount_ore=amount_ore, released_on=day):
                return self._take(Taken(instalment=number, withheld_ore=-amount_ore, taken_on=day))
            case _:
                return self

    def _take(self, taken: Taken) -> "Commitment":
        return replace(self, taken=(*self.taken, taken))

    @property
    def committed_ore(self) -> int:
        return self.approved.amount_ore if self.approved else 0

    @property
    def disbursed_ore(self) -> int:
        return sum(taken.disbursed_ore for taken in self.taken)

    @property
    def withheld_ore(self) -> int:
        return sum(taken.withheld_ore for taken in self.taken)

    @property
    def outstanding_ore(self) -> int:
        """What the recipient is still owed and can be paid: free of every instalment."""
        return sum(self.free_ore(instalment.number) for instalment in self.instalments)

    @property
    def instalments(self) -> tuple[Instalment, ...]:
        """The payment plan of the approved award; none before approval."""
        return self.proposed.instalments if self.proposed and self.approved else ()

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
        """The instalment of that number, or the refusal `NotCommitted` or `UnknownInstalment`."""
        self.approval()
        for instalment in self.instalments:
            if instalment.number == number:
                return instalment
        raise UnknownInstalment(f"The plan has instalments 1 to {len(self.instalments)}, not {number}.")

    def unpaid_ore(self, number: int) -> int:
        """What is not paid of the instalment, withheld or not."""
        paid_ore = sum(taken.disbursed_ore for taken in self.taken if taken.instalment == number)
        return self.instalment(number).amount_ore - paid_ore

    def free_ore(self, number: int, *, since: date = date.max) -> int:
        """What is neither paid nor withheld of the instalment on that day *and on every day since*: the least of them.

        An act dated in the past is held against each day it reaches, so that no day's figures show more taken than was
        promised.
        """
        instalment = self.instalment(number)
        taken = [move for move in self.taken if move.instalment == number]
        days = {since, *(move.taken_on for move in taken if move.taken_on > since)}
        taken_ore = (
            sum(move.disbursed_ore + move.withheld_ore for move in taken if move.taken_on <= day) for day in days
        )
        return instalment.amount_ore - max(taken_ore)
