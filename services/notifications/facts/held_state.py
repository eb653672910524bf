"""Something held until it may leave, as its facts leave it: a grant letter, or a report to be published."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.eventlog.events import Event
from services.eventlog.folding import fold_once, replace
from services.eventlog.recorded import Recorded
from services.notifications.facts.channel import (
    LetterDelivered,
    LetterDispatched,
    LetterDispatchFailed,
    LetterDispatchUnknown,
    LetterFollowed,
    LetterSendingBegun,
    LetterSendingPermitted,
    LetterSentAgain,
)
from services.notifications.facts.publication import (
    Planned,
    PublicationCancelled,
    PublicationPlanned,
    PublicationPlannedAsTold,
    PublicationReleased,
)
from services.notifications.facts.release import (
    AwardEnded,
    AwardHeard,
    HeldLetter,
    LetterFileHeard,
    LetterHeld,
    LetterHeldAsTold,
    LetterReleased,
    LetterReleaseEnded,
    LetterReleaseOrdered,
    LetterReleaseStopped,
    WaiverConfirmed,
    WaiverProposed,
    WaiverRejected,
)
from services.notifications.facts.scheme_policy import DecisionHeard

Trouble = LetterDispatchUnknown | LetterDispatchFailed


@dataclass(frozen=True, kw_only=True)
class Held:
    """`award` and `file` are what grants last told, `decisions` what was decided of the award, `held` what is bound and
    waits. `claims` are the waivers recorded since one was confirmed, rejected ones too, and `waived` is the one that
    is, for a manifest; `plans` are all plans to publish it; `ended` that the award is gone or made otherwise since it
    was held. `begun_at` is when it was first tried to be sent since it was let out, `attempt` the last sending begun,
    `under_way` that nobody knows yet what came of it, `again` how often a person asked for another or a release was
    ended: what is sent then is another sending. `left` is that something left, or may have, in a try that is over."""

    version: int = 0
    award: AwardHeard | None = None
    file: LetterFileHeard | None = None
    decisions: tuple[DecisionHeard, ...] = ()
    held: HeldLetter | Planned | None = None
    held_position: int = 0
    approved_on: date | None = None
    ended: AwardEnded | PublicationCancelled | None = None
    ordered: LetterReleaseOrdered | None = None
    claimed: WaiverProposed | None = None
    claims: tuple[WaiverProposed, ...] = ()
    waived: WaiverConfirmed | None = None
    plans: tuple[PublicationPlannedAsTold, ...] = ()
    released: LetterReleased | PublicationReleased | None = None
    released_at: datetime | None = None
    begun_at: datetime | None = None
    attempt: int = 0
    again: int = 0
    under_way: bool = False
    left: bool = False
    trouble: Trouble | None = None
    dispatched: LetterDispatched | None = None
    delivered: LetterDelivered | None = None

    @property
    def manifest_sha256(self) -> str | None:
        """The hash (hex) of what is held now."""
        return self.held.manifest_sha256 if self.held else None

    @property
    def case_number(self) -> str | None:
        """What people call the case by, where grants has told it."""
        return self.file.case_number if self.file else None

    @property
    def may_have_left(self) -> bool:
        """Whether anything of it may have left: what is unknown counts as left."""
        return self.left or self.under_way or isinstance(self.trouble, LetterDispatchUnknown)

    @property
    def is_out(self) -> bool:
        """Whether it is released, and something may have left. Until then what grants tells of the award counts."""
        return self.released is not None and self.may_have_left

    @property
    def letter(self) -> HeldLetter | None:
        """The letter that is held; None for a publication."""
        return self.held if isinstance(self.held, LetterHeld | LetterHeldAsTold) else None

    @property
    def publication(self) -> Planned | None:
        """What is to be published; None for a letter."""
        return self.held if isinstance(self.held, PublicationPlanned | PublicationPlannedAsTold) else None


def evolve(held: Held, fact: Recorded) -> Held:
    """What is held, after this fact."""
    return replace(held, version=fact.version, **_changes(held, fact))


def _changes(held: Held, fact: Recorded) -> dict[str, Any]:
    """What the fact makes otherwise."""
    match fact.event:
        case AwardHeard() as award:
            return {"award": award}
        case LetterFileHeard() as file:
            return {"file": file}
        case DecisionHeard() as decision:
            return {"decisions": (*held.decisions, decision)}
        case LetterHeld() | LetterHeldAsTold() as letter:
            it: dict[str, Any] = {"held": letter, "held_position": fact.position, "approved_on": letter.approved_on}
            return it | {"ended": None, "ordered": None}
        case PublicationPlanned() | PublicationPlannedAsTold() as planned:
            it = {"held": planned, "held_position": fact.position, "plans": (*held.plans, planned.as_written())}
            return it | {"ended": None, "ordered": None}
        case AwardEnded() | PublicationCancelled() as ended:
            return {"ended": ended}
        case LetterReleaseOrdered() as ordered:
            return {"ordered": ordered}
        case LetterReleaseStopped():
            return {"ordered": None}
        case WaiverProposed() as claimed:
            return {"claimed": claimed, "claims": (*held.claims, claimed)}
        case WaiverRejected():
            return {"claimed": None}
        case WaiverConfirmed() as waived:
            return {"waived": waived, "claimed": None, "claims": ()}
        case LetterReleased() | PublicationReleased() as released:
            return {"released": released, "released_at": fact.recorded_at, "begun_at": None}
        case LetterReleaseEnded():
            return NOT_OUT | {"again": held.again + 1}
        case LetterFollowed():
            anew = {"dispatched": None, "delivered": None, "left": False, "under_way": False}
            return NOT_OUT | anew | {"again": held.again + 1}
        case LetterSendingBegun(attempt=attempt) | LetterSendingPermitted(attempt=attempt):
            first_at = held.begun_at or fact.recorded_at
            return {"attempt": attempt, "under_way": True, "trouble": None, "begun_at": first_at}
    return _sent(held, fact.event)


NOT_OUT: dict[str, Any] = {"released": None, "released_at": None, "ordered": None, "trouble": None}


def _sent(held: Held, event: Event) -> dict[str, Any]:
    """How it leaves."""
    over = {"under_way": False, "trouble": None}
    match event:
        case LetterSentAgain():
            return over | {"left": held.may_have_left, "again": held.again + 1, "dispatched": None}
        case LetterDispatched() as dispatched:
            return over | {"dispatched": dispatched, "left": True}
        case LetterDispatchUnknown() | LetterDispatchFailed() as trouble:
            return {"under_way": False, "trouble": trouble}
        case LetterDelivered() as delivered:
            return over | {"delivered": delivered, "left": True}
    return {}


def fold(facts: Iterable[Recorded]) -> Held:
    """What is held, as its stream leaves it."""
    return fold_once(evolve, facts, Held)
