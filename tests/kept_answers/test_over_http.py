"""Two people set how long a service keeps its answers. Afterwards a command is still done once, and whoever repeats it
is told that it was, and that the answer is gone."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from services.eventlog.connections.pool import open_later
from services.eventlog.log import Log
from services.httpapi.callers.caller import Role
from services.kept_answers.clearing import Clearing
from tests.conftest import Database
from tests.faults.planted.lived import BEGAN, Clock, signer, simulated
from tests.faults.service import Settings, notifications_settings_of, serving, settings_of, signed_in

RULE = "/v1/rules/kept-answers"
WHY = "Ingen prøver igjen etter en måned."
TERM = {"days": 30, "valid_from": str(BEGAN.date()), "reason": WHY}
SIDES: dict[str, tuple[Callable[[Database, Path], Settings], str]] = {
    "grants": (settings_of, "service_dsn"),
    "notifications": (notifications_settings_of, "notifications_dsn"),
}


class Asking:
    """Somebody who acts on the term, as it was last seen."""

    def __init__(self, client: Any, settings: Settings) -> None:
        self.client, self.settings = client, settings

    async def asks(
        self, person: str, role: Role, verb: str, path: str, *, key: str, seen: str = "", **sent: Any
    ) -> Any:
        headers = signed_in(self.settings, person, role)
        seen = seen or (await self.client.get(RULE, headers=headers)).headers["ETag"]
        return await self.client.request(
            verb, path, headers=headers | {"If-Match": seen, "Idempotency-Key": key}, **sent
        )

    async def told(self, person: str, role: Role, path: str = "", **sent: Any) -> Any:
        said = await self.asks(person, role, "PUT", f"{RULE}{path}", key=str(uuid4()), **sent)
        return said.json()


@pytest.mark.parametrize("log", SIDES)
def test_the_term_is_set_by_two_people(log: str, database: Database, tmp_path: Path) -> None:
    settings_for, _ = SIDES[log]
    settings = settings_for(database, tmp_path)

    async def go(clock: Clock) -> None:
        async with serving(settings, now=clock.now) as (_, client):
            anne = Asking(client, settings)
            shown = (await client.get(RULE, headers=signed_in(settings, "kari", Role.auditor))).json()
            assert (shown["days_today"], shown["confirmed"], shown["proposed"]) == (None, [], None)
            assert (await anne.told("liv", Role.approver, json=TERM))["code"] == "role-missing"
            assert (await anne.told("anne", Role.controller, json=TERM | {"days": 29}))["code"] == "request-invalid"
            early = TERM | {"valid_from": "2020-03-01"}
            assert (await anne.told("anne", Role.controller, json=early))["code"] == "answer-term-reaches-back"
            none = await anne.told("liv", Role.administrator, "/confirmation")
            assert none["code"] == "no-answer-term-proposed"
            proposed = await anne.told("anne", Role.controller, json=TERM)
            assert (proposed["days_today"], proposed["proposed"]["by"]) == (None, "anne")
            assert (await anne.told("anne", Role.controller, "/confirmation"))["code"] == "same-person-twice"
            confirmed = await anne.told("siri", Role.administrator, "/confirmation")
            assert (confirmed["days_today"], confirmed["proposed"]) == (30, None)
            assert [(each["days"], each["by"]) for each in confirmed["confirmed"]] == [(30, "siri")]

    with simulated(database) as clock:
        asyncio.run(go(clock))


@pytest.mark.parametrize("log", SIDES)
def test_a_repeat_is_answered_for_as_long_as_the_answer_is_kept_and_never_done_again(
    log: str, database: Database, tmp_path: Path
) -> None:
    settings_for, named = SIDES[log]
    settings, dsn = settings_for(database, tmp_path), getattr(database, named)

    async def go(clock: Clock) -> None:
        pool = open_later(dsn)
        signing = signer(database, tmp_path, log, clock.now)
        async with pool, serving(settings, now=clock.now) as (_, client):
            asking = Asking(client, settings)
            first: dict[str, Any] = {"key": "first", "seen": '"0"', "json": TERM}
            told = await asking.asks("anne", Role.controller, "PUT", RULE, **first)
            assert told.status_code == 200, told.text
            await asking.told("siri", Role.administrator, "/confirmation")
            for days in (31, 32, 33):  # a checkpoint needs something new
                clock.set(clock.at + timedelta(minutes=1))
                await asking.told("anne", Role.controller, json=TERM | {"days": days})
                assert await asyncio.to_thread(signing.sign)
            ours = Log(dsn, pool, schema=log, now=clock.now)
            clearing = Clearing(ours, pool, schema=log)

            async def repeated(**other: Any) -> tuple[int, Any]:
                again = await asking.asks("anne", Role.controller, "PUT", RULE, **first | other)
                return again.status_code, again.json()

            async def became() -> Any:
                kept = await client.get("/v1/commands/first", headers=signed_in(settings, "anne", Role.controller))
                assert kept.status_code == 200, kept.text
                return kept.json()

            def stands() -> int:
                with psycopg.connect(database.admin_dsn) as connection:
                    row = connection.execute(f"SELECT max(position) FROM {log}.event".encode()).fetchone()
                return row[0] if row else 0

            clock.set(BEGAN + timedelta(days=30) - timedelta(microseconds=1))
            assert await clearing.clear_due() == 0
            before = await became()
            assert (await repeated(), before["answer_kept"]) == ((200, told.json()), True)
            clock.set(BEGAN + timedelta(days=30, minutes=1))
            assert await clearing.clear_due() > 0
            head = stands()
            status, problem = await repeated()
            assert (status, problem["code"]) == (410, "answer-no-longer-kept")
            assert (await repeated(json=TERM | {"days": 77}))[1]["code"] == "idempotency-key-reused"
            assert stands() == head, "nothing is done again"
            gone = {"status": None, "etag": None, "location": None, "answer_kept": False}
            assert await became() == before | gone
            clock.set(clock.at + timedelta(hours=22))
            assert await clearing.clear_due() == 0, "it was done less than a day ago"
            ours.close()

    with simulated(database) as clock:
        asyncio.run(go(clock))
