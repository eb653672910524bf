"""The table of duties held against the facts themselves: every clash in it is found, and no other."""

from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dev.verifying.duties import ELSEWHERE, LINES, ON, Done, acts_of, clashes
from dev.verifying.hands import ACROSS
from dev.verifying.log import SERVICES
from services.duties.table import ACTS
from services.eventlog.events import Event
from services.eventlog.mapper import decode
from services.grants.back_dating.events import BoundConfirmed, BoundProposed

HISTORY = Path(__file__).parents[1] / "history"
CLASHES = [
    (act.name, clashing)
    for act in ACTS.values()
    for clashing in act.not_by
    if (act.name, clashing) not in ACROSS | ELSEWHERE.keys()
]
CHECKS = {"check content": "content", "return report for content": "content"} | {
    "check money": "money",
    "return report for money": "money",
}


def fact_of(name: str, person: str) -> Event:
    """A stored example of the act, as this person's, on thing number 1."""
    act = ACTS[name]
    fact: Any = decode(act.topic, (HISTORY / f"{act.topic}.json").read_bytes())
    changed: dict[str, Any] = {act.by: person}
    known = {field.name for field in fields(fact)}
    changed |= {field: 1 for field in ("instalment", "number", "reclaim") if field in known}
    if name in CHECKS:
        changed["check"] = CHECKS[name]
    if name == "confirm receipt":
        changed["proposed_by"] = "somebody"
    if name == "acknowledge notice":
        changed["proposed_by"] = None
    if name == "approve supplement":
        changed["added"] = (replace(fact.added[0], number=1),)
    result: Event = replace(fact, **changed)
    return result


def found(name: str, fact: Event, before: Event) -> set[str]:
    """Which clashes are found of the act, after the other."""
    made = Done(2, fact.TOPIC, fact)
    acts = [act for act in acts_of(made) if act.name == name]
    assert acts, name
    return {clashing for clashing, _ in clashes(acts[0], made, [Done(1, before.TOPIC, before)])}


@pytest.mark.parametrize(("name", "clashing"), CLASHES, ids=lambda each: str(each).replace(" ", "-"))
def test_a_clash_of_one_person_is_found_and_of_two_is_none(name: str, clashing: str) -> None:
    assert SERVICES
    assert clashing in found(name, fact_of(name, "KARI "), fact_of(clashing, "kari"))
    assert clashing not in found(name, fact_of(name, "ola"), fact_of(clashing, "kari"))


def test_what_is_said_of_acts_is_said_of_acts_there_are() -> None:
    clashing = {(act.name, other) for act in ACTS.values() for other in act.not_by}
    assert ELSEWHERE.keys() | ACROSS <= clashing
    assert ON.keys() | LINES.keys() <= ACTS.keys()
    topics = {topic for act in ACTS.values() for topic in (act.topic, act.before)}
    assert {topic for _, ends in LINES.values() for topic in ends} - topics <= {"permit.granted.v1"}


def test_who_proposed_an_earlier_bound_may_confirm_the_next_and_who_proposed_this_one_may_not() -> None:
    said: dict[str, Any] = {"valid_from": date(2026, 11, 27), "reason": "Det trengs."}
    first = BoundProposed(days=60, proposed_by="kari", **said), BoundConfirmed(days=60, confirmed_by="ola", **said)
    again = BoundProposed(days=90, proposed_by="ola", **said)
    done = [Done(nth, fact.TOPIC, fact) for nth, fact in enumerate((*first, again), 1)]
    act = ACTS["confirm back-dating bound"]
    for person, clash in (("kari", []), ("OLA", [("propose back-dating bound", "OLA")])):
        confirmed = BoundConfirmed(days=90, confirmed_by=person, **said)
        assert list(clashes(act, Done(4, confirmed.TOPIC, confirmed), done)) == clash
