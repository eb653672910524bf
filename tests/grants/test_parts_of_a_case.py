"""What several rooms know of a case is folded once for all of them, and they know what they would have folded alone."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from functools import reduce
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.eventlog.events import Event
from services.eventlog.folding import Facts, first, fold_once
from services.eventlog.mapper import decode
from services.grants.case.commitment import Commitment
from services.grants.case.disputes import Disputes
from services.grants.case.events.application import ApplicationRejected
from services.grants.case.events.complaint import ComplaintDecided, ComplaintReceived
from services.grants.case.granted_application import GrantedApplication
from services.grants.case.informed import Informed
from tests.grants.life import ROOMS

PARTS: Mapping[str, type[Any]] = {
    "commitment": Commitment,
    "applied_for": GrantedApplication,
    "disputes": Disputes,
    "informed": Informed,
}
EXAMPLES = Path(__file__).parents[1] / "history"
OF_A_CASE = ("application.", "award.", "disbursement.", "withholding.", "complaint.", "report.")
STORED = sorted(path for path in EXAMPLES.glob("*.json") if path.stem.startswith(OF_A_CASE))
stories = st.lists(st.sampled_from(STORED), max_size=12).map(
    lambda paths: [decode(path.stem, path.read_bytes()) for path in paths]
)


def alone(kind: Any) -> Callable[[Any, Event], Any]:
    """How the part is folded where nobody shares it, and every fact is asked."""
    fold: Callable[[Any, Event], Any] = kind.fold.__wrapped__
    return fold


def numbered(event: Event) -> Event:
    """The same of the first of its kind, so that what is made of it meets it."""
    names = {each.name for each in fields(event)} & {"number", "decision_number", "version"}
    return dataclasses.replace(event, **dict.fromkeys(names, 1))


def variants(event: Event) -> Iterator[Event]:
    """It, and it with every other word or yes and no that one of its fields can have."""
    yield event
    for name, hint in get_type_hints(type(event)).items():
        if hint is bool or get_origin(hint) is Literal:
            others = (True, False) if hint is bool else get_args(hint)
            yield from (dataclasses.replace(event, **{name: other}) for other in others)


FACTS = {path.stem: numbered(decode(path.stem, path.read_bytes())) for path in STORED}
ANY_FACT = [each for event in FACTS.values() for each in variants(event)]
ANSWERED = [FACTS[ApplicationRejected.TOPIC]]
COMPLAINED = [[*ANSWERED, each] for each in variants(FACTS[ComplaintReceived.TOPIC])]
DECIDED = [[*past, each] for past in COMPLAINED for each in variants(FACTS[ComplaintDecided.TOPIC])]
PASTS = [*COMPLAINED, *DECIDED, *(list(FACTS.values())[:length] for length in range(0, len(FACTS), 4))]


@pytest.mark.parametrize("kind", PARTS.values())
def test_no_fact_that_says_something_of_a_part_is_passed_over(kind: type[Any]) -> None:
    said: set[str] = set()
    for past in PASTS:
        part = reduce(alone(kind), past, kind())
        for event in ANY_FACT:
            following = alone(kind)(part, event)
            assert kind.fold(part, event) == following, event
            if following != part:
                said.add(event.TOPIC)
    assert said, "nothing was shown of it"


@given(stories, st.integers(0, 12))
def test_every_room_has_the_same_part_and_knows_the_same_however_it_is_folded(story: list[Event], place: int) -> None:
    facts = Facts(story[:place])
    for evolve, initial in ROOMS.values():
        fold_once(evolve, facts, type(initial))
    after = facts.followed_by(story[place:])
    for evolve, initial in ROOMS.values():
        state = fold_once(evolve, after, type(initial))
        assert state == reduce(evolve, story, initial)
        for name, kind in PARTS.items():
            if hasattr(state, name):
                assert getattr(state, name) is fold_once(kind.fold, after, kind)


@pytest.mark.parametrize("kind", PARTS.values())
def test_they_all_begin_at_one_value(kind: Any) -> None:
    begun = [getattr(initial, name) for _, initial in ROOMS.values() for name in PARTS if hasattr(initial, name)]
    assert all(each is first(kind) for each in begun if isinstance(each, kind))
    assert any(isinstance(each, kind) for each in begun)
