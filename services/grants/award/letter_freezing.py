"""The grant letter of a proposal: set once, kept, and from then on these bytes and no others.

It is frozen while the proposal waits, so that what is approved is what is sent. A new proposal needs a new letter; so
does an approved award that is changed before its letter has left.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from functools import reduce
from typing import Any

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.award.events import (
    AwardImportProposed,
    AwardMade,
    AwardProposed,
    AwardReduced,
    AwardReturned,
    LetterDelivered,
    LetterFrozen,
    LetterReleased,
    LetterReleaseEnded,
    SupplementaryAwardApproved,
)
from services.grants.award.letter import LetterContent, check_letter
from services.grants.commitment import Commitment


class NoProposalWaits(Refusal):
    """A letter is frozen while its proposal waits for approval, neither before nor after."""

    code = "no-proposal-waits"
    title = "Det er ikke noe forslag å lage tilskuddsbrev for"


class DecidedOutside(Refusal):
    """The proposal tells of a decision made outside, before the system began: its letter is not made here."""

    code = "decided-outside"
    title = "Vedtaket er gjort før systemet, og brevet lages ikke her"


class LetterAlreadyFrozen(Refusal):
    """What stands has its letter. Another letter needs another proposal, or a change of what was approved."""

    code = "letter-already-frozen"
    title = "Tilskuddsbrevet er allerede låst"


class LetterOutdated(Refusal):
    """What was set tells of another proposal than the one that waits now."""

    code = "letter-outdated"
    title = "Forslaget er endret mens brevet ble laget"


@dataclass(frozen=True, kw_only=True)
class GrantLetter:
    """What a case has of a letter. `version` counts the case's facts and so is its stream's; `frozen` is the letter of
    the proposal that stands, and of no earlier one. `outside`: it was decided outside, and no letter is made of it.
    `remade`: the award was changed after approval and before its letter left, and `proposal` is what is promised since;
    `outdated` is the letter it had. `changed_version` is the version of the last change made while the letter was
    released, `frozen_before` what stood as its letter when it was: should the release be ended before the letter left,
    they tell how it stands."""

    version: int = 0
    proposal: AwardProposed | None = None
    proposal_version: int = 0
    approved: AwardMade | None = None
    outside: bool = False
    frozen: LetterFrozen | None = None
    released: LetterReleased | None = None
    delivered: LetterDelivered | None = None
    outdated: LetterFrozen | None = None
    remade: bool = False
    changed_version: int | None = None
    frozen_before: LetterFrozen | None = None
    commitment: Commitment = field(default_factory=Commitment)

    def find(self, sha256: str) -> LetterFrozen | None:
        """The frozen letter of that SHA-256 (hex): the one that stands, or the one it had before it was changed, which
        may have left in that very moment."""
        return next((each for each in (self.frozen, self.outdated) if each and each.sha256 == sha256), None)

    @property
    def waiting(self) -> AwardProposed | None:
        """The proposal a letter can be set for: one that somebody has yet to decide on, or the award as changed."""
        if self.outside or self.released or (self.approved and not self.remade):
            return None
        return self.proposal


@dataclass(frozen=True, kw_only=True)
class Print:
    """A letter as it was set: which proposal it tells of, what it says, and its bytes by their SHA-256 (hex)."""

    proposal_version: int
    content: LetterContent
    template: str
    sha256: str
    size_bytes: int


def evolve(letter: GrantLetter, event: Event) -> GrantLetter:
    """The letter after this fact of the case."""
    letter = replace(letter, version=letter.version + 1, commitment=letter.commitment.fold(event))
    match event:
        case AwardProposed():
            return replace(letter, proposal=event, proposal_version=letter.version, frozen=None, outside=False)
        case AwardImportProposed():
            return replace(letter, outside=True)
        case AwardReturned():
            return replace(letter, proposal=None, frozen=None, outside=False)
        case AwardMade():
            return replace(letter, approved=event)
        case SupplementaryAwardApproved() | AwardReduced():
            return _changed(letter)
        case LetterFrozen():
            return replace(letter, frozen=event)
        case LetterReleased():
            frozen = letter.find(event.sha256) or letter.frozen
            return replace(letter, released=event, frozen=frozen, frozen_before=letter.frozen)
        case LetterReleaseEnded():
            return _not_out(letter)
        case LetterDelivered():
            return replace(letter, delivered=event)
        case _:
            return letter


def _changed(letter: GrantLetter) -> GrantLetter:
    """An award that has its letter, and is changed before that has left, needs another that tells of it as it is."""
    if letter.released:
        return replace(letter, changed_version=letter.version)
    if letter.proposal is None or not (letter.frozen or letter.remade):
        return letter
    standing = replace(
        letter.proposal,
        amount_ore=letter.commitment.committed_ore,
        instalments=tuple(part for part in letter.commitment.instalments if part.amount_ore > 0),
    )
    outdated = letter.frozen or letter.outdated
    return replace(
        letter, proposal=standing, proposal_version=letter.version, frozen=None, outdated=outdated, remade=True
    )


def _not_out(letter: GrantLetter) -> GrantLetter:
    """The release was ended before the letter left. What was changed meanwhile, its letter does not tell."""
    changed, now = letter.changed_version, letter.version
    letter = replace(letter, released=None, changed_version=None, frozen=letter.frozen_before, frozen_before=None)
    return letter if changed is None else replace(_changed(replace(letter, version=changed)), version=now)


def fold(events: Sequence[Event]) -> GrantLetter:
    """The letter as the case leaves it."""
    return reduce(evolve, events, GrantLetter())


def freeze(letter: GrantLetter, *, dated_on: date, printed: Print | None, frozen_by: str) -> list[Event]:
    """Freeze the letter of the proposal that waits, as it was set. The same letter again is nothing.

    `printed` is None when nothing could be set for the proposal as it was then seen. Refuses `DecidedOutside`,
    `NoProposalWaits`, `LetterAlreadyFrozen`, `LetterOutdated`, `LetterIncomplete` (rule 6, naming every part
    that is missing).
    """
    if letter.frozen:
        if letter.frozen.dated_on == dated_on:
            return []
        instead = "Change the award" if letter.approved else "Have the proposal returned and propose anew"
        raise LetterAlreadyFrozen(
            f"The letter is frozen and dated {letter.frozen.dated_on}. {instead} to have another letter."
        )
    waiting_for(letter)
    if printed is None or printed.proposal_version != letter.proposal_version:
        raise LetterOutdated("The proposal changed while its letter was set. Read the case again.")
    check_letter(printed.content)
    return [
        LetterFrozen(
            proposal_version=printed.proposal_version,
            template=printed.template,
            form=printed.content.form,
            sha256=printed.sha256,
            size_bytes=printed.size_bytes,
            dated_on=dated_on,
            frozen_by=frozen_by,
            amount_ore=printed.content.amount_ore if letter.remade else None,
            instalments=printed.content.instalments if letter.remade else (),
            scheme_id=letter.proposal.scheme_id if letter.proposal and letter.remade else None,
        )
    ]


def waiting_for(letter: GrantLetter) -> AwardProposed:
    """The proposal a letter can be made for, or the refusal `DecidedOutside` or `NoProposalWaits`."""
    if letter.outside:
        raise DecidedOutside("This award was decided outside, and its letter is not made here.")
    if letter.waiting is None:
        raise NoProposalWaits("No proposal waits for approval in this case. Propose the award first.")
    return letter.waiting


def shown(events: Sequence[Event]) -> dict[str, Any] | None:
    """What a case shows of its letter; None while it has none."""
    letter = fold(events)
    if letter.frozen is None:
        return None
    return {
        "frozen": asdict(letter.frozen),
        "released": asdict(letter.released) if letter.released else None,
        "delivered": asdict(letter.delivered) if letter.delivered else None,
    }
