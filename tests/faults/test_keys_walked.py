"""Every address that takes an Idempotency-Key keeps it: walked from the services' own descriptions.

Somebody has used the key before, for this very request: the answer of then is given again and nothing is recorded.
Used for another request it is refused. Another person's same key is another key. And it is asked for.
"""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import httpx
import psycopg
import pytest
from fastapi.routing import APIRoute

from services.eventlog.command import Command, Write
from services.eventlog.log import Log
from services.grants.back_dating.events import BoundProposed
from services.grants.back_dating.guard import STREAM
from services.httpapi.callers.caller import Role
from services.httpapi.commands.answer import Answer
from services.httpapi.commands.idempotency import IdempotencyKey, request_hash
from tests.conftest import Database
from tests.eventlog.played import NEW_YEAR
from tests.faults.service import notifications_settings_of, serving, settings_of, signed_in
from tests.faults.versions_walked import names_read_in
from tests.faults.walked import NOWHERE, list_asking_for, sample
from tests.probing_days import left_alone

ELSEWHERE = "00000000-0000-4000-8000-000000000405"
REUSED = "idempotency-key-reused"
REFUSED = 400
LOOKS_FIRST = {"grants": 39, "notifications": 2}
"""So many, no more and no fewer, read what they act on, or a file, before the key is looked at, and find nothing here:
they are held to handing the key on, in `test_every_key_that_is_asked_for_is_handed_on`."""

SAYS_NOTHING = {"PUT /v1/rules/back-dating/confirmation", "PUT /v1/rules/kept-answers/confirmation"}
"""What is asked in one way only: by its address, with no id in it, and no body."""


@dataclass(frozen=True)
class Asked:
    """One request, least in all it must say."""

    verb: str
    address: str
    body: Any
    query: str = ""

    def hash(self, subject: str) -> bytes:
        content = b"" if self.body is None else json.dumps(self.body, sort_keys=True, separators=(",", ":")).encode()
        return request_hash(subject, self.verb, self.address, self.query.encode(), content)

    def otherwise(self) -> Iterator["Asked"]:
        """Other requests of the same kind: about another thing, or saying something else, lawfully or not."""
        if NOWHERE in self.address:
            yield replace(self, address=self.address.replace(NOWHERE, ELSEWHERE))
        if self.query:
            another_day = self.query.replace("2020-06-01", "2020-06-02")
            yield replace(self, query=another_day if another_day != self.query else f"{self.query}y")
        told = json.dumps(self.body)
        for old, new in CHANGES:
            if old in told:
                yield replace(self, body=json.loads(told.replace(old, new, 1)))


CHANGES = (('"x"', '"y"'), ("abab", "cdcd"), (NOWHERE, ELSEWHERE), ("2020-06-01", "2020-06-02"), ('"a.b"', '"a.c"'),
           ("974760673", "987555521"), (": 1", ": 2"), (": true", ": false"))  # fmt: skip


def requests_with_a_key(described: dict[str, Any]) -> Iterator[tuple[str, Asked]]:
    for of in list_asking_for("Idempotency-Key", described):
        needed = [each for each in of.operation["parameters"] if each["in"] == "query" and each.get("required")]
        query = "&".join(f"{each['name']}={sample(each['schema'], {})}" for each in needed)
        yield of.name, Asked(of.verb, of.address, of.body, query)


class Before:
    """The log, in which somebody has used keys before."""

    def __init__(self, service: str, database: Database) -> None:
        self.service, self.database = service, database
        dsn = database.service_dsn if service == "grants" else database.notifications_dsn
        unsigned: Any = None
        self.log = Log(dsn, unsigned, schema=service)
        self.nth = 0

    def used(self, key: str, asked: Asked, by: str) -> None:
        """This request was carried out under this key, and answered with its name."""
        fact = BoundProposed(days=1, valid_from=NEW_YEAR, reason="Før.", proposed_by=by)
        kept = Answer(body={"answered": key}).kept(1)
        command = Command(actor=by, key=key, request_hash=asked.hash(by), answer=kept)
        outcome = self.log.append_now(command, Write(STREAM, self.nth, (fact,)))
        assert outcome.outcome == "recorded", outcome
        self.nth += 1

    def count(self) -> int:
        with psycopg.connect(self.database.admin_dsn) as connection:
            (counted,) = connection.execute(f"SELECT count(*) FROM {self.service}.event").fetchone() or (0,)
        return int(counted)


@pytest.mark.parametrize("service", ["grants", "notifications"])
def test_a_key_is_kept_at_every_address_that_takes_one(service: str, database: Database, tmp_path: Path) -> None:
    settings = settings_of(database, tmp_path)
    told: Any = settings if service == "grants" else notifications_settings_of(database, tmp_path)
    before = Before(service, database)
    wrong: dict[str, Any] = {}
    looks_first, walked = [], 0

    async def go() -> None:
        nonlocal walked
        async with serving(told) as (app, client):

            async def send(asked: Asked, key: str | None, *, by: str = "siri") -> httpx.Response:
                headers = signed_in(told, by, *Role) | {"If-Match": '"7"'} | ({"Idempotency-Key": key} if key else {})
                address = f"{asked.address}?{asked.query}" if asked.query else asked.address
                return await client.request(asked.verb, address, headers=headers, json=asked.body)

            for name, asked in requests_with_a_key(app.openapi()):
                walked += 1
                before.used(name, asked, "siri")
                held = before.count()
                missing, again = await send(asked, None), await send(asked, name)
                variants, code = list(asked.otherwise()), None
                assert variants or name in SAYS_NOTHING, name
                for each in variants:
                    code = (await send(each, name)).json().get("code")
                    if code != "request-invalid":
                        break
                recorded = before.count() - held
                theirs = await send(asked, name, by="per")
                codes = [missing.json().get("code"), code, theirs.json().get("code")]
                if again.json() == {"answered": name}:
                    kept = codes[:2] == ["idempotency-key-missing", REUSED if variants else None]
                else:
                    looks_first.append(name)
                    kept = again.status_code >= REFUSED and codes[0] == "idempotency-key-missing"
                if not kept or recorded or codes[2] == REUSED or theirs.json() == {"answered": name}:
                    wrong[name] = (recorded, codes, again.json())

    try:
        with left_alone():  # nothing here is a day's own matter: a request is told from another, whatever it says
            asyncio.run(go())
    finally:
        before.log.close()
    assert wrong == {}
    assert len(looks_first) == LOOKS_FIRST[service], looks_first
    assert walked > 2 * len(looks_first)


@pytest.mark.parametrize("service", ["grants", "notifications"])
def test_every_key_that_is_asked_for_is_handed_on(service: str, database: Database, tmp_path: Path) -> None:
    settings = settings_of(database, tmp_path)
    told: Any = settings if service == "grants" else notifications_settings_of(database, tmp_path)
    dropped, seen, described = [], 0, 0

    async def go() -> None:
        nonlocal seen, described
        async with serving(told) as (app, _):
            described = len(list(requests_with_a_key(app.openapi())))
            for route in (each for each in app.routes if isinstance(each, APIRoute)):
                for name, hint in route.endpoint.__annotations__.items():
                    if get_args(hint)[:1] == (IdempotencyKey,):
                        seen += 1
                        if name not in names_read_in(route):
                            dropped.append(f"{route.methods} {route.path}")

    asyncio.run(go())
    assert dropped == []
    assert seen == described > 10
