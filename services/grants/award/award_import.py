"""How an award that was decided outside this system becomes known to it.

Two people and the digest of a document, and only for days before the system's own. It binds money like any award, and
it alone may have a letter that went out before (`grant_letter/imported_release.py`): what is approved here passes the
gate.
"""

from dataclasses import dataclass
from datetime import date

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.award.approval import check_proposal, may_approve, owes_letter
from services.grants.award.proposal import check_years
from services.grants.award.refusals import AwardAlreadyApproved, LetterFrozenHere, keep_open, need_authority
from services.grants.award.state import Award
from services.grants.case.events.award import AwardImported, AwardImportProposed, AwardProposed
from services.grants.scheme.events import SchemeTerms


class ImportNotHistory(Refusal):
    """The day is the system's own: such an award is decided here, or not at all."""

    code = "import-not-history"
    title = "Bare vedtak fra før systemet kan registreres som historikk"


class HandledHere(Refusal):
    """A proposal was made and returned in the case: it is decided here, and was not decided outside."""

    code = "handled-here"
    title = "Saken er under behandling her"


class ImportTooOld(Refusal):
    """Nobody disposed of that year's money on that day: the year is a slip of the pen."""

    code = "import-too-old"
    status = 422
    title = "Datoen er for langt tilbake i tid"


YEARS_BEFORE = 2
"""How many years before its budget year an award may have been decided: our own number. Letters of allocation come in
December, and what leans on a commitment authority is promised the year before."""


class NoImportWaits(Refusal):
    """No claim of an award decided outside waits for a second person."""

    code = "no-import-waits"
    title = "Ingen registrering av et tidligere vedtak venter på bekreftelse"


@dataclass(frozen=True, kw_only=True)
class Outside:
    """What is claimed of the decision itself: its day, what the decider's budget disposal authority rested on, and the
    document that shows it, by its name in the archive and its SHA-256 (hex)."""

    decided_on: date
    disposal_authority: str
    document: str
    document_sha256: str


def propose_import(
    award: Award,
    *,
    proposal: AwardProposed,
    outside: Outside,
    system_began_on: date,
    scheme: SchemeTerms | None = None,
    commitment_authority: bool = False,
) -> list[Event]:
    """Claim that this award was decided outside, before the system began. Nothing is bound until a second person
    confirms; the same claim again returns no event, and a better one follows a return.

    Refuses what `check_proposal` refuses, and `LetterFrozenHere`, `HandledHere`, `ImportTooOld`, `ImportNotHistory`,
    `DisposalAuthorityMissing`.
    """
    claim = AwardImportProposed(**vars(outside), proposed_by=proposal.proposed_by)
    if (proposal, claim) == (award.commitment.proposed, award.importing):
        return []
    if award.letter:
        raise LetterFrozenHere("A letter is frozen in this case. Such an award is decided here.")
    if award.handled_here:
        raise HandledHere("A proposal was returned in this case to be decided here. Propose anew instead.")
    if outside.decided_on < (earliest := date(int(proposal.fund_id[:4]) - YEARS_BEFORE, 1, 1)):
        raise ImportTooOld(
            f"An award of the {proposal.fund_id[:4]} budget is decided on {earliest} at the earliest.",
            earliest_on=str(earliest),
        )
    if outside.decided_on >= system_began_on:
        raise ImportNotHistory(
            f"From {system_began_on} awards are decided here. Propose this one, and have it approved."
        )
    need_authority(outside.disposal_authority)
    check_proposal(award, proposal, scheme=scheme, commitment_authority=commitment_authority)
    return [proposal, claim]


def confirm_import(
    award: Award, *, confirmed_by: str, scheme: SchemeTerms | None = None, commitment_authority: bool = False
) -> list[Event]:
    """Confirm the waiting claim as a second person who has seen its document: the fund is bound from the day it was
    decided, or refuses. Confirmed again by the same person, nothing happens.

    Refuses `AwardAlreadyApproved`, `NoImportWaits`, `CaseSettled`, `LetterFrozenHere`, `SamePersonTwice`,
    `NotImpartial`, `CommitmentAcrossYears`.
    """
    made = award.commitment.approved
    if isinstance(made, AwardImported) and made.approved_by == confirmed_by:
        return []
    if made:
        raise AwardAlreadyApproved(f"{made.approved_by} has decided this award already.")
    claim, proposal = award.importing, award.commitment.proposed
    if claim is None or proposal is None:
        raise NoImportWaits("Nobody has claimed that this award was decided outside. Register the claim first.")
    keep_open(award.ended)
    if award.letter:
        raise LetterFrozenHere("A letter is frozen in this case. Such an award is decided here.")
    may_approve(award, "confirm award import", confirmed_by)
    across_years = check_years(
        proposal.fund_id,
        proposal.instalments,
        days=[claim.decided_on],
        commitment_authority=commitment_authority,
    )
    return [
        AwardImported(
            fund_id=proposal.fund_id,
            amount_ore=proposal.amount_ore,
            approved_on=claim.decided_on,
            approved_by=confirmed_by,
            disposal_authority=claim.disposal_authority,
            across_years=across_years,
            scheme_id=proposal.scheme_id,
            letter_owed=owes_letter(scheme),
            document=claim.document,
            document_sha256=claim.document_sha256,
        )
    ]
