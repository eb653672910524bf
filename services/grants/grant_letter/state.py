"""The grant letter as a case's facts leave it: what it tells, whether it is out, and whether another is owed.

A new proposal needs a new letter; so does an approved award that is changed before its letter has left, and one of
which more is promised after that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from services.eventlog.events import Event
from services.eventlog.folding import fold_once, replace
from services.grants.case.commitment import NOTHING_PROMISED, Commitment
from services.grants.case.events.application import ApplicationReceived
from services.grants.case.events.award import (
    AwardApproved,
    AwardImportProposed,
    AwardMade,
    AwardProposed,
    AwardReturned,
)
from services.grants.case.events.award_change import AwardReduced, SupplementaryAwardApproved
from services.grants.case.events.grant_letter import (
    LetterDelivered,
    LetterFrozen,
    LetterLeft,
    LetterMayLeave,
    LetterNotArrived,
    LetterPerhapsLeft,
    LetterReleased,
    LetterReleaseEnded,
    LetterReleaseImported,
    LetterTryWrittenOff,
)
from services.grants.grant_letter.signed import UNSIGNED, Signed, signed_after

DECIDES: Mapping[type[Event], str] = {
    AwardApproved: "approve award",
    SupplementaryAwardApproved: "approve supplement",
    AwardReduced: "approve reduction",
}
"""The acts that decide what the letter tells, as the table of duties names them."""


OUTSIDE = "outside"
"""Stands among the letters that are out for one that went out before this system."""


@dataclass(frozen=True, kw_only=True)
class GrantLetter:
    """What a case has of a letter. `applied_on` is the day the first version of its application arrived, `address` the
    one its application gives.
    `version` counts the case's facts and so is its stream's; `frozen` is the letter of the proposal that stands, and of
    no earlier one. `outside`: it was decided outside, and no letter is made of it. `remade`: the award was changed
    after approval and before its letter left, and `proposal` is what is promised since; `outdated` is the letter it
    had. `changed_version` is the version of the last change made while the letter was released, `frozen_before` what
    stood as its letter when it was: should the release be ended before the letter left, they tell how it stands.
    `left` is the released letter's leaving; of a release that counted as out by itself there is none. `perhaps` are the
    tries to send it of which nobody knows what came, `out` the SHA-256 (hex) of the letters that are out, whichever.
    `following`: more was promised since, which a letter of the change must tell of (`next_frozen`, once it is frozen);
    that one can be released while the other is out. `late`: it was approved, in `approved_version`, without a letter,
    and no letter of it has been frozen. `deciders` approved what it tells, by which act; `signed`
    is who prepared and decided it."""

    version: int = 0
    applied_on: date | None = None
    address: tuple[str, ...] = ()
    proposal: AwardProposed | None = None
    proposal_version: int = 0
    approved: AwardMade | None = None
    outside: bool = False
    frozen: LetterFrozen | None = None
    released: LetterReleased | LetterMayLeave | None = None
    left: LetterLeft | None = None
    perhaps: frozenset[int] = frozenset()
    out: frozenset[str] = frozenset()
    delivered: LetterDelivered | None = None
    outdated: LetterFrozen | None = None
    remade: bool = False
    changed_version: int | None = None
    frozen_before: LetterFrozen | None = None
    following: bool = False
    late: bool = False
    approved_version: int = 0
    deciders: Mapping[str, frozenset[str]] = field(default_factory=lambda: dict.fromkeys(DECIDES.values(), frozenset()))
    next_frozen: LetterFrozen | None = None
    commitment: Commitment = NOTHING_PROMISED
    signed: Signed = UNSIGNED

    def find(self, sha256: str) -> LetterFrozen | None:
        """The frozen letter of that SHA-256 (hex): the one that stands, or the one it had before it was changed, which
        may have left in that very moment."""
        return next(
            (each for each in (self.frozen, self.outdated, self.next_frozen) if each and each.sha256 == sha256), None
        )

    @property
    def is_out(self) -> bool:
        """Whether the letter that was let out has left, or arrived."""
        told = isinstance(self.released, LetterReleased) or self.left is not None or self.delivered is not None
        return self.released is not None and told

    @property
    def waiting(self) -> AwardProposed | None:
        """The proposal a letter can be set for: one that somebody has yet to decide on, or the award as changed."""
        decided = self.released or (self.approved and not self.remade)
        return None if self.outside or (decided and not self.following) else self.proposal

    @property
    def made(self) -> LetterFrozen | None:
        """The frozen letter of what waits for one, or of what stands."""
        return self.next_frozen if self.following else self.frozen


def evolve(letter: GrantLetter, event: Event) -> GrantLetter:
    """The letter after this fact of the case."""
    letter = replace(letter, version=letter.version + 1, commitment=letter.commitment.fold(event))
    letter = replace(letter, signed=signed_after(letter.signed, event))
    if isinstance(event, AwardApproved | SupplementaryAwardApproved | AwardReduced):
        act = DECIDES[type(event)]
        letter = replace(letter, deciders={**letter.deciders, act: letter.deciders[act] | {event.approved_by}})
    match event:
        case ApplicationReceived(arrived_on=day, applicant=applicant):
            return replace(letter, applied_on=letter.applied_on or day, address=applicant.address)
        case AwardProposed():
            return replace(letter, proposal=event, proposal_version=letter.version, frozen=None, outside=False)
        case AwardImportProposed():
            return replace(letter, outside=True)
        case AwardReturned():
            return replace(letter, proposal=None, frozen=None, outside=False)
        case AwardMade():
            return _approved(letter, event)
        case SupplementaryAwardApproved(letter_owed=owed):
            return _changed(letter, tells_more=owed)
        case AwardReduced():
            return _changed(letter, tells_more=False)
        case LetterFrozen():
            letter = replace(letter, late=False)
            return replace(letter, next_frozen=event) if letter.released else replace(letter, frozen=event)
        case LetterReleased() | LetterMayLeave():
            if letter.next_frozen and letter.next_frozen.sha256 == event.sha256:
                letter = replace(letter, frozen=letter.next_frozen, next_frozen=None, following=False, delivered=None)
                letter = replace(letter, changed_version=None)
            frozen = letter.find(event.sha256) or letter.frozen
            out = letter.out | {event.sha256} if isinstance(event, LetterReleased) else letter.out
            return replace(letter, released=event, left=None, frozen=frozen, frozen_before=letter.frozen, out=out)
        case LetterReleaseImported():
            return replace(letter, out=letter.out | {OUTSIDE})
        case LetterReleaseEnded(sha256=sha256):
            return replace(_not_out(letter), out=letter.out - {sha256})
        case _:
            return _sent(letter, event)


def _sent(letter: GrantLetter, event: Event) -> GrantLetter:
    """What came of its tries to be sent."""
    match event:
        case LetterLeft(attempt=attempt, sha256=sha256):
            return replace(letter, left=event, perhaps=letter.perhaps - {attempt}, out=letter.out | {sha256})
        case LetterPerhapsLeft(attempt=attempt) | LetterTryWrittenOff(attempt=attempt):
            return replace(letter, perhaps=letter.perhaps | {attempt})
        case LetterNotArrived(attempt=attempt):
            return replace(letter, left=None, perhaps=letter.perhaps - {attempt}, out=letter.out - {event.sha256})
        case LetterDelivered(sha256=sha256):
            return replace(letter, delivered=event, perhaps=frozenset(), out=letter.out | {sha256})
    return letter


def _approved(letter: GrantLetter, made: AwardMade) -> GrantLetter:
    """An award on no scheme may be approved without its letter, which is then made of the award as it stands."""
    letter = replace(letter, approved=made, approved_version=letter.version)
    on_none = letter.proposal is not None and letter.proposal.scheme_id is None
    late = on_none and letter.frozen is None and not letter.outside
    return replace(letter, remade=True, late=True) if late else letter


def _changed(letter: GrantLetter, *, tells_more: bool) -> GrantLetter:
    """An award that has its letter, and is changed before that has left, needs another that tells of it as it is. Once
    it is out, only more that is promised needs one."""
    if not letter.released:
        return _remade(letter)
    letter = replace(letter, changed_version=letter.version)
    if not (tells_more or letter.following):
        return letter
    return replace(
        letter, proposal=_standing(letter), proposal_version=letter.version, following=True, next_frozen=None
    )


def _remade(letter: GrantLetter) -> GrantLetter:
    if letter.proposal is None or not (letter.frozen or letter.remade):
        return letter
    outdated = letter.frozen or letter.outdated
    standing, version = _standing(letter), letter.version
    return replace(letter, proposal=standing, proposal_version=version, frozen=None, outdated=outdated, remade=True)


def _standing(letter: GrantLetter) -> AwardProposed:
    """The award as it is promised by now."""
    assert letter.proposal is not None, "what is changed was proposed"
    parts = tuple(part for part in letter.commitment.instalments if part.amount_ore > 0)
    return replace(letter.proposal, amount_ore=letter.commitment.committed_ore, instalments=parts)


def _not_out(letter: GrantLetter) -> GrantLetter:
    """The release was ended before the letter left. What was changed meanwhile, its letter does not tell; one that was
    frozen of the change since, does."""
    changed, now, anew = letter.changed_version, letter.version, letter.next_frozen
    letter = replace(letter, released=None, left=None, perhaps=frozenset())
    letter = replace(letter, frozen=letter.frozen_before, frozen_before=None)
    letter = replace(letter, changed_version=None, following=False, next_frozen=None)
    if changed is None:
        return letter
    remade = replace(_remade(replace(letter, version=changed)), version=now)
    return replace(remade, frozen=anew) if anew else remade


def fold(events: Sequence[Event]) -> GrantLetter:
    """The letter as the case leaves it."""
    return fold_once(evolve, events, GrantLetter)
