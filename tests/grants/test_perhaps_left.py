"""What a recipient may know of where nobody can tell whether its letter left, and does not know where it came back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.eventlog.events import Event
from services.eventlog.recorded import Recorded
from services.grants.award_change import rules as change
from services.grants.award_change.limits import check_hearing
from services.grants.case.events.award_change import AwardReduced, Reduction
from services.grants.case.events.grant_letter import (
    LetterDelivered,
    LetterMayLeave,
    LetterNotArrived,
    LetterPerhapsLeft,
    LetterTryWrittenOff,
)
from services.grants.case.hearing import PriorWarningMissing, ReplyPeriodOpen
from services.grants.case.informed import informed_by
from services.grants.case.state import state_of
from services.grants.case_view.awaited_letter import AwaitedLetter, awaited_after
from services.grants.deadline.rules import list_deadlines
from services.grants.grant_letter import state as letter_state
from services.grants.grant_letter.delivery import (
    take_delivery,
    take_failure,
    take_leaving,
    take_release,
    take_unknown,
    write_off_try,
)
from services.grants.grant_letter.freezing import fold
from services.grants.scheme.events import NoticeRule
from services.grants.scheme.notice_policy.events import NoticePolicyConfirmed
from services.grants.scheme.notice_policy.rules import PolicyOfScheme, standing
from tests.grants.acts_on_a_case import approved, proposed, warned, withheld
from tests.grants.award.changes import given, less
from tests.grants.award.grant_letters import TERMS
from tests.grants.letters_told import (
    FIRST,
    SECOND,
    anew,
    arrived,
    first_not_out,
    frozen,
    left,
    may_leave,
    more,
    of_change,
)

unheard = replace(less, hearing=None)
perhaps = LetterPerhapsLeft(attempt=1, sha256=FIRST, message_id="m-7")
once_more = replace(perhaps, attempt=2, message_id="m-8")
not_by_it = LetterNotArrived(attempt=1, sha256=FIRST, message_id="m-9")
written_off = LetterTryWrittenOff(attempt=1, sha256=FIRST)
let_out: tuple[Event, ...] = (proposed, frozen, approved, may_leave)
next_may_leave = LetterMayLeave(released_on=date(2020, 4, 1), sha256=SECOND, message_id="m-10")
next_perhaps = replace(perhaps, attempt=2, sha256=SECOND)
of_the_supplement = replace(less, reductions=(Reduction(instalment=3, amount_ore=50),))
UNAWARE = (
    let_out,
    (*let_out, perhaps, not_by_it),
    (*let_out, written_off, not_by_it),
    (*let_out, perhaps, once_more, not_by_it, replace(not_by_it, attempt=2)),
    (*let_out, left, not_by_it),
)
PERHAPS = (
    (*let_out, perhaps),
    (*let_out, written_off),
    (proposed, frozen, approved, written_off, may_leave),  # what was let out is heard of after two people wrote it off
    (*let_out, perhaps, once_more, not_by_it),
    (*let_out, perhaps, not_by_it, once_more),
)
AWARE = ((*let_out, perhaps, left), (*let_out, perhaps, arrived), (*let_out, left, not_by_it, left))


@pytest.mark.parametrize("events", [*UNAWARE, *PERHAPS])
def test_nothing_but_a_change_waits_less_where_nobody_can_tell(events: Sequence[Event]) -> None:
    known = informed_by(events)
    assert (known.waits, known.since, state_of(events)) == (True, None, "approved")
    assert all(known.too_early(fact) for fact in (warned, withheld))
    assert not letter_state.fold(events).is_out


def is_to_be_heard(events: Sequence[Event]) -> bool:
    try:
        check_hearing(given(*events).state, unheard)
    except PriorWarningMissing:
        return True
    return False


@pytest.mark.parametrize("events", UNAWARE)
def test_who_cannot_have_been_told_is_not_heard_and_not_warned(events: Sequence[Event]) -> None:
    assert not is_to_be_heard(events)
    assert informed_by(events).too_early(less)


@pytest.mark.parametrize("events", [*PERHAPS, *AWARE])
def test_who_may_have_been_told_is_heard_and_so_can_be_warned(events: Sequence[Event]) -> None:
    assert is_to_be_heard(events)
    check_hearing(given(*events).state, less)
    assert informed_by(events).too_early(less) is None


@pytest.mark.parametrize("events", [*PERHAPS, *AWARE])
def test_a_warning_given_while_nobody_can_tell_has_its_days(events: Sequence[Event]) -> None:
    assert less.hearing is not None
    assert less.hearing.reply_by is not None
    day = less.hearing.reply_by
    asked: dict[str, Any] = {"approved_by": "ola", "disposal_authority": None}
    waiting = given(*events, replace(less, reductions=(Reduction(instalment=2, amount_ore=50),)))
    waiting.when(change.approve_change, approved_on=day, **asked).refused(ReplyPeriodOpen)
    done = change.approve_change(waiting.state, approved_on=day + timedelta(days=1), **asked)
    assert [type(event) for event in done] == [AwardReduced]


def test_what_was_promised_meanwhile_is_perhaps_told_by_no_letter_before_it() -> None:
    """And once the letter that tells of it perhaps left, it perhaps is."""
    meanwhile = informed_by((*let_out, perhaps, more))
    assert meanwhile.letters.untold == {3}
    assert meanwhile.knows_nothing_of({3})
    assert not meanwhile.knows_nothing_of({1, 3})
    assert meanwhile.too_early(of_the_supplement)
    assert meanwhile.too_early(less) is None
    its_own = informed_by((*let_out, left, more, of_change, next_may_leave, next_perhaps))
    assert its_own.letters.untold == {3}
    assert not its_own.knows_nothing_of({3})
    assert its_own.too_early(of_the_supplement) is None
    assert its_own.too_early(replace(warned, instalment=3)), "anything else of it waits for the letter"


def test_what_came_back_tells_nothing_and_leaves_another_letter_as_it_was() -> None:
    second = (*let_out, left, more, of_change, next_may_leave, replace(left, sha256=SECOND))
    assert informed_by(second).letters.untold == frozenset()
    back = replace(not_by_it, attempt=2, sha256=SECOND, another_is_out=True)
    known = informed_by((*second, back))
    assert known.letters.untold == {3}
    assert (dict(known.letters.told_on), known.since) == ({}, left.left_on)
    assert state_of((*second, back)) == "released"


def test_three_weeks_run_from_the_arrival_where_it_is_told() -> None:
    """Forvaltningsloven § 29. A day told that is earlier than its leaving shortens nothing."""
    late = replace(arrived, delivered_on=date(2020, 3, 2))
    for events, notified_on in (
        ((*let_out, left), left.left_on),
        ((*let_out, left, late), date(2020, 3, 2)),
        ((*let_out, left, replace(late, delivered_on=date(2020, 2, 1))), left.left_on),
        ((*let_out, left, more, of_change, replace(late, sha256=SECOND)), left.left_on),
        (let_out, None),
    ):
        known = informed_by(events)
        assert known.notified_on == notified_on
        if notified_on:
            assert known.not_overdue_before(notified_on) == notified_on + timedelta(days=21)
    periods = [each for each in list_deadlines((*let_out, left, late)) if each.kind == "complaint-period"]
    assert [each.due_on for each in periods] == [date(2020, 3, 23)]


NOW = datetime(2020, 5, 4, 8, tzinfo=UTC)


def awaited(*events: Event) -> AwaitedLetter:
    waiting = AwaitedLetter()
    for position, event in enumerate(events, 1):
        waiting = awaited_after(waiting, Recorded(position, "case-1", position, event, NOW, "", "", ""))
    return waiting


@pytest.mark.parametrize(
    ("events", "since"),
    [
        (let_out, 3),
        ((*let_out, left), None),
        ((*let_out, more), 5),
        ((*let_out, more, left), 5),
        ((*let_out, more, arrived), 5),
        ((*let_out, perhaps, more, left, of_change), 6),
        ((*let_out, perhaps, more, left, of_change, replace(left, sha256=SECOND)), None),
        ((*let_out, more, first_not_out, anew, replace(arrived, sha256=SECOND)), None),
    ],
)
def test_a_promise_is_awaited_until_a_letter_that_tells_of_it_left(events: Sequence[Event], since: int | None) -> None:
    assert awaited(*events).since == since


def test_what_came_of_a_try_is_told_the_case_once_and_of_what_it_has() -> None:
    asked: dict[str, Any] = {"attempt": 1, "message_id": "m-7"}
    of_failure: dict[str, Any] = {"attempt": 1, "message_id": "m-9"}
    assert take_unknown(fold(let_out), **asked) == [perhaps]
    for events in ((proposed, frozen, approved), (*let_out, perhaps), (*let_out, left), (*let_out, arrived)):
        assert take_unknown(fold(events), **asked) == []
    for events in ((*let_out, perhaps), (*let_out, written_off), (*let_out, left)):
        assert take_failure(fold(events), **of_failure) == [not_by_it]
    for events in (let_out, (*let_out, once_more), (*let_out, perhaps, not_by_it), (*let_out, left, arrived)):
        assert take_failure(fold(events), **of_failure) == []
    second = (*let_out, left, more, of_change, next_may_leave, next_perhaps)
    [back] = take_failure(fold(second), attempt=2, message_id="m-9")
    assert back == LetterNotArrived(attempt=2, sha256=SECOND, message_id="m-9", another_is_out=True)
    off: dict[str, Any] = {"attempt": 1, "sha256": FIRST}
    assert write_off_try(fold((proposed, frozen, approved)), **off) == [written_off]
    for events in ((*let_out, perhaps), (*let_out, left)):
        assert write_off_try(fold(events), **off) == []


def test_a_letter_that_came_back_is_sent_once_more_and_arrives() -> None:
    back = fold((*let_out, left, not_by_it))
    again = take_leaving(back, attempt=2, left_on=date(2020, 3, 1), message_id="m-11")
    assert again == [replace(left, left_on=date(2020, 3, 1), message_id="m-11", attempt=2)]
    known = informed_by((*let_out, left, not_by_it, *again))
    assert (known.since, state_of((*let_out, left, not_by_it, *again))) == (date(2020, 3, 1), "released")
    number = proposed.recipient.organisation_number
    told: dict[str, Any] = {
        "sha256": FIRST,
        "organisation_number": number,
        "delivered_on": date(2020, 3, 2),
        "message_id": "m-12",
    }
    assert [type(each) for each in take_delivery(back, **told)] == [LetterDelivered]
    released: dict[str, Any] = {"sha256": FIRST, "organisation_number": number, "released_on": may_leave.released_on}
    assert take_release(back, **released, message_id=may_leave.message_id) == []


def test_a_try_that_nobody_answered_stays_so_whatever_a_later_one_came_to() -> None:
    """The first was taken and its answer lost; the second left and came back."""
    second = replace(left, attempt=2)
    back = replace(not_by_it, attempt=2)
    for events in ((*let_out, perhaps, second, back), (*let_out, written_off, second, back)):
        known = informed_by(events)
        assert (known.waits, known.unaware) == (True, False)
        assert is_to_be_heard(events)
    assert informed_by((*let_out, perhaps, second, back, not_by_it)).unaware
    assert informed_by((*let_out, perhaps, second, back, arrived)).since


def test_a_letter_of_a_change_that_came_back_leaves_a_case_out_only_where_another_letter_is() -> None:
    waiting = (*let_out, perhaps, more, of_change, next_may_leave, replace(left, sha256=SECOND, attempt=2))
    [back] = take_failure(fold(waiting), attempt=2, message_id="m-13")
    assert isinstance(back, LetterNotArrived)
    assert (back.another_is_out, state_of((*waiting, back))) == (False, "approved")


def test_nobody_is_warned_on_a_day_before_they_knew() -> None:
    out_late = (*let_out, replace(left, left_on=date(2020, 11, 2)))
    assert informed_by(out_late).dated_too_early(less) == date(2020, 11, 2)
    assert informed_by((*let_out, replace(left, left_on=date(2020, 11, 1)))).dated_too_early(less) is None
    assert informed_by((*let_out, perhaps)).dated_too_early(less) is None, "it was let out in February"


RULES: tuple[NoticeRule, NoticeRule] = ("exempt", "notice")


def test_a_scheme_makes_letters_until_two_people_found_that_it_owes_no_notice() -> None:
    without = replace(TERMS, letter_template=None)
    exempt, notice = (replace(TERMS.notice, rule=rule, document_sha256="cd" * 32) for rule in RULES)
    found, owes = (
        PolicyOfScheme(confirmed=NoticePolicyConfirmed(policy=policy, written_by=("anne",), confirmed_by="liv"))
        for policy in (exempt, notice)
    )
    assert standing(without, PolicyOfScheme()).letter_template == "grant-letter"
    assert standing(without, owes).letter_template == "grant-letter"
    assert standing(without, found).letter_template is None
    assert standing(TERMS, found) == TERMS
