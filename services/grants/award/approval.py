"""How an award comes about: one person proposes it, another approves it, and from that day the state owes the money.

Alone or in a round, by the same rules. Wholeness stands in `award/proposal.py`, what was sought in
`case/granted_application.py`.
"""

from datetime import date
from uuid import UUID

from services.duties import keep_apart
from services.duties.authorship import authors
from services.eventlog.events import Event
from services.grants.award.payment_plan import check_begins
from services.grants.award.proposal import check_scheme, check_whole, check_years
from services.grants.award.refusals import (
    AwardAlreadyApproved,
    AwardAlreadyProposed,
    AwardImportWaits,
    CoverEndsTooSoon,
    DecidedInRound,
    LetterMissing,
    NothingProposed,
    keep_letter,
    keep_open,
    need_authority,
    need_reason,
)
from services.grants.award.state import Award
from services.grants.case.events.award import AwardApproved, AwardProposed, AwardReturned
from services.grants.case.events.grant_letter import LetterFrozen
from services.grants.scheme.events import SchemeTerms


def propose(
    award: Award, *, proposal: AwardProposed, scheme: SchemeTerms | None = None, commitment_authority: bool = False
) -> list[Event]:
    """Prepare an award. The same proposal again returns no event; it binds no money. Refuses what `check_proposal`
    does."""
    if proposal == award.commitment.proposed and not award.importing:
        return []
    check_proposal(award, proposal, scheme=scheme, commitment_authority=commitment_authority)
    return [proposal]


def check_proposal(
    award: Award, proposal: AwardProposed, *, scheme: SchemeTerms | None, commitment_authority: bool
) -> None:
    """Refuse what cannot be proposed in this case, whether it is to be decided here or was outside.

    `scheme`: the terms of the proposal's scheme or, with a call, those the call was published with and its fund alone.
    `commitment_authority`: one is registered for the post. Refuses `CaseSettled`, `AwardAlreadyApproved`,
    `NotImpartial`, `AwardAlreadyProposed`, `InstalmentDueTooSoon`, what `check_whole`, `check_scheme`,
    `GrantedApplication.check` refuse.
    """
    assert (proposal.scheme_id is None) == (scheme is None), "an award on a scheme comes with the scheme's terms"
    keep_open(award.ended)
    if award.commitment.approved:
        raise AwardAlreadyApproved("The award is approved. Change what was promised by an act of its own.")
    if award.commitment.proposed:
        raise AwardAlreadyProposed("Another proposal waits for approval. Have it returned first.")
    check_whole(proposal, recorded=award.applied_for.list_numbers(award.proposals))
    if scheme:
        check_scheme(proposal, scheme)
    award.applied_for.keep_impartial(proposal.proposed_by)
    award.applied_for.check(proposal)
    check_begins(proposal, scheme, arrived_on=award.applied_for.arrived_on)
    check_years(proposal.fund_id, proposal.instalments, days=(), commitment_authority=commitment_authority)


def return_proposal(award: Award, *, reason: str, returned_by: str, round_id: UUID | None = None) -> list[Event]:
    """Return the proposal to its preparer, who may also take it back. The same return again returns no event.
    `round_id`: the round it is returned in. Refuses `AwardAlreadyApproved`, `NothingProposed`, `DecidedInRound`,
    `ReasonMissing`."""
    returned = AwardReturned(reason=reason, returned_by=returned_by)
    if returned == award.returned:
        return []
    _waiting(award, round_id)
    need_reason(reason)
    return [returned]


