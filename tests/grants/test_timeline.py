"""The timeline tells every fact: who, when, what it changed and why; and can be asked for some of them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from services.eventlog.events import TOPICS, Event
from services.eventlog.recorded import Recorded
from services.grants import wiring as rooms
from services.grants.case_view.timeline import TimelineFilter, tell
from services.grants.case_view.timeline_titles import TITLES
from services.grants.waiting.view import ROOMS_OF_A_CASE
from tests.grants.fodt_fri import broken, proposed, running, warned

assert rooms.MESSAGES  # every room's events are known once the rooms are


def recorded(*events: Event) -> list[Recorded]:
    began = datetime(2020, 2, 3, 22, 30, tzinfo=UTC)  # 23:30 in Oslo; each fact an hour later
    return [
        Recorded(n, "case-1", n, event, began + timedelta(hours=n - 1), f"person-{n % 2}", "c", "k")
        for n, event in enumerate(events, 1)
    ]


def test_every_fact_a_case_can_hold_has_a_name_people_can_read() -> None:
    elsewhere = {
        topic
        for topic in TOPICS
        if topic.startswith(("disbursement.batch", "disbursement.lost", "disbursement.receipt"))
    }
    elsewhere |= {"disbursement.pay-out-deadline-told.v1", "disbursement.pay-out-met.v1"}
    elsewhere |= {"disbursement.payee-account-erased.v1"}
    assert {topic for topic in TOPICS if topic.startswith(ROOMS_OF_A_CASE)} - elsewhere == set(TITLES)


def test_every_fact_is_told_in_the_order_it_was_recorded() -> None:
    told = list(tell(recorded(*running), TimelineFilter()))
    assert [line["what"] for line in told] == [event.TOPIC for event in running]
    assert told[1]["title"] == "Tilskudd vedtatt"


def test_a_changed_reason_is_told_as_a_change() -> None:
    first, second = tell(recorded(warned, replace(warned, reasons=(broken,))), TimelineFilter())
    assert first["changed"] is None
    assert second["changed"] == {"reasons": {"before": warned.reasons, "after": (broken,)}}
    assert second["why"] == {"reasons": (broken,)}


def test_a_fact_asked_for_alone_still_tells_what_it_changed() -> None:
    (line,) = tell(recorded(proposed, replace(proposed, amount_ore=1)), TimelineFilter(since=date(2020, 2, 4)))
    assert line["changed"] == {"amount_ore": {"before": proposed.amount_ore, "after": 1}}


def test_the_timeline_is_asked_by_room_kind_person_and_day_of_oslo() -> None:
    facts = recorded(*running)
    assert [line["what"] for line in tell(facts, TimelineFilter(room="disbursement"))] == [
        "disbursement.instalment-paid.v1"
    ]
    assert [line["version"] for line in tell(facts, TimelineFilter(what="award.approved.v1"))] == [2]
    assert {line["actor"] for line in tell(facts, TimelineFilter(actor="person-0"))} == {"person-0"}
    assert [line["version"] for line in tell(facts, TimelineFilter(until=date(2020, 2, 3)))] == [1]
