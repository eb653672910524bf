"""Everything that stands in the way of paying an instalment, in one order that never changes.

Nothing is paid before the recipient has the letter; payments stand on the cash basis, in one calendar year (Instruks
4.2; bevilgningsreglementet § 5). Each block is one question to the case, answered with the refusal that asking for the
payment would meet; so a list and a refusal can never disagree.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from services.eventlog.refusal import Refusal
from services.grants.case.events.award import Instalment
from services.grants.disbursement.budget_years import (
    NOTHING_COVERED,
    Block,
    ProposedPayment,
    beyond_carry_over,
    outside_budget_year,
)
from services.grants.disbursement.refusals import (
    AccountUnverified,
    AwardEnded,
    ConditionUnmet,
    CoverExpired,
    InstalmentAlreadyPaid,
    InstalmentNotDue,
    InstalmentRequested,
    InstalmentWithheld,
    LetterNotReleased,
    PaymentBeyondCommitment,
    PaymentSuspended,
    ReportMissing,
    TermsNotAccepted,
)
from services.grants.disbursement.rules import Disbursement


def ended(case: Disbursement, _: ProposedPayment) -> Refusal | None:
    if case.ended is None:
        return None
    return AwardEnded(f"The award is {case.ended}. Nothing more is paid of it.", ended=case.ended)


def letter_not_released(case: Disbursement, asked: ProposedPayment) -> Refusal | None:
    if case.informed.since is None:
        return LetterNotReleased("The recipient does not have the grant letter. It must be released first.")
    number = asked.planned.number
    if number in case.informed.letters.untold:
        return LetterNotReleased(
            f"Instalment {number} was promised after the grant letter went out. Have a letter of the change frozen and "
            "released first."
        )
    told_on = case.informed.letters.told_on.get(number, case.informed.since)
    if case.informed.letter_owed and asked.on < told_on:
        return LetterNotReleased(f"The letter that tells of it went out on {told_on}, after {asked.on}.")
    return None


def terms_not_accepted(case: Disbursement, asked: ProposedPayment) -> Refusal | None:
    proposed = case.commitment.proposed
    if proposed is None or not proposed.acceptance_required:
        return None
    if case.accepted_on is None or asked.on < case.accepted_on:
        return TermsNotAccepted("The recipient has not accepted the terms. Record the acceptance first.")
    return None


def cover_expired(case: Disbursement, asked: ProposedPayment) -> Refusal | None:
    """The cover the approver found ended unaccepted; after a late letter, so did the time to complain of it."""
    cover_ends_on = case.commitment.approval().cover_valid_until
    last_day = cover_ends_on and case.informed.not_overdue_before(cover_ends_on)
    if last_day is None or asked.on <= last_day or (case.accepted_on and case.accepted_on <= last_day):
        return None
    return CoverExpired(
        f"The promise held to {last_day}, and was not accepted by then.", cover_valid_until=str(last_day)
    )


def account_unverified(case: Disbursement, asked: ProposedPayment) -> Refusal | None:
    if case.account is None:
        return AccountUnverified("No account is registered for the recipient.")
    if case.verified is None or asked.on < case.verified.verified_on:
        return AccountUnverified("A second person must hold the recipient's account against a source first.")
    return None


def not_due(_: Disbursement, asked: ProposedPayment) -> Refusal | None:
    due_on = asked.planned.due_on
    if due_on is None or asked.on >= due_on:
        return None
    return InstalmentNotDue(f"Instalment {asked.planned.number} is due on {due_on}.", due_on=str(due_on))


def condition_unmet(case: Disbursement, asked: ProposedPayment) -> Refusal | None:
    met = case.find_condition_met(asked.planned.number)
    if asked.planned.condition is None or (met and met.met_on <= asked.on):
        return None
    return ConditionUnmet(f"Instalment {asked.planned.number} waits for: {asked.planned.condition}.")


def report_missing(case: Disbursement, asked: ProposedPayment) -> Refusal | None:
    report = asked.planned.needs_report
    if report is None or case.report_approved_by(report, asked.on):
        return None
    return ReportMissing(
        f"Instalment {asked.planned.number} waits for report {report}, checked for content and for money.",
        report=report,
    )


def payment_suspended(case: Disbursement, _: ProposedPayment) -> Refusal | None:
    if not case.disputes.payment_suspended:
        return None
    return PaymentSuspended("A complaint has suspensive effect. Nothing is paid until it ends.")


def withheld(case: Disbursement, asked: ProposedPayment) -> Refusal | None:
    number = asked.planned.number
    if case.commitment.free_ore(number, since=asked.on) > 0:
        return None
    return InstalmentWithheld(f"What is unpaid of instalment {number} is withheld.")


def requested(case: Disbursement, asked: ProposedPayment) -> Refusal | None:
    number = asked.planned.number
    free_ore, payable_ore = (
        case.commitment.free_ore(number, since=asked.on),
        case.commitment.payable_ore(number, since=asked.on),
    )
    if not free_ore > 0 >= payable_ore:
        return None
    return InstalmentRequested(f"What is unpaid of instalment {number} is attested already. Wait for the answer.")


IN_THE_CASE: Sequence[Block] = (
    ended,
    letter_not_released,
    terms_not_accepted,
    cover_expired,
    account_unverified,
    outside_budget_year,
    beyond_carry_over,
    not_due,
    condition_unmet,
    report_missing,
    payment_suspended,
)
"""What is asked again when the payment goes to accounting, for it may have changed since it was attested."""

BLOCKS: Sequence[Block] = (*IN_THE_CASE, withheld, requested)

IN_HISTORY: Sequence[Block] = tuple(block for block in BLOCKS if block is not account_unverified)
"""What was paid before this system went to an account that the accounts of that time know, not this register."""


def list_blocks(
    case: Disbursement,
    planned: Instalment,
    *,
    on: date,
    open_years: Mapping[int, int] = NOTHING_COVERED,
    among: Sequence[Block] = BLOCKS,
    amount_ore: int = 1,
    waiting_ore: int | None = None,
) -> list[Refusal]:
    """Every reason why the instalment cannot be paid on that day, as the refusals that asking for it would meet.

    `open_years` says how much of the case (whole øre) is covered, on that day and since, in each later year than its
    own; `waiting_ore` is what of that waits to be paid already, all that is attested where it is left out. Once nothing
    of the instalment is left unpaid, that is the only reason. Refuses `NotCommitted`.
    """
    if case.commitment.unpaid_ore(planned.number) <= 0:
        return [InstalmentAlreadyPaid(f"Nothing is left unpaid of instalment {planned.number}.")]
    waiting_ore = case.commitment.requested_ore if waiting_ore is None else waiting_ore
    asked = ProposedPayment(
        planned=planned, on=on, open_years=open_years, amount_ore=amount_ore, waiting_ore=waiting_ore
    )
    return [refusal for block in among if (refusal := block(case, asked))]


def stay_within(case: Disbursement, number: int, amount_ore: int, *, since: date) -> None:
    """Rule 5: never more than is left of what was promised, and only what is neither withheld nor asked for already,
    on that day and every day since. Refuses `PaymentBeyondCommitment`, `InstalmentWithheld`, `InstalmentRequested`."""
    unpaid_ore = case.commitment.unpaid_ore(number)
    if amount_ore > unpaid_ore:
        raise PaymentBeyondCommitment(
            f"{unpaid_ore} øre are unpaid of instalment {number}; {amount_ore} øre is more.", unpaid_ore=unpaid_ore
        )
    free_ore = case.commitment.free_ore(number, since=since)
    if amount_ore > free_ore:
        raise InstalmentWithheld(
            f"{free_ore} øre of instalment {number} can be paid from {since}; the rest is withheld.", free_ore=free_ore
        )
    payable_ore = case.commitment.payable_ore(number, since=since)
    if amount_ore > payable_ore:
        raise InstalmentRequested(
            f"{payable_ore} øre of instalment {number} are left; the rest waits for accounting.",
            payable_ore=payable_ore,
        )
