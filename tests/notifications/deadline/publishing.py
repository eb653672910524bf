"""What the tests of publishing build, for other tests to use as well."""

from datetime import date

from psycopg_pool import AsyncConnectionPool

from services.eventlog.command import Command, Write
from services.eventlog.events import Event
from services.eventlog.log import Log
from services.notifications.deadline.events import DeadlineMet
from tests.conftest import Database

STREAM, KEY, OTHER = "deadlines-2020", "letter-publication-0-1", "letter-publication-4-1"


def met(key: str, on: date) -> DeadlineMet:
    return DeadlineMet(key=key, due_on=date(2020, 1, 1), met_on=on, ground="På nettsidene", recorded_by="kari")


def record(database: Database, *facts: Event, stream: str = STREAM) -> None:
    log = Log(
        database.notifications_dsn, AsyncConnectionPool(database.notifications_dsn, open=False), schema="notifications"
    )
    try:
        for version, fact in enumerate(facts):
            outcome = log.append_now(Command(actor="kari"), Write(stream, version, (fact,)))
            assert outcome.outcome == "recorded", outcome
    finally:
        log.close()
