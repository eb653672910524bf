"""A contact is never lost, and who was written down for nothing is not kept."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from services.grants.application.contacts.contact_rows import ContactRows
from services.grants.case.events.application import ContactErased
from services.httpapi.callers.caller import Caller, Role
from services.httpapi.commands.idempotency import IdempotencyKey, IdempotencyKeyReused
from tests.conftest import Database
from tests.grants.application.desk import record
from tests.grants.application.story import received

CASE, OTHER = UUID(int=1), UUID(int=2)
KARI = Caller(subject="kari", roles=frozenset({Role.caseworker}))
AT_ONCE = timedelta(0)
PETRA = {"name": "Petra", "email": "petra@example.no", "phone": None}
OLE = {"name": "Ole", "email": None, "phone": "22 00 00 00"}


async def keep(rows: ContactRows, who: dict[str, str | None], *, key: str = "once", case: UUID = CASE) -> UUID:
    name, email, phone = str(who["name"]), who["email"], who["phone"]
    kept = await rows.keep(case, name=name, email=email, phone=phone, caller=KARI, key=IdempotencyKey(key, b""))
    return kept.id


def with_rows(database: Database, story: Callable[[ContactRows], Awaitable[None]]) -> None:
    async def go() -> None:
        async with AsyncConnectionPool(database.service_dsn, kwargs={"autocommit": True}, open=False) as pool:
            await story(ContactRows(pool))

    asyncio.run(go())


def test_the_same_command_finds_the_row_it_wrote_and_writes_nobody_else(database: Database) -> None:
    async def story(rows: ContactRows) -> None:
        petra = await keep(rows, PETRA)
        assert await keep(rows, PETRA) == petra
        with pytest.raises(IdempotencyKeyReused):
            await keep(rows, OLE)
        assert await keep(rows, PETRA, key="another") != petra
        assert await keep(rows, PETRA, case=OTHER) != petra

    with_rows(database, story)


def test_a_person_the_case_knows_is_not_written_twice(database: Database) -> None:
    async def story(rows: ContactRows) -> None:
        petra = await keep(rows, PETRA)
        record(database, f"case-{CASE}", replace(received, contact_id=petra))
        assert await keep(rows, PETRA, key="another") == petra
        assert await keep(rows, OLE, key="a third") != petra

    with_rows(database, story)


def test_who_was_written_for_an_act_that_was_refused_is_removed_and_who_a_fact_names_is_not(
    database: Database,
) -> None:
    async def story(rows: ContactRows) -> None:
        petra = await keep(rows, PETRA)
        record(database, f"case-{CASE}", replace(received, contact_id=petra))
        ole = await keep(rows, OLE, case=OTHER)
        await rows.tend()
        assert (await rows.find(ole)) is not None, "its act may still be under way"
        await rows.tend(AT_ONCE)
        kept, gone = await rows.find(petra), await rows.find(ole)
        assert (kept is not None and kept.name, gone) == ("Petra", None)
        assert await keep(rows, OLE, case=OTHER) == ole, "the same command tried again writes it again"

    with_rows(database, story)


def test_a_row_from_an_older_copy_is_emptied_anew_when_the_log_says_that_it_is_erased(database: Database) -> None:
    async def story(rows: ContactRows) -> None:
        petra = await keep(rows, PETRA)
        erased = ContactErased(contact_id=petra, erased_on=date(2020, 6, 1), erased_by="anne")
        record(database, f"case-{CASE}", replace(received, contact_id=petra), erased)
        await rows.erase(petra)
        with psycopg.connect(database.admin_dsn) as restoring:
            restoring.execute("DELETE FROM grants.contact")
            restoring.execute(
                "INSERT INTO grants.contact (id, case_id, name) VALUES (%s, %s, %s)", (petra, CASE, "Petra")
            )
        await rows.tend()
        found = await rows.find(petra)
        assert found is not None
        assert (found.name, found.email, found.erased_at is not None) == (None, None, True)

    with_rows(database, story)


def test_an_erased_person_stays_erased_when_the_command_is_sent_again(database: Database) -> None:
    async def story(rows: ContactRows) -> None:
        petra = await keep(rows, PETRA)
        await rows.erase(petra)
        await rows.erase(petra)
        assert await keep(rows, PETRA) == petra
        found = await rows.find(petra)
        assert found is not None
        assert found.name is None

    with_rows(database, story)


def test_the_hourly_look_begins_at_once_and_ends_when_asked(database: Database) -> None:
    async def story(rows: ContactRows) -> None:
        rows.start()
        await rows.stop()

    with_rows(database, story)
