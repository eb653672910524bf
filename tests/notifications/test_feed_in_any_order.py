"""A12: what the notifications service holds does not hang on how its pages of grants' feed happen to be cut, on how the
cases' messages lie among each other, or on what is told once more after it was told.

The messages of one case come in their order, for a feed has one; between cases any order can be.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid5

from hypothesis import given
from hypothesis import strategies as st

from services.eventlog.events import Event
from services.eventlog.log import History
from services.eventlog.recorded import Recorded
from services.inbox.contract import Contract
from services.inbox.taking import reactions_to
from services.notifications.facts.held_state import fold
from services.notifications.facts.release import HeldLetter
from services.notifications.grants_feed.inbox import heard
from tests.notifications.feed_in_any_order import example
from tests.notifications.world import OURS

HEARD = heard("file-outbox")
FEED = Contract("grants", HEARD)
SCHEMES = ("owed", "free")
AT = datetime(2020, 6, 1, tzinfo=UTC)
Messages = Sequence[Mapping[str, Any]]


def scheme(name: str) -> Messages:
    """A scheme's policy is confirmed, and another after everything that is decided here."""
    rule, other = ("exempt", "notice") if name == "free" else ("notice", "exempt")
    about = {"scheme_id": name, "notice_source": f"Instruks: {name}", "notice_valid_from": "2020-01-01"}
    told = "scheme.notice-policy-confirmed.v1"
    return [
        example(told, **about, version=2, notice=rule, recorded_at="2020-05-31T08:00:00Z"),
        example(told, **about, version=4, notice=other, recorded_at="2020-06-03T08:00:00Z"),
    ]


def case(name: str, scheme_id: str, *, changed: bool, changed_at: str = "2020-06-02T08:00:00Z") -> Messages:
    """An award from its proposal to its approval; changed afterwards, its letter is frozen anew."""
    case_id = str(uuid5(OURS, name))
    about = {"case_id": case_id}
    told = [
        example("award.proposed.v1", **about, version=1, scheme_id=scheme_id),
        example("award.letter-frozen.v1", **about, version=2, proposal_version=1),
        example("award.approved.v1", **about, version=3, scheme_id=scheme_id, approved_on="2020-05-05"),
    ]
    if changed:
        told.append(example("award.changed.v1.reduced", **about, version=4, recorded_at=changed_at))
        anew = example("award.letter-frozen.v1.changed", **about, version=5, proposal_version=4)
        anew["data"]["letter_sha256"] = "cd" * 32
        anew["data"]["promise"]["scheme_id"] = scheme_id
        told.append(anew)
    return told


class Listener:
    """What the follower does with each message, and nothing else: takes it once, in the order of positions."""

    def __init__(self) -> None:
        self.streams: dict[str, list[Recorded]] = defaultdict(list)
        self.place = 0

    def hear(self, position: int, told: Mapping[str, Any]) -> None:
        if position <= self.place:
            return
        self.place = position
        message = FEED.read({**told, "id": str(position)})
        assert message.problem is None, (message.type, message.problem)
        for take in reactions_to(HEARD[message.type], str(position), message.data):
            for event in take.decide(*(self.history(stream) for stream in take.streams)):
                self.keep(take.stream, event)

    def history(self, stream: str) -> History:
        return History(stream, tuple(self.streams[stream]))

    def keep(self, stream: str, event: Event) -> None:
        facts = self.streams[stream]
        facts.append(Recorded(self.place, stream, len(facts) + 1, event, AT, "x", "-", "-"))

    def count(self) -> dict[str, int]:
        """How many facts each stream has."""
        return {stream: len(facts) for stream, facts in self.streams.items() if facts}

    def holds(self) -> dict[str, tuple[HeldLetter | None, bool]]:
        """What is held of each case, and whether its award is gone since."""
        held = {stream: fold(facts) for stream, facts in self.streams.items() if stream.startswith("letter-")}
        return {stream: (each.letter, each.ended is not None) for stream, each in held.items()}


CASES: Mapping[str, Messages] = {
    "a": case("a", "owed", changed=False),
    "b": case("b", "owed", changed=True),
    "c": case("c", "free", changed=False),
    "d": case("d", "free", changed=True),
    "e": case("e", "free", changed=True, changed_at="2020-06-04T08:00:00Z"),
}
FIRST = [message for name in SCHEMES for message in scheme(name)]


def in_turns(turns: Sequence[str]) -> list[Mapping[str, Any]]:
    """The cases' messages, each case's next at its turn."""
    left = {name: iter(messages) for name, messages in CASES.items()}
    return [*FIRST, *(next(left[name]) for name in turns)]


def listened(feed: Messages) -> Listener:
    listener = Listener()
    for position, told in enumerate(feed, 1):
        listener.hear(position, told)
    return listener


TURNS = [name for name, messages in CASES.items() for _ in messages]
RIGHT = listened(in_turns(TURNS)).holds()


def test_what_is_right_is_what_it_should_be() -> None:
    letters = {name: RIGHT[f"letter-{uuid5(OURS, name)}"][0] for name in CASES}
    assert {name for name, each in letters.items() if each and each.exemption} == {"c", "d"}
    assert {name for name, each in letters.items() if each and each.letter_sha256 == "cd" * 32} == {"b", "d", "e"}
    assert not any(ended for _, ended in RIGHT.values())


@given(st.permutations(TURNS))
def test_cases_may_lie_among_each_other_in_any_order(turns: Sequence[str]) -> None:
    assert listened(in_turns(turns)).holds() == RIGHT


@given(st.permutations(TURNS), st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40)), max_size=8))
def test_what_is_told_once_more_is_taken_once(turns: Sequence[str], replayed: list[tuple[int, int]]) -> None:
    feed = list(enumerate(in_turns(turns), 1))
    listener, starts = Listener(), {at % len(feed): most for at, most in replayed}
    for at, (position, told) in enumerate(feed):
        listener.hear(position, told)
        for again, before in feed[max(0, at - starts.get(at, 0)) : at + 1]:
            listener.hear(again, before)
    assert listener.holds() == RIGHT
    assert listener.count() == listened(in_turns(turns)).count()
