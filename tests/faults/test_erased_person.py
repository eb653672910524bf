"""S12, and domain rule 14: a person is erased, and is nowhere: not in the log, not in an answer that was kept, not in a
view. Replay gives what it gave before, the chain holds, and the log goes on."""

from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine

from dev.verifying.log import verify
from migrations.roles import close_to_strangers
from services.eventlog.projections.projection import Projection
from services.eventlog.projections.projector import Projector
from services.grants.application.listing import APPLICATIONS
from services.grants.case_view.list_projection import Cases
from tests.conftest import Database, drop
from tests.eventlog.projector import engine_of
from tests.faults.erased_person import TEXTS, balances
from tests.faults.service import APPROVAL, proposal
from tests.grants.application.desk import (
    ANNE,
    CONTACT,
    FUND,
    INGRID,
    KARI,
    LIV,
    MONA,
    RITA,
    SOUGHT_ORE,
    VERSION,
    Desk,
    at_the_desk,
    record,
)
from tests.grants.application.ties import recorded as tie
from tests.probing_days import left_alone

SECRETS = ("Persdatter", "persdatter@drammen", "987 65 432")


def places(dsn: str) -> set[str]:
    """Every column of every table in which a part of the person can be read, as text or in bytes."""
    found = set()
    with psycopg.connect(dsn) as connection:
        columns = connection.execute(TEXTS).fetchall()
        assert len(columns) > 100
        for schema, table, column, kind in columns:
            name = sql.Identifier(column)
            as_text = sql.SQL("encode({}, 'escape')" if kind == "bytea" else "{}::text").format(name)
            query = sql.SQL("SELECT EXISTS (SELECT FROM {} WHERE {} ILIKE ANY (%s))").format(
                sql.Identifier(schema, table), as_text
            )
            if connection.execute(query, ([f"%{secret}%" for secret in SECRETS],)).fetchone() == (True,):
                found.add(f"{schema}.{table}.{column}")
    return found


