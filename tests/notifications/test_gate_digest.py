"""What was signed of the gate by an earlier release is what this one works out: a line is written as it was, whatever
signs stand in it, and the lines come in the same order."""

import json
from hashlib import sha256
from typing import Any

import psycopg

from services.notifications.gate.digest import TABLES, read_digest
from tests.conftest import Database
from tests.notifications.leaving.parts import exempt_scheme, let_out
from tests.notifications.world import Kept

SIGNS = "".join(map(chr, [*range(1, 0xD800), *range(0xE000, 0x11000, 7), 0x1F600, 0x10FFFF]))


def test_a_gate_is_signed_as_it_always_was(database: Database) -> None:
    with Kept(database) as world:
        exempt_scheme(world)
        let_out(world, "a")
    with psycopg.connect(database.admin_dsn) as owner:
        owner.execute("ALTER TABLE notifications.scheme_policy DISABLE TRIGGER ALL")
        row = "'x', {n}, 'exempt', {source}, '2020-01-01', NULL, NULL, NULL, NULL"
        columns = (
            "scheme_id, version, rule, source, valid_from, confirmed_at, document_sha256, written_by, confirmed_by"
        )
        for n, source in enumerate((SIGNS, "\uffff", "\U0001f600"), 1):
            insert = f"INSERT INTO notifications.scheme_policy ({columns}) VALUES ({row.format(n=n, source='%s')})"
            owner.execute(insert.encode(), (source,))
        assert read_digest(owner) == as_written_first(owner)


def as_written_first(owner: psycopg.Connection[Any]) -> str:
    """As the first release that signed gates did."""
    hashed = sha256()
    owner.execute("SET LOCAL TIME ZONE 'UTC'")
    for table, columns in TABLES.items():
        found = owner.execute(f"SELECT {columns} FROM notifications.{table}".encode()).fetchall()
        told = [(row[0], json.dumps([table, *row], separators=(",", ":"), ensure_ascii=False)) for row in found]
        hashed.update("".join(f"{line}\n" for _, line in sorted(told)).encode())
    return hashed.hexdigest()
