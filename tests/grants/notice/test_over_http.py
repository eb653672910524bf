"""A case's notices over HTTP, from the messages of the notifications service."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
from psycopg_pool import AsyncConnectionPool

from services.eventlog.command import Command, Write
from services.eventlog.log import Log
from services.grants.balance.movements import effects
from services.grants.wiring import HEARD
from services.inbox.contract import CONTRACTS, Contract
from services.inbox.taking import reactions_to
from tests.conftest import Database
from tests.faults.service import KARI, POST, open_funds, proposal, serving, settings_of, signed_in
from tests.grants.notice.rules import NOTICE
from tests.patience import until

FUND = f"{POST}/ressursmiljo"
OTHER = "8d9e0f1a-2b3c-4d5e-8f60-718293a4b5c7"


def example(name: str, case_id: str, **data: Any) -> dict[str, Any]:
    """A message as the contract shows it, about this case where it names one."""
    told = json.loads((CONTRACTS / "notifications" / "examples" / f"notice.{name}.v1.json").read_text("utf-8"))
    if "case_ids" in told["data"]:
        told["data"]["case_ids"] = [case_id]
    told["data"] |= data
    return dict(told)


def hear(log: Log, told: dict[str, Any]) -> None:
    """What the follower makes of a message, in one command."""
    message = Contract("notifications", HEARD).read(told)
    assert message.problem is None
    [take] = reactions_to(HEARD[message.type], "1", message.data)
    history = asyncio.run(_load(log, take.stream))
    events = tuple(take.decide(history))
    if events:
        outcome = log.append_now(Command(actor="follower"), Write(take.stream, history.version, events))
        assert outcome.outcome == "recorded"


async def _load(log: Log, stream: str) -> Any:
    async with log._pool:
        return await log.load(stream)


def test_a_caseworker_sees_how_far_the_ministry_has_come(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, ressursmiljo=1_000)
    settings = settings_of(database, tmp_path)
    kari = signed_in(settings, KARI)

    async def told(client: httpx.AsyncClient, address: str, states: list[str]) -> list[dict[str, Any]]:
        answer = await until(
            lambda: client.get(f"{address}/notices", headers=kari),
            lambda it: [item["state"] for item in it.json()["items"]] == states,
        )
        return list(answer.json()["items"])

    async def play() -> None:
        async with serving(settings) as (_, client):
            made = await client.post("/v1/cases", json=proposal(FUND, 100), headers=kari | {"Idempotency-Key": "a"})
            address = made.headers["Location"]
            case_id = address.rpartition("/")[2]
            assert await told(client, address, []) == []
            hearing = Hearing(database)
            for name in ("prepared", "sent", "received"):
                await hearing.hears(example(name, case_id))
            [item] = await told(client, address, ["received"])
            assert item["notice_id"] == str(NOTICE)
            assert (item["planned_on"], item["received_at"]) == ("2020-05-04", "2020-05-04T08:00:00+00:00")
            await hearing.hears(example("objected", case_id))
            await told(client, address, ["objected"])
            await hearing.hears(example("prepared", case_id, notice_id=OTHER, planned_on=None))
            await told(client, address, ["objected", "prepared"])
            await hearing.hears(example("withdrawn", case_id))
            await told(client, address, ["withdrawn", "prepared"])
            nobody = await client.get(f"/v1/cases/{OTHER}/notices", headers=kari)
            assert nobody.status_code == 404

    asyncio.run(play())


class Hearing:
    """Records what the follower would, beside the service that runs."""

    def __init__(self, database: Database) -> None:
        self._dsn = database.service_dsn

    async def hears(self, told: dict[str, Any]) -> None:
        await asyncio.to_thread(self._hear, told)

    def _hear(self, told: dict[str, Any]) -> None:
        log = Log(self._dsn, AsyncConnectionPool(self._dsn, open=False), schema="grants", effects=effects)
        try:
            hear(log, told)
        finally:
            log.close()
