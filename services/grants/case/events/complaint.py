"""What can have happened to a complaint of a decision. On the case's own stream. Days are days in Europe/Oslo.

The time limit is three weeks from the day the decision reached the party (forvaltningsloven § 29); the appeal body is
the ministry.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.eventlog.events import Event

Disputed = Literal["award", "rejection", "dismissal", "withholding", "reclaim", "reduction", "annulment"]
FormalDefect = Literal["not-signed", "decision-not-named", "change-not-said", "not-a-party", "not-in-writing"]
LateGround = Literal["cannot-be-blamed", "special-reasons"]
Suspends = Literal["payment", "reclaim"]
Capacity = Literal["bankruptcy-estate", "successor", "representative"]
Outcome = Literal["upheld", "changed", "annulled", "returned", "dismissed"]
"""What the appeal body did with the *decision*: let it stand, changed it, set it aside, sent it back, or turned the
complaint away."""


@dataclass(frozen=True, kw_only=True)
class Party:
    """Who complains: the recipient, or who has come in its place."""

    name: str
    organisation_number: str | None = None


@dataclass(frozen=True, kw_only=True)
class ComplaintReceived(Event, topic="complaint.received.v1"):
    """A complaint arrived. `number` is its own in the case, the first is 1; `decision_number` tells which withholding
    or reclaim. `decision_arrived_on` is when the decision reached the party, `lodged_on` when the complaint was sent
    or handed in. `complete_on` is None while formal defects stand."""

    number: int
    disputed: Disputed
    decision_number: int | None
    party: Party
    decision_arrived_on: date
    lodged_on: date
    last_day_on: date
    grounds: str
    defects: tuple[FormalDefect, ...]
    registered_by: str


@dataclass(frozen=True, kw_only=True)
class ComplaintCompletionAsked(Event, topic="complaint.completion-asked.v1"):
    """The party is asked to put formal defects right by a day (forvaltningsloven § 32 third paragraph)."""

    number: int
    reply_by: date
    asked_on: date
    asked_by: str


@dataclass(frozen=True, kw_only=True)
class ComplaintCompleted(Event, topic="complaint.completed.v1"):
    """Nothing formal stands in the way any more."""

    number: int
    completed_on: date
    recorded_by: str


@dataclass(frozen=True, kw_only=True)
class ComplaintLateAccepted(Event, topic="complaint.late-accepted.v1"):
    """A complaint that came too late is taken up all the same (forvaltningsloven § 31), on a coded ground."""

    number: int
    ground: LateGround
    reason: str
    accepted_on: date
    accepted_by: str


@dataclass(frozen=True, kw_only=True)
class ComplaintDismissed(Event, topic="complaint.dismissed.v1"):
    """The directorate turns the complaint away: too late, or its defects were never put right."""

    number: int
    reason: str
    dismissed_on: date
    dismissed_by: str


@dataclass(frozen=True, kw_only=True)
class SuspensiveEffectGranted(Event, topic="complaint.suspensive-effect-granted.v1"):
    """The decision is not carried out until the complaint is decided (forvaltningsloven § 42): payment of the disputed
    money, or reclaim of it, waits."""

    number: int
    suspends: Suspends
    reason: str
    granted_on: date
    granted_by: str


@dataclass(frozen=True, kw_only=True)
class SuspensiveEffectEnded(Event, topic="complaint.suspensive-effect-ended.v1"):
    """The decision may be carried out again."""

    number: int
    reason: str
    ended_on: date
    ended_by: str


@dataclass(frozen=True, kw_only=True)
class DecisionReversed(Event, topic="complaint.decision-reversed.v1"):
    """The directorate itself gave the party right, wholly or in part (forvaltningsloven § 33 second paragraph). The
    money follows by its own act (release, supplementary award). Wholly: the complaint is ended."""

    number: int
    wholly: bool
    reason: str
    reversed_on: date
    reversed_by: str


@dataclass(frozen=True, kw_only=True)
class ComplaintForwarded(Event, topic="complaint.forwarded.v1"):
    """The complaint went to the ministry with the directorate's statement, and the party got a copy."""

    number: int
    statement: str
    forwarded_on: date
    forwarded_by: str


@dataclass(frozen=True, kw_only=True)
class ComplaintDecided(Event, topic="complaint.decided.v1"):
    """The ministry's outcome. It is final: it cannot be complained of (forvaltningsloven § 28)."""

    number: int
    outcome: Outcome
    document: str
    decided_on: date
    recorded_by: str


@dataclass(frozen=True, kw_only=True)
class ComplaintWithdrawn(Event, topic="complaint.withdrawn.v1"):
    """The party took it back."""

    number: int
    withdrawn_on: date
    recorded_by: str


@dataclass(frozen=True, kw_only=True)
class PartyChanged(Event, topic="complaint.party-changed.v1"):
    """Another has come in the party's place in the case: a bankruptcy estate, a successor."""

    party: Party
    capacity: Capacity
    document: str
    changed_on: date
    recorded_by: str
