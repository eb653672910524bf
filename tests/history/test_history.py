"""What was once stored can always be read. One example of every event version, as the log keeps it; never edited.

An event that changes its meaning gets a new topic and a new example; the old one stays here, and folds for ever.
"""

import importlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import reduce
from types import ModuleType
from typing import Any, get_type_hints

import pytest

from services.eventlog.events import Event
from services.eventlog.mapper import decode, encode
from services.eventlog.recorded import Recorded
from services.grants.award import rules as award
from services.grants.disbursement import rules as disbursement
from services.grants.withholding import claims
from services.grants.withholding import rules as withholding
from services.notifications.deadline import heard as deadlines
from services.notifications.deadline.subscriptions import calendars
from services.notifications.facts import held_state as held
from services.notifications.facts import notice_state as told
from services.notifications.webhook import rules as endpoint
from tests.grants.fodt_fri import MILLION
from tests.history.history import KINDS, OF_NOTIFICATIONS, ROOMS, STORED

CASE = [  # one case, in the order it happened
    "award.proposed.v1",
    "award.returned.v1",
    "award.proposed.v1",
    "award.approved.v1",
    "award.letter-release-import-proposed.v1",
    "award.letter-release-imported.v1",
    "disbursement.instalment-paid.v1",
    "withholding.prior-warning-given.v1",
    "withholding.prior-warning-omitted.v1",
    "withholding.decided.v1",
    "disbursement.condition-met.v1",
    "withholding.released.v1",
    "withholding.reclaim-warned.v1",
    "withholding.reclaim-decided.v1",
    "withholding.reclaim-reduced.v1",
    "withholding.reclaim-netted.v1",
    "withholding.repayment-received.v1",
    "disbursement.payee-account-registered.v1",
    "disbursement.payee-account-verified.v1",
    "disbursement.payment-attested.v1",
    "disbursement.payment-requested.v1",
    "disbursement.payment-refused.v1",
]
OTHERWISE = [  # what can happen to an award beside what happened in that case: each folds after it, in every room
    "award.import-proposed.v1",
    "award.imported.v1",
    "award.letter-frozen.v1",
    "award.letter-released.v1",
    "award.letter-released.v2",
    "award.letter-left.v1",
    "award.letter-perhaps-left.v1",
    "award.letter-try-written-off.v1",
    "award.letter-not-arrived.v1",
    "award.letter-release-ended.v1",
    "award.letter-delivered.v1",
    "award.terms-accepted.v1",
    "award.declined.v1",
    "award.change-requested.v1",
    "award.change-answered.v1",
    "award.change-proposed.v1",
    "award.change-returned.v1",
    "award.supplement-approved.v1",
    "award.reduced.v1",
    "award.annulled.v1",
    "award.commitment-held-over.v1",
    "award.commitment-held-over.v2",
    "disbursement.instalment-paid.v2",
    "award.commitment-lapsed.v1",
]
# Facts of these rooms that stand on streams of their own: batches of payments, and a year's pay-out deadlines.
BESIDE_THE_CASES = {
    "disbursement.batch-made.v1",
    "disbursement.batch-handed-over.v1",
    "disbursement.receipt-taken.v1",
    "disbursement.batch-lost.v1",
    "disbursement.lost-payment-settled.v1",
    "disbursement.pay-out-deadline-told.v1",
    "disbursement.pay-out-met.v1",
    "disbursement.payee-account-erased.v1",
}


def evolve_of(kind: type[Event]) -> tuple[Callable[[Any, Event], Any], Any]:
    """The `evolve` of the event's own room, and that room's state before anything has happened."""
    if kind.TOPIC.startswith("calendar."):
        return lambda before, event: calendars.evolve(before, as_recorded(event)), calendars.Calendars()
    if kind.__module__.startswith("services.notifications.deadline."):
        return deadlines.evolve, deadlines.Heard()
    if kind.__module__.startswith("services.notifications."):
        if kind.__module__.endswith(".webhook.events"):
            return lambda before, event: endpoint.evolve(before, as_recorded(event)), endpoint.Endpoint()
        folding_whole = told if kind.__module__.endswith(".facts.notice") else held
        state = told.Notice() if folding_whole is told else held.Held()
        return lambda before, event: folding_whole.evolve(before, as_recorded(event)), state
    room = importlib.import_module(folding_of(kind.__module__))
    state = next(iter(get_type_hints(room.evolve).values()))
    return room.evolve, state()


