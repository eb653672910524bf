"""Our place in the feed moves forward and never back."""

from datetime import UTC, datetime

from services.eventlog.events import Event
from services.inbox.events import FeedRead
from services.inbox.rules import LONGEST_PROBLEM, Place, evolve, read
from tests import given as sentences
from tests.given import Given

AT = datetime(2020, 5, 20, 6, 40, tzinfo=UTC)
first = FeedRead(position=7, message_type="no.tilsagn.letter.released.v1", problem=None, read_at=AT)


def given(*events: Event) -> Given:
    return sentences.given(*events, evolve=evolve, initial=Place())


def reading(position: int, problem: str | None = None) -> dict[str, object]:
    return {"position": position, "message_type": first.message_type, "problem": problem, "read_at": AT}


def test_a_message_beyond_our_place_is_read() -> None:
    given().when(read, **reading(7)).then(first)
    given(first).when(read, **reading(9)).then(FeedRead(**{**vars(first), "position": 9}))


def test_a_message_at_or_before_our_place_is_nothing() -> None:
    given(first).when(read, **reading(7)).nothing()
    given(first).when(read, **reading(1, "malformed")).nothing()


def test_a_long_problem_is_shortened() -> None:
    decided = given().when(read, **reading(1, "x" * 5_000))
    assert [event.problem for event in decided.events if isinstance(event, FeedRead)] == ["x" * LONGEST_PROBLEM]
