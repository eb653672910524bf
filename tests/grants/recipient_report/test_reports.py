"""Reports come in versions, are checked twice by two people, sent back, and given more time."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.duties import SamePersonTwice
from services.eventlog.events import Event
from services.grants.case.commitment_refusals import NotCommitted
from services.grants.case.events.recipient_report import ReportDeadlineMoved
from services.grants.recipient_report.checking import (
    AccountsNotAttested,
    AlreadyChecked,
    AnswerTimeTooShort,
    NothingToCheck,
    UseBeyondPromise,
    check,
    return_report,
)
from services.grants.recipient_report.receiving import (
    BeforeAward,
    DeadlineNotLater,
    ReportApproved,
    UseNegative,
    move_deadline,
    receive,
)
from services.grants.recipient_report.refusals import ReportReasonMissing, UnknownReport
from services.grants.scheme.plan_conditions import PlanOutOfOrder
from tests.grants.fodt_fri import MILLION, approved, letter_out
from tests.grants.recipient_report.story import (
    checked,
    final,
    given,
    interim,
    proposed,
    reporting,
    returned,
)

moved = ReportDeadlineMoved(
    number=1, due_on=date(2020, 10, 1), reason="Sykdom.", moved_on=date(2020, 8, 20), moved_by="kari"
)
content, money = checked(interim)


def said(event: Event, *without: str) -> dict[str, Any]:
    return {name: value for name, value in vars(event).items() if name not in without}


def test_a_report_is_frozen_as_it_came_and_the_same_again_is_nothing() -> None:
    given(*reporting).when(receive, **said(interim, "version")).then(interim)
    again = said(interim, "version") | {"received_on": date(2020, 9, 2)}
    given(*reporting, interim).when(receive, **again).nothing()


def test_a_better_one_is_the_next_version_and_is_checked_anew() -> None:
    better = replace(interim, version=2, results="Tolv kurs, 240 deltakere.")
    given(*reporting, interim, content).when(receive, **said(better, "version")).then(better)
    report = given(*reporting, interim, content, better).state.report(1)
    assert (report.state, report.checks) == ("received", ())


def test_nothing_is_owed_before_the_award_and_no_other_report_than_the_letters() -> None:
    given(proposed).when(receive, **said(interim, "version")).refused(NotCommitted)
    given(*reporting).when(receive, **said(interim, "version") | {"number": 3}).refused(UnknownReport)


def test_an_approved_report_is_not_replaced() -> None:
    other = said(interim, "version") | {"used_ore": 1}
    given(*reporting, interim, content, money).when(receive, **other).refused(ReportApproved)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"received_on": date(2020, 2, 2)}, BeforeAward),
        ({"used_ore": -1}, UseNegative),
        ({"summary": "  "}, ReportReasonMissing),
    ],
)
def test_a_report_that_cannot_be_is_refused(changes: dict[str, Any], refusal: Any) -> None:
    given(*reporting).when(receive, **said(interim, "version") | changes).refused(refusal)


def test_a_report_that_comes_late_is_received_all_the_same() -> None:
    late = replace(interim, received_on=date(2021, 1, 1))
    given(*reporting).when(receive, **said(late, "version")).then(late)


def test_two_people_make_it_approved_and_one_person_does_not() -> None:
    given(*reporting, interim).when(check, **said(content, "version")).then(content)
    given(*reporting, interim, content).when(check, **said(content, "version")).nothing()
    given(*reporting, interim, content).when(check, **said(money, "version")).then(money)
    both = said(money, "version") | {"checked_by": "siri"}
    given(*reporting, interim, content).when(check, **both).refused(SamePersonTwice)
    assert given(*reporting, interim, content, money).state.report(1).state == "approved"


def test_a_check_is_done_once() -> None:
    colleague = said(content, "version") | {"checked_by": "liv"}
    given(*reporting, interim, content).when(check, **colleague).refused(AlreadyChecked)


def test_there_is_nothing_to_check_before_it_comes_or_after_it_went_back() -> None:
    given(*reporting).when(check, **said(content, "version")).refused(NothingToCheck)
    given(*reporting, interim, returned).when(check, **said(content, "version")).refused(NothingToCheck)


def test_money_is_not_found_right_without_the_attested_accounts_the_terms_ask_for() -> None:
    bare = replace(final, accounts_attested=False)
    given(*reporting, bare).when(check, **said(checked(final)[1], "version")).refused(AccountsNotAttested)
    given(*reporting, bare).when(check, **said(checked(final)[0], "version")).then(checked(final)[0])


def test_money_is_not_found_right_where_more_was_used_than_promised() -> None:
    beyond = replace(interim, used_ore=6 * MILLION + 1)
    given(*reporting, beyond).when(check, **said(money, "version")).refused(UseBeyondPromise)
    all_of_it = replace(interim, used_ore=6 * MILLION)
    given(*reporting, all_of_it).when(check, **said(money, "version")).then(money)


def test_a_report_goes_back_with_reasons_and_a_new_day_to_answer_by() -> None:
    given(*reporting, interim).when(return_report, **said(returned, "version")).then(returned)
    given(*reporting, interim, returned).when(return_report, **said(returned, "version")).nothing()
    report = given(*reporting, interim, returned).state.report(1)
    assert (report.state, report.due_on) == ("returned", returned.reply_by)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"reasons": ()}, ReportReasonMissing),
        ({"reasons": ("Uklart.", " ")}, ReportReasonMissing),
        ({"reply_by": returned.returned_on}, AnswerTimeTooShort),
    ],
)
def test_a_return_says_why_and_gives_time(changes: dict[str, Any], refusal: Any) -> None:
    given(*reporting, interim).when(return_report, **said(returned, "version") | changes).refused(refusal)


def test_who_checked_the_content_does_not_send_it_back_for_its_money() -> None:
    for_money = said(returned, "version") | {"check": "money"}
    given(*reporting, interim, content).when(return_report, **for_money).refused(SamePersonTwice)


def test_what_has_not_come_or_is_approved_does_not_go_back() -> None:
    given(*reporting).when(return_report, **said(returned, "version")).refused(NothingToCheck)
    given(*reporting, interim, content, money).when(return_report, **said(returned, "version")).refused(ReportApproved)


def test_the_recipient_gets_more_time_never_less() -> None:
    given(*reporting).when(move_deadline, **said(moved)).then(moved)
    given(*reporting, moved).when(move_deadline, **said(moved)).nothing()
    earlier = said(moved) | {"due_on": date(2020, 8, 31)}
    given(*reporting).when(move_deadline, **earlier).refused(DeadlineNotLater)
    given(*reporting).when(move_deadline, **said(moved) | {"reason": ""}).refused(ReportReasonMissing)
    given(*reporting, interim, content, money).when(move_deadline, **said(moved)).refused(ReportApproved)


def test_whoever_found_the_content_right_may_think_again_and_send_it_back_for_that() -> None:
    given(*reporting, interim, content).when(return_report, **said(returned, "version")).then(returned)
    given(*reporting, interim, replace(money, checked_by="anne")).when(
        return_report, **said(returned, "version") | {"returned_by": "anne"}
    ).refused(SamePersonTwice)


@pytest.mark.parametrize(
    "other", [{"check": "money"}, {"reasons": ("Noe annet.",)}, {"reply_by": date(2020, 9, 22)}], ids=repr
)
def test_a_report_that_went_back_does_not_go_back_again_for_something_else(other: dict[str, Any]) -> None:
    given(*reporting, interim, returned).when(return_report, **said(returned, "version") | other).refused(
        NothingToCheck
    )


def test_a_report_is_untold_until_the_letter_that_asks_for_it_is_out() -> None:
    assert given(proposed, approved).state.report(1).state == "untold"
    assert given(proposed, approved, letter_out).state.report(1).state == "awaited"


def test_a_report_may_come_on_the_day_of_the_award_and_say_that_nothing_was_used() -> None:
    at_once = replace(interim, received_on=date(2020, 2, 3), used_ore=0)
    given(*reporting).when(receive, **said(at_once, "version")).then(at_once)


def test_a_day_that_was_moved_is_the_one_that_is_not_moved_back() -> None:
    again = replace(moved, due_on=date(2020, 9, 30))
    given(*reporting, moved).when(move_deadline, **said(again)).refused(DeadlineNotLater)
    later = replace(moved, due_on=date(2020, 10, 2))
    given(*reporting, moved).when(move_deadline, **said(later)).then(later)


def test_an_interim_report_is_due_by_the_final_ones_day_as_that_was_moved() -> None:
    to_the_day = replace(moved, due_on=date(2021, 3, 1))
    given(*reporting).when(move_deadline, **said(to_the_day)).then(to_the_day)
    beyond = replace(moved, due_on=date(2021, 3, 2))
    given(*reporting).when(move_deadline, **said(beyond)).refused(PlanOutOfOrder)
    final_later = replace(moved, number=2, due_on=date(2021, 4, 1))
    given(*reporting, final_later).when(move_deadline, **said(beyond)).then(beyond)


def test_a_better_version_of_what_was_sent_back_is_received_and_checked_by_whom_it_may_be() -> None:
    better = replace(interim, version=2, results="Tolv kurs, 240 deltakere.")
    report = given(*reporting, interim, returned, better).state.report(1)
    assert (report.state, report.due_on) == ("received", returned.reply_by)
    anew = replace(content, version=2)
    given(*reporting, interim, returned, better).when(check, **said(anew, "version")).then(anew)
    by_anne = replace(money, version=2)
    assert given(*reporting, interim, content, returned, better, by_anne).state.report(1).state == "received"
    assert given(*reporting, interim, content, returned, better, by_anne, anew).state.report(1).state == "approved"
