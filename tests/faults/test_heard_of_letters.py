"""What grants heard of a letter's release is judged by the rules in force where it stands."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, cast

from psycopg import Connection

from dev.verifying.heard import SIDES
from dev.verifying.heard_anew import HeardReconciliation
from services.eventlog.events import Event
from services.eventlog.recorded import Recorded
from services.grants.case.events.grant_letter import (
    LetterDelivered,
    LetterLeft,
    LetterMayLeave,
    LetterNotArrived,
    LetterPerhapsLeft,
    LetterReleased,
)
from services.grants.grant_letter.permit.events import PermitAnswered

OF_GRANTS = next(side for side in SIDES if side.schema == "grants")
UNTIL, ALONE_UNTIL = 100, 200
DAY = date(2020, 2, 10)
may_leave = LetterMayLeave(released_on=DAY, sha256="ab" * 32, message_id="41")
counted_as_out = LetterReleased(released_on=DAY, sha256="ab" * 32, message_id="41")
left = LetterLeft(left_on=DAY, sha256="ab" * 32, message_id="42")
perhaps = LetterPerhapsLeft(attempt=1, sha256="ab" * 32, message_id="43")
back = LetterNotArrived(attempt=1, sha256="ab" * 32, message_id="44")
arrived = LetterDelivered(delivered_on=DAY, sha256="ab" * 32, message_id="45")
answered = PermitAnswered(attempt=1, outcome="unknown", message_id="43")
sent = PermitAnswered(attempt=1, outcome="sent", message_id="45")


def faults_of(made: Sequence[Event], should: Sequence[Event], *, at: int) -> list[str]:
    """What is found where `made` stands from position `at`, and `should` follows from what was told."""
    nowhere = cast(Connection[Any], None)
    log = HeardReconciliation(
        side=OF_GRANTS, ours=nowhere, theirs=nowhere, let_out_until=UNTIL, permits_alone_until=ALONE_UNTIL
    )
    told = datetime(2020, 2, 10, 8, tzinfo=UTC)
    facts = [Recorded(at, "case-1", nth, event, told, "", "", "", None) for nth, event in enumerate(made, 1)]
    log._compare(at, 41, [("case-1", event) for event in should], facts, None)
    return [fault.detail for fault in log.faults]


def test_a_release_that_counted_as_out_goes_on_and_none_is_recorded_so_any_more() -> None:
    assert faults_of([counted_as_out], [may_leave], at=UNTIL) == []
    assert faults_of([may_leave], [may_leave], at=UNTIL + 1) == []
    [late] = faults_of([counted_as_out], [may_leave], at=UNTIL + 1)
    assert "award.letter-released.v2 follows from it" in late


def test_nothing_left_that_was_not_told_of_as_left() -> None:
    assert faults_of([left], [], at=UNTIL) != []
    assert faults_of([left], [may_leave], at=UNTIL + 1) != []
    assert faults_of([], [left], at=UNTIL + 1) != []


def test_what_came_of_a_try_was_asked_of_its_permit_alone_and_is_asked_of_the_case_too() -> None:
    for made, should in (([answered], [perhaps, answered]), ([], [back]), ([arrived], [arrived, sent])):
        assert faults_of(made, should, at=ALONE_UNTIL) == []
        [lacking] = faults_of(made, should, at=ALONE_UNTIL + 1)
        assert f"{should[0].TOPIC}" in lacking
        assert faults_of(should, should, at=ALONE_UNTIL) == []


def test_no_earlier_rules_let_a_permit_go_unanswered_or_a_case_be_told_what_was_not() -> None:
    for made, should in (([], [perhaps, answered]), ([perhaps], [answered]), ([back], []), ([], [left, sent])):
        assert faults_of(made, should, at=ALONE_UNTIL) != []
