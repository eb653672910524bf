"""The grant letter of a proposal: set once, kept, and from then on these bytes and no others.

It is frozen while the proposal waits, so that what is approved is what is sent. A new proposal needs a new letter; so
does an approved award that is changed before its letter has left, and one on no scheme that was approved without any.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.duties import keep_apart
from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.award.refusals import LetterBeforeDecision
from services.grants.case.events.award import AwardProposed
from services.grants.case.events.grant_letter import LateTold, LetterFrozen
from services.grants.grant_letter.content import LetterContent, check_letter
from services.grants.grant_letter.state import GrantLetter as GrantLetter
from services.grants.grant_letter.state import evolve as evolve
from services.grants.grant_letter.state import fold as fold

MOST_TO_ACCEPT = timedelta(days=366)


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


class AcceptanceNotAsked(Refusal):
    """The letter is to say by when its terms must be accepted, and they need not be."""

    code = "acceptance-not-asked"
    status = 422
    title = "Tilskuddet krever ikke aksept"


class AcceptanceDayWrong(Refusal):
    """The last day to accept lies on the letter's own day or before it, or more than a year after."""

    code = "acceptance-day-wrong"
    status = 422
    title = "Fristen for aksept er ikke mulig"


class LetterOutdated(Refusal):
    """What was set tells of another proposal than the one that waits now."""

    code = "proposal-changed-meanwhile"
    title = "Forslaget er endret mens brevet ble laget"


@dataclass(frozen=True, kw_only=True)
class Print:
    """A letter as it was set: which proposal it tells of, what it says, its bytes by their SHA-256 (hex), and whom it
    names: the approver it was asked to, and the rows of the register it names people by."""

    proposal_version: int
    content: LetterContent
    template: str
    sha256: str
    size_bytes: int
    approver: str | None = None
    names: tuple[UUID, ...] = ()


def freeze(
    letter: GrantLetter,
    *,
    dated_on: date,
    printed: Print | None,
    frozen_by: str,
    approver: str | None = None,
    accept_by: date | None = None,
) -> list[Event]:
    """Freeze the letter of the proposal that waits, as it was set. The same letter again returns no event. `approver`:
    whom it is to name as the one who will approve. `accept_by`: the last day it gives to accept its terms. `printed` is
    None when nothing could be set for the proposal as it was then seen. Refuses `DecidedOutside`, `NoProposalWaits`,
    `SamePersonTwice`, `LetterAlreadyFrozen`, `LetterOutdated`, `LetterBeforeDecision`, `LetterIncomplete` (rule 6,
    naming every part that is missing).
    """
    if letter.made:
        _keep_as_frozen(letter, letter.made, dated_on=dated_on, approver=approver, accept_by=accept_by)
        return []
    waiting_for(letter, by=frozen_by)
    if printed is None or printed.proposal_version != letter.proposal_version:
        raise LetterOutdated("The proposal changed while its letter was set. Read the case again.")
    _keep_after_decision(letter, dated_on)
    check_letter(printed.content)
    changed = letter.remade or letter.following
    return [
        LetterFrozen(
            proposal_version=printed.proposal_version,
            template=printed.template,
            form=printed.content.form,
            sha256=printed.sha256,
            size_bytes=printed.size_bytes,
            dated_on=dated_on,
            frozen_by=frozen_by,
            case_number=printed.content.case_number,
            amount_ore=printed.content.amount_ore if changed else None,
            instalments=printed.content.instalments if changed else (),
            scheme_id=letter.proposal.scheme_id if letter.proposal and changed else None,
            follows=letter.released.sha256 if letter.released else None,
            approval=_approval_of(letter),
            approver=printed.approver,
            names=printed.names,
            accept_by=printed.content.accept_by,
            scheme_name=printed.content.scheme,
        )
    ]


def _keep_after_decision(letter: GrantLetter, dated_on: date) -> None:
    """Refuse (`LetterBeforeDecision`) a day before that of what the letter tells of, once it is decided."""
    if letter.signed.decided_on and dated_on < letter.signed.decided_on:
        raise LetterBeforeDecision(
            f"What it tells of was decided on {letter.signed.decided_on}. Date it then or later.",
            first_day_on=str(letter.signed.decided_on),
        )


def _keep_as_frozen(
    letter: GrantLetter, made: LetterFrozen, *, dated_on: date, approver: str | None, accept_by: date | None
) -> None:
    """Refuse (`LetterAlreadyFrozen`) another letter than the one that is frozen."""
    asked = approver in (None, made.approver) and accept_by in (None, made.accept_by)
    if made.dated_on == dated_on and asked:
        return
    instead = "Change the award" if letter.approved else "Have the proposal returned and propose anew"
    raise LetterAlreadyFrozen(f"The letter is frozen and dated {made.dated_on}. {instead} to have another letter.")


def check_acceptance(proposal: AwardProposed, *, dated_on: date, accept_by: date | None) -> None:
    """Refuse (`AcceptanceNotAsked`, `AcceptanceDayWrong`) a last day to accept the terms that the letter cannot
    give."""
    if accept_by is None:
        return
    if not proposal.acceptance_required:
        raise AcceptanceNotAsked("The terms of this award need not be accepted. Leave the day out.")
    if not dated_on < accept_by <= dated_on + MOST_TO_ACCEPT:
        raise AcceptanceDayWrong(f"Give the recipient from the day after {dated_on}, and at most a year.")


def _approval_of(letter: GrantLetter) -> LateTold | None:
    made = letter.approved
    if not letter.late or made is None:
        return None
    return LateTold(version=letter.approved_version, approved_on=made.approved_on, approved_by=made.approved_by)


def waiting_for(letter: GrantLetter, *, by: str | None = None) -> AwardProposed:
    """The proposal a letter can be made for, or the refusal `DecidedOutside` or `NoProposalWaits`. Nobody makes
    the letter (`by`) of what they approved (`SamePersonTwice`)."""
    if letter.outside:
        raise DecidedOutside("This award was decided outside, and its letter is not made here.")
    if letter.waiting is None:
        raise NoProposalWaits("No proposal waits for approval in this case. Propose the award first.")
    if by is not None:
        keep_apart(by, "freeze letter", letter.deciders)
    return letter.waiting


def shown(events: Sequence[Event]) -> dict[str, Any] | None:
    """What a case shows of its letter; None while it has none."""
    letter = fold(events)
    if letter.frozen is None:
        return None
    return {
        "frozen": asdict(letter.frozen),
        "released": asdict(letter.released) if letter.released else None,
        "left": asdict(letter.left) if letter.left else None,
        "delivered": asdict(letter.delivered) if letter.delivered else None,
        "of_change": {"owed": letter.following, "frozen": asdict(letter.next_frozen) if letter.next_frozen else None},
    }
