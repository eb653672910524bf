"""How an award comes about: one person proposes it, another approves it, and from that day the state owes the money.

`proposal.py` holds what a proposal must be whole in, `letter_release.py` how a letter already out becomes known.
"""

from dataclasses import dataclass, field, replace
from datetime import date

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.award.events import (
    AwardApproved,
    AwardProposed,
    AwardReturned,
    Instalment,
    LetterReleaseImported,
    LetterReleaseImportProposed,
    NamedIn,
    Recipient,
)
from services.grants.award.proposal import check_whole
from services.grants.commitment import Commitment
from services.grants.duties import keep_apart


class AwardAlreadyProposed(Refusal):
    """Another proposal waits for approval."""

    code = "award-already-proposed"
    title = "Et annet forslag venter på godkjenning"


class AwardAlreadyApproved(Refusal):
    """The award is approved; what was promised is changed by its own acts, never by a new proposal or approval."""

    code = "award-already-approved"
    title = "Tilskuddet er allerede vedtatt"


class NothingProposed(Refusal):
    """No proposal waits."""

    code = "nothing-proposed"
    title = "Det er ingenting å ta stilling til"


class ReasonMissing(Refusal):
    """A proposal does not go back without the preparer being told why."""

    code = "return-reason-missing"
    status = 422
    title = "Begrunnelsen mangler"


class DisposalAuthorityMissing(Refusal):
    """It is not said what the approver's budget disposal authority rests on (Instruks 4.2)."""

    code = "disposal-authority-missing"
    status = 422
    title = "Budsjettdisponeringsmyndighet er ikke oppgitt"


class CommitmentAcrossYears(Refusal):
    """The money is one budget year's and the commitment, or a day it promises payment on, lies in another (rule 2)."""

    code = "commitment-across-years"
    title = "Tilsagnet går ut over budsjettåret"


@dataclass(frozen=True, kw_only=True)
class Award:
    """What awarding needs to know of a case. The money stands in `commitment`: its instalments, what is outstanding."""

    commitment: Commitment = field(default_factory=Commitment)
    returned: AwardReturned | None = None
    claimed: LetterReleaseImportProposed | None = None
    letter: LetterReleaseImported | None = None


def evolve(award: Award, event: Event) -> Award:
    """The award after this fact. A new proposal closes the last return; a new claim of a release replaces the last."""
    award = replace(award, commitment=award.commitment.fold(event))
    match event:
        case AwardProposed():
            return replace(award, returned=None)
        case AwardReturned():
            return replace(award, returned=event)
        case LetterReleaseImportProposed():
            return replace(award, claimed=event)
        case LetterReleaseImported():
            return replace(award, letter=event)
        case _:
            return award


def propose(
    award: Award,
    *,
    fund_id: str,
    recipient: Recipient,
    amount_ore: int,
    purpose: str,
    terms: tuple[str, ...],
    instalments: tuple[Instalment, ...],
    basis: NamedIn,
    proposed_by: str,
    commitment_authority: bool = False,
) -> list[Event]:
    """Prepare an award on a fund for a recipient a letter names. The same proposal again is nothing; it binds no money.

    `commitment_authority`: one is registered for the post. Refuses `AwardAlreadyApproved`, `AwardAlreadyProposed`,
    `CommitmentAcrossYears` and what `check_whole` refuses.
    """
    proposal = AwardProposed(
        fund_id=fund_id,
        recipient=recipient,
        amount_ore=amount_ore,
        purpose=purpose,
        terms=terms,
        instalments=instalments,
        basis=basis,
        proposed_by=proposed_by,
    )
    if proposal == award.commitment.proposed:
        return []
    if award.commitment.approved:
        raise AwardAlreadyApproved("The award is approved. Change what was promised by an act of its own.")
    if award.commitment.proposed:
        raise AwardAlreadyProposed("Another proposal waits for approval. Have it returned first.")
    check_whole(proposal)
    _stay_in_year(proposal, [], commitment_authority)
    return [proposal]


def give_back(award: Award, *, reason: str, returned_by: str) -> list[Event]:
    """Return the proposal to its preparer, who may also take it back. The same return again is nothing.

    Refuses `AwardAlreadyApproved`, `NothingProposed`, `ReasonMissing`.
    """
    returned = AwardReturned(reason=reason, returned_by=returned_by)
    if returned == award.returned:
        return []
    _waiting(award)
    if not reason.strip():
        raise ReasonMissing("Say what must be changed.")
    return [returned]


def approve(
    award: Award,
    *,
    approved_by: str,
    approved_on: date,
    disposal_authority: str,
    commitment_authority: bool = False,
) -> list[Event]:
    """Approve the proposal: the fund is bound from `approved_on`. The one who prepared it cannot (rule 3).

    Whether the fund holds the sum is the fund's own to refuse. The same approval again is nothing. Refuses
    `AwardAlreadyApproved`, `NothingProposed`, `SamePersonTwice`, `DisposalAuthorityMissing`, `CommitmentAcrossYears`.
    """
    approved = award.commitment.approved
    if approved and (approved.approved_by, approved.approved_on) == (approved_by, approved_on):
        return []
    proposal = _waiting(award)
    keep_apart(approved_by, doing="approve it", from_whoever="prepared this award", was=proposal.proposed_by)
    if not disposal_authority.strip():
        raise DisposalAuthorityMissing("Say what your budget disposal authority for this fund rests on.")
    across_years = _stay_in_year(proposal, [approved_on], commitment_authority)
    return [
        AwardApproved(
            fund_id=proposal.fund_id,
            amount_ore=proposal.amount_ore,
            approved_on=approved_on,
            approved_by=approved_by,
            disposal_authority=disposal_authority,
            across_years=across_years,
        )
    ]


def _waiting(award: Award) -> AwardProposed:
    if award.commitment.approved:
        raise AwardAlreadyApproved(f"{award.commitment.approved.approved_by} has approved this award.")
    if award.commitment.proposed is None:
        raise NothingProposed("No proposal waits in this case. Propose the award first.")
    return award.commitment.proposed


def _stay_in_year(proposal: AwardProposed, days: list[date], commitment_authority: bool) -> bool:
    """Rule 2. Whether a day leaves the fund's budget year, which only a registered commitment authority allows."""
    year = int(proposal.fund_id[:4])
    days = days + [instalment.due_on for instalment in proposal.instalments if instalment.due_on]
    outside = sorted(day for day in days if day.year != year)
    if outside and not commitment_authority:
        raise CommitmentAcrossYears(
            f"The fund is {year}'s and {outside[0]} is not in it. The post has no commitment authority.",
            year=year,
            days=[str(day) for day in outside],
        )
    return bool(outside)
