"""What an undecided complaint holds fast. Shared by the rooms of a case, as the commitment is.

Money under dispute stays as it is until the complaint is decided: what is withheld stays withheld and is spendable by
nobody else. To let go of it in the party's favour is always allowed; to let it fall away is not. Suspensive effect
lasts at most until the complaint is decided (forvaltningsloven § 42), so the end of the complaint ends it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from services.eventlog.events import Event
from services.eventlog.folding import first, replace, shared
from services.eventlog.refusal import Refusal
from services.grants.case.events.award_change import Reduction
from services.grants.case.events.complaint import (
    ComplaintDecided,
    ComplaintDismissed,
    ComplaintReceived,
    ComplaintWithdrawn,
    DecisionReversed,
    Disputed,
    Suspends,
    SuspensiveEffectEnded,
    SuspensiveEffectGranted,
)
from services.grants.case.events.withholding import ReclaimReduced, WithholdingReleased

Ending = Literal["withdrawn", "turned-away", "reversed", "upheld", "changed", "annulled", "returned"]


class DisputedMoney(Refusal):
    """The money is what an undecided complaint is about. Only what favours the party may be done with it."""

    code = "disputed-money"
    title = "Pengene er under klagebehandling"


@dataclass(frozen=True, kw_only=True)
class Dispute:
    """One complaint as far as money goes: what it is about, whether it suspends anything, and how it ended."""

    number: int
    disputed: Disputed
    decision_number: int | None
    suspends: Suspends | None = None
    ending: Ending | None = None
    followed: bool = False
    """The change the appeal body made has been carried out: some of the withholding was let go after it, or the reclaim
    reduced."""

    @property
    def is_open(self) -> bool:
        return self.ending is None

    @property
    def overturns(self) -> bool:
        """The decision does not stand as it was made, and what follows from that is not done yet."""
        return self.ending in ("reversed", "annulled", "returned") or (self.ending == "changed" and not self.followed)


@dataclass(frozen=True, kw_only=True)
class Disputes:
    """Every complaint of a case."""

    known: tuple[Dispute, ...] = ()

    @shared(
        ComplaintReceived,
        SuspensiveEffectGranted,
        SuspensiveEffectEnded,
        ComplaintDismissed,
        ComplaintDecided,
        ComplaintWithdrawn,
        DecisionReversed,
        WithholdingReleased,
        ReclaimReduced,
    )
    def fold(self, event: Event) -> "Disputes":
        """The disputes after this fact; facts that concern none change nothing. Never refuses."""
        match event:
            case ComplaintReceived(number=number, disputed=disputed, decision_number=decision_number):
                dispute = Dispute(number=number, disputed=disputed, decision_number=decision_number)
                return Disputes(known=(*self.known, dispute))
            case SuspensiveEffectGranted(number=number, suspends=suspends):
                return self._suspend(number, suspends)
            case SuspensiveEffectEnded(number=number):
                return self._suspend(number, None)
            case ComplaintDismissed(number=number) | ComplaintDecided(number=number, outcome="dismissed"):
                return self._end(number, "turned-away")
            case ComplaintWithdrawn(number=number):
                return self._end(number, "withdrawn")
            case DecisionReversed(number=number, wholly=True):
                return self._end(number, "reversed")
            case ComplaintDecided(number=number, outcome="upheld" | "changed" | "annulled" | "returned" as outcome):
                return self._end(number, outcome)
            case WithholdingReleased(number=number):
                return self._follow("withholding", number)
            case ReclaimReduced(number=number):
                return self._follow("reclaim", number)
        return self

    def _suspend(self, number: int, suspends: Suspends | None) -> "Disputes":
        changed = (replace(each, suspends=suspends) if each.number == number else each for each in self.known)
        return Disputes(known=tuple(changed))

    def _end(self, number: int, ending: Ending) -> "Disputes":
        ended = (replace(each, suspends=None, ending=ending) if each.number == number else each for each in self.known)
        return Disputes(known=tuple(ended))

    def _follow(self, disputed: Disputed, decision_number: int) -> "Disputes":
        followed = (
            replace(each, followed=True) if each.ending and _is_about(each, disputed, decision_number) else each
            for each in self.known
        )
        return Disputes(known=tuple(followed))

    @property
    def undecided(self) -> tuple[Dispute, ...]:
        return tuple(dispute for dispute in self.known if dispute.is_open)

    @property
    def open_numbers(self) -> tuple[int, ...]:
        """The complaints that nobody has decided, by their number in the case."""
        return tuple(dispute.number for dispute in self.undecided)

    @property
    def withholdings(self) -> frozenset[int]:
        """Withholdings that an undecided complaint is about: what they hold stays reserved."""
        return frozenset(
            each.decision_number for each in self.undecided if each.disputed == "withholding" and each.decision_number
        )

    @property
    def payment_suspended(self) -> bool:
        """Suspensive effect stands on payment: nothing of the award is paid meanwhile."""
        return any(dispute.suspends == "payment" for dispute in self.undecided)

    @property
    def reclaims_suspended(self) -> frozenset[int]:
        """Reclaims that may not be enforced or netted meanwhile."""
        suspended = (each for each in self.undecided if each.disputed == "reclaim" and each.suspends == "reclaim")
        return frozenset(each.decision_number for each in suspended if each.decision_number)

    def list_about(self, disputed: Disputed, decision_number: int | None) -> tuple[Dispute, ...]:
        """Every complaint of that decision, in the order they came."""
        return tuple(each for each in self.known if _is_about(each, disputed, decision_number))

    def is_overturned(self, disputed: Disputed, decision_number: int | None) -> bool:
        """Whether a complaint, whichever of several, came to that the decision does not stand as it was made, and what
        follows from that is not done. A later one that was withdrawn or turned away takes nothing of it back."""
        return any(each.overturns for each in self.list_about(disputed, decision_number))

    def check_reductions(self, reductions: Iterable[Reduction]) -> None:
        """Refuse (`DisputedMoney`) to let disputed money fall away: what a disputed withholding holds, and anything at
        all while the award itself is complained of."""
        if award := next((each for each in self.undecided if each.disputed == "award"), None):
            raise DisputedMoney(
                f"Complaint {award.number} of the award is undecided. Wait for its outcome.", complaint=award.number
            )
        for withholding in sorted(
            self.withholdings & {each.withholding for each in reductions if each.withholding is not None}
        ):
            complaint = next(each.number for each in self.list_about("withholding", withholding) if each.is_open)
            raise DisputedMoney(
                f"Withholding {withholding} is complained of. Wait for the outcome, or release the money.",
                complaint=complaint,
                withholding=withholding,
            )


UNDISPUTED = first(Disputes)
"""Where every case begins."""


def _is_about(dispute: Dispute, disputed: Disputed, decision_number: int | None) -> bool:
    return (dispute.disputed, dispute.decision_number) == (disputed, decision_number)
