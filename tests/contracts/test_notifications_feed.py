"""What grants and notifications have agreed on: the examples are within it, and either side keeps to it.

Until the notifications service exists its part is played by the stand-in feed, which is held to the same contract.
"""

import asyncio
import json
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from jsonschema import Draft202012Validator

from dev.standin_feed import Told, create_app, message_of
from services.eventlog.feeds.feed import HASH
from services.eventlog.log import History
from services.grants.grant_letter.delivery import LetterUnknown
from services.grants.grant_letter.inbox import DELIVERED, DISPATCHED, ENDED, FAILED, HEARD, RELEASED, UNKNOWN
from services.inbox.contract import CONTRACTS, Contract, schema_of
from services.inbox.taking import reactions_to
from tests.in_process import InProcess

SCHEMAS = CONTRACTS / "notifications"
EXAMPLES = {
    path.stem: example
    for path in (SCHEMAS / "examples").glob("*.json")
    if (example := json.loads(path.read_text(encoding="utf-8")))["type"] in HEARD
}
CASE = UUID("3f2b9c1e-5d47-4a8e-9b60-7c1d2e3f4a5b")
NOT_BY_EARLIER = {DISPATCHED: {"dispatched_at", "dispatched_on"}, FAILED: {"begun"}, DELIVERED: {"attempt"}}
"""What earlier releases did not tell."""
ASKED = {"case_id": str(CASE), "letter_sha256": "ab" * 32, "organisation_number": None, "on": "2020-02-10"}


def test_every_message_that_is_listened_for_has_a_schema_and_examples() -> None:
    names = {path.name.removesuffix(".schema.json") for path in SCHEMAS.glob("*.schema.json")}
    assert (
        {RELEASED, DISPATCHED, FAILED, UNKNOWN, ENDED, DELIVERED}
        == set(HEARD)
        <= {f"no.tilsagn.{name}" for name in names}
    )
    assert {example["type"] for example in EXAMPLES.values()} == set(HEARD)


@pytest.mark.parametrize("kind", HEARD)
def test_each_schema_is_one(kind: str) -> None:
    Draft202012Validator.check_schema(schema_of("notifications", kind))


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_example_is_within_the_contract(name: str) -> None:
    Draft202012Validator(schema_of("notifications", EXAMPLES[name]["type"])).validate(EXAMPLES[name])


@pytest.mark.parametrize("name", EXAMPLES)
def test_grants_understands_each_example(name: str) -> None:
    message = Contract("notifications", HEARD).read(EXAMPLES[name])
    assert message.problem is None
    assert message.position == int(EXAMPLES[name]["id"])
    take, *others = reactions_to(HEARD[message.type], str(message.position), message.data)
    assert take.stream == f"case-{CASE}"
    of_a_try = message.type in (DISPATCHED, FAILED, UNKNOWN, DELIVERED)
    assert [each.stream for each in others] == ([f"permit-{CASE}"] if of_a_try else [])
    with pytest.raises(LetterUnknown):  # read whole, and then there is no such case here
        take.decide(History(take.stream, ()))


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_field_added_within_the_version_is_passed_by(name: str) -> None:
    example = EXAMPLES[name]
    more = {**example, "traceparent": "00-1-2-01", "data": {**example["data"], "certificate": "sha256:1"}}
    assert Contract("notifications", HEARD).read(more).problem is None


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_field_taken_away_is_noticed(name: str) -> None:
    example = EXAMPLES[name]
    untold = NOT_BY_EARLIER.get(example["type"], set())
    for field in example["data"].keys() - untold:
        lacking = {**example, "data": {known: value for known, value in example["data"].items() if known != field}}
        assert Contract("notifications", HEARD).read(lacking).problem is not None, field
    for field in example.keys() - {HASH}:
        lacking = {known: value for known, value in example.items() if known != field}
        assert Contract("notifications", HEARD).read(lacking).problem is not None, field


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_service_that_does_not_tell_hashes_yet_is_heard(name: str) -> None:
    """The two are upgraded one after the other. What is told as a hash and is none, is noticed."""
    example = EXAMPLES[name]
    without = Contract("notifications", HEARD).read({known: example[known] for known in example if known != HASH})
    assert (without.problem, without.hash) == (None, None)
    for wrong in ("AB" * 32, "ab" * 31, 7, None):
        assert Contract("notifications", HEARD).read({**example, HASH: wrong}).problem is not None, wrong


@pytest.mark.parametrize("kind", ["released", "delivered"])
@pytest.mark.parametrize("number", [None, "974760673"])
@pytest.mark.parametrize("on", [date(2020, 3, 29), date(2020, 10, 25), date(2020, 2, 29), date(2020, 12, 31)])
def test_everything_the_stand_in_can_tell_is_within_the_contract(kind: Any, number: str | None, on: date) -> None:
    told = Told(kind=kind, case_id=CASE, letter_sha256="ab" * 32, organisation_number=number, on=on)
    message = Contract("notifications", HEARD).read(message_of(3, told))
    assert message.problem is None
    HEARD[message.type]("3", message.data)


def test_the_stand_in_tells_what_it_is_asked_to_in_order_and_refuses_the_rest() -> None:
    async def go() -> None:
        transport = InProcess(create_app())
        async with httpx.AsyncClient(transport=transport, base_url="http://stand-in.test") as client:
            waiting = asyncio.create_task(client.get("/v1/feed", params={"after": 0, "wait": 20}))
            await asyncio.sleep(0.01)
            for kind in ("released", "delivered"):
                assert (await client.post("/told", json={"kind": kind, **ASKED})).status_code == 201
            first = await waiting
            assert [message["id"] for message in first.json()][:1] == ["1"]
            assert first.headers["content-type"] == "application/cloudevents-batch+json"
            rest = await client.get("/v1/feed", params={"after": 1, "limit": 10})
            assert [message["type"] for message in rest.json()] == [DELIVERED]
            assert rest.headers["next-after"] == "2"
            for broken in ({"letter_sha256": "ab"}, {"organisation_number": "12"}, {"kind": "sent"}, {"on": "now"}):
                refused = await client.post("/told", json={"kind": "released", **ASKED, **broken})
                assert refused.status_code == 422
            nothing = await client.get("/v1/feed", params={"after": 2, "wait": 0})
            assert (nothing.json(), nothing.headers["next-after"]) == ([], "2")

    asyncio.run(go())


def test_the_contract_is_found_where_the_image_has_it() -> None:
    assert Path(__file__).parents[2] / "contracts" / "notifications" == SCHEMAS
