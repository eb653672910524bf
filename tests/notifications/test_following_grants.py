"""Grants' feed, followed into the real log of this service: a page at a time, and what PostgreSQL refuses alone."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
import pytest
from prometheus_client import CollectorRegistry
from psycopg_pool import AsyncConnectionPool

from services.eventlog.log import Log
from services.inbox.events import FeedRead
from services.inbox.follower import Follower, Source
from services.notifications.grants_feed.inbox import heard
from tests.conftest import Database
from tests.inbox.feed import Feed
from tests.notifications.feed_in_any_order import example

SCHEMES = 40


def scheme(number: int) -> dict[str, Any]:
    return example("scheme.notice-policy-confirmed.v1", scheme_id=f"oppdiktet-{number}", version=1)


def followed(database: Database, messages: Sequence[Mapping[str, Any]], *, together: int) -> list[FeedRead]:
    """Every fact our place was kept by, once all of these are taken in."""

    async def go() -> list[FeedRead]:
        async with AsyncConnectionPool(database.notifications_dsn, open=False, kwargs={"autocommit": True}) as pool:
            log = Log(database.notifications_dsn, pool, schema="notifications")
            feed = Feed([{**told, "id": str(position)} for position, told in enumerate(messages, 1)])
            follower = Follower(
                log,
                Source(name="grants", url="http://grants.test/v1/feed"),
                heard("file-outbox"),
                client=feed.client(),
                registry=CollectorRegistry(),
                wait_seconds=0,
                together=together,
            )
            await follower.follow()
            await follower.stop()
            events = (await log.load("inbox-grants")).events
            await asyncio.to_thread(log.close)
            return [event for event in events if isinstance(event, FeedRead)]

    return asyncio.run(go())


@pytest.mark.parametrize("at", [1, 17, SCHEMES])
def test_what_postgresql_refuses_is_passed_over_alone(database: Database, at: int) -> None:
    """A version of a scheme told once more at another position, where the table takes one of each: it refuses that one,
    and with it the whole append."""
    with psycopg.connect(database.admin_dsn) as owner:
        owner.execute("CREATE UNIQUE INDEX one_of_each ON notifications.scheme_policy (scheme_id, version)")
    messages = [scheme(number) for number in range(1, SCHEMES + 1)]
    messages.insert(at, scheme(1))
    reads = followed(database, messages, together=64)
    passed = [each for read in reads for each in read.passed_over]
    assert [(each.position, each.problem) for each in passed] == [(at + 1, "not recorded: refused")]
    taken = [position for read in reads for position in read.taken]
    assert taken == [position for position in range(1, SCHEMES + 2) if position != at + 1]
    assert len(reads) < SCHEMES / 2


def test_a_page_that_goes_well_is_one_append(database: Database) -> None:
    [read] = followed(database, [scheme(number) for number in range(1, SCHEMES + 1)], together=64)
    assert read.taken == tuple(range(1, SCHEMES + 1))
    assert read.hash == example("scheme.notice-policy-confirmed.v1")["tilsagnhash"]
