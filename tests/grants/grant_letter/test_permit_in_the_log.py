"""PostgreSQL itself: while a permit runs unanswered, the case takes nothing that makes its letter wrong; and a permit
stands on the case as it was decided on. Whatever is recorded together, and in whatever order."""

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.eventlog.command import Command, Write
from services.eventlog.writing.writer import Waiting
from services.grants.grant_letter.permit.events import PermitAnswered, PermitWriteOffProposed
from services.grants.grant_letter.permit.topics import GOES_ON, WRONG_AFTER
from tests.conftest import Database
from tests.grants.award.letter_freezing import OTHER
from tests.grants.grant_letter.permit_in_the_log import AN_INSTANT, SENT, SKEW, WRITTEN_OFF, example
from tests.grants.grant_letter.permitted import LIFE, NOON, PermittedCase, granted, permitted_case

PROPOSED_WRITE_OFF = PermitWriteOffProposed(attempt=1, reason="x", proposed_by="kari")


def test_while_it_runs_the_case_takes_nothing_that_makes_the_letter_wrong(database: Database) -> None:
    with permitted_case(database) as case:
        assert case.permit().outcome == "recorded"
        for topic in sorted(WRONG_AFTER):
            outcome = case.write(case.stream, example(topic))
            assert outcome.outcome == "refused", topic
            assert str(outcome.problem) == f"letter-being-sent: {(NOON + LIFE):%Y-%m-%dT%H:%M:%SZ}", topic
        for topic in sorted(GOES_ON):
            assert case.write(case.stream, example(topic)).outcome == "recorded", topic


@pytest.mark.parametrize("outcome", ["sent", "not-sent", "unknown"])
def test_the_answer_ends_it_whatever_it_is(database: Database, outcome: Any) -> None:
    with permitted_case(database) as case:
        case.permit()
        other = PermitAnswered(attempt=2, outcome=outcome, message_id="9")
        assert case.write(case.permits, other).outcome == "recorded"
        assert case.write(case.stream, example("award.annulled.v1")).outcome == "refused"
        assert (
            case.write(case.permits, PermitAnswered(attempt=1, outcome=outcome, message_id="9")).outcome == "recorded"
        )
        assert case.write(case.stream, example("award.annulled.v1")).outcome == "recorded"


def test_time_alone_does_not_end_it_and_two_people_do_from_its_end_and_the_clocks_difference(
    database: Database,
) -> None:
    with permitted_case(database) as case:
        case.permit()
        case.write(case.permits, PROPOSED_WRITE_OFF)
        case.set_clock(NOON + LIFE + SKEW - AN_INSTANT)
        assert str(case.write(case.permits, WRITTEN_OFF).problem).startswith("permit-still-runs")
        case.set_clock(NOON + LIFE + SKEW)
        assert case.write(case.stream, example("award.annulled.v1")).outcome == "refused"
        assert case.write(case.permits, WRITTEN_OFF).outcome == "recorded"
        assert case.row() == (1, NOON + LIFE, "unknown")
        assert case.write(case.stream, example("award.annulled.v1")).outcome == "recorded"


def test_it_stands_on_the_case_as_it_is_when_recorded(database: Database) -> None:
    with permitted_case(database) as case:
        assert case.permit(case_version=2).outcome == "stale"
        assert case.permit(case_version=4).outcome == "stale"
        assert case.permit(case_version=3).outcome == "recorded"


def test_it_is_short_and_of_one_letter(database: Database) -> None:
    with permitted_case(database) as case:
        for seconds in (0, 181):
            assert str(case.write(case.permits, granted(3, life_seconds=seconds)).problem).startswith("permit-too-long")
        assert case.permit().outcome == "recorded"
        assert str(case.permit(sha256=OTHER).problem).startswith("letter-being-sent")
        assert case.permit(attempt=2).outcome == "recorded"
        assert case.row() == (2, NOON + LIFE, None)
        assert case.write("permits", granted(3)).outcome == "refused"


def test_another_case_goes_on(database: Database) -> None:
    with permitted_case(database) as case:
        case.permit()
        other = "case-00000000-0000-4000-8000-000000000001"
        assert case.write(other, example("award.annulled.v1")).outcome == "recorded"


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.sampled_from(["permit", "annul", "sent", "word"]), min_size=2, max_size=8))
def test_recorded_together_in_any_order_each_keeps_the_other_out(database: Database, acts: list[str]) -> None:
    """Commands that wait are sent in one call: there too the order of the log decides. After each permit and before its
    answer stands nothing that makes the letter wrong, and each permit saw all that came before it."""
    with permitted_case(database, uuid4()) as case:
        together(case, acts)
        hold(case)


def together(case: PermittedCase, acts: list[str]) -> None:
    """All in one call of append()."""
    facts = {"annul": "award.annulled.v1", "word": "award.change-requested.v1"}
    version = {case.stream: 3, case.permits: 0}
    waiting: list[Waiting] = []
    for act in acts:
        stream = case.stream if act in facts else case.permits
        event = example(facts[act]) if act in facts else SENT if act == "sent" else granted(version[case.stream])
        waiting.append(case.log._waiting(Command(actor="x"), [Write(stream, version[stream], (event,))]))
        version[stream] += 1
    case.log.factory.writer._write(waiting)


def hold(case: PermittedCase) -> None:
    """Whatever was recorded of it."""
    query = """
        SELECT topic, convert_from(data, 'UTF8')::jsonb FROM grants.event WHERE stream IN (%s, %s) ORDER BY position
    """
    running, versions = False, 0
    for topic, data in case.owner.execute(query, (case.stream, case.permits)).fetchall():
        if topic == "permit.granted.v1":
            assert data["case_version"] == versions
            running = True
        elif topic == "permit.answered.v1":
            running = False
        else:
            assert not (running and topic in WRONG_AFTER), topic
            versions += 1
