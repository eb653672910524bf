"""What waits once an award is made: paying, holding back, complaints, reports, the settlement."""

from collections.abc import Iterator
from datetime import date, timedelta

from services.grants.award.events import (
    LetterReleased,
    LetterReleaseEnded,
    LetterReleaseImported,
    ReportOwed,
    TermsAccepted,
)
from services.grants.complaint.events import (
    ComplaintDecided,
    ComplaintDismissed,
    ComplaintForwarded,
    ComplaintReceived,
    ComplaintWithdrawn,
    DecisionReversed,
)
from services.grants.disbursement.events import (
    InstalmentConditionMet,
    PayeeAccountRegistered,
    PayeeAccountVerified,
    PaymentRequested,
)
from services.grants.recipient_report.events import (
    AwardSettled,
    ControlConcluded,
    ControlSelected,
    ReportChecked,
    ReportReceived,
    ReportReturned,
    SettlementProposed,
    SettlementReturned,
)
from services.grants.waiting.story import Story
from services.grants.waiting.task import Task, next_day, task
from services.grants.withholding.events import (
    PriorWarningGiven,
    PriorWarningOmitted,
    ReclaimDecided,
    ReclaimNetted,
    ReclaimReduced,
    ReclaimWarned,
    RepaymentReceived,
    WithholdingDecided,
    WithholdingReleased,
)

# A recipient is reminded this many days before a report is due, so it is in the inbox from then on.
REMINDER_DAYS = 14


def after_award(story: Story) -> Iterator[Task]:
    """In the order of a case's life; nothing in a case that was never granted or is closed."""
    yield from complaints(story)
    if story.state not in ("approved", "released", "declined", "annulled", "settled"):
        return
    if story.state == "released":
        yield from payments(story)
    yield from answers_from_accounting(story)
    yield from held_back(story)
    yield from reports(story)
    yield from settlement(story)


def payments(story: Story) -> Iterator[Task]:
    """Each instalment with something to pay: what it waits for first, then its attestation."""
    commitment = story.commitment
    proposed, approved = commitment.proposed, commitment.approved
    assert proposed, "released without a proposal"
    assert approved, "released without an approval"
    if proposed.acceptance_required and story.find_last(TermsAccepted) is None:
        return
    last = story.find_last(LetterReleased, LetterReleaseEnded, LetterReleaseImported)
    if last is None or isinstance(last, LetterReleaseEnded):
        return
    keepers = {each.registered_by for each in story.list_all(PayeeAccountRegistered)}
    keepers |= {each.verified_by for each in story.list_all(PayeeAccountVerified)}
    waiting = [part for part in commitment.instalments if commitment.payable_ore(part.number) > 0]
    if waiting:
        yield from account(story)
    for part in waiting:
        if part.condition and not story.list_all(InstalmentConditionMet, instalment=part.number):
            yield task(story, "confirm-condition", "caseworker", part=part.number, amount_ore=part.amount_ore)
        elif keepers:
            yield task(
                story,
                "attest-payment",
                "attestor",
                part=part.number,
                from_on=part.due_on,
                not_by={approved.approved_by, *keepers},
                amount_ore=commitment.payable_ore(part.number),
            )


def account(story: Story) -> Iterator[Task]:
    """The account the recipient is paid to: registered by one, held against a source by another."""
    registered = story.find_last(PayeeAccountRegistered)
    if registered is None:
        yield task(story, "register-account", "caseworker")
    elif unverified := story.find_standing(PayeeAccountRegistered, PayeeAccountVerified):
        yield task(story, "verify-account", "controller", not_by={unverified.registered_by})


def answers_from_accounting(story: Story) -> Iterator[Task]:
    """What is attested goes to accounting in the next batch, and accounting answers."""
    requested = {each.payment_id for each in story.list_all(PaymentRequested)}
    for asked in story.commitment.requested:
        name = "take-receipt" if asked.payment_id in requested else "request-payment"
        yield task(story, name, "controller", part=asked.instalment, from_on=asked.pay_on, amount_ore=asked.amount_ore)


