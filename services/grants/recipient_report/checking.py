"""The two checks of a report: content, and money. Two people's, for one reads what was done and the other what it cost.

Either check may send the report back; then both are done anew on the next version.
"""

from datetime import date
from typing import get_args

from services.duties import keep_apart
from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.case.events.recipient_report import Check, ReportChecked, ReportReturned
from services.grants.recipient_report.receiving import ReportApproved
from services.grants.recipient_report.refusals import need_words
from services.grants.recipient_report.rules import Report, Reporting


class NothingToCheck(Refusal):
    """No version waits: none has come, or the last one was sent back."""

    code = "nothing-to-check"
    title = "Det er ingen rapport å kontrollere"


class AlreadyChecked(Refusal):
    """A colleague has done this check of this version."""

    code = "already-checked"
    title = "Kontrollen er allerede utført"


class AccountsNotAttested(Refusal):
    """The terms ask for attested accounts, and this version has none."""

    code = "accounts-not-attested"
    title = "Regnskapet er ikke attestert"


class UseBeyondPromise(Refusal):
    """The report says that more of the grant was used than was ever promised. Send it back."""

    code = "use-beyond-promise"
    title = "Rapportert forbruk er høyere enn tilskuddet"


class AnswerTimeTooShort(Refusal):
    """The recipient got no day to answer in."""

    code = "answer-time-too-short"
    status = 422
    title = "Svarfristen er for kort"


def check(case: Reporting, *, number: int, check: Check, note: str, checked_on: date, checked_by: str) -> list[Event]:
    """Find the latest version right, in content or in money. Whoever did the one does not do the other.

    The same check by the same person again returns no event. Refuses `NotCommitted`, `UnknownReport`, `NothingToCheck`,
    `AlreadyChecked`, `SamePersonTwice`; for the money `AccountsNotAttested`, `UseBeyondPromise`.
    """
    report = case.report(number)
    done = next((each for each in report.checks if each.check == check), None)
    if done and done.checked_by == checked_by:
        return []
    if done:
        raise AlreadyChecked(f"{done.checked_by} has checked the {check} of version {done.version}.")
    version = _waiting(report, f"check {check}", checked_by)
    if check == "money":
        _need_sound_money(case, report)
    return [
        ReportChecked(
            number=number, version=version, check=check, note=note, checked_on=checked_on, checked_by=checked_by
        )
    ]


def return_report(
    case: Reporting,
    *,
    number: int,
    check: Check,
    reasons: tuple[str, ...],
    reply_by: date,
    returned_on: date,
    returned_by: str,
) -> list[Event]:
    """Send the latest version back with what is wrong with it, and a day to answer by.

    The same return again returns no event. Refuses `NotCommitted`, `UnknownReport`, `ReportApproved`, `NothingToCheck`,
    `SamePersonTwice`, `ReportReasonMissing`, `AnswerTimeTooShort`.
    """
    report = case.report(number)
    last = report.returns[-1] if report.returns else None
    if last and report.state == "returned" and (last.check, last.reasons, last.reply_by) == (check, reasons, reply_by):
        return []
    if report.state == "approved":
        raise ReportApproved(f"Report {number} is approved. What is found later is a matter for control.")
    version = _waiting(report, f"return report for {check}", returned_by)
    need_words(" ".join(reasons))
    for reason in reasons:
        need_words(reason)
    if reply_by <= returned_on:
        raise AnswerTimeTooShort(f"Give the recipient at least a day after {returned_on}.")
    return [
        ReportReturned(
            number=number,
            version=version,
            check=check,
            reasons=reasons,
            reply_by=reply_by,
            returned_on=returned_on,
            returned_by=returned_by,
        )
    ]


def _waiting(report: Report, act: str, person: str) -> int:
    """The version that waits for the check, by somebody who did not do the other of it."""
    if report.latest is None or report.state in ("returned", "approved"):
        raise NothingToCheck(f"Report {report.owed.number} has no version that waits to be checked.")
    keep_apart(person, act, {f"check {each}": [done.checked_by for done in report.checks if done.check == each]
                             for each in get_args(Check)})  # fmt: skip
    return report.latest.version


def _need_sound_money(case: Reporting, report: Report) -> None:
    assert report.latest is not None
    if report.owed.attested_accounts and not report.latest.accounts_attested:
        raise AccountsNotAttested("The terms ask for attested accounts. Send the report back for them.")
    promised_ore = case.commitment.committed_ore
    if report.latest.used_ore > promised_ore:
        raise UseBeyondPromise(
            f"{report.latest.used_ore} øre are reported used, of {promised_ore} øre promised. Send it back.",
            promised_ore=promised_ore,
        )
