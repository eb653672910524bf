"""What the tests of hostile input build, for other tests to use as well."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import psycopg

from services.httpapi.app import Service
from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.faults.hostile import CANARY, Description, Place
from tests.faults.service import POST, Settings, notifications_settings_of, open_funds, serving, settings_of, signed_in

FUND = f"{POST}/ressursmiljo"
KNOWN: dict[str, Any] = {
    "fund_id": (FUND, POST),
    "year": 2020,
    "chapter": 291,
    "post": 71,
    "organisation_number": "974760673",
}
KNOWN |= {"call_id": "ordning.utlysning", "predecessor_id": "2019/291/71"}
EVERYBODY = tuple(Role)

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
