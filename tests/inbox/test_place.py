"""Our place in the feed moves forward and never back."""

from datetime import UTC, datetime
from typing import Any

from services.eventlog.events import Event
from services.eventlog.mapper import encode
from services.inbox.events import FeedRead, MessageRead, PassedOver
from services.inbox.rules import LONGEST_PROBLEM, Place, evolve, read
from tests import given as sentences
from tests.given import Given

AT = datetime(2020, 5, 20, 6, 40, tzinfo=UTC)
HASH = "ab" * 32
first = FeedRead(position=7, hash=HASH, taken=(5, 7), passed_over=(), read_at=AT)
before = MessageRead(position=7, message_type="no.tilsagn.letter.released.v1", problem=None, read_at=AT)


def given(*events: Event) -> Given:
    return sentences.given(*events, evolve=evolve, initial=Place())


def reading(position: int, *taken: int, problem: str | None = None) -> dict[str, Any]:
    passed = () if problem is None else (PassedOver(position=position, message_type="unreadable", problem=problem),)
    return {"to": Place(position=position, hash=HASH), "taken": taken, "passed_over": passed, "read_at": AT}


def test_what_is_beyond_our_place_is_read() -> None:
    given().when(read, **reading(7, 5, 7)).then(first)
    given(first).when(read, **reading(9)).then(FeedRead(position=9, hash=HASH, taken=(), passed_over=(), read_at=AT))


def test_what_is_at_or_before_our_place_is_nothing() -> None:
    given(first).when(read, **reading(7, 7)).nothing()
    given(first).when(read, **reading(1, problem="malformed")).nothing()


def test_a_place_kept_before_hashes_were_is_a_place() -> None:
    given(before).when(read, **reading(7, 7)).nothing()
    assert evolve(Place(), before) == Place(position=7)
    assert evolve(evolve(Place(), before), first) == Place(position=7, hash=HASH)


def test_a_long_problem_is_shortened() -> None:
    decided = given().when(read, **reading(1, problem="x" * 5_000))
    [made] = decided.events
    assert isinstance(made, FeedRead)
    assert [each.problem for each in made.passed_over] == ["x" * LONGEST_PROBLEM]


def test_a_problem_that_quotes_what_cannot_be_stored_can_be_stored() -> None:
    decided = given().when(read, **reading(1, problem="letter-unknown: \x00 and \ud800"))
    [made] = decided.events
    assert isinstance(made, FeedRead)
    assert made.passed_over[0].problem == "letter-unknown: ? and ?"
    assert encode(made)
