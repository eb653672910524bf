"""What waits of an award's money: paid out, held back, claimed back, and complained of."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from services.grants.case.events.award import Instalment
from services.grants.case.events.complaint import ComplaintReceived
from services.grants.case.events.disbursement import PaymentRefused, PaymentRequested
from services.grants.case.events.withholding import (
    PriorWarningGiven,
    PriorWarningOmitted,
    ReclaimDecided,
    ReclaimWarned,
)
from services.grants.complaint import admission, arrival, handling
from services.grants.complaint import rules as complaint
from services.grants.complaint.steps import Complaint
from services.grants.disbursement import attestation
from services.grants.disbursement import rules as disbursement
from services.grants.disbursement.blocks import IN_THE_CASE, list_blocks
from services.grants.disbursement.payee import rules as payee
from services.grants.disbursement.rules import Disbursement, Payment
from services.grants.waiting.case_facts import CaseFacts
from services.grants.waiting.task import Task, next_day, offered
from services.grants.withholding import claims, reclaim, repayment
from services.grants.withholding import rules as withholding
from services.grants.withholding.claims import Claims
from services.grants.withholding.rules import Preparation, Withholding

NEW = UUID(int=0)
"""The id of something that is not there yet."""
COVERED_ORE = 10**18


def money(story: CaseFacts) -> Iterator[Task]:
    """In the order of a case's life."""
    yield from complaints(story)
    if not story.commitment.approved:
        return
    case = story.room(disbursement.evolve, Disbursement)
    yield from payments(story, case)
    yield from answers_from_accounting(story, case)
    yield from held_back(story)
    yield from claimed_back(story)


def payments(story: CaseFacts, case: Disbursement) -> Iterator[Task]:
    """Each instalment with something to pay: the account, what it waits for, then its attestation."""
    waiting = [part for part in case.commitment.instalments if case.commitment.payable_ore(part.number) > 0]
    if not waiting or case.ended or not is_promised_and_known(case):
        return
    yield from account(story, case)
    for part in waiting:
        yield from _to_confirm(story, case, part)
        yield from _to_attest(story, case, part)


def is_promised_and_known(case: Disbursement) -> bool:
    """The recipient has been told, and has accepted what it must: until then nobody waits for its money."""
    proposed = case.commitment.proposed
    assert proposed, "what is approved was proposed"
    return case.informed.since is not None and (not proposed.acceptance_required or case.accepted_on is not None)


def _to_confirm(story: CaseFacts, case: Disbursement, part: Instalment) -> list[Task]:
    return offered(story, "confirm-condition", "caseworker", lambda person, on: disbursement.confirm_condition(
        case, instalment=part.number, ground="-", met_on=on, confirmed_by=person,
    ), part=part.number, amount_ore=part.amount_ore)  # fmt: skip


def _to_attest(story: CaseFacts, case: Disbursement, part: Instalment) -> list[Task]:
    """On the first day that nothing stands in its way (`list_blocks`). What is held over at the year's end may be paid
    in the next once a letter releases it; whether one has, stands elsewhere."""
    amount_ore = case.commitment.payable_ore(part.number)
    open_years = _covered(case)
    first_days = [date(year, 1, 1) for year in open_years]
    approval = case.commitment.approval()
    promised = {planned.due_on.year for planned in case.commitment.instalments if planned.due_on}
    ends = [date(year, 12, 31) for year in {int(approval.fund_id[:4]), *promised, *open_years}]
    if approval.cover_valid_until:
        ends.append(case.informed.not_overdue_before(approval.cover_valid_until))
    return offered(story, "attest-payment", "attestor", lambda person, on: attestation.attest(
        case, payment_id=NEW, instalment=part.number, amount_ore=amount_ore, pay_on=on,
        attested_on=min(on, story.today), attested_by=person, open_years=open_years,
    ), part=part.number, from_on=part.due_on, days=first_days, ends=ends, amount_ore=amount_ore)  # fmt: skip


def account(story: CaseFacts, case: Disbursement) -> Iterator[Task]:
    """The account the recipient is paid to: registered by one, held against a source by another."""
    holder = next((number for number in payee.recorded_numbers(case)[::-1] if number), "974760673")
    if case.account is None:
        yield from offered(story, "register-account", "caseworker", lambda person, on: payee.register_account(
            case, account_id=NEW, holder=holder, registered_on=on, registered_by=person))  # fmt: skip
    elif registered := case.account:
        yield from offered(story, "verify-account", "controller", lambda person, on: payee.verify_account(
            case, account_id=registered.account_id, source="-", verified_on=on, verified_by=person))  # fmt: skip


def answers_from_accounting(story: CaseFacts, case: Disbursement) -> Iterator[Task]:
    """What is attested goes to accounting in the next batch unless something has come in its way, and accounting
    answers."""
    for payment in case.payments:
        day = payment.attested.pay_on
        if payment.state == "attested" and not _hindered(case, payment):
            request = PaymentRequested(payment_id=NEW, batch_id=NEW, requested_on=day, requested_by="")
            yield from _about(story, "request-payment", payment, request)
        if payment.state == "requested":
            answer = PaymentRefused(payment_id=NEW, code="", reason="", refused_on=day, recorded_by="")
            yield from _about(story, "take-receipt", payment, answer)


def _about(story: CaseFacts, name: str, payment: Payment, follows: PaymentRequested | PaymentRefused) -> list[Task]:
    """For many cases at once, in a batch and its receipts; what follows in this one."""
    asked = payment.attested
    return offered(
        story, name, "controller", lambda _, __: [follows],
        part=asked.instalment, from_on=asked.pay_on, amount_ore=asked.amount_ore,
    )  # fmt: skip