def on_disk(database: Database) -> bool:
    """Whether the person can be read in the pages of the table, as somebody with the disk would."""
    with psycopg.connect(database.admin_dsn, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        read = "SELECT pg_read_binary_file(pg_relation_filepath('grants.contact'))"
        found = connection.execute(read).fetchone()
    assert found is not None
    return any(secret.encode() in bytes(found[0]) for secret in SECRETS)


def holds(database: Database) -> bool:
    """Chain, commands and balances, from the first event on, at every day."""
    counts, faults = verify(database.reader_dsn, None, None, every_day=True)
    assert counts["events"] > 5
    return faults == []


VIEWS: dict[str, Projection] = {"application": APPLICATIONS, "case_row": Cases()}


def views(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row of two views, filled anew from the log."""
    engine = engine_of(database)
    try:
        return {table: replay(database, engine, table, projection) for table, projection in VIEWS.items()}
    finally:
        engine.dispose()


def replay(database: Database, engine: Engine, table: str, projection: Projection) -> list[tuple[object, ...]]:
    replaying = Projector(engine, projection, schema="grants", views="grants_view")
    replaying.rebuild()
    while replaying.step():
        pass
    query = f"""
        SELECT to_jsonb(row) - 'edition' FROM grants_view.{table} row WHERE edition = (
            SELECT edition FROM grants_view.edition WHERE projection = %s AND state = 'live')
        ORDER BY case_id
    """
    with psycopg.connect(database.reader_dsn) as connection:
        rows = connection.execute(query.encode(), (projection.name,)).fetchall()
    assert len(rows) > 0
    return rows


async def erase(desk: Desk, contact_id: str) -> None:
    """A controller does, and nobody else can. Erased again is the same."""
    address = f"/v1/contacts/{contact_id}"
    for person in (KARI, LIV, MONA, RITA):
        assert (await desk.sends(person, "DELETE", address)).status_code == 403
    for _ in range(2):
        assert (await desk.sends(ANNE, "DELETE", address)).json()["erased"] is True


async def live_with_a_person(desk: Desk) -> str:
    """A grant beside, and an application whose contact stands in both its versions. Gives the contact's id."""
    opened = await desk.sends(KARI, "POST", "/v1/cases", proposal(FUND, SOUGHT_ORE))
    desk.case, desk.version = opened.headers["Location"], opened.headers["ETag"]
    await desk.does(INGRID, "PUT", "award/approval", APPROVAL)
    with left_alone():  # what is refused leaves a contact row without a fact, which a sweep takes later
        contact_id = str((await desk.opens()).json()["application"]["contact_id"])
        version = await desk.does(KARI, "POST", "application/versions", VERSION | {"summary": "Ny plan."})
    assert version["application"]["contact_id"] == contact_id
    return contact_id


def test_a_person_who_is_erased_is_nowhere_and_everything_else_is_as_before(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        contact_id = await live_with_a_person(desk)
        assert places(database.admin_dsn) == {f"grants.contact.{name}" for name in CONTACT}
        before = balances(database), views(database)

        await erase(desk, contact_id)
        assert places(database.admin_dsn) == set()
        assert (balances(database), views(database)) == before
        told = await desk.reads(KARI, f"{desk.case}/contact")
        assert [told[name] for name in CONTACT] == [None, None, None]
        timeline = (await desk.reads(RITA, f"{desk.case}/timeline"))["items"]
        assert [(each["what"], each["actor"]) for each in timeline][-1] == ("application.contact-erased.v1", ANNE)

        desk.version = f'"{timeline[-1]["version"]}"'
        await desk.does(KARI, "PUT", "application/withdrawal", {"withdrawn_on": "2020-03-04"})

    at_the_desk(database, tmp_path, story)
    assert holds(database)


def test_a_copy_made_afterwards_has_not_got_the_person_and_goes_on(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        await erase(desk, await live_with_a_person(desk))

    at_the_desk(database, tmp_path, story)
    copy = f"{database.name}_copy"
    with psycopg.connect(database.admin_dsn.replace(database.name, "postgres"), autocommit=True) as connection:
        make = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER tilsagn_owner")
        connection.execute(make.format(sql.Identifier(copy), sql.Identifier(database.name)))
        try:
            restored = replace(database, name=copy, **{
                name: getattr(database, name).replace(database.name, copy)
                for name in ("admin_dsn", "migrator_dsn", "service_dsn", "reader_dsn")
            })  # fmt: skip
            assert places(restored.admin_dsn) == set()
            close_to_strangers(connection, copy)
            record(restored, "organisation-974760673", tie)
            assert holds(restored)
        finally:
            drop(connection, copy)


def test_the_pages_on_disk_forget_the_person_when_the_table_is_written_anew(database: Database, tmp_path: Path) -> None:
    """What an operator does where the disk itself may be looked at (docs/operations.md)."""

    async def story(desk: Desk) -> None:
        contact_id = await live_with_a_person(desk)
        assert on_disk(database)
        await erase(desk, contact_id)
        with psycopg.connect(database.admin_dsn, autocommit=True) as connection:
            connection.execute("VACUUM FULL grants.contact")
        assert not on_disk(database)

    at_the_desk(database, tmp_path, story)


READ = "SELECT name FROM grants.contact"
WRITE = (
    "INSERT INTO grants.contact (id, case_id, name) VALUES (gen_random_uuid(), gen_random_uuid(), 'x')",
    "UPDATE grants.contact SET name = 'x'",
    "DELETE FROM grants.contact",
    "TRUNCATE grants.contact",
)


def test_only_the_service_reads_contact_persons_and_it_writes_them_by_functions_alone(database: Database) -> None:
    """S2: whoever reads the log, the balances or the ministry's figures has no right to them."""
    with psycopg.connect(database.service_dsn, autocommit=True) as service:
        assert service.execute(READ).fetchall() == []
        for statement in WRITE:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                service.execute(statement.encode())
    with psycopg.connect(database.reader_dsn, autocommit=True) as reader:
        for statement in (READ, "SELECT grants.erase_contact(gen_random_uuid())", *WRITE):
            with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)):
                reader.execute(statement.encode())


def test_even_the_owner_erases_a_person_and_never_changes_one(database: Database) -> None:
    with psycopg.connect(database.admin_dsn, autocommit=True) as owner:
        owner.execute(
            "INSERT INTO grants.contact (id, case_id, name) VALUES (gen_random_uuid(), gen_random_uuid(), 'Petra')"
        )
        for change in ("name = 'Ole'", "name = NULL", "case_id = gen_random_uuid()", "email = 'petra@example.no'"):
            with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.CheckViolation)):
                owner.execute(f"UPDATE grants.contact SET {change}".encode())
        owner.execute("UPDATE grants.contact SET name = NULL, erased_at = clock_timestamp()")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner.execute("UPDATE grants.contact SET name = 'Petra', erased_at = NULL")
