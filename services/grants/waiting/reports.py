"""What waits of a recipient's reports, of controls, and of the end of a case."""

from collections.abc import Iterator

from services.calendar.days import add_days, last_day
from services.grants.case.events.recipient_report import AwardSettled, Check, ControlSelected, SettlementProposed
from services.grants.recipient_report import checking, closing, control, reminder, settlement
from services.grants.recipient_report import rules as reporting
from services.grants.recipient_report.rules import Report, Reporting
from services.grants.waiting.case_facts import Ask, CaseFacts
from services.grants.waiting.task import Task, offered

WITHOUT_END = ("new", "received", "proposed", "closed")


def reports(story: CaseFacts) -> Iterator[Task]:
    """Each report owed: to come, or to be checked twice by two people; then what ends the case."""
    if story.state in WITHOUT_END:
        return
    commitment = story.commitment
    owed = commitment.proposed.reports if commitment.proposed else ()
    begun = owed or story.has(ControlSelected, SettlementProposed, AwardSettled)
    if commitment.approved and not begun and commitment.outstanding_ore > 0:
        return
    case = story.room(reporting.evolve, Reporting)
    for report in case.reports:
        yield from _missing(story, case, report)
        yield from offered(
            story, "check-report-content", "caseworker", _checks(case, report, "content"), part=report.owed.number
        )
        yield from offered(
            story, "check-report-money", "controller", _checks(case, report, "money"), part=report.owed.number
        )
    yield from _end(story, case)


def _checks(case: Reporting, report: Report, check: Check) -> Ask:
    return lambda person, on: checking.check(
        case, number=report.owed.number, check=check, note="", checked_on=on, checked_by=person
    )


def _missing(story: CaseFacts, case: Reporting, report: Report) -> list[Task]:
    """A report that has not come, or was sent back: from the first day of its schedule that no reminder has covered, by
    the day it is due now, moved or not."""
    number, first = report.owed.number, reminder.next_reminder_on(report)
    return offered(story, "remind-of-report", "caseworker", lambda person, on: reminder.remind(
        case, number=number, reminded_on=on, reminded_by=person,
    ), part=number, due_on=report.due_on, from_on=first)  # fmt: skip


def _end(story: CaseFacts, case: Reporting) -> Iterator[Task]:
    """Controls under way, the settlement once nothing is left to ask for, and the closing of the case."""
    if under_way := case.open_control:
        yield from offered(story, "conclude-control", "caseworker", lambda person, on: control.conclude(
            case, number=under_way.selected.number, found="-", in_order=True, concluded_on=on, concluded_by=person,
        ))  # fmt: skip
    final = [add_days(last_day(each.decided_on), 1) for each in case.withheld]
    if case.proposed:
        yield from offered(story, "approve-settlement", "approver", lambda person, on: settlement.approve(
            case, settled_on=on, approved_by=person), days=final)  # fmt: skip
    elif case.commitment.approved and _has_run_its_course(case):
        yield from offered(story, "propose-settlement", "caseworker", lambda person, on: settlement.propose(
            case, used_ore=_used_ore(case), proposed_on=on, proposed_by=person), days=final)  # fmt: skip
    if not (case.commitment.approved and _is_to_be_settled(case)):
        yield from offered(story, "close-case", "caseworker", lambda person, on: closing.close(
            case, closed_on=on, closed_by=person))  # fmt: skip


def _has_run_its_course(case: Reporting) -> bool:
    """Every report is approved; or, where none is owed, nothing is left to pay."""
    return bool(case.reports) or case.commitment.outstanding_ore == 0


def _is_to_be_settled(case: Reporting) -> bool:
    """Money was paid and nothing is settled: closing waits for that."""
    return case.settled is None and case.commitment.disbursed_ore > 0


def _used_ore(case: Reporting) -> int:
    """As much as can be said to be used: what was paid and not sent back, and no more than was reported."""
    paid_ore = case.commitment.disbursed_ore - case.recovered.kept_out_ore
    reported = [report.latest.used_ore for report in case.reports if report.latest]
    return min(paid_ore, reported[-1]) if reported else paid_ore
