"""Whether a complaint is taken up: late ones on a ground and within a year, others turned away only after a try."""

from dataclasses import replace
from datetime import date
from functools import reduce
from typing import Any

import pytest

from services.duties import SamePersonTwice
from services.eventlog.events import Event
from services.grants.case.events.complaint import ComplaintDismissed, ComplaintLateAccepted, ComplaintWithdrawn
from services.grants.complaint.admission import (
    CompletionNotTried,
    NoGroundToDismiss,
    NotLate,
    TooOldToTakeUp,
    WithTheMinistry,
    accept_late,
    dismiss,
)
from services.grants.complaint.rules import ComplaintCase, ComplaintEnded, ComplaintReasonMissing, evolve
from tests.given import Given
from tests.given import given as given_facts
from tests.grants.complaint.story import asked, completed, disputed_case, forwarded, late, received, unsigned, upheld

ACCEPTING: dict[str, Any] = {
    "number": 1,
    "ground": "cannot-be-blamed",
    "reason": "Brevet lå hos en fratrådt styreleder.",
    "accepted_on": date(2020, 11, 26),
    "accepted_by": "liv",
}
DISMISSING: dict[str, Any] = {
    "number": 1,
    "reason": "Klagen kom for sent.",
    "dismissed_on": date(2020, 12, 8),
    "dismissed_by": "liv",
}
accepted = ComplaintLateAccepted(**ACCEPTING)
dismissed = ComplaintDismissed(**DISMISSING)


def given(*events: Event) -> Given:
    return given_facts(*disputed_case, *events, evolve=evolve, initial=ComplaintCase())


def state(*events: Event) -> ComplaintCase:
    return reduce(evolve, (*disputed_case, *events), ComplaintCase())


def test_a_late_complaint_is_taken_up_on_a_ground_once() -> None:
    given(late).when(accept_late, **ACCEPTING).then(accepted)
    given(late, accepted).when(accept_late, **ACCEPTING).nothing()
    assert given(late, accepted).state.complaint(1).state == "received"


def test_one_in_time_needs_no_ground() -> None:
    given(received).when(accept_late, **ACCEPTING).refused(NotLate)


def test_a_year_after_the_decision_is_the_last_day_to_take_a_late_one_up() -> None:
    on_the_day = replace(late, lodged_on=date(2021, 11, 2))
    day_after = replace(late, lodged_on=date(2021, 11, 3))
    then = {"accepted_on": date(2021, 11, 10)}
    assert given(on_the_day).when(accept_late, **ACCEPTING | then).refusal is None
    given(day_after).when(accept_late, **ACCEPTING | then).refused(TooOldToTakeUp)


def test_taking_it_up_late_has_a_reason_and_another_person() -> None:
    given(late).when(accept_late, **ACCEPTING | {"reason": " "}).refused(ComplaintReasonMissing)
    given(late).when(accept_late, **ACCEPTING | {"accepted_by": "siri"}).refused(SamePersonTwice)


def test_a_late_complaint_is_turned_away_unless_it_was_taken_up() -> None:
    given(late).when(dismiss, **DISMISSING).then(dismissed)
    given(late, dismissed).when(dismiss, **DISMISSING).nothing()
    given(late, accepted).when(dismiss, **DISMISSING).refused(NoGroundToDismiss)


def test_one_with_defects_is_turned_away_only_when_the_time_to_mend_them_is_out() -> None:
    given(unsigned).when(dismiss, **DISMISSING).refused(CompletionNotTried)
    on_the_last_day = DISMISSING | {"dismissed_on": asked.reply_by}
    given(unsigned, asked).when(dismiss, **on_the_last_day).refused(CompletionNotTried)
    given(unsigned, asked).when(dismiss, **DISMISSING).then(dismissed)
    given(unsigned, asked, completed).when(dismiss, **DISMISSING).refused(NoGroundToDismiss)


def test_what_is_lacking_is_told_by_the_complaint_it_is_about() -> None:
    again = replace(unsigned, number=2, party=replace(unsigned.party, name="Naboen"))
    with pytest.raises(CompletionNotTried, match="complaint 2"):
        dismiss(state(received, again), **DISMISSING | {"number": 2})
    with pytest.raises(NoGroundToDismiss, match="Complaint 1 "):
        dismiss(state(received, again), **DISMISSING)


def test_each_complaint_stands_beside_those_before_it() -> None:
    first, second, third = (replace(received, number=n, party=replace(received.party, name=f"{n}")) for n in (1, 2, 3))
    withdrawn = ComplaintWithdrawn(number=2, withdrawn_on=date(2020, 12, 1), recorded_by="siri")
    case = state(first, second, withdrawn, third)
    assert [each.received for each in case.complaints] == [first, second, third]
    assert [each.ended is None for each in case.complaints] == [True, False, True]


def test_who_is_no_party_cannot_mend_that() -> None:
    given(replace(received, defects=("not-a-party",))).when(dismiss, **DISMISSING).then(dismissed)


def test_a_good_complaint_is_not_turned_away_nor_one_that_is_the_ministrys() -> None:
    given(received).when(dismiss, **DISMISSING).refused(NoGroundToDismiss)
    given(late, accepted, forwarded).when(dismiss, **DISMISSING).refused(WithTheMinistry)
    given(late, accepted, forwarded, upheld).when(dismiss, **DISMISSING).refused(ComplaintEnded)


def test_neither_who_registered_it_nor_who_made_the_decision_turns_it_away() -> None:
    for person in ("siri", "ola"):
        given(late).when(dismiss, **DISMISSING | {"dismissed_by": person}).refused(SamePersonTwice)


def test_a_dismissal_says_why() -> None:
    given(late).when(dismiss, **DISMISSING | {"reason": ""}).refused(ComplaintReasonMissing)