def _covered(case: Disbursement) -> dict[int, int]:
    """The later years the award is held over to, as if letters covered all of it there."""
    return dict.fromkeys(case.commitment.held_into, COVERED_ORE)


def _hindered(case: Disbursement, payment: Payment) -> bool:
    """Something stands in its way since it was attested, or the account is another. A letter that opens the next year
    stands elsewhere."""
    asked = payment.attested
    planned = case.commitment.instalment(asked.instalment)
    changed = case.verified is not None and case.verified.account_id != asked.account_id
    return changed or bool(list_blocks(case, planned, on=asked.pay_on, open_years=_covered(case), among=IN_THE_CASE))


def held_back(story: CaseFacts) -> Iterator[Task]:
    """Warnings whose time to answer runs or is out."""
    if not story.has(PriorWarningGiven, PriorWarningOmitted):
        return
    case = story.room(withholding.evolve, Withholding)
    for prepared in case.waiting:
        yield from _to_withhold(story, case, prepared)


def _to_withhold(story: CaseFacts, case: Withholding, prepared: Preparation) -> list[Task]:
    match prepared:
        case PriorWarningGiven(reply_by=reply_by):
            first = next_day(reply_by)
        case PriorWarningOmitted(omitted_on=day):
            first = day
    amount_ore = min(prepared.amount_ore, case.commitment.payable_ore(prepared.instalment))
    return offered(story, "decide-withholding", "approver", lambda person, on: withholding.decide(
        case, instalment=prepared.instalment, amount_ore=amount_ore, reasons=prepared.reasons, decided_on=on,
        decided_by=person,
    ), part=prepared.instalment, from_on=first, amount_ore=prepared.amount_ore)  # fmt: skip


def claimed_back(story: CaseFacts) -> Iterator[Task]:
    """Claims that are warned of, and those that are not yet paid back."""
    if not story.has(ReclaimWarned):
        return
    case = story.room(claims.evolve, Claims)
    for warned in case.waiting:
        yield from _to_claim(story, case, warned)
    for claim in case.decided:
        if case.find_suspending(claim.number) is None:
            yield from _to_follow_up(story, case, claim)


def _to_claim(story: CaseFacts, case: Claims, warned: ReclaimWarned) -> list[Task]:
    number, first = warned.instalment, next_day(warned.reply_by) if warned.reply_by else warned.warned_on
    return offered(story, "decide-reclaim", "approver", lambda person, on: reclaim.decide_reclaim(
        case, instalment=number, amount_ore=min(warned.amount_ore, case.kept_ore(number, on=on)),
        reasons=warned.reasons, pay_by=next_day(on), decided_on=on, decided_by=person,
    ), part=number, from_on=first, amount_ore=warned.amount_ore)  # fmt: skip


def _to_follow_up(story: CaseFacts, case: Claims, claim: ReclaimDecided) -> list[Task]:
    """Somebody other than who decided it sees to it that it is paid, and records that it was."""
    left_ore = case.standing_ore(claim.number)
    return offered(story, "follow-up-reclaim", "caseworker", lambda person, on: repayment.receive_repayment(
        case, reclaim=claim.number, instalment=None, amount_ore=left_ore, voucher="", received_on=on,
        recorded_by=person,
    ), part=claim.number, due_on=claim.pay_by, amount_ore=left_ore)  # fmt: skip


def complaints(story: CaseFacts) -> Iterator[Task]:
    """Each undecided complaint: with the directorate until it is forwarded, then with the ministry."""
    if not story.has(ComplaintReceived):
        return
    case = story.room(complaint.evolve, complaint.ComplaintCase)
    for each in case.complaints:
        yield from _to_decide(story, case, each.received.number)
        if each.ended is None and each.forwarded is None:
            yield from _to_handle(story, case, each)


def _to_decide(story: CaseFacts, case: complaint.ComplaintCase, number: int) -> list[Task]:
    return offered(story, "decide-complaint", "ministry", lambda person, on: handling.record_outcome(
        case, number=number, outcome="upheld", document="-", decided_on=on, recorded_by=person,
    ), part=number)  # fmt: skip


def _to_handle(story: CaseFacts, case: complaint.ComplaintCase, each: Complaint) -> Iterator[Task]:
    """What the complaint's state asks for: have defects put right, or send it on; late, an approver takes it up or
    turns it away."""
    number = each.received.number
    if each.state == "late":
        yield from offered(story, "take-up-late-complaint", "approver", lambda person, on: admission.accept_late(
            case, number=number, ground="special-reasons", reason="-", accepted_on=on, accepted_by=person,
        ), part=number)  # fmt: skip
        yield from offered(story, "dismiss-complaint", "approver", lambda person, on: admission.dismiss(
            case, number=number, reason="-", dismissed_on=on, dismissed_by=person), part=number)  # fmt: skip
    elif each.state == "incomplete":
        yield from offered(story, "handle-complaint", "caseworker", lambda person, on: arrival.ask_completion(
            case, number=number, reply_by=next_day(on), asked_on=on, asked_by=person), part=number)  # fmt: skip
        asked = next_day(each.asked.reply_by) if each.asked else None
        yield from offered(story, "dismiss-complaint", "approver", lambda person, on: admission.dismiss(
            case, number=number, reason="-", dismissed_on=on, dismissed_by=person,
        ), part=number, days=[asked])  # fmt: skip
    else:
        yield from offered(story, "handle-complaint", "caseworker", lambda person, on: handling.forward(
            case, number=number, statement="-", forwarded_on=on, forwarded_by=person), part=number)  # fmt: skip
