"""Reminders: two weeks before the due day, the day after it, and every second week until the report comes."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.eventlog.events import Event
from services.grants.case.events.award_change import (
    AwardAnnulled,
    AwardDeclined,
    AwardReduced,
    Ground,
    Reduction,
)
from services.grants.case.events.recipient_report import ReportDeadlineMoved, ReportReminded
from services.grants.case.events.year_end import CommitmentLapsed
from services.grants.recipient_report.reminder import (
    NothingToRemindOf,
    ReminderTooEarly,
    next_reminder_on,
    remind,
    remind_all,
    reminders_due,
)
from tests.grants.fodt_fri import MILLION, repaid
from tests.grants.recipient_report.story import checked, final, given, interim, reporting, returned, settled

FIRST = date(2020, 8, 18)
reminded = ReportReminded(number=1, reminder=1, due_on=date(2020, 9, 1), reminded_on=FIRST, reminded_by="kari")


def on(day: date) -> dict[str, object]:
    return {"number": 1, "reminded_on": day, "reminded_by": "kari"}


def test_the_first_is_two_weeks_before_and_not_a_day_earlier() -> None:
    given(*reporting).when(remind, **on(FIRST)).then(reminded)
    given(*reporting).when(remind, **on(date(2020, 8, 17))).refused(ReminderTooEarly)


def test_they_go_on_after_the_due_day() -> None:
    days = [FIRST, date(2020, 9, 2), date(2020, 9, 16), date(2020, 9, 30), date(2020, 10, 14)]
    facts = [replace(reminded, reminder=number, reminded_on=day) for number, day in enumerate(days, 1)]
    for sent in range(len(days)):
        case = given(*reporting, *facts[:sent])
        assert next_reminder_on(case.state.report(1)) == days[sent]
        case.when(remind, **on(days[sent])).then(facts[sent])


def test_the_same_reminder_is_not_sent_twice() -> None:
    given(*reporting, reminded).when(remind, **on(FIRST)).nothing()
    given(*reporting, reminded).when(remind, **on(date(2020, 9, 1))).nothing()
    given(*reporting, reminded).when(remind_all, reminded_on=FIRST, reminded_by="liv").nothing()


def test_whoever_is_behind_gets_one_not_many() -> None:
    late = replace(reminded, reminded_on=date(2020, 12, 24))
    given(*reporting).when(remind_all, reminded_on=late.reminded_on, reminded_by="kari").then(late)
    case = given(*reporting, late)
    case.when(remind_all, reminded_on=late.reminded_on, reminded_by="kari").nothing()
    assert next_reminder_on(case.state.report(1)) == date(
        2021, 1, 6
    )  # the schedule's own next day, not two weeks after


def test_a_later_due_day_has_a_schedule_of_its_own() -> None:
    moved = ReportDeadlineMoved(
        number=1, due_on=date(2020, 10, 1), reason="Sykdom.", moved_on=date(2020, 8, 20), moved_by="kari"
    )
    case = given(*reporting, reminded, moved)
    assert next_reminder_on(case.state.report(1)) == date(2020, 9, 17)
    case.when(remind, **on(date(2020, 9, 16))).refused(ReminderTooEarly)


@pytest.mark.parametrize("facts", [(interim,), (interim, *checked(interim))], ids=["received", "approved"])
def test_nobody_is_reminded_of_what_has_come(facts: tuple[Event, ...]) -> None:
    given(*reporting, *facts).when(remind, **on(date(2020, 9, 2))).refused(NothingToRemindOf)


def test_a_returned_report_is_waited_for_again() -> None:
    case = given(*reporting, interim, returned)
    assert [report.owed.number for report in reminders_due(case.state, date(2020, 9, 7))] == [1]


def test_a_settled_case_reminds_nobody() -> None:
    assert reminders_due(given(*reporting, settled).state, date(2022, 1, 1)) == ()
    given(*reporting, settled).when(remind, **on(date(2022, 1, 1))).refused(NothingToRemindOf)


def test_each_report_that_is_due_gets_its_own() -> None:
    sent = given(*reporting).when(remind_all, reminded_on=date(2021, 2, 15), reminded_by="kari").events
    assert [(event.number, event.due_on) for event in sent if isinstance(event, ReportReminded)] == [
        (1, date(2020, 9, 1)),
        (2, date(2021, 3, 1)),
    ]
    sent = given(*reporting, final).when(remind_all, reminded_on=date(2021, 2, 15), reminded_by="kari").events
    assert len(sent) == 1


def test_a_reminder_names_the_case_as_people_call_it() -> None:
    named = replace(reminded, case_number="2020/17")
    given(*reporting).when(remind, **on(FIRST), case_number="2020/17").then(named)
    asked = {"reminded_on": FIRST, "reminded_by": "kari", "case_number": "2020/17"}
    given(*reporting).when(remind_all, **asked).then(named)


whole = (Reduction(instalment=1, amount_ore=3 * MILLION), Reduction(instalment=2, amount_ore=3 * MILLION))
unpaid = whole[1:]
other = Ground(code="other", text="Annet")
FALLEN: tuple[Event, ...] = (
    AwardReduced(reductions=whole, ground=other, reduced_on=date(2020, 5, 4), approved_by="ola"),
    AwardAnnulled(reductions=whole, ground=other, annulled_on=date(2020, 5, 4), approved_by="ola"),
    AwardDeclined(reason="Avlyst", reductions=whole, declined_on=date(2020, 5, 4), recorded_by="kari"),
    CommitmentLapsed(
        year=2020, reductions=whole, ground="not-transferable", lapsed_on=date(2020, 12, 31), recorded_by="anne"
    ),
)


@pytest.mark.parametrize("fallen", FALLEN, ids=lambda fallen: type(fallen).__name__)
def test_nobody_is_reminded_of_a_report_on_an_award_of_which_nothing_is_left(fallen: Any) -> None:
    late = date(2021, 6, 1)
    unspent = reporting[:-1]
    assert [each.owed.number for each in reminders_due(given(*unspent).state, late)] == [1, 2]
    given(*unspent, fallen).when(remind, **on(late)).refused(NothingToRemindOf)
    assert reminders_due(given(*unspent, fallen).state, late) == ()


@pytest.mark.parametrize("fallen", FALLEN, ids=lambda fallen: type(fallen).__name__)
def test_what_was_paid_before_the_rest_fell_away_is_reported_unless_it_came_back_in_its_year(fallen: Any) -> None:
    late = date(2021, 6, 1)
    case = (*reporting, replace(fallen, reductions=unpaid))
    given(*case).when(remind, **on(late)).then(replace(reminded, reminded_on=late))
    back = replace(repaid, reclaim=None, amount_ore=3 * MILLION)
    given(*case, back).when(remind, **on(late)).refused(NothingToRemindOf)
    given(*case, replace(back, amount_ore=3 * MILLION - 1)).when(remind, **on(late)).then(
        replace(reminded, reminded_on=late)
    )
