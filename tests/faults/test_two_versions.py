"""A14, one half: a newer version records what this one does not know. What is not concerned goes on, what is says 503,
and no read model stands still for a stream it follows nothing of."""

import asyncio
from pathlib import Path

import psycopg

from services.eventlog.command import Command
from services.eventlog.writing.writer import Row, Waiting, Writer
from services.grants.wiring import PROJECTIONS
from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.faults.service import KARI, open_funds, proposal, serving, settings_of, signed_in
from tests.faults.two_versions import followed
from tests.patience import PATIENCE_SECONDS, until

EARMARK = "2020/291/71/ressursmiljo"
TOMORROW = "award.from-the-future.v9"


def record(database: Database, stream: str, version: int) -> None:
    """What only the newer version knows."""
    writer = Writer(database.service_dsn, "grants")
    row = Row(stream, version, TOMORROW, b'{"what":"new"}', b"{}")
    assert writer.submit(Waiting(Command(actor="new"), [row], None)).result(PATIENCE_SECONDS).outcome == "recorded"
    writer.close()


def parked(database: Database) -> set[tuple[str, str]]:
    with psycopg.connect(database.admin_dsn) as connection:
        return set(connection.execute("SELECT projection, stream FROM grants_view.parked").fetchall())


def test_what_a_newer_version_recorded_holds_up_what_it_concerns_and_nothing_else(
    database: Database, tmp_path: Path
) -> None:
    open_funds(database, post_ore=1_000, ressursmiljo=1_000)
    settings = settings_of(database, tmp_path)
    kari, auditor = signed_in(settings, KARI), signed_in(settings, "revisor", Role.auditor)

    async def story() -> None:
        async with serving(settings) as (_, client):
            cases = []
            for key in ("one", "two"):
                opened = await client.post(
                    "/v1/cases", json=proposal(EARMARK, 100), headers=kari | {"Idempotency-Key": key}
                )
                cases.append(opened.headers["Location"])
            record(database, "plans-of-tomorrow", 1)
            await until(lambda: followed(database), lambda count: count == len(PROJECTIONS))
            assert parked(database) == set()

            concerned, other = cases
            case = f"case-{concerned.split('/')[3]}"
            with psycopg.connect(database.admin_dsn) as connection:
                last = connection.execute("SELECT max(version) FROM grants.event WHERE stream = %s", (case,)).fetchone()
            assert last is not None
            record(database, case, int(last[0]) + 1)
            shown = await client.get(concerned.removesuffix("/award"), headers=auditor)
            assert (shown.status_code, shown.json()["code"]) == (503, "newer-facts"), shown.text
            assert shown.headers["Retry-After"]
            assert (await client.get(other.removesuffix("/award"), headers=auditor)).status_code == 200
            await until(lambda: followed(database), lambda count: count == len(PROJECTIONS))
            assert {stream for _, stream in parked(database)} == {case}

    asyncio.run(story())