def held_back(story: Story) -> Iterator[Task]:
    """Warnings whose time to answer runs or is out, and claims that are not yet paid back."""
    ends = (PriorWarningGiven, PriorWarningOmitted, WithholdingDecided, WithholdingReleased)
    for number in (part.number for part in story.commitment.instalments):
        match story.find_last(*ends, instalment=number):
            case PriorWarningGiven() as warned:
                first = next_day(warned.reply_by)
                yield _decide(story, "decide-withholding", number, warned.warned_by, first, warned.amount_ore)
            case PriorWarningOmitted() as omitted:
                first = omitted.omitted_on
                yield _decide(story, "decide-withholding", number, omitted.omitted_by, first, omitted.amount_ore)
        if reclaim := story.find_standing(ReclaimWarned, ReclaimDecided, instalment=number):
            first = next_day(reclaim.reply_by) if reclaim.reply_by else reclaim.warned_on
            yield _decide(story, "decide-reclaim", number, reclaim.warned_by, first, reclaim.amount_ore)
    for claim in story.list_all(ReclaimDecided):
        if (left_ore := claim.amount_ore - _settled_ore(story, claim.number)) > 0:
            yield task(
                story, "follow-up-reclaim", "caseworker", part=claim.number, due_on=claim.pay_by, amount_ore=left_ore
            )


def _decide(story: Story, name: str, part: int, prepared_by: str, first: date, amount_ore: int) -> Task:
    return task(story, name, "approver", part=part, from_on=first, not_by={prepared_by}, amount_ore=amount_ore)


def _settled_ore(story: Story, number: int) -> int:
    """What of a claim is paid back, let go or netted."""
    return (
        sum(each.amount_ore for each in story.list_all(RepaymentReceived, reclaim=number))
        + sum(each.amount_ore for each in story.list_all(ReclaimReduced, number=number))
        + sum(part.amount_ore for each in story.list_all(ReclaimNetted, number=number) for part in each.reductions)
    )


def complaints(story: Story) -> Iterator[Task]:
    """Each undecided complaint: with the directorate until it is forwarded, then with the ministry."""
    over = (ComplaintDismissed, ComplaintDecided, ComplaintWithdrawn)
    for complaint in story.list_all(ComplaintReceived):
        number = complaint.number
        reversed_ = any(each.wholly for each in story.list_all(DecisionReversed, number=number))
        if reversed_ or story.find_last(*over, number=number):
            continue
        if story.list_all(ComplaintForwarded, number=number):
            yield task(story, "decide-complaint", "ministry", part=number)
        else:
            yield task(story, "handle-complaint", "caseworker", part=number)


def reports(story: Story) -> Iterator[Task]:
    """Each report owed: to come, to be checked twice by two people, or back at the recipient."""
    for owed in story.commitment.proposed.reports if story.commitment.proposed else ():
        received = story.find_standing(ReportReceived, ReportReturned, number=owed.number)
        if received is None:
            yield from _missing(story, owed)
            continue
        checked = story.list_all(ReportChecked, number=owed.number, version=received.version)
        done = {check.check for check in checked}
        others = {check.checked_by for check in checked}
        if "content" not in done:
            yield task(story, "check-report-content", "caseworker", part=owed.number, not_by=others)
        if "money" not in done:
            yield task(story, "check-report-money", "controller", part=owed.number, not_by=others)


def _missing(story: Story, owed: ReportOwed) -> Iterator[Task]:
    if story.state != "settled":
        due_on = story.informed.not_overdue_before(owed.due_on)
        from_on = due_on - timedelta(days=REMINDER_DAYS)
        yield task(story, "remind-of-report", "caseworker", part=owed.number, due_on=due_on, from_on=from_on)


def settlement(story: Story) -> Iterator[Task]:
    """Controls under way, and the settlement once every report is checked."""
    if story.find_standing(ControlSelected, ControlConcluded):
        yield task(story, "conclude-control", "caseworker")
    if waiting := story.find_standing(SettlementProposed, SettlementReturned, AwardSettled):
        yield task(story, "approve-settlement", "approver", not_by={waiting.proposed_by})
    elif story.state == "settled":
        yield task(story, "close-case", "caseworker")
    elif story.state == "released" and _all_reports_checked(story):
        yield task(story, "propose-settlement", "caseworker")


def _all_reports_checked(story: Story) -> bool:
    owed = story.commitment.proposed.reports if story.commitment.proposed else ()
    return bool(owed) and not any(reports(story))
