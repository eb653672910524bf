"""Every CHECK constraint of the database stands where its rows say: what is at its edge passes, what is beyond does
not. One that is taken away, or whose comparison is turned to its neighbour, is found here by what it lets in."""

import json
import re

import psycopg

from dev.mutants import sql
from tests.conftest import Database
from tests.house.check_edges import EDGES, Row

CHECKS = """
    SELECT c.oid::regclass::text, c.oid::regclass::text || '.' || k.conname, pg_get_constraintdef(k.oid), k.conenforced
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE k.contype = 'c' AND n.nspname IN ('grants', 'notifications', 'dashboard')
"""


def lets_in(connection: psycopg.Connection, table: str, check: str, row: Row) -> bool:
    """Whether the check lets a row in: PostgreSQL does, too, where it comes to nothing at all."""
    query = f"SELECT ({check}) IS NOT FALSE FROM jsonb_populate_record(NULL::{table}, %s)"
    found = connection.execute(query.encode(), (json.dumps(row),)).fetchone()
    assert found is not None
    return bool(found[0])


def expression(defined: str) -> str:
    """What a check asks of a row."""
    return re.sub(r"^CHECK |( NOT VALID)$", "", defined).replace("%", "%%")


def test_every_check_lets_in_what_is_at_its_edge_and_nothing_beyond(database: Database) -> None:
    with psycopg.connect(database.admin_dsn) as connection:
        checks = connection.execute(CHECKS).fetchall()
        assert {name for _, name, _, _ in checks} == EDGES.keys()
        wrong = []
        for table, name, defined, enforced in checks:
            check = expression(defined)
            assert enforced, name
            wrong += [(name, row) for row in EDGES[name].passes if not lets_in(connection, table, check, row)]
            wrong += [(name, row) for row in EDGES[name].fails if lets_in(connection, table, check, row)]
    assert wrong == []


def test_the_rows_are_at_the_edge(database: Database) -> None:
    """Of every comparison that is turned to its neighbour, some row tells."""
    turned, untold = 0, []
    with psycopg.connect(database.admin_dsn) as connection:
        for table, name, defined, _ in connection.execute(CHECKS).fetchall():
            for before, after, whole in sql.turned(defined):
                turned += 1
                check, edge = expression(whole), EDGES[name]
                passes = all(lets_in(connection, table, check, row) for row in edge.passes)
                if passes and not any(lets_in(connection, table, check, row) for row in edge.fails):
                    untold.append((name, before, after))
    assert turned > 35
    assert untold == []
