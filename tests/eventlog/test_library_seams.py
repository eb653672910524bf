"""The library's own way in and out stands on the same rows: what it saves we load, what we append it notifies of."""

import threading
from typing import cast

import pytest
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import InfrastructureFactory, IntegrityError
from eventsourcing.utils import Environment
from psycopg_pool import AsyncConnectionPool

from services.eventlog.command import Command, RecordingRefused, Write
from services.eventlog.log import Log
from services.eventlog.mapper import Fact
from tests.conftest import Database
from tests.eventlog.conftest import Moved


def test_what_the_library_saves_and_what_we_append_are_one_log(database: Database) -> None:
    log = Log(database.service_dsn, AsyncConnectionPool(database.service_dsn, open=False), schema="grants")
    saved = Fact("case-a", 1, Moved(what="saved"))
    recordings = log.save(cast(DomainEventProtocol[str], saved), command=Command(actor="kari"))
    appended = log.append_now(Command(actor="kari"), Write("case-a", 1, (Moved(what="appended"),)))
    assert [recording.notification.id for recording in recordings] == [1]
    assert appended.first_position == 2
    assert [cast(Fact, fact).event for fact in log.events.get("case-a")] == [saved.event, Moved(what="appended")]
    assert [told.id for told in log.notification_log.select(start=1, limit=10)] == [1, 2]
    assert log.recorder.max_notification_id() == 2
    log.close()


def test_whoever_would_follow_the_log_by_the_library_is_told_of_the_feed(database: Database) -> None:
    log = Log(database.service_dsn, AsyncConnectionPool(database.service_dsn, open=False), schema="grants")
    with pytest.raises(NotImplementedError, match="feed"):
        log.recorder.subscribe()
    log.close()


def test_a_conflict_is_what_the_library_knows_a_conflict_by(database: Database) -> None:
    log = Log(database.service_dsn, AsyncConnectionPool(database.service_dsn, open=False), schema="grants")
    fact = cast(DomainEventProtocol[str], Fact("case-a", 1, Moved(what="saved")))
    log.save(fact, command=Command(actor="kari"))
    with pytest.raises(IntegrityError, match="stale") as conflict:
        log.save(fact, command=Command(actor="ola"))
    assert isinstance(conflict.value, RecordingRefused)
    log.close()


def test_what_was_made_is_closed_however_much_of_it_was_made(database: Database) -> None:
    told = {**Log.env, "LOG_DSN": database.service_dsn, "LOG_SCHEMA": "grants"}
    nothing, twice = (InfrastructureFactory.construct(Environment("Log", told)) for _ in range(2))
    nothing.close()
    before = threading.active_count()
    twice.application_recorder()
    twice.application_recorder()
    twice.close()
    assert threading.active_count() == before
