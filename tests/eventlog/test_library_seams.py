"""The library's own way in and out stands on the same rows: what it saves we load, what we append it notifies of."""

from typing import cast

from eventsourcing.domain import DomainEventProtocol
from psycopg_pool import AsyncConnectionPool

from services.eventlog.command import Command, Write
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


def test_who_follows_the_log_by_the_library_is_told_of_what_is_recorded_later_and_ends_when_asked(
    database: Database,
) -> None:
    log = Log(database.service_dsn, AsyncConnectionPool(database.service_dsn, open=False), schema="grants")
    log.append_now(Command(actor="kari"), Write("case-a", 0, (Moved(what="before"),)))
    with log.recorder.subscribe() as following:
        assert next(following).id == 1
        log.append_now(Command(actor="kari"), Write("case-a", 1, (Moved(what="later"),)))
        assert next(following).id == 2
        following.stop()
        assert list(following) == []
    log.close()
