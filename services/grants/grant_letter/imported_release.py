"""How a grant letter that went out before this system released letters becomes known to it.

Two people and a document, and only for days before the system's own: this is no way round the notice to the ministry
(Instruks 5.4), and nothing else in this room puts a letter out. Only an award that was decided outside as well
(`award_import.py`) can have such a letter: what is approved here is told of in a letter that passes the gate.
"""

from datetime import date

from services.duties import keep_apart
from services.duties.authorship import authors
from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.award.refusals import LetterFrozenHere
from services.grants.award.rules import Granted
from services.grants.case.events.award import AwardImported
from services.grants.case.events.grant_letter import LetterReleaseImported, LetterReleaseImportProposed
from services.text.folding import is_blank


class LetterAlreadyOut(Refusal):
    """The letter's release is on record already, otherwise than claimed."""

    code = "letter-already-out"
    title = "Brevet er allerede registrert som sendt"


class ReleaseNotHistory(Refusal):
    """The day is the system's own: such a letter passes the gate and is released, never imported."""

    code = "release-not-history"
    title = "Bare brev sendt før systemet kan registreres som historikk"


class AwardApprovedHere(Refusal):
    """The award was decided in this system, so its letter is made and released here, whatever day it counts from."""

    code = "award-approved-here"
    title = "Tilskuddet er vedtatt her, og brevet må frigis her"


class ReleaseBeforeApproval(Refusal):
    """A letter cannot tell of an award that was not yet made."""

    code = "release-before-approval"
    title = "Brevet kan ikke være sendt før vedtaket"


class DocumentMissing(Refusal):
    """The claim that a letter went out names no document."""

    code = "release-document-missing"
    status = 422
    title = "Dokumentet er ikke oppgitt"


class NothingClaimed(Refusal):
    """No claim of a release waits for a second person."""

    code = "no-release-claimed"
    title = "Ingen registrering venter på bekreftelse"


def claim_release(
    granted: Granted,
    *,
    released_on: date,
    document: str,
    document_sha256: str | None,
    proposed_by: str,
    system_began_on: date,
) -> list[Event]:
    """Claim, with a document, that the letter went out before this system released letters.

    `system_began_on` is the first day it does. Nothing follows until a second person confirms; a better claim replaces
    a waiting one. Refuses `NotCommitted`, `LetterAlreadyOut`, `AwardApprovedHere`, `LetterFrozenHere`,
    `DocumentMissing`, `ReleaseBeforeApproval`, `ReleaseNotHistory`.
    """
    claim = LetterReleaseImportProposed(
        released_on=released_on, document=document, document_sha256=document_sha256, proposed_by=proposed_by
    )
    if claim == granted.claimed:
        return []
    approved_on = granted.commitment.approval().approved_on
    if granted.out_on:
        raise LetterAlreadyOut(f"The letter is on record as out since {granted.out_on}.")
    keep_decided_outside(granted)
    if is_blank(document):
        raise DocumentMissing("Name the document that shows that the letter went out, as the archive knows it.")
    if released_on < approved_on:
        raise ReleaseBeforeApproval(f"The award counts from {approved_on}; the letter cannot be older.")
    if released_on >= system_began_on:
        raise ReleaseNotHistory(f"From {system_began_on} letters are released here. Release this one.")
    return [claim]


def confirm_release(granted: Granted, *, confirmed_by: str) -> list[Event]:
    """Confirm the waiting claim as a second person, who wrote no part of it and has seen its document.

    Confirmed again by the same person, nothing happens. Refuses `NotCommitted`, `NothingClaimed`, `LetterAlreadyOut`,
    `AwardApprovedHere`, `LetterFrozenHere`, `SamePersonTwice`.
    """
    granted.commitment.approval()
    if granted.letter:
        if granted.letter.confirmed_by == confirmed_by:
            return []
        raise LetterAlreadyOut(f"{granted.letter.confirmed_by} has confirmed it already.")
    if granted.out_on:
        raise LetterAlreadyOut(f"The letter was released here on {granted.out_on}.")
    if granted.claimed is None:
        raise NothingClaimed("Nobody has claimed that the letter went out. Register the claim first.")
    keep_decided_outside(granted)
    claim = granted.claimed
    keep_apart(confirmed_by, "confirm letter release", {"claim letter release": authors(granted.claims)})
    return [
        LetterReleaseImported(
            released_on=claim.released_on,
            document=claim.document,
            document_sha256=claim.document_sha256,
            confirmed_by=confirmed_by,
        )
    ]


def keep_decided_outside(granted: Granted) -> None:
    """Refuse (`AwardApprovedHere`, `LetterFrozenHere`) to import the letter of an award that was decided or set here.

    Refuses also a claim made before this was the rule; a letter that two people had imported by then stays out.
    """
    if not isinstance(granted.commitment.approval(), AwardImported):
        raise AwardApprovedHere("This award was approved here. Freeze its letter, and release that.")
    if granted.frozen:
        raise LetterFrozenHere("A letter is frozen in this case. Release that.")
