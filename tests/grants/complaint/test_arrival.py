"""A complaint comes in: of a decision that exists, counted from its arrival, whole or not."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.eventlog.events import Event
from services.grants.case.events.application import ApplicationRejected
from services.grants.case.events.complaint import (
    ComplaintDismissed,
    ComplaintLateAccepted,
    ComplaintWithdrawn,
    Party,
)
from services.grants.complaint.arrival import (
    BeforeDecision,
    ComplaintStands,
    CompletionTimeTooShort,
    DecisionFinal,
    NothingLacks,
    UnknownDecision,
    ask_completion,
    complete,
    receive,
    withdraw,
)
from services.grants.complaint.rules import (
    ComplaintCase,
    ComplaintEnded,
    ComplaintReasonMissing,
    StepOutOfOrder,
    UnknownComplaint,
    evolve,
)
from services.grants.registers.organisation_numbers import OrganisationNumberInvalid
from tests.given import Given
from tests.given import given as given_facts
from tests.grants.complaint.story import (
    ESTATE,
    asked,
    bankrupt,
    completed,
    disputed_case,
    forwarded,
    half_reversed,
    late,
    received,
    reversed_wholly,
    unsigned,
    upheld,
)
from tests.grants.fodt_fri import proposed, reclaimed, running

ARRIVAL: dict[str, Any] = {
    "disputed": "withholding",
    "decision_number": 1,
    "party": None,
    "decision_arrived_on": date(2020, 11, 2),
    "lodged_on": date(2020, 11, 23),
    "grounds": received.grounds,
    "defects": (),
    "registered_by": "siri",
}
withdrawn = ComplaintWithdrawn(number=1, withdrawn_on=date(2020, 12, 20), recorded_by="siri")


def given(*events: Event) -> Given:
    return given_facts(*events, evolve=evolve, initial=ComplaintCase())


def test_a_complaint_on_day_21_of_21_is_in_time() -> None:
    given(*disputed_case).when(receive, **ARRIVAL).then(received)
    complaint = given(*disputed_case, received).state.complaint(1)
    assert (complaint.state, complaint.is_late) == ("received", False)


def test_on_day_22_it_is_registered_too_and_stands_late() -> None:
    late_one = replace(received, lodged_on=date(2020, 11, 24))
    given(*disputed_case).when(receive, **ARRIVAL | {"lodged_on": date(2020, 11, 24)}).then(late_one)
    assert given(*disputed_case, late_one).state.complaint(1).state == "late"


def test_the_same_complaint_again_is_nothing() -> None:
    given(*disputed_case, received).when(receive, **ARRIVAL).nothing()
    given(*disputed_case, received, forwarded, upheld).when(receive, **ARRIVAL | {"registered_by": "kari"}).nothing()


@pytest.mark.parametrize(
    ("disputed", "number"), [("reclaim", 1), ("withholding", 2), ("withholding", None), ("rejection", None)]
)
def test_nobody_complains_of_a_decision_that_was_never_made(disputed: str, number: int | None) -> None:
    asked_for = ARRIVAL | {"disputed": disputed, "decision_number": number}
    given(*disputed_case).when(receive, **asked_for).refused(UnknownDecision)


def test_an_award_can_be_complained_of_once_it_is_approved() -> None:
    asked_for = ARRIVAL | {"disputed": "award", "decision_number": None}
    given(proposed).when(receive, **asked_for).refused(UnknownDecision)
    assert given(*running).when(receive, **asked_for).refusal is None


@pytest.mark.parametrize("field", ["decision_arrived_on", "lodged_on"])
def test_nothing_arrives_before_the_decision_was_made(field: str) -> None:
    given(*disputed_case).when(receive, **ARRIVAL | {field: date(2020, 11, 1)}).refused(BeforeDecision)


def test_one_complaint_of_a_decision_is_open_at_a_time_and_one_of_another_decision_may_be() -> None:
    again = ARRIVAL | {"grounds": "Et tillegg."}
    given(*disputed_case, received).when(receive, **again).refused(ComplaintStands)
    other = ARRIVAL | {"disputed": "reclaim"}
    told = given(*disputed_case, reclaimed, received).when(receive, **other)
    assert [event.number for event in told.events if hasattr(event, "number")] == [2]


def test_what_was_withdrawn_may_be_complained_of_again_but_not_what_the_ministry_decided() -> None:
    again = ARRIVAL | {"grounds": "På nytt."}
    assert given(*disputed_case, received, withdrawn).when(receive, **again).refusal is None
    given(*disputed_case, received, forwarded, upheld).when(receive, **again).refused(DecisionFinal)


def test_a_complaint_says_why_and_its_party_has_a_number_that_can_exist() -> None:
    given(*disputed_case).when(receive, **ARRIVAL | {"grounds": "  "}).refused(ComplaintReasonMissing)
    somebody = Party(name="Noen", organisation_number="123456789")
    given(*disputed_case).when(receive, **ARRIVAL | {"party": somebody}).refused(OrganisationNumberInvalid)


def test_after_the_bankruptcy_the_estate_is_the_one_who_complains() -> None:
    decided = given(*disputed_case, bankrupt).when(receive, **ARRIVAL)
    decided.then(replace(received, party=ESTATE))


def test_the_party_is_asked_to_put_defects_right_and_does() -> None:
    said = {"number": 1, "reply_by": asked.reply_by, "asked_on": asked.asked_on, "asked_by": "siri"}
    given(*disputed_case, unsigned).when(ask_completion, **said).then(asked)
    given(*disputed_case, unsigned, asked).when(ask_completion, **said).nothing()
    whole = {"number": 1, "completed_on": completed.completed_on, "recorded_by": "siri"}
    given(*disputed_case, unsigned, asked).when(complete, **whole).then(completed)
    given(*disputed_case, unsigned, asked, completed).when(complete, **whole).nothing()


def test_nothing_is_asked_for_or_completed_where_nothing_lacks() -> None:
    said = {"number": 1, "reply_by": asked.reply_by, "asked_on": asked.asked_on, "asked_by": "siri"}
    given(*disputed_case, received).when(ask_completion, **said).refused(NothingLacks)
    whole = {"number": 1, "completed_on": completed.completed_on, "recorded_by": "siri"}
    given(*disputed_case, received).when(complete, **whole).refused(NothingLacks)


def test_the_party_gets_at_least_a_day_to_complete() -> None:
    said = {"number": 1, "reply_by": asked.asked_on, "asked_on": asked.asked_on, "asked_by": "siri"}
    given(*disputed_case, unsigned).when(ask_completion, **said).refused(CompletionTimeTooShort)


def test_a_complaint_is_taken_back_also_from_the_ministry_and_once() -> None:
    said = {"number": 1, "withdrawn_on": withdrawn.withdrawn_on, "recorded_by": "siri"}
    given(*disputed_case, received, forwarded).when(withdraw, **said).then(withdrawn)
    given(*disputed_case, received, withdrawn).when(withdraw, **said).nothing()
    given(*disputed_case, received, forwarded, upheld).when(withdraw, **said).refused(ComplaintEnded)


def test_a_step_names_a_complaint_of_the_case_and_is_not_dated_before_it() -> None:
    said = {"number": 2, "withdrawn_on": withdrawn.withdrawn_on, "recorded_by": "siri"}
    given(*disputed_case, received).when(withdraw, **said).refused(UnknownComplaint)
    early = {"number": 1, "withdrawn_on": date(2020, 11, 22), "recorded_by": "siri"}
    given(*disputed_case, received).when(withdraw, **early).refused(StepOutOfOrder)


def test_what_lacks_is_written_in_one_order_however_it_was_told() -> None:
    in_order = replace(received, defects=("change-not-said", "decision-not-named", "not-in-writing", "not-signed"))
    told: tuple[str, ...] = ("not-signed", "change-not-said", "not-in-writing", "not-signed", "decision-not-named")
    for _ in range(len(told)):
        told = (*told[1:], told[0])
        given(*disputed_case).when(receive, **ARRIVAL | {"defects": told}).then(in_order)


def test_a_decision_that_was_made_anew_is_complained_of_anew_and_the_former_is_not() -> None:
    first = ApplicationRejected(
        ground="not-prioritised", reason="Utenfor formålet", rejected_on=date(2020, 3, 2), rejected_by="ola"
    )
    anew = replace(first, reason="Fortsatt utenfor", rejected_on=date(2020, 9, 1), rejected_by="liv")
    of_first = replace(received, disputed="rejection", decision_number=None, decision_arrived_on=date(2020, 3, 4),
                       lodged_on=date(2020, 3, 10), last_day_on=date(2020, 3, 25))  # fmt: skip
    sent_back = replace(upheld, outcome="returned", decided_on=date(2020, 8, 3))
    case = (*disputed_case[:1], first, of_first, forwarded, sent_back, anew)
    asked = ARRIVAL | {"disputed": "rejection", "decision_number": None}
    second = replace(of_first, number=2, decision_arrived_on=date(2020, 9, 1), lodged_on=date(2020, 9, 1),
                     last_day_on=date(2020, 9, 22))  # fmt: skip
    arrived = {"decision_arrived_on": date(2020, 9, 1), "lodged_on": date(2020, 9, 1)}
    given(*case).when(receive, **asked | arrived).then(second)
    given(*case).when(receive, **asked | arrived | {"lodged_on": date(2020, 8, 31)}).refused(BeforeDecision)
    given(*case, second).when(receive, **asked | arrived | {"grounds": "Mer"}).refused(ComplaintStands)


def test_a_step_may_be_taken_on_the_day_the_complaint_was_made_and_not_the_day_before() -> None:
    case = given(*disputed_case, unsigned)
    same_day = {"number": 1, "completed_on": unsigned.lodged_on, "recorded_by": "siri"}
    case.when(complete, **same_day).then(replace(completed, completed_on=unsigned.lodged_on))
    day_before = same_day | {"completed_on": date(2020, 11, 22)}
    case.when(complete, **day_before).refused(StepOutOfOrder)


def test_where_a_complaint_stands_is_said_in_one_word() -> None:
    turned_away = ComplaintDismissed(number=1, reason="For sent", dismissed_on=date(2020, 12, 20), dismissed_by="liv")
    taken_up = ComplaintLateAccepted(
        number=1, ground="special-reasons", reason="Sykdom", accepted_on=date(2020, 12, 1), accepted_by="liv"
    )
    states = {
        "incomplete": (unsigned,), "late": (late,), "received": (received,), "forwarded": (received, forwarded),
        "dismissed": (late, turned_away), "withdrawn": (received, forwarded, withdrawn),
        "reversed": (received, half_reversed, reversed_wholly), "decided": (received, forwarded, upheld),
    }  # fmt: skip
    for state, facts in states.items():
        assert given(*disputed_case, *facts).state.complaint(1).state == state
    assert given(*disputed_case, unsigned, completed).state.complaint(1).state == "received"
    assert given(*disputed_case, late, taken_up).state.complaint(1).state == "received"
    assert given(*disputed_case, received, half_reversed).state.complaint(1).state == "received"
    assert given(*disputed_case, received, half_reversed, forwarded).state.complaint(1).state == "forwarded"