def approve(
    award: Award,
    *,
    approved_by: str,
    approved_on: date,
    disposal_authority: str,
    cover_valid_until: date | None = None,
    scheme: SchemeTerms | None = None,
    commitment_authority: bool = False,
    round_id: UUID | None = None,
) -> list[Event]:
    """Approve the proposal: the fund is bound from `approved_on`. Whoever wrote any part of it, froze its letter, or
    assessed the application it stands on, cannot (rule 3). `round_id`: the round it is approved in.

    Whether the fund holds the sum is the fund's own to refuse. The same approval again returns no event. Refuses
    `AwardAlreadyApproved`, `CaseSettled`, `NothingProposed`, `DecidedInRound`, `AwardImportWaits`, `SamePersonTwice`,
    `NotImpartial`, `DisposalAuthorityMissing`, `CoverEndsTooSoon`, what `GrantedApplication.check` refuses,
    `LetterMissing` (rule 6), `LetterBeforeDecision`, `LetterNamesOtherApprover`, `CommitmentAcrossYears`.
    """
    approved = award.commitment.approved
    same = isinstance(approved, AwardApproved) and (approved.approved_by, approved.approved_on)
    if same == (approved_by, approved_on):
        return []
    proposal = _waiting(award, round_id)
    _keep_decided_here(award)
    keep_open(award.ended)
    may_approve(award, "approve award", approved_by)
    _check_cover(award, disposal_authority, approved_on, cover_valid_until)
    award.applied_for.check(proposal)
    keep_letter(letter := _need_letter(award, proposal, scheme), approved_by, approved_on)
    parts, authority = proposal.instalments, commitment_authority
    across_years = check_years(proposal.fund_id, parts, days=[approved_on], commitment_authority=authority)
    return [
        AwardApproved(
            fund_id=proposal.fund_id,
            amount_ore=proposal.amount_ore,
            approved_on=approved_on,
            approved_by=approved_by,
            disposal_authority=disposal_authority,
            across_years=across_years,
            cover_valid_until=cover_valid_until,
            scheme_id=proposal.scheme_id,
            letter_owed=letter is not None or owes_letter(scheme),
        )
    ]


def _waiting(award: Award, round_id: UUID | None) -> AwardProposed:
    if award.commitment.approved:
        raise AwardAlreadyApproved(f"{award.commitment.approved.approved_by} has approved this award.")
    proposal = award.commitment.proposed
    if proposal is None:
        raise NothingProposed("No proposal waits in this case. Propose the award first.")
    if proposal.round_id != round_id:
        where = f"round {proposal.round_id}" if proposal.round_id else "its own case, in no round"
        raise DecidedInRound(f"This proposal is decided in {where}.", round_id=str(proposal.round_id or ""))
    return proposal


def _keep_decided_here(award: Award) -> None:
    if award.importing:
        raise AwardImportWaits("This proposal tells of a decision made outside. Confirm that, or have it returned.")


def may_approve(award: Award, act: str, person: str) -> None:
    """Nobody decides what they wrote any part of, assessed, or are tied to: `SamePersonTwice`, `NotImpartial`."""
    wrote = {"propose award": authors(award.proposals), "claim award import": authors(award.claimed)}
    wrote |= {"assess application": award.applied_for.assessed_by, "freeze letter": award.froze}
    keep_apart(person, act, wrote)
    award.applied_for.keep_impartial(person)


def _check_cover(award: Award, disposal_authority: str, approved_on: date, valid_until: date | None) -> None:
    need_authority(disposal_authority)
    asked_by = award.letter.accept_by if award.letter else None
    if valid_until is not None and asked_by is not None and valid_until < asked_by:
        raise CoverEndsTooSoon(f"The letter lets the recipient accept until {asked_by}; the cover cannot end before.")
    if valid_until is not None and valid_until < approved_on:
        raise CoverEndsTooSoon(f"The award counts from {approved_on}; the cover cannot end before it.")


def _need_letter(award: Award, proposal: AwardProposed, scheme: SchemeTerms | None) -> LetterFrozen | None:
    """This very proposal's, where the scheme makes one."""
    assert (proposal.scheme_id is None) == (scheme is None), "an award on a scheme comes with the scheme's terms"
    letter = award.letter if award.letter and award.letter.proposal_version == award.proposal_version else None
    if letter is None and proposal.scheme_id is not None and owes_letter(scheme):
        raise LetterMissing(
            "Freeze the grant letter of this proposal first, so that what is approved is what is sent. Where its "
            "scheme makes none (per capita), have it confirmed first that it owes the ministry no notice."
        )
    return letter


def owes_letter(scheme: SchemeTerms | None) -> bool:
    """Whether an award is told of in a letter of its own: on no scheme always, else where the scheme has a template."""
    return scheme is None or scheme.letter_template is not None