def folding_of(facts: str) -> str:
    """The module that folds what this one of facts tells: of a budget year its state, else the rules of the stage."""
    of_the_stream, _, stage = facts.partition(".events.")
    if stage in ("award_change", "grant_letter", "year_end"):  # all that becomes of an award is folded as one
        stage = "award"
    if stage == "lost_payment":  # what a restore lost of payments is of the disbursement they are of
        stage = "disbursement"
    if stage == "allocation":
        return f"{of_the_stream}.state"
    return f"services.grants.{stage}.rules" if stage else f"{facts.removesuffix('events')}rules"


def as_recorded(event: Event) -> Recorded:
    """The fact at some place in some log."""
    return Recorded(7, "some-stream", 1, event, datetime(2020, 5, 4, 8, tzinfo=UTC), "kari", "-", "-")


def holds(read: Any, stored: Any) -> bool:
    """Whether everything stored is in what was read. A newer class may say more, never less."""
    if isinstance(stored, dict):
        return isinstance(read, dict) and all(name in read and holds(read[name], stored[name]) for name in stored)
    if isinstance(stored, list):
        return isinstance(read, list) and len(read) == len(stored) and all(map(holds, read, stored))
    return bool(read == stored)


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__name__)
def test_every_event_of_a_room_has_a_stored_example(room: ModuleType) -> None:
    topics = {topic for topic, kind in KINDS.items() if kind.__module__ == room.__name__}
    assert topics
    assert topics - STORED.keys() == set()


def test_no_stored_example_has_lost_its_event() -> None:
    assert STORED.keys() - KINDS.keys() == set()


@pytest.mark.parametrize("topic", STORED)
def test_what_is_stored_is_read_whole(topic: str) -> None:
    event = decode(topic, STORED[topic])
    assert topic == event.TOPIC
    assert holds(json.loads(encode(event)), json.loads(STORED[topic]))


def test_a_field_that_is_no_longer_read_is_noticed() -> None:
    assert not holds({"a": [{"b": 1}]}, {"a": [{"b": 1, "c": None}]})
    assert holds({"a": [{"b": 1, "c": None}], "d": 2}, {"a": [{"b": 1}]})


@pytest.mark.parametrize("topic", STORED)
def test_what_is_stored_folds(topic: str) -> None:
    event = decode(topic, STORED[topic])
    evolve, state = evolve_of(type(event))
    evolve(state, event)


def test_the_stored_case_folds_to_the_same_money_in_every_room() -> None:
    events = [decode(topic, STORED[topic]) for topic in CASE]
    commitments = [
        reduce(award.evolve, events, award.Granted()).commitment,
        reduce(disbursement.evolve, events, disbursement.Disbursement()).commitment,
        reduce(withholding.evolve, events, withholding.Withholding()).commitment,
        reduce(claims.evolve, events, claims.Claims()).commitment,
    ]
    for commitment in commitments:
        assert commitment.committed_ore == 11 * MILLION // 2
        assert commitment.disbursed_ore == 3 * MILLION
        assert commitment.withheld_ore == 2 * MILLION
        assert commitment.outstanding_ore == MILLION // 2
        assert commitment.repaid_ore == MILLION // 2


def test_the_stored_case_tells_who_and_when() -> None:
    events = [decode(topic, STORED[topic]) for topic in CASE]
    awarded = reduce(award.evolve, events, award.Granted())
    assert awarded.letter is not None
    assert awarded.letter.confirmed_by == "liv"
    paid = reduce(disbursement.evolve, events, disbursement.Disbursement())
    assert paid.informed.out_on == awarded.letter.released_on
    assert [met.instalment for met in paid.conditions_met] == [2]
    withheld = reduce(withholding.evolve, events, withholding.Withholding())
    assert withheld.standing_ore(1) == 2 * MILLION
    assert withheld.waiting == ()
    claimed = reduce(claims.evolve, events, claims.Claims())
    assert claimed.standing_ore(1) == 0
    assert claimed.find_preparers(1) == {"kari"}


def test_the_stored_case_has_every_event_a_case_can_have() -> None:
    rooms = ("award.", "disbursement.", "withholding.")
    told = {topic for topic in KINDS if topic.startswith(rooms)} - BESIDE_THE_CASES
    assert set(CASE) | set(OTHERWISE) == told


@pytest.mark.parametrize("topic", [topic for topic in STORED if topic not in BESIDE_THE_CASES | OF_NOTIFICATIONS])
def test_every_room_folds_what_the_other_rooms_recorded(topic: str) -> None:
    events = [*(decode(one, STORED[one]) for one in CASE), decode(topic, STORED[topic])]
    for kind in {kind.__module__: kind for kind in KINDS.values() if kind.TOPIC in CASE}.values():
        evolve, state = evolve_of(kind)
        reduce(evolve, events, state)
