"""PostgreSQL folds the names of people as the application does, and holds two people apart by it."""

import sys
import unicodedata

import psycopg
import pytest

from services.text.people import folded
from tests.conftest import Database

SIGNS = [
    chr(code) for code in range(1, sys.maxunicode + 1) if unicodedata.category(chr(code)) not in ("Cs", "Cn", "Co")
]


def test_every_sign_there_is_is_folded_alike_in_python_and_in_postgresql(database: Database) -> None:
    names = [f"m{sign}n" for sign in SIGNS]
    with psycopg.connect(database.notifications_dsn) as connection:
        rows = connection.execute(
            "SELECT notifications.folded(name)"
            " FROM unnest(%s::text[]) WITH ORDINALITY AS given(name, nth) ORDER BY nth",
            [names],
        )
        in_sql = [row[0] for row in rows]
    assert {hex(ord(sign)): (folded(name), there) for sign, name, there in zip(SIGNS, names, in_sql, strict=True)
            if folded(name) != there} == {}  # fmt: skip


@pytest.mark.parametrize(
    "other", ["KARI", "kari ", "ka\N{ZERO WIDTH SPACE}ri", "\N{FULLWIDTH LATIN SMALL LETTER K}ari"]
)
def test_a_waiver_row_of_one_person_by_two_spellings_cannot_be(database: Database, other: str) -> None:
    digest = b"d" * 32
    with psycopg.connect(database.admin_dsn) as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute(
            "INSERT INTO notifications.waiver"
            " (item, manifest_sha256, document_sha256, proposed_by, confirmed_by, position)"
            " VALUES ('letter-1', %s, %s, 'kari', %s, 1)",
            [digest, digest, other],
        )
