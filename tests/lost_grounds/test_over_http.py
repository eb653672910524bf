"""Both services list what rests on what the other log lost, count what nobody has looked into, and take it from whoever
has."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from services.eventlog.command import Command, Write
from services.eventlog.connections.pool import open_later
from services.eventlog.log import Log
from services.httpapi.callers.caller import Role
from services.inbox.events import Beyond, FeedResumed, ResumptionProposed
from services.lost_grounds.counting import CountingGrounds
from services.lost_grounds.view import WAITING, Grounds
from tests.conftest import Database
from tests.faults.service import Settings, notifications_settings_of, serving, settings_of, signed_in

WHY = "Databasen ble tatt tilbake til i går kveld."
FOUND = "Brevet gikk ut. Tilskuddet er vedtatt på nytt."
PROPOSED = ResumptionProposed(
    position=408, hash="ab" * 32, left_position=412, left_hash="cd" * 32, reason=WHY, proposed_by="siri"
)
RESUMED = FeedResumed(
    position=408, hash="ab" * 32, left_position=412, left_hash="cd" * 32,
    beyond=(
        *(Beyond(position=at, stream="letter-1", topic="letter.held.v2", at=411) for at in (96, 98)),
        Beyond(position=99, stream="permit-1", topic="permit.granted.v1", at=0),
    ),
    reason=WHY, agreed_with="siri", confirmed_by="liv", signature="ef" * 64,
)  # fmt: skip
SIDES: dict[str, tuple[Callable[[Database, Path], Settings], str, str]] = {
    "grants": (settings_of, "service_dsn", "notifications"),
    "notifications": (notifications_settings_of, "notifications_dsn", "grants"),
}


def go_on(dsn: str, log: str, other: str) -> None:
    """Two people have gone on without what the other log lost."""
    ours = Log(dsn, None, schema=log)  # type: ignore[arg-type]
    try:
        for stream, fact in ((f"inbox-{other}-resuming", PROPOSED), (f"inbox-{other}", RESUMED)):
            assert ours.append_now(Command(actor="liv"), Write(stream, 0, (fact,))).outcome == "recorded"
    finally:
        ours.close()


@pytest.mark.parametrize("log", SIDES)
def test_what_rests_on_lost_ground_is_listed_and_counted_until_somebody_has_looked_into_it(
    log: str, database: Database, tmp_path: Path
) -> None:
    """Seen: what two people named was printed by a command, and no list, count or alert told of it."""
    settings_for, dsn, other = SIDES[log]
    settings = settings_for(database, tmp_path)

    async def go() -> None:
        pool = open_later(getattr(database, dsn))
        async with pool, serving(settings) as (_, client):
            reader, looks = signed_in(settings, "kari", Role.auditor), signed_in(settings, "anne", Role.controller)
            registry = CollectorRegistry()
            counting = CountingGrounds(Grounds(pool, log, other), registry=registry)

            async def listed(**asked: str) -> list[dict[str, object]]:
                items: list[dict[str, object]] = []
                cursor: dict[str, str] = {}
                while True:
                    told = await client.get("/v1/lost-grounds", params=asked | cursor, headers=reader)
                    assert told.status_code == 200, told.text
                    items += told.json()["items"]
                    if told.json()["next"] is None:
                        return items
                    cursor = {"cursor": told.json()["next"]}

            async def counted() -> tuple[int, float | None]:
                await counting.count()
                ready = (await client.get("/internal/isready")).json()
                return ready["waiting_for_somebody"][WAITING], registry.get_sample_value("tilsagn_lost_grounds_open")

            assert (await listed(), await counted()) == ([], (0, 0.0))
            await asyncio.to_thread(go_on, getattr(database, dsn), log, other)
            assert [(each["position"], each["other_position"]) for each in await listed(limit="2")] == [
                (96, 411), (98, 411), (99, None),
            ]  # fmt: skip
            assert await counted() == (3, 3.0)
            said = {"positions": [98, 96], "finding": FOUND}
            for _ in range(2):
                key = {"Idempotency-Key": "looked"}
                told = await client.post("/v1/lost-grounds/findings", json=said, headers=looks | key)
                assert (told.status_code, told.json()) == (200, {"positions": [96, 98], "open": 1}), told.text
            assert await counted() == (1, 1.0)
            [left] = await listed(status="open", limit="1")
            assert (left["position"], left["status"], left["finding"]) == (99, "open", None)
            seen = await listed(status="looked-into", limit="1")
            assert [(each["position"], each["finding"], each["looked_into_by"]) for each in seen] == [
                (96, FOUND, "anne"), (98, FOUND, "anne"),
            ]  # fmt: skip
            assert all(each["looked_into_at"] and each["reason"] == WHY for each in seen)
            strange = {"positions": [97], "finding": FOUND}
            told = await client.post(
                "/v1/lost-grounds/findings", json=strange, headers=looks | {"Idempotency-Key": "x"}
            )
            assert (told.status_code, told.json()["code"]) == (422, "lost-ground-unknown")
            told = await client.post("/v1/lost-grounds/findings", json=said, headers=reader | {"Idempotency-Key": "y"})
            assert told.status_code == 403

    asyncio.run(go())
