"""How a report comes in, version by version, and how the recipient gets more time for it."""

from datetime import date

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.case.events.award_change import SupplementaryAwardApproved
from services.grants.case.events.recipient_report import ReportDeadlineMoved, ReportReceived
from services.grants.recipient_report.refusals import need_words
from services.grants.recipient_report.rules import Report, Reporting
from services.grants.scheme.plan_conditions import PlanOutOfOrder


class ReportApproved(Refusal):
    """Both checks found it right. What is found later is a matter for control."""

    code = "report-approved"
    title = "Rapporten er godkjent"


class BeforeAward(Refusal):
    """The report is dated before there was an award to report on."""

    code = "report-before-award"
    status = 422
    title = "Datoen er før tilskuddet ble vedtatt"


class UseNegative(Refusal):
    """Less than nothing cannot have been used."""

    code = "use-negative"
    status = 422
    title = "Forbruket kan ikke være negativt"


class DeadlineNotLater(Refusal):
    """More time means a later day than the one that holds."""

    code = "deadline-not-later"
    status = 422
    title = "Den nye fristen er ikke senere"


def receive(
    case: Reporting,
    *,
    number: int,
    summary: str,
    results: str,
    used_ore: int,
    accounts_attested: bool,
    document_sha256: str | None,
    received_on: date,
    registered_by: str,
) -> list[Event]:
    """Freeze a version of report `number` as it arrived, late or not. What it says is not corrected: a sum that cannot
    be right is for the money check. A new version takes the place of one that nobody has approved; or of one that was
    approved before more was promised, for what was used of that is reported too.

    The same contents again return no event. Refuses `NotCommitted`, `UnknownReport`, `ReportApproved`, `BeforeAward`,
    `UseNegative`, `ReportReasonMissing`.
    """
    report = case.report(number)
    received = ReportReceived(
        number=number,
        version=len(report.versions) + 1,
        summary=summary,
        results=results,
        used_ore=used_ore,
        accounts_attested=accounts_attested,
        document_sha256=document_sha256,
        received_on=received_on,
        registered_by=registered_by,
    )
    if report.latest and _contents(report.latest) == _contents(received):
        return []
    if report.state == "approved" and not is_outgrown(report):
        raise ReportApproved(f"Report {number} is approved. A new version would undo two people's checks.")
    if received_on < case.commitment.approval().approved_on:
        raise BeforeAward(f"The award counts from {case.commitment.approval().approved_on}.")
    if used_ore < 0:
        raise UseNegative(f"The report says that {used_ore} øre were used.")
    need_words(summary)
    return [received]


def is_outgrown(report: Report) -> bool:
    """More was promised after the latest version came, so that it cannot tell of all that was used."""
    since = report.facts[report.facts.index(report.versions[-1]) :] if report.versions else ()
    return any(isinstance(fact, SupplementaryAwardApproved) for fact in since)


def move_deadline(
    case: Reporting, *, number: int, due_on: date, reason: str, moved_on: date, moved_by: str
) -> list[Event]:
    """Give the recipient more time for a report, or for answering a return.

    The same day again returns no event. Refuses `NotCommitted`, `UnknownReport`, `ReportApproved`, `DeadlineNotLater`,
    `PlanOutOfOrder` (an interim report after the final one), `ReportReasonMissing`.
    """
    report = case.report(number)
    if due_on == report.due_on:
        return []
    if report.state == "approved":
        raise ReportApproved(f"Report {number} is approved; no day waits for it.")
    if due_on < report.due_on:
        raise DeadlineNotLater(f"Report {number} is due on {report.due_on}, which is later.", due_on=str(report.due_on))
    if passed := [each for each in case.reports if _overtakes(report, due_on, each)]:
        final = passed[0]
        raise PlanOutOfOrder(
            f"The final report, number {final.owed.number}, is due on {final.due_on}. Move that first."
        )
    need_words(reason)
    return [ReportDeadlineMoved(number=number, due_on=due_on, reason=reason, moved_on=moved_on, moved_by=moved_by)]


def _overtakes(moved: Report, due_on: date, other: Report) -> bool:
    return moved.owed.kind == "interim" and other.owed.kind == "final" and due_on > other.due_on


def _contents(report: ReportReceived) -> tuple[object, ...]:
    return report.summary, report.results, report.used_ore, report.accounts_attested, report.document_sha256
