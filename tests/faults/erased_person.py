"""What the tests of erased person build, for other tests to use as well."""

import psycopg

from services.grants.balance.digest import read_digest
from tests.conftest import Database

TEXTS = """
    SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns
    JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE'
"""


def balances(database: Database) -> str:
    with psycopg.connect(database.reader_dsn) as connection:
        return read_digest(connection)
