"""A database as an earlier release left it: at the revisions that had landed then."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from uuid import uuid4

import psycopg
from psycopg import sql

from migrations import upgrade
from migrations.roles import LOGINS, prepare, url
from services.eventlog.events import Event
from services.eventlog.mapper import encode, encode_metadata
from tests.conftest import Cluster, Database, drop, numbers


@contextlib.contextmanager
def earlier(cluster: Cluster, revisions: Mapping[str, str]) -> Iterator[Database]:
    """An empty database at these revisions, one a service; dropped afterwards."""
    name = f"{cluster.template}_{os.environ.get('PYTEST_XDIST_WORKER', 'w')}_earlier_{next(numbers)}"
    prepare(cluster.admin_dsn, name, {})
    dsns = {
        login.name: url(cluster.admin_dsn, database=name, user=login.name, password=cluster.password)
        for login in LOGINS
    }
    try:
        for service, revision in revisions.items():
            upgrade(dsns["tilsagn_migrator"], service, revision=revision)
        yield Database(
            name=name,
            admin_dsn=url(cluster.admin_dsn, database=name),
            migrator_dsn=dsns["tilsagn_migrator"],
            service_dsn=dsns["grants_service"],
            reader_dsn=dsns["grants_reader"],
            notifications_dsn=dsns["notifications_service"],
            notifications_reader_dsn=dsns["notifications_reader"],
        )
    finally:
        with psycopg.connect(cluster.admin_dsn, autocommit=True) as connection:
            drop(connection, name)


def append_as_then(
    dsn: str, schema: str, stream: str, *, version: int = 1, key: str | None = None, fact: Event | None = None
) -> None:
    """One fact by the function of that release: twelve lists, and no word of the application's clock."""
    topic, data = (fact.TOPIC, encode(fact)) if fact else ("test.moved.v1", b'{"what":"x"}')
    statement = sql.SQL(
        "SELECT outcome FROM {}.append(ARRAY[%s::uuid], ARRAY['kari'], ARRAY[%s]::text[], ARRAY[NULL]::bytea[],"
        " ARRAY[%s], ARRAY[1], ARRAY[%s], ARRAY[%s::integer], ARRAY[%s], ARRAY[%s], ARRAY[%s],"
        " ARRAY[NULL]::jsonb[])"
    ).format(sql.Identifier(schema))
    command_id = uuid4()
    metadata = encode_metadata(actor="kari", correlation_id="-", command_id=str(command_id))
    asked = (command_id, key, b"answered", stream, version, topic, data, metadata)
    with psycopg.connect(dsn, autocommit=True) as connection:
        assert connection.execute(statement, asked, binary=True).fetchone() == ("recorded",)
