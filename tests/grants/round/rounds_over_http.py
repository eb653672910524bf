"""What the tests of rounds over http build, for other tests to use as well."""

from typing import Any

import psycopg

from tests.conftest import Database


def recorded(database: Database) -> int:
    with psycopg.connect(database.admin_dsn) as connection:
        found = connection.execute("SELECT count(*) FROM grants.event").fetchone()
    assert found is not None
    return int(found[0])


def csv(content: bytes) -> dict[str, Any]:
    return {"content": content, "headers": {"Content-Type": "text/csv; charset=utf-8"}}
