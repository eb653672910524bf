"""Whether the letter tells of the award as it stands: what a case's facts say of it, and nothing of when it is sent."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.eventlog.events import Event
from services.eventlog.folding import fold_once, replace
from services.grants.case.disputes import UNDISPUTED, Disputes
from services.grants.case.events.award import AwardApproved, AwardProposed
from services.grants.case.events.award_change import AwardReduced, SupplementaryAwardApproved
from services.grants.case.events.complaint import (
    ComplaintDecided,
    DecisionReversed,
    Disputed,
    SuspensiveEffectGranted,
)
from services.grants.case.events.grant_letter import LetterFrozen
from services.grants.case.events.withholding import WithholdingDecided
from services.grants.case.moves import moves_of
from services.grants.grant_letter.permit.refusals import (
    AwardChangedSince,
    AwardNotApproved,
    AwardStopped,
    DecisionSuspended,
    LetterSuperseded,
)
from services.grants.grant_letter.permit.topics import WRONG_AFTER

TOLD_OF: frozenset[Disputed] = frozenset(("award", "reduction"))
"""The decisions a letter tells of. One that is annulled has no letter to send."""


@dataclass(frozen=True, kw_only=True)
class Sendable:
    """A case as far as sending its letter goes. `frozen` is its letter, `wrong_since` the topic of the first fact after
    which it is not so any more; a letter frozen anew tells of what stands then. `overturned`: a decision it would tell
    of was set aside, and nothing is decided in its place yet: no letter tells of what stands."""

    frozen: LetterFrozen | None = None
    approved: bool = False
    wrong_since: str | None = None
    overturned: bool = False
    disputes: Disputes = UNDISPUTED
    withheld_ore: int = 0


def evolve(letter: Sendable, event: Event) -> Sendable:
    """The letter after this fact of the case. What suspends or withholds is let go again, or falls away, so it is
    counted by itself; a complaint that is decided makes the letter wrong only if the award, or what it was reduced by,
    does not stand as it was decided, and a letter frozen after that is as wrong until the award is changed."""
    withheld_ore = letter.withheld_ore + sum(move.withheld_ore for move in moves_of(event))
    letter = replace(letter, disputes=letter.disputes.fold(event), withheld_ore=withheld_ore)
    match event:
        case AwardProposed():
            return replace(letter, frozen=None, approved=False, wrong_since=None, overturned=False)
        case LetterFrozen():
            return replace(letter, frozen=event, wrong_since=letter.wrong_since if letter.overturned else None)
        case SupplementaryAwardApproved() | AwardReduced():
            letter = replace(letter, overturned=False)
        case AwardApproved() if not letter.approved:
            return replace(letter, approved=True)
        case SuspensiveEffectGranted() | WithholdingDecided():
            return letter
        case ComplaintDecided() | DecisionReversed():
            about = next((each for each in letter.disputes.known if each.number == event.number), None)
            stands = isinstance(event, ComplaintDecided) and event.outcome in ("upheld", "dismissed")
            if stands or about is None or about.disputed not in TOLD_OF:
                return letter
            letter = replace(letter, overturned=True)
    if event.TOPIC in WRONG_AFTER:
        return replace(letter, wrong_since=letter.wrong_since or event.TOPIC)
    return letter


def fold(events: Iterable[Event]) -> Sendable:
    """The letter as the case leaves it."""
    return fold_once(evolve, events, Sendable)


def check(letter: Sendable, *, letter_sha256: str, decision_version: int) -> None:
    """Refuse to have this letter sent unless the award stands as it tells it.

    Refuses `LetterSuperseded`, `AwardNotApproved`, `AwardChangedSince` (`since` names the fact), `DecisionSuspended`,
    `AwardStopped`.
    """
    frozen = letter.frozen
    if frozen is None or (frozen.sha256, frozen.proposal_version) != (letter_sha256, decision_version):
        raise LetterSuperseded("The case has another letter by now, or none. Have the letter it has held and released.")
    if not letter.approved:
        raise AwardNotApproved("The award is proposed, not approved. Nothing is sent of it.")
    if letter.wrong_since:
        raise AwardChangedSince(
            f"{letter.wrong_since} is recorded since the letter was frozen. Freeze a letter of what stands now.",
            since=letter.wrong_since,
        )
    if letter.disputes.payment_suspended:
        raise DecisionSuspended("A complaint suspends the decision. The letter waits until that is ended.")
    if letter.withheld_ore > 0:
        raise AwardStopped("Money of the award is withheld. The letter waits until it is let go.")
