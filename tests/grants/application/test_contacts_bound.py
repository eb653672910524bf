"""A contact person is bound by the log until they are erased; a changed one is found, and a row that nothing binds."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from dev.verifying.log import verify
from services.grants.case.events.application import ContactErased
from tests.conftest import Database
from tests.grants.application.desk import ANNE, CONTACT, KARI, OLA, VERSION, Desk, at_the_desk, record
from tests.grants.application.story import received
from tests.probing_days import left_alone

TOLD = "SELECT convert_from(data, 'UTF8')::jsonb FROM grants.event WHERE topic = %s ORDER BY position"
ROWS = "SELECT grants.keep_contact(%s, %s, 'Petra', NULL, NULL)"
NEW = {"contact": CONTACT | {"name": "Ole"}, "named_on": "2020-03-02"}


def wrong(database: Database) -> list[str]:
    return [str(fault.detail) for fault in verify(database.reader_dsn, None, None)[1] if fault.kind == "row"]


def told(database: Database, topic: str) -> list[dict[str, Any]]:
    with psycopg.connect(database.reader_dsn) as reader:
        return [data for (data,) in reader.execute(TOLD, (topic,))]


def test_each_fact_that_names_a_contact_carries_the_digest_of_their_row(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        await desk.opens()
        await desk.does(KARI, "POST", "application/versions", VERSION | {"summary": "Ny plan."})
        await desk.does(KARI, "POST", "application/versions", VERSION | {"summary": "Enda en.", "contact": None})
        named = await desk.does(OLA, "PUT", "contact", NEW)
        assert wrong(database) == []
        assert (await desk.sends(ANNE, "DELETE", f"/v1/contacts/{named['application']['contact_id']}")).is_success

    with left_alone():
        at_the_desk(database, tmp_path, story)
    first, second, third = told(database, "application.received.v1")
    [changed] = told(database, "application.contact-named.v1")
    assert len(first["contact_digest"]) == len(changed["digest"]) == 64
    assert first["contact_digest"] == second["contact_digest"] != changed["digest"]
    assert (third["contact_id"], third["contact_digest"]) == (first["contact_id"], None)
    with psycopg.connect(database.admin_dsn) as owner:
        salts = owner.execute("SELECT octet_length(salt), name FROM grants.contact ORDER BY created_at").fetchall()
    assert salts == [(32, CONTACT["name"]), (None, None)]
    assert wrong(database) == []
    counts, _ = verify(database.reader_dsn, None, None)
    assert (counts["contacts bound by a digest"], counts["contacts erased"]) == (2, 1)


def test_the_fact_that_they_are_erased_empties_the_row_at_once_and_nothing_else_does(database: Database) -> None:
    contact, case, other = UUID(int=31), UUID(int=1), UUID(int=2)
    erased = ContactErased(contact_id=contact, erased_on=date(2020, 6, 1), erased_by="anne")
    with psycopg.connect(database.service_dsn, autocommit=True) as service:
        service.execute(ROWS, (contact, case))
        [(digest,)] = service.execute("SELECT encode(digest, 'hex') FROM grants.contact_digests(%s)", ([contact],))
        record(database, f"case-{case}", replace(received, contact_id=contact, contact_digest=digest))
        service.execute("SELECT grants.erase_contact(%s)", (contact,))
        record(database, f"case-{other}", erased)
        asked = "SELECT name, salt IS NULL, erased_at IS NULL FROM grants.contact"
        assert service.execute(asked).fetchall() == [("Petra", False, True)]
        assert any("is said to be erased and is still there" in each for each in wrong(database))
        record(database, f"case-{case}", erased, expected=1)
        assert service.execute(asked).fetchall() == [(None, True, False)]


def test_a_contact_that_a_fact_names_without_a_digest_is_bound_by_nothing_and_one_without_a_fact_is_no_fault(
    database: Database,
) -> None:
    named, waits = UUID(int=11), UUID(int=12)
    with psycopg.connect(database.service_dsn, autocommit=True) as service:
        service.execute(ROWS, (waits, waits))
        assert wrong(database) == []
        service.execute(ROWS, (named, named))
        record(database, f"case-{named}", replace(received, contact_id=named))
    assert wrong(database) == [f"contact {named} is bound by no digest"]


def test_a_salt_is_drawn_for_each_row_and_nobody_chooses_or_changes_it(database: Database) -> None:
    with psycopg.connect(database.admin_dsn, autocommit=True) as owner:
        written = "INSERT INTO grants.contact (id, case_id, name, salt) VALUES (%s, %s, 'Petra', sha256('x'))"
        for each in (UUID(int=11), UUID(int=12)):
            owner.execute(written, (each, each))
        salts = [salt for (salt,) in owner.execute("SELECT salt FROM grants.contact UNION SELECT sha256('x')")]
        assert len(salts) == 3
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner.execute("UPDATE grants.contact SET salt = sha256('x')")


def test_a_reader_is_answered_digests_and_never_a_person(database: Database) -> None:
    with psycopg.connect(database.service_dsn, autocommit=True) as service:
        service.execute(ROWS, (UUID(int=11), UUID(int=1)))
    with psycopg.connect(database.reader_dsn, autocommit=True) as reader:
        [(found, digest, *rest)] = reader.execute("SELECT * FROM grants.contact_digests(%s)", ([UUID(int=11)],))
        assert (found, len(digest), rest) == (UUID(int=11), 32, [False, False])
        for asked in ("SELECT salt FROM grants.contact", "SELECT grants.row_digest('', 'x')"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reader.execute(asked.encode())
