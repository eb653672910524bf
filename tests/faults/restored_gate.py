"""What the tests of restored gate build, for other tests to use as well."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields

import psycopg
from psycopg import sql

from migrations.roles import close_to_strangers
from tests.conftest import Database, drop


@contextmanager
def restored(database: Database) -> Iterator[Database]:
    """The database as it is now, to go on from later: every byte of it, under another name."""
    name = f"{database.name}_restored"
    with psycopg.connect(database.admin_dsn.replace(database.name, "postgres"), autocommit=True) as connection:
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER tilsagn_owner STRATEGY FILE_COPY")
        connection.execute(copy.format(sql.Identifier(name), sql.Identifier(database.name)))
        close_to_strangers(connection, name)
        told = {each.name: getattr(database, each.name).replace(database.name, name) for each in fields(database)}
        try:
            yield Database(**told)
        finally:
            drop(connection, name)
