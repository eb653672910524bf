"""When a recipient is reminded of a report. The reminders go on after the due day, until the report comes.

One is sent a while before the day, one the day after it, and then one at even intervals. A day that was missed is not
made up for twice: whoever is behind gets one reminder.
"""

from dataclasses import dataclass
from datetime import date

from services.calendar.days import add_days
from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.case.events.recipient_report import ReportReminded
from services.grants.case.informed import LetterNotOut
from services.grants.recipient_report.rules import Report, Reporting


@dataclass(frozen=True, kw_only=True)
class ReminderPolicy:
    """How many days before the due day the first reminder is, how many after it the second, and how often from then."""

    before_days: int
    after_days: int
    every_days: int


POLICY = ReminderPolicy(before_days=14, after_days=1, every_days=14)
"""The house's own: two weeks ahead, the day after, then every second week."""


class NothingToRemindOf(Refusal):
    """The report has come, or nobody waits for it any more."""

    code = "nothing-to-remind-of"
    title = "Det er ingenting å purre på"


class ReminderTooEarly(Refusal):
    """The first reminder's day has not come."""

    code = "reminder-too-early"
    title = "Det er for tidlig å purre"


def next_reminder_on(report: Report, *, policy: ReminderPolicy = POLICY) -> date | None:
    """The first day of the schedule that no reminder has covered yet; None where nothing is waited for, or the
    recipient does not know of the award.

    A reminder covers every day of the schedule up to its own. A new due day has a schedule of its own.
    """
    if report.informed.waits or report.state not in ("awaited", "returned"):
        return None
    due_on = report.due_on
    sent = [reminded.reminded_on for reminded in report.reminders if reminded.due_on == due_on]
    first = add_days(due_on, -policy.before_days)
    if not sent or max(sent) < first:
        return first
    day = add_days(due_on, policy.after_days)
    while day <= max(sent):
        day = add_days(day, policy.every_days)
    return day


def asks_for_reports(case: Reporting) -> bool:
    """Whether the recipient is still asked for what it owes: until the case is settled or closed, and as long as
    anything of the award is left, paid or not. Of what was refused, annulled, reduced, lapsed or sent back whole
    nothing was used, and the case is closed without a report."""
    return case.settled is None and case.closed is None and case.commitment.committed_ore > 0


def reminders_due(case: Reporting, on: date, *, policy: ReminderPolicy = POLICY) -> tuple[Report, ...]:
    """The reports the recipient is to be reminded of that day; none once it is asked for none (`asks_for_reports`)."""
    if not asks_for_reports(case):
        return ()
    planned = ((report, next_reminder_on(report, policy=policy)) for report in case.reports)
    return tuple(report for report, day in planned if day is not None and day <= on)


def remind(
    case: Reporting, *, number: int, reminded_on: date, reminded_by: str, case_number: str | None = None
) -> list[Event]:
    """Remind the recipient of report `number`, in the case people call by `case_number`. Already reminded since the
    last day of the schedule: nothing.

    Refuses `NotCommitted`, `UnknownReport`, `LetterNotOut`, `NothingToRemindOf`, `ReminderTooEarly`.
    """
    report = case.report(number)
    if case.informed.waits:
        raise LetterNotOut("The grant letter is not out, and the recipient knows of no report. Wait until it is.")
    planned_on = next_reminder_on(report)
    if not asks_for_reports(case):
        raise NothingToRemindOf(
            "The case is settled or closed, or nothing of the award is left: no report is asked for."
        )
    if planned_on is None:
        raise NothingToRemindOf(f"Report {number} is {report.state}.")
    if reminded_on < planned_on:
        if any(each.due_on == report.due_on for each in report.reminders):
            return []
        raise ReminderTooEarly(f"The first reminder of report {number} is for {planned_on}.", first_on=str(planned_on))
    return [_reminder(report, reminded_on, reminded_by, case_number)]


def remind_all(
    case: Reporting, *, reminded_on: date, reminded_by: str, case_number: str | None = None
) -> list[ReportReminded]:
    """Every reminder the case is due that day. Asked again the same day: nothing."""
    return [_reminder(report, reminded_on, reminded_by, case_number) for report in reminders_due(case, reminded_on)]


def _reminder(report: Report, reminded_on: date, reminded_by: str, case_number: str | None) -> ReportReminded:
    return ReportReminded(
        number=report.owed.number,
        reminder=len(report.reminders) + 1,
        due_on=report.due_on,
        reminded_on=reminded_on,
        reminded_by=reminded_by,
        case_number=case_number,
    )
