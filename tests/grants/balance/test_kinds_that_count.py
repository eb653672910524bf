"""Of most facts nothing is asked about money: those of which something is are listed by kind, and none is forgotten."""

import pytest

from services.eventlog.events import Event
from services.eventlog.mapper import decode
from services.grants.balance import limits, movements
from services.grants.balance.kinds import BETWEEN_YEARS, LIMITING, MARKING, MOVING, OPENING, TO_BE_PAID
from services.grants.balance.movements import effects
from services.grants.case.events.award import AwardMade
from tests.eventlog.played import case
from tests.history.history import OF_NOTIFICATIONS, STORED

OURS = sorted(STORED.keys() - OF_NOTIFICATIONS)
LISTS = (OPENING, MOVING, MARKING, BETWEEN_YEARS, TO_BE_PAID, LIMITING)


def stream_of(topic: str) -> str:
    return "allocation-2020" if topic.startswith("allocation.") else case(1)


@pytest.mark.parametrize("topic", OURS)
def test_what_a_fact_does_to_money_is_the_same_when_it_is_asked_of_every_kind(
    topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = [(stream_of(topic), decode(topic, STORED[topic]))]
    listed = effects(pairs)
    for module in (movements, limits):
        for name, kinds in vars(module).items():
            if any(kinds is each for each in LISTS):
                monkeypatch.setattr(module, name, type(kinds)(Event))
    asked = {name: told for name, told in (effects(pairs) or {}).items() if told}
    assert (listed or {}) == asked


def test_the_lists_reach_and_a_kind_that_is_of_another_is_of_its_list() -> None:
    moves = [topic for topic in OURS if effects([(stream_of(topic), decode(topic, STORED[topic]))])]
    assert len(moves) > 20
    assert all(kinds[AwardMade] for kinds in (OPENING, MOVING, LIMITING))
    assert all(MOVING[each] for each in AwardMade.__subclasses__())
    assert not any(kinds[Event] for kinds in LISTS)
