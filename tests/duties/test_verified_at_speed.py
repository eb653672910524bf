"""Whoever follows the log looks closely only where it must, and misses nobody for that."""

from pathlib import Path

import pytest

from dev.verifying.duties import PLAIN, Done, Seen, acts_of
from dev.verifying.log import SERVICES
from services.eventlog.mapper import decode

HISTORY = Path(__file__).parents[1] / "history"


@pytest.mark.parametrize("topic", sorted(PLAIN))
def test_a_topic_that_says_which_acts_it_is_says_so_of_every_fact(topic: str) -> None:
    assert SERVICES
    fact = decode(topic, (HISTORY / f"{topic}.json").read_bytes())
    assert tuple(acts_of(Done(1, topic, fact))) == PLAIN[topic]


def test_what_was_seen_is_never_forgotten() -> None:
    seen = Seen()
    done = [(f"case-{number}", "award.approved.v1", "ola") for number in range(20_000)]
    for each in done:
        seen.add(each)
    assert all(each in seen for each in done)
    others = sum((*each[:2], "kari") in seen for each in done)
    assert others < len(done) / 100
