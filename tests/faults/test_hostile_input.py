"""S5: hostile values in every field, path and query parameter of the real service, generated from its description.

No answer is 5xx, nothing is coerced into something lawful, nothing sent comes back, and nothing is recorded.
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from services.grants.web import LIMITS
from services.httpapi.app import Service
from services.httpapi.caller import Role
from tests.conftest import Database
from tests.faults.hostile import CANARY, Description, Place
from tests.faults.service import (
    POST,
    Settings,
    notifications_settings_of,
    open_funds,
    serving,
    settings_of,
    signed_in,
)

FUND = f"{POST}/ressursmiljo"
KNOWN: dict[str, Any] = {
    "fund_id": (FUND, POST),
    "year": 2020,
    "chapter": 291,
    "post": 71,
    "organisation_number": "974760673",
}
KNOWN |= {"call_id": "ordning.utlysning", "predecessor_id": "2019/291/71"}
NOT_READ = {
    "body": {"document-unreadable", "request-invalid"},
    "query": {"query-invalid", "request-invalid", "cursor-invalid"},
    "path": {"request-invalid"},
}
# What is well formed here can be done on a service where nothing has happened yet.
WOULD_RECORD = {
    ("POST", "/v1/calendars"),
    ("POST", "/v1/cases"),
    ("POST", "/v1/organisations/{organisation_number}/ties"),
    ("POST", "/v1/pay-out-deadlines/tellings"),
    ("POST", "/v1/publications"),
    ("POST", "/v1/reports/reminders"),
    ("POST", "/v1/staff"),
    ("POST", "/v1/webhook-endpoints"),
}
TWO_READINGS = [
    b'{"amount_ore":1,"amount_ore":2}',
    b"\xef\xbb\xbf{}",
    "{}".encode("utf-16"),
    b'{"a":"\xff"}',
    b'{"a":NaN}',
    b"[" * 20_000 + b"]" * 20_000,
    b'{"\\ud800":1}',
    b"{",
]
EVERYBODY = tuple(Role)
NOWHERE = "00000000-0000-4000-8000-000000000404"
ONE_IN = 3  # a quick run tries one in three, beginning elsewhere at each place: each value at a third of its places

Visit = Callable[["Attacker"], Awaitable[None]]


class Attacker:
    """Somebody with every role, who may therefore reach everything."""

    def __init__(self, app: Service, client: httpx.AsyncClient, headers: dict[str, str]) -> None:
        self.app = app
        self.description = Description(app, KNOWN)
        self.asked: Counter[str] = Counter()
        self._client = client
        self._headers = headers
        self._keys = count(1)

    async def send(self, method: str, address: str, body: bytes | None = None, **headers: str) -> httpx.Response:
        usual = {"If-Match": '"1"', "Idempotency-Key": f"key-{next(self._keys)}", "Content-Type": "application/json"}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = await self._client.request(method, address, content=body, headers=self._headers | usual | given)
        assert answer.status_code < 500, f"{method} {address} {body!r}: {answer.text}"
        assert CANARY not in (answer.text + str(answer.headers)).lower(), f"{method} {address} says it back"
        return answer

    async def ask(self, method: str, path: str, operation: Any, at: Place | None = None, hostile: str = "") -> Any:
        """A well-formed request, but for one place."""
        self.asked[at.kind if at else "well-formed"] += 1
        address, query = path, list[str]()
        for told in operation.get("parameters", []):
            here = at is not None and at.kind == told["in"] and at.steps == (told["name"],)
            value = hostile if here else str(self.description.sample(told["schema"], told["name"]))
            if told["in"] == "path":
                address = address.replace(f"{{{told['name']}}}", value)
            elif told["in"] == "query" and (here or told.get("required")):
                query.append(f"{told['name']}={value}")
        schema = self.description.body_schema(operation)
        body = None if schema is None else json.dumps(self.description.sample(schema))
        if body is not None and at is not None and at.kind == "body":
            body = put(json.loads(body), at.steps, hostile)
        return await self.send(method, f"{address}?{'&'.join(query)}", None if body is None else body.encode())


def put(document: Any, steps: tuple[str | int, ...], literal: str) -> str:
    """The document as JSON with this literal, lawful or not, in this place."""
    marked: Any = {"": document}
    inner: Any = marked
    for step, following in zip(("", *steps), steps, strict=False):
        shape: type = list if isinstance(following, int) else dict
        there = inner.get(step) if isinstance(inner, dict) else inner[int(step)]
        if not isinstance(there, shape):
            inner[step] = [None] if shape is list else {}
        inner = inner[step] if following is not None else inner
    inner[steps[-1] if steps else ""] = "@@"
    return json.dumps(marked[""]).replace('"@@"', literal)


class Attacked:
    """One service, let loose on; afterwards it is seen that nothing was recorded."""

    def __init__(self, name: str, database: Database, folder: Path) -> None:
        self.name = name
        self._database = database
        self._settings: Settings = settings_of(database, folder)
        if name == "notifications":
            self._settings = notifications_settings_of(database, folder)

    def __call__(self, visit: Visit) -> None:
        open_funds(self._database, post_ore=1_000, ressursmiljo=1_000)
        settings = self._settings

        async def go() -> None:
            async with serving(settings) as (app, client):
                await visit(Attacker(app, client, signed_in(settings, "somebody", *EVERYBODY)))

        asyncio.run(go())
        counted = "SELECT (SELECT count(*) FROM {0}.event), count(*) FROM {0}.command"
        with psycopg.connect(self._database.admin_dsn) as connection:
            kept = [connection.execute(counted.format(log).encode()).fetchone() for log in ("grants", "notifications")]
        assert kept == [(1, 1), (0, 0)], "something hostile was recorded"


@pytest.fixture(params=["grants", "notifications"])
def attack(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> Attacked:
    """Each service in turn."""
    return Attacked(request.param, database, tmp_path)


def test_what_is_well_formed_is_read(attack: Attacked) -> None:
    """The control of all that follows: the same requests without anything hostile in them are not refused unread."""

    async def visit(attacker: Attacker) -> None:
        unread = {*NOT_READ["body"], *NOT_READ["query"]}
        for method, path, operation in attacker.description.operations():
            if (method, path) in WOULD_RECORD:
                continue
            answer = await attacker.ask(method, path, operation)
            if answer.status_code >= 400 and not path.startswith("/v1/letters"):
                assert answer.json()["code"] not in unread, f"{method} {path}: {answer.text}"
        if attack.name != "grants":
            return
        opened = next(each for each in attacker.description.operations() if each[:2] == ("POST", "/v1/cases"))
        refused = await attacker.ask(
            *opened, Place("POST", "/v1/cases", "body", ("amount_ore",), {}, optional=False), "2"
        )
        assert refused.json()["code"] == "award-incomplete"

    attack(visit)


def test_no_place_takes_a_hostile_value(attack: Attacked, long: bool) -> None:
    async def visit(attacker: Attacker) -> None:
        operations = {(method, path): told for method, path, told in attacker.description.operations()}
        for nth, place in enumerate(attacker.description.places()):
            for hostile in place.list_hostile() if long else place.list_hostile()[nth % ONE_IN :: ONE_IN]:
                told = operations[place.method, place.path]
                answer = await attacker.ask(place.method, place.path, told, place, hostile)
                assert answer.status_code in (400, 422), f"{place} takes {hostile[:60]}: {answer.text[:200]}"
                problem = answer.json()
                assert problem["code"] in NOT_READ[place.kind], f"{place} takes {hostile[:60]}: {answer.text[:200]}"
                if place.name != "body" and problem["code"] == "request-invalid":
                    # In a shape that is one of several, the fault may be told of what the place stands in.
                    stands_in = [place.kind, *place.steps[:-1]]
                    assert any(
                        set(place.steps) & set(fault["where"]) or fault["where"] == stands_in
                        for fault in problem["errors"]
                    ), f"{place} {answer.text}"
        least = {"grants": (1_000, 300, 300), "notifications": (300, 50, 100)}[attack.name]
        reached = tuple(attacker.asked[kind] * (1 if long else ONE_IN) for kind in ("body", "query", "path"))
        assert all(count > few for count, few in zip(reached, least, strict=True)), reached

    attack(visit)


def test_every_whole_number_has_a_least_and_a_largest(attack: Attacked) -> None:
    async def visit(attacker: Attacker) -> None:
        for place in attacker.description.places():
            if place.schema.get("type") == "integer" and "const" not in place.schema:
                assert place.schema.keys() & {"minimum", "exclusiveMinimum"}, place
                assert "maximum" in place.schema, place
            if place.schema.get("type") == "string" and not place.schema.keys() & {"enum", "const", "format"}:
                assert "maxLength" in place.schema, place
            if place.schema.get("type") == "array":
                assert "maxItems" in place.schema, place
            if place.kind == "body" and place.schema.get("type") == "object":
                assert place.schema["additionalProperties"] is False, place

    attack(visit)


def test_no_body_is_read_that_two_readers_could_read_differently(attack: Attacked, long: bool) -> None:
    async def visit(attacker: Attacker) -> None:
        for nth, (method, path, operation) in enumerate(attacker.description.operations()):
            schema = attacker.description.body_schema(operation)
            if schema is None:
                continue
            address = path.replace("{case_id}", "00000000-0000-4000-8000-000000000001").replace("{year}", "2020")
            address = address.replace("{number}", "1").replace("{contradiction_id}", "x")
            address = address.replace("{notice_id}", "00000000-0000-4000-8000-000000000001").replace("{objection}", "1")
            for body in TWO_READINGS if long else TWO_READINGS[nth % ONE_IN :: ONE_IN]:
                answer = await attacker.send(method, address, body)
                assert answer.json()["code"] == "document-unreadable", f"{method} {path} {body[:40]!r}"
            incomplete = [b"{}"] if attacker.description.of(schema)[0].get("required") else []
            for body in (b"", b"null", b"[]", *incomplete, f'{{"<{CANARY}>":1}}'.encode()):
                answer = await attacker.send(method, address, body)
                assert answer.json()["code"] == "request-invalid", f"{method} {path} {body!r}"
            answer = await attacker.send(method, address, b"{}", Content_Type=f"text/{CANARY}")
            assert answer.status_code == 415, f"{method} {path}"
            answer = await attacker.send(method, address, b'"' + b"a" * LIMITS.body_bytes_for(address) + b'"')
            assert answer.status_code == 413, f"{method} {path}"

    attack(visit)


def test_nothing_is_said_to_an_address_that_takes_no_body(attack: Attacked) -> None:
    """It would be passed over, and whoever said it would believe it was heard. An empty object says nothing."""

    async def visit(attacker: Attacker) -> None:
        walked = 0
        for method, path, operation in attacker.description.operations():
            if "requestBody" in operation:
                continue
            walked += 1
            address = re.sub("{[a-z_]*(year|number|chapter|post|objection)}", "2020", path)
            address = re.sub("{[a-z_]+}", NOWHERE, address)
            for body in (b'{"revoke":true}', b"[]", b"null", b"{}{}", f"<{CANARY}>".encode()):
                for kind in ("application/json", "text/plain"):
                    answer = await attacker.send(method, address, body, Content_Type=kind)
                    assert answer.status_code == 422, f"{method} {path} {body!r}: {answer.status_code}"
                    if method != "HEAD":
                        assert answer.json()["code"] == "body-not-expected", f"{method} {path} {body!r}"
            if method not in ("GET", "HEAD") and (method, path) not in WOULD_RECORD:
                said = [(await attacker.send(method, address, body)).json() for body in (None, b"{}")]
                assert said[0]["code"] == said[1]["code"] != "body-not-expected", f"{method} {path}: {said}"
        assert walked > {"grants": 60, "notifications": 30}[attack.name], walked

    attack(visit)
