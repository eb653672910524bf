"""Messages put in the outbox: once for each id, with what they tell of, never changed."""

import asyncio
from datetime import UTC, datetime

import psycopg
import pytest

from services.notifications.receiver.outbox import Outgoing, id_of, put
from tests.conftest import Database

AT = datetime(2020, 6, 1, 8, tzinfo=UTC)
DUE = Outgoing(
    id=id_of("notice.due_soon", "notice-1", "2020-06-01"),
    type="notice.due_soon",
    occurred_at=AT,
    subject={"scheme_id": "fri-2020", "post": "671.60"},
    data={"due_on": "2020-06-15"},
)


def ask(database: Database, question: str) -> list[tuple[object, ...]]:
    with psycopg.connect(database.admin_dsn) as connection:
        return connection.execute(question).fetchall()


async def _put(database: Database, *messages: Outgoing, then: str = "commit") -> list[bool]:
    connection = await psycopg.AsyncConnection.connect(database.notifications_dsn)
    try:
        done = [await put(connection, message) for message in messages]
        await (connection.commit() if then == "commit" else connection.rollback())
        return done
    finally:
        await connection.close()


def test_a_message_is_put_once_however_often_it_is_found(database: Database) -> None:
    assert asyncio.run(_put(database, DUE, DUE)) == [True, False]
    assert asyncio.run(_put(database, DUE)) == [False]
    assert ask(database, "SELECT id, type, occurred_at, subject, data FROM notifications.message") == [
        (DUE.id, "notice.due_soon", AT, dict(DUE.subject), dict(DUE.data))
    ]
    assert ask(database, "SELECT count(*) FROM notifications.message_waiting") == [(1,)]


def test_it_is_there_exactly_when_what_it_tells_of_is(database: Database) -> None:
    assert asyncio.run(_put(database, DUE, then="roll back")) == [True]
    assert ask(database, "SELECT count(*) FROM notifications.message") == [(0,)]
    assert asyncio.run(_put(database, DUE)) == [True]


def test_two_who_find_it_at_once_put_it_once(database: Database) -> None:
    async def both() -> list[bool]:
        results = await asyncio.gather(*(_put(database, DUE) for _ in range(8)))
        return [done for result in results for done in result]

    assert sorted(asyncio.run(both())) == [False] * 7 + [True]


def test_what_was_put_is_never_changed(database: Database) -> None:
    asyncio.run(_put(database, DUE))
    for who in ("notifications_dsn", "migrator_dsn", "admin_dsn"):
        for change in ("UPDATE notifications.message SET type = 'a.b'", "DELETE FROM notifications.message"):
            with psycopg.connect(getattr(database, who)) as connection:
                if who == "migrator_dsn":
                    connection.execute("SET ROLE tilsagn_owner")
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(change.encode())


def test_a_type_that_nobody_could_name_is_refused(database: Database) -> None:
    strange = Outgoing(id=id_of("x"), type="Notice Due", occurred_at=AT)
    with pytest.raises(psycopg.errors.CheckViolation):
        asyncio.run(_put(database, strange))


def test_ids_are_of_what_is_told() -> None:
    assert id_of("a", "b") == id_of("a", "b") != id_of("ab")
