"""Kept letters are what they are called, and stay: held by PostgreSQL, whoever asks."""

import asyncio
import hashlib

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from services.grants.grant_letter.store import LetterFiles
from tests.conftest import Database

LETTER, ANOTHER = b"%PDF-1.7 one letter", b"%PDF-1.7 another"
INSERT = "INSERT INTO grants.letter_file (sha256, content) VALUES (%s, %s)"


def keep(database: Database, *contents: bytes) -> dict[str, bytes | None]:
    """What is found under the digest of each, after keeping them all, twice."""

    async def go() -> dict[str, bytes | None]:
        async with AsyncConnectionPool(database.service_dsn, open=False, kwargs={"autocommit": True}) as pool:
            files = LetterFiles(pool)
            await files.keep(contents)
            await files.keep(contents)
            names = [hashlib.sha256(content).hexdigest() for content in contents]
            return {name: await files.find(name) for name in [*names, "00" * 32]}

    return asyncio.run(go())


def test_a_letter_is_found_by_its_digest_and_no_other_is(database: Database) -> None:
    found = keep(database, LETTER, ANOTHER)
    assert list(found.values()) == [LETTER, ANOTHER, None]


def test_letters_are_kept_all_or_none(database: Database) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="letter_file_is_a_pdf"):
        keep(database, LETTER, b"no letter at all")
    assert list(keep(database).values()) == [None]


def test_no_letter_is_kept_under_anothers_name_or_with_a_time_of_its_own(database: Database) -> None:
    with psycopg.connect(database.service_dsn, autocommit=True) as service:
        with pytest.raises(psycopg.errors.CheckViolation, match="letter_file_is_what_it_is_called"):
            service.execute(INSERT, (hashlib.sha256(ANOTHER).digest(), LETTER))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            service.execute("INSERT INTO grants.letter_file (sha256, content, stored_at) VALUES ('', '', now())")


def test_nobody_changes_or_removes_a_kept_letter(database: Database) -> None:
    keep(database, LETTER)
    for dsn, role in ((database.service_dsn, None), (database.reader_dsn, None), (database.migrator_dsn, "owner")):
        for statement in (
            "UPDATE grants.letter_file SET content = content",
            "DELETE FROM grants.letter_file",
            "TRUNCATE grants.letter_file",
        ):
            with psycopg.connect(dsn) as connection:
                if role:
                    connection.execute("SET ROLE tilsagn_owner")
                with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)):
                    connection.execute(statement)
    with psycopg.connect(database.reader_dsn) as reader:
        assert reader.execute("SELECT size_bytes, content FROM grants.letter_file").fetchall() == [
            (len(LETTER), LETTER)
        ]
