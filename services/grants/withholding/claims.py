"""What has been paid in a case and what of it is claimed back: the state that reclaim and repayment decide on.

For every instalment: paid = kept + what stands claimed + what came back unasked + what claims were settled with.
Amounts are whole øre, days are days in Europe/Oslo.
"""

from dataclasses import dataclass
from datetime import date

from services.duties.authorship import authors
from services.eventlog.events import Event
from services.eventlog.folding import replace
from services.eventlog.refusal import Refusal
from services.grants.case.commitment import NOTHING_PROMISED, Commitment
from services.grants.case.disputes import UNDISPUTED, Dispute, Disputes
from services.grants.case.events.disbursement import InstalmentPaid
from services.grants.case.events.withholding import (
    ReclaimDecided,
    ReclaimNetted,
    ReclaimReduced,
    ReclaimWarned,
    RepaymentReceived,
)
from services.grants.case.reductions import total_ore


class UnknownReclaim(Refusal):
    """The case has no reclaim of that number."""

    code = "unknown-reclaim"
    status = 404
    title = "Tilbakekravet finnes ikke"


class BeyondPaid(Refusal):
    """More than the recipient has of the instalment: not paid by then, repaid, or claimed back already."""

    code = "reclaim-beyond-paid"
    title = "Beløpet er høyere enn det som er utbetalt"


class BeyondClaim(Refusal):
    """More than is left of the reclaim."""

    code = "beyond-reclaim"
    title = "Beløpet er høyere enn det som gjenstår av tilbakekravet"


class ReclaimSuspended(Refusal):
    """A complaint has suspensive effect: until it is decided nothing is demanded (forvaltningsloven § 42)."""

    code = "reclaim-suspended"
    title = "Tilbakekrevingen har utsatt iverksetting"


@dataclass(frozen=True, kw_only=True)
class Claims:
    """What reclaiming needs to know of a case. `waiting` holds the warnings no decision has spent, `drafts` all
    since the last decision on their instalment; `preparers` pairs each reclaim with those who wrote of its warning."""

    commitment: Commitment = NOTHING_PROMISED
    paid: tuple[InstalmentPaid, ...] = ()
    warned: tuple[ReclaimWarned, ...] = ()
    waiting: tuple[ReclaimWarned, ...] = ()
    drafts: tuple[ReclaimWarned, ...] = ()
    decided: tuple[ReclaimDecided, ...] = ()
    preparers: frozenset[tuple[int, str]] = frozenset()
    reduced: tuple[ReclaimReduced, ...] = ()
    netted: tuple[ReclaimNetted, ...] = ()
    repaid: tuple[RepaymentReceived, ...] = ()
    disputes: Disputes = UNDISPUTED

    def find_waiting(self, instalment: int) -> ReclaimWarned | None:
        return next((warned for warned in self.waiting if warned.instalment == instalment), None)

    def find_authors(self, instalment: int) -> frozenset[str]:
        """Whoever wrote any part of the warning that waits for the instalment."""
        return authors([warned for warned in self.drafts if warned.instalment == instalment])

    def find_preparers(self, number: int) -> frozenset[str]:
        """Whoever wrote any part of the warning that reclaim `number` was decided on."""
        return frozenset(who for reclaim, who in self.preparers if reclaim == number)

    def reclaim(self, number: int) -> ReclaimDecided:
        """The reclaim of that number, or the refusal `UnknownReclaim`."""
        found = next((decided for decided in self.decided if decided.number == number), None)
        if found is None:
            raise UnknownReclaim(f"The case has {len(self.decided)} reclaims, and none is number {number}.")
        return found

    def claimed_ore(self, number: int) -> int:
        """What reclaim `number` asks for in all: as decided, less what it was reduced by."""
        decided_ore = sum(decided.amount_ore for decided in self.decided if decided.number == number)
        return decided_ore - sum(reduced.amount_ore for reduced in self.reduced if reduced.number == number)

    def repaid_ore(self, number: int) -> int:
        """What the recipient has paid of reclaim `number`."""
        return sum(repaid.amount_ore for repaid in self.repaid if repaid.reclaim == number)

    def netted_ore(self, number: int) -> int:
        """What of reclaim `number` was settled against money the recipient was still owed."""
        return sum(total_ore(netted.reductions) for netted in self.netted if netted.number == number)

    def standing_ore(self, number: int) -> int:
        """What reclaim `number` still asks for."""
        return self.claimed_ore(number) - self.repaid_ore(number) - self.netted_ore(number)

    def kept_ore(self, instalment: int, *, on: date) -> int:
        """What the recipient has of the instalment that nobody claims and they have not sent back: paid by that day,
        less every claim and every repayment unasked, whatever its day."""
        paid_ore = sum(paid.amount_ore for paid in self.paid if paid.instalment == instalment and paid.paid_on <= on)
        claims = (decided.number for decided in self.decided if decided.instalment == instalment)
        unasked = (each for each in self.repaid if each.reclaim is None and each.instalment == instalment)
        return paid_ore - sum(map(self.claimed_ore, claims)) - sum(each.amount_ore for each in unasked)

    def find_suspending(self, reclaim: int | None) -> Dispute | None:
        """The complaint that stops this reclaim (None: a reclaim not yet decided). One of a reclaim stops that reclaim;
        one of any other decision stops them all."""
        for dispute in self.disputes.undecided:
            mine = dispute.disputed != "reclaim" or (reclaim and dispute.decision_number in (None, reclaim))
            if dispute.suspends == "reclaim" and mine:
                return dispute
        return None

    def is_overturned(self, reclaim: int) -> bool:
        """Whether a complaint changed the claim, and it is not yet reduced to what is left of it."""
        return self.disputes.is_overturned("reclaim", reclaim)

    def check_not_suspended(self, reclaim: int | None) -> None:
        """Refuse (`ReclaimSuspended`) while a complaint with suspensive effect stops it."""
        if dispute := self.find_suspending(reclaim):
            raise ReclaimSuspended(
                f"Complaint {dispute.number} has suspensive effect. Nothing is demanded until it is decided.",
                complaint=dispute.number,
            )


def evolve(case: Claims, event: Event) -> Claims:
    """The case after this fact. A warning replaces the last for its instalment; a decision spends it."""
    case = replace(case, commitment=case.commitment.fold(event), disputes=case.disputes.fold(event))
    match event:
        case InstalmentPaid():
            return replace(case, paid=(*case.paid, event))
        case ReclaimWarned():
            waiting = (*_others(case.waiting, event.instalment), event)
            return replace(case, warned=(*case.warned, event), waiting=waiting, drafts=(*case.drafts, event))
        case ReclaimDecided(instalment=number):
            wrote = {(event.number, who) for who in case.find_authors(number)}
            case = replace(case, decided=(*case.decided, event), preparers=case.preparers | wrote)
            return replace(case, waiting=_others(case.waiting, number), drafts=_others(case.drafts, number))
        case ReclaimReduced():
            return replace(case, reduced=(*case.reduced, event))
        case ReclaimNetted():
            return replace(case, netted=(*case.netted, event))
        case RepaymentReceived():
            return replace(case, repaid=(*case.repaid, event))
        case _:
            return case


def _others(warned: tuple[ReclaimWarned, ...], instalment: int) -> tuple[ReclaimWarned, ...]:
    return tuple(each for each in warned if each.instalment != instalment)
