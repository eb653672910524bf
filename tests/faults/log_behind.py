"""What the tests of log behind build, for other tests to use as well."""

from typing import Any

import psycopg

from services.eventlog.checkpoints.behind import signed_at
from services.eventlog.checkpoints.chain import COLUMNS, StoredEvent
from services.eventlog.command import Command
from services.eventlog.writing.writer import Row, Waiting
from tests.conftest import Database
from tests.eventlog.played import Played
from tests.faults.service import KARI


def log_of(database: Database) -> list[StoredEvent]:
    with psycopg.connect(database.admin_dsn) as connection:
        return [
            StoredEvent(*row) for row in connection.execute(f"SELECT {COLUMNS} FROM grants.event ORDER BY position")
        ]


def fact(number: int) -> Waiting:
    row = Row(f"case-{number}", 1, "award.returned.v1", b'{"reason":"-","returned_by":"kari"}', b"{}")
    return Waiting(Command(actor=KARI, key=f"key-{number}"), [row], None)


def looking(year: Played) -> Any:
    signed = signed_at(year.checkpoints.directory, schema="grants")
    assert signed is not None
    return signed.look
