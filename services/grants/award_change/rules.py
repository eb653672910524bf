"""How what was promised is changed: more money, less, or none. One person prepares the change, another decides it.

On which ground and how far it can be stands in `limits.py`.
"""

from dataclasses import replace
from datetime import date

from services.duties import keep_apart
from services.duties.authorship import authors
from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.award.refusals import DisposalAuthorityMissing, NothingProposed, need_reason
from services.grants.award.rules import Granted, keep_after_approval
from services.grants.award_change.limits import check_ground, check_hearing, check_money
from services.grants.case.events.award import AwardApproved, Instalment
from services.grants.case.events.award_change import (
    AwardAnnulled,
    AwardChangeProposed,
    AwardChangeReturned,
    AwardReduced,
    ChangeKind,
    Ground,
    Reduction,
    SupplementaryAwardApproved,
)
from services.grants.case.hearing import Hearing, check_heard
from services.text.folding import is_blank

Change = SupplementaryAwardApproved | AwardReduced | AwardAnnulled
DUTIES: dict[ChangeKind, str] = {
    "supplementary": "approve supplement",
    "reduction": "approve reduction",
    "annulment": "approve annulment",
}
"""What each kind's decision is called in the table of duties."""


class ChangeAlreadyProposed(Refusal):
    """Another change waits for a decision."""

    code = "change-already-proposed"
    title = "En annen endring venter på vedtak"


def propose_change(
    granted: Granted,
    *,
    kind: ChangeKind,
    added: tuple[Instalment, ...] = (),
    reductions: tuple[Reduction, ...] = (),
    ground: Ground,
    proposed_by: str,
    hearing: Hearing | None = None,
    commitment_authority: bool = False,
) -> list[Event]:
    """Prepare a change: instalments `added`, numbered on from the plan; `reductions` of what is unpaid; or everything
    unpaid, by annulment. It moves no money. The same change again while it waits is nothing.

    Refuses `NotCommitted`, `CaseSettled`, `AwardGone`, `ChangeAlreadyProposed`, `NotImpartial`, `ReasonMissing`,
    `GroundDoesNotFit`, `ChangeEmpty`; more: `PlanMisnumbered`, `PlanOutOfOrder`, `ConditionNeverMet`,
    `AmountNotPositive`, `CommitmentAcrossYears`; less: `AmountNotPositive`, `UnknownInstalment`,
    `ReductionBeyondUnpaid`, `DisputedMoney`, `PaymentUnderway`, and, on our own initiative once the recipient knows of
    the award, `PriorWarningMissing`, `HearingUnclear`, `ReplyPeriodTooShort`, `ReasonsMissing`.
    """
    if kind == "annulment":
        reductions = granted.commitment.list_rest()
    change = AwardChangeProposed(
        kind=kind, added=added, reductions=reductions, ground=ground, proposed_by=proposed_by, hearing=hearing
    )
    if change == granted.waiting:
        return []
    check_ground(granted, kind, ground)
    if granted.waiting:
        raise ChangeAlreadyProposed(f"{granted.waiting.proposed_by}'s change waits. Have it decided or returned first.")
    granted.applied_for.keep_impartial(proposed_by)
    check_hearing(granted, change)
    check_money(granted, change, since=date.max, commitment_authority=commitment_authority)
    return [change]


def return_change(granted: Granted, *, reason: str, returned_by: str) -> list[Event]:
    """Return the waiting change to its preparer, who may also take it back. The same return again returns no event.

    Refuses `NothingProposed`, `ReasonMissing`.
    """
    returned = AwardChangeReturned(reason=reason, returned_by=returned_by)
    if returned == granted.sent_back:
        return []
    if granted.waiting is None:
        raise NothingProposed("No change waits in this case.")
    need_reason(reason)
    return [returned]


def approve_change(
    granted: Granted,
    *,
    approved_on: date,
    approved_by: str,
    disposal_authority: str | None = None,
    commitment_authority: bool = False,
) -> list[Event]:
    """Decide the waiting change, by another than whoever wrote any part of it. More money binds the fund from
    `approved_on`, on a budget disposal authority, and the fund may refuse; less frees it. An annulment takes what is
    unpaid then.

    The same approval again returns no event. Refuses `NothingProposed`, `SamePersonTwice`, `NotImpartial`,
    `BeforeApproval`, `PriorWarningMissing`, `ReplyPeriodOpen`, `BeforePreparation`, for more money `YearTurned` and
    `DisposalAuthorityMissing`, and what `propose_change` refuses, held against `approved_on`.
    """
    change = granted.waiting
    if change is None:
        if granted.changes and (approved_by, approved_on) == _decided(granted.changes[-1]):
            return []
        raise NothingProposed("No change waits in this case. Propose it first.")
    if change.kind == "annulment":
        change = replace(change, reductions=granted.commitment.list_rest())
    check_ground(granted, change.kind, change.ground)
    keep_apart(approved_by, DUTIES[change.kind], {"propose change": authors(granted.drafts)})
    granted.applied_for.keep_impartial(approved_by)
    keep_after_approval(granted, approved_on)
    _keep_heard(granted, change, approved_on)
    across_years = check_money(
        granted, change, since=approved_on, days=(approved_on,), commitment_authority=commitment_authority
    )
    match change.kind:
        case "supplementary":
            if is_blank(disposal_authority or ""):
                raise DisposalAuthorityMissing("Say what your budget disposal authority for this fund rests on.")
            supplement = _supplement(change, approved_on, approved_by, disposal_authority or "", across_years)
            return [replace(supplement, letter_owed=_owes_letter(granted))]
        case "reduction":
            less = AwardReduced(reductions=change.reductions, ground=change.ground, reduced_on=approved_on,
                                approved_by=approved_by)  # fmt: skip
            return [less]
        case "annulment":
            nothing = AwardAnnulled(reductions=change.reductions, ground=change.ground, annulled_on=approved_on,
                                    approved_by=approved_by)  # fmt: skip
            return [nothing]


def _keep_heard(granted: Granted, change: AwardChangeProposed, approved_on: date) -> None:
    """Before the letter is out, or may be, nobody waits for an answer. A change prepared then without a hearing, and
    not decided by the time the letter leaves, or perhaps left, is returned and prepared anew."""
    check_hearing(granted, change)
    if change.hearing and not granted.informed.unaware:
        check_heard(
            decided_on=approved_on,
            prepared_on=change.hearing.warned_on,
            reply_by=change.hearing.reply_by,
            what="change",
        )


def _owes_letter(granted: Granted) -> bool:
    """Whether what is added is told of by a letter that is made here: of an award approved here that owed one."""
    made = granted.commitment.approval()
    return isinstance(made, AwardApproved) and made.letter_owed


def _supplement(
    change: AwardChangeProposed, approved_on: date, approved_by: str, disposal_authority: str, across_years: bool
) -> SupplementaryAwardApproved:
    return SupplementaryAwardApproved(
        amount_ore=sum(instalment.amount_ore for instalment in change.added),
        added=change.added,
        ground=change.ground,
        approved_on=approved_on,
        approved_by=approved_by,
        disposal_authority=disposal_authority,
        across_years=across_years,
    )


def _decided(change: Change) -> tuple[str, date]:
    match change:
        case SupplementaryAwardApproved():
            return change.approved_by, change.approved_on
        case AwardReduced():
            return change.approved_by, change.reduced_on
        case AwardAnnulled():
            return change.approved_by, change.annulled_on
