"""What the tests of two versions build, for other tests to use as well."""

import psycopg

from tests.conftest import Database


def followed(database: Database) -> int:
    """How many read models have come to the end of the log."""
    with psycopg.connect(database.admin_dsn) as connection:
        found = connection.execute(
            "SELECT count(*) FROM grants_view.edition WHERE state = 'live'"
            " AND position = (SELECT max(position) FROM grants.event)"
        ).fetchone()
    assert found is not None
    return int(found[0])
