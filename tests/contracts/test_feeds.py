"""What either service tells is what the contracts say, example by example; and a contract only ever grows."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from services.eventlog.feeds.feed import Mapper
from services.eventlog.log import History
from services.eventlog.mapper import decode
from services.eventlog.recorded import Recorded
from services.grants.wiring import HEARD as HEARD_BY_GRANTS
from services.grants.wiring import MESSAGES as GRANTS
from services.inbox.contract import CONTRACTS, Contract, schema_of
from services.inbox.taking import reactions_to
from services.notifications.grants_feed.inbox import heard
from services.notifications.wiring import MESSAGES as NOTIFICATIONS

HISTORY = Path(__file__).parents[1] / "history"
HASH = "ab" * 16 + "cd" * 16
CASE = "3f2b9c1e-5d47-4a8e-9b60-7c1d2e3f4a5b"
STREAMS = {
    "allocation": "allocation-2020",
    "scheme": "scheme-jobbsjansen-2020",
    "case": "numbers-2020",
    "deadline": f"deadlines-{CASE}",
    "letter": f"letter-{CASE}",
    "publication": f"publication-{CASE}",
    "notice": "notice-8d9e0f1a-2b3c-4d5e-8f60-718293a4b5c6",
}
SERVICES: Mapping[str, Mapping[str, Mapper]] = {"grants": GRANTS, "notifications": NOTIFICATIONS}
PROMISED = json.loads((CONTRACTS / "promised.json").read_text(encoding="utf-8"))


def examples(source: str) -> dict[str, Any]:
    return {path.stem: json.loads(path.read_text("utf-8")) for path in (CONTRACTS / source / "examples").glob("*.json")}


def told(source: str, topic: str) -> dict[str, Any] | None:
    """What a service tells of the stored example of a fact."""
    stream = STREAMS.get(topic.partition(".")[0], f"case-{CASE}")
    if topic == "disbursement.pay-out-deadline-told.v1":
        stream = "pay-outs-2020"
    event = decode(topic, (HISTORY / f"{topic}.json").read_bytes())
    message = SERVICES[source][topic](Recorded(1, stream, 1, event, datetime(2020, 6, 1, 8, tzinfo=UTC), "k", "-", "-"))
    if message is None:
        return None
    return {"type": message.type, "subject": message.subject, "data": message.data}


TOLD = [(source, topic) for source, mappers in SERVICES.items() for topic in mappers]
EXAMPLES = [(source, name) for source in SERVICES for name in examples(source)]


@pytest.mark.parametrize(("source", "topic"), TOLD)
def test_everything_told_is_within_its_schema_and_is_an_example(source: str, topic: str) -> None:
    message = told(source, topic)
    if message is None:
        return
    whole = {
        "specversion": "1.0",
        "id": "1",
        "source": f"/{source}",
        "time": "2020-06-01T08:00:00Z",
        "datacontenttype": "application/json",
        "tilsagnhash": HASH,
        **message,
    }
    Draft202012Validator(schema_of(source, message["type"])).validate(whole)
    if message["type"] not in ("no.tilsagn.letter.released.v1", "no.tilsagn.letter.delivered.v1"):
        assert whole in examples(source).values()


@pytest.mark.parametrize(("source", "name"), EXAMPLES)
def test_each_example_is_within_its_schema(source: str, name: str) -> None:
    example = examples(source)[name]
    Draft202012Validator(schema_of(source, example["type"])).validate(example)


def test_every_schema_is_of_something_told() -> None:
    for source in SERVICES:
        types = {message["type"] for topic in SERVICES[source] if (message := told(source, topic))}
        named = {f"no.tilsagn.{path.name.removesuffix('.schema.json')}" for path in (CONTRACTS / source).glob("*.json")}
        assert types == named


def test_notifications_understands_everything_of_grants_it_listens_for() -> None:
    listened = heard("file-outbox")
    contract = Contract("grants", listened)
    understood = set()
    for example in examples("grants").values():
        message = contract.read(example)
        if message.type in listened:
            assert message.problem is None
            for take in reactions_to(listened[message.type], "1", message.data):
                take.decide(*(History(each, ()) for each in take.streams))
            understood.add(message.type)
    assert understood == set(listened)


def test_grants_understands_everything_of_notifications_it_listens_for() -> None:
    contract = Contract("notifications", HEARD_BY_GRANTS)
    understood = set()
    for example in examples("notifications").values():
        message = contract.read(example)
        if message.type in HEARD_BY_GRANTS:
            assert message.problem is None
            understood.add(message.type)
            assert all(take.stream for take in reactions_to(HEARD_BY_GRANTS[message.type], "1", message.data))
    assert understood == set(HEARD_BY_GRANTS)


def promises_of(schema: Mapping[str, Any]) -> dict[str, Any]:
    """What a schema promises a reader of each field: whether it is always there, and what it can be."""
    data = schema["properties"]["data"]
    return {
        name: {
            "always": name in data["required"],
            "kinds": sorted([each["type"]] if isinstance(each["type"], str) else each["type"]),
            "values": sorted(each.get("enum", [])),
        }
        if "type" in each
        else {"always": name in data["required"], "kinds": ["one of several"], "values": []}
        for name, each in data["properties"].items()
    }


def broken(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Which promises no longer hold: a reader of the first would be surprised by the second."""
    faults = []
    for name, promise in before.items():
        now = after.get(name)
        if now is None:
            faults.append(f"{name} is gone")
        elif promise["always"] and not now["always"]:
            faults.append(f"{name} may be missing")
        elif set(now["kinds"]) - set(promise["kinds"]):
            faults.append(f"{name} can be {sorted(set(now['kinds']) - set(promise['kinds']))}")
        elif promise["values"] and not set(now["values"] or ["anything"]) <= set(promise["values"]):
            faults.append(f"{name} can be something new")
    return faults


@pytest.mark.parametrize("source", SERVICES)
def test_within_a_version_a_contract_only_grows(source: str) -> None:
    """What is promised stands in contracts/promised.json. A new field is added there; nothing is taken away."""
    for path in sorted((CONTRACTS / source).glob("*.schema.json")):
        name = f"{source}/{path.name.removesuffix('.schema.json')}"
        after = promises_of(json.loads(path.read_text("utf-8")))
        assert broken(PROMISED[name], after) == [], name
        assert set(after) == set(PROMISED[name]), f"{name}: add the new field to promised.json"


@pytest.mark.parametrize(
    ("now", "fault"),
    [
        ({}, "a is gone"),
        ({"a": {"always": False, "kinds": ["string"], "values": ["x"]}}, "a may be missing"),
        ({"a": {"always": True, "kinds": ["null", "string"], "values": ["x"]}}, "a can be ['null']"),
        ({"a": {"always": True, "kinds": ["string"], "values": ["x", "y"]}}, "a can be something new"),
        ({"a": {"always": True, "kinds": ["string"], "values": []}}, "a can be something new"),
    ],
)
def test_a_broken_promise_is_named(now: dict[str, Any], fault: str) -> None:
    assert broken({"a": {"always": True, "kinds": ["string"], "values": ["x"]}}, now) == [fault]
