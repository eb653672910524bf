"""The feed: public messages in order, by position, with a long poll that always ends."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from threading import Timer
from typing import TypeVar

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from services.eventlog.feeds.feed import HASH, AheadOfTheLog, Feed, FeedPage, Message
from services.eventlog.feeds.head import Head
from services.eventlog.feeds.places import LogDiverged, earlier, written
from services.eventlog.recorded import Recorded
from services.grants.case.events.award import AwardApproved
from tests.conftest import Database
from tests.eventlog.played import Played, case, life, played
from tests.patience import PATIENCE_SECONDS, a_while, until

Answer = TypeVar("Answer")
APPROVED = [3, 8, 13]


def tell(fact: Recorded) -> Message | None:
    """Approvals are told; those of cases numbered 4 are nobody's concern."""
    assert isinstance(fact.event, AwardApproved)
    if fact.stream == case(4):
        return None
    return Message(type="no.tilsagn.award.approved.v1", subject=fact.stream, data={"amount_ore": fact.event.amount_ore})


@pytest.fixture
def year(database: Database, tmp_path: Path) -> Iterator[Played]:
    with played(database, tmp_path) as history:
        history.open_year()
        history.live_through(1, 2, 3)
        yield history


def with_feed(year: Played, ask: Callable[[Feed, Head], Awaitable[Answer]]) -> Answer:
    async def go() -> Answer:
        async with AsyncConnectionPool(year.database.service_dsn, min_size=1, max_size=4) as pool:
            head = Head(pool, schema="grants")
            feed = Feed(pool, head, schema="grants", source="/grants", mappers={AwardApproved.TOPIC: tell})
            try:
                return await asyncio.wait_for(ask(feed, head), PATIENCE_SECONDS)
            finally:
                await head.close()

    return asyncio.run(go())


def read(year: Played, after: int, limit: int = 100, wait: float = 0) -> FeedPage:
    return with_feed(year, lambda feed, _: feed.read(after, limit, wait))


def read_on(year: Played, after: int, after_hash: str) -> FeedPage:
    return with_feed(year, lambda feed, _: feed.read(after, 100, 0, after_hash=after_hash))


def hash_at(year: Played, position: int) -> str:
    """What stands at a position, as the database has it."""
    with psycopg.connect(year.database.service_dsn) as connection:
        row = connection.execute("SELECT hash FROM grants.event WHERE position = %s", (position,)).fetchone()
    assert row is not None
    return bytes(row[0]).hex()


def ids(page: FeedPage) -> list[int]:
    return [int(message["id"]) for message in page.messages]


def test_what_is_told_is_told_in_order_as_cloud_events(year: Played) -> None:
    page = read(year, 0)
    assert ids(page) == APPROVED
    assert page.next_after == 16
    assert page.next_hash == hash_at(year, 16)
    first = dict(page.messages[0])
    assert str(first.pop("time")).endswith("Z")
    assert first.pop(HASH) == hash_at(year, 3)
    assert first == {
        "specversion": "1.0",
        "id": "3",
        "source": "/grants",
        "type": "no.tilsagn.award.approved.v1",
        "subject": case(1),
        "datacontenttype": "application/json",
        "data": {"amount_ore": 600},
    }


@pytest.mark.parametrize("limit", [1, 2, 3, 4])
def test_any_limit_gives_each_message_once(year: Played, limit: int) -> None:
    told, after = [], 0
    while after < 16:
        page = read(year, after, limit)
        assert len(page.messages) <= limit
        assert page.next_after > after
        told += ids(page)
        after = page.next_after
    assert told == APPROVED


@pytest.mark.parametrize("order", [(4, 5, 6), (5, 4, 6), (5, 6, 4)])
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_a_full_page_ends_where_it_ends_also_when_its_last_event_is_not_told(
    year: Played, limit: int, order: tuple[int, ...]
) -> None:
    year.live_through(*order)  # approved at 18, 23 and 28; nobody is told of case 4
    told, after = [], 16
    while after < 31:
        page = read(year, after, limit)
        assert page.next_hash == hash_at(year, page.next_after)
        assert page.next_place == nothing_to(year, page.next_after).next_place
        assert page.next_after in (18, 23, 28, 31)
        told += ids(page)
        after = page.next_after
    assert told == [at for at, number in zip((18, 23, 28), order, strict=True) if number != 4]


def nothing_to(year: Played, position: int) -> FeedPage:
    """A page that tells of nothing, and ends there."""
    place = written(position, {each: bytes.fromhex(hash_at(year, each)) for each in earlier(position)})
    return FeedPage((), position, hash_at(year, position), place)


def test_events_nobody_is_told_of_move_the_place(year: Played) -> None:
    assert read(year, 13) == nothing_to(year, 16)
    year.live_through(4)
    assert read(year, 16) == nothing_to(year, 21)


def test_a_reader_ahead_of_the_log_is_told_so(year: Played) -> None:
    with pytest.raises(AheadOfTheLog) as refused:
        read(year, 17)
    assert refused.value.details == {"after": 17, "head": 16}


def test_a_place_is_a_position_and_what_stands_there(year: Played) -> None:
    there = hash_at(year, 13)
    assert read_on(year, 13, there) == read(year, 13)
    assert read_on(year, 0, "ab" * 32) == read(year, 0)
    for other in ("ab" * 32, hash_at(year, 12)):
        with pytest.raises(LogDiverged) as refused:
            read_on(year, 13, other)
        assert refused.value.details == {"after": 13}
    with pytest.raises(AheadOfTheLog):
        read_on(year, 17, there)


def test_a_log_without_anything_tells_nothing(database: Database, tmp_path: Path) -> None:
    with played(database, tmp_path) as history:
        assert read(history, 0) == FeedPage((), 0, None, "0")


def test_waiting_ends_with_nothing_when_the_time_has_passed(year: Played) -> None:
    async def ask(feed: Feed, _: Head) -> tuple[FeedPage, float]:
        clock = asyncio.get_running_loop().time
        began = clock()
        return await feed.read(13, 10, 0.3), clock() - began

    page, seconds = with_feed(year, ask)
    assert page == nothing_to(year, 16)
    assert seconds >= 0.3


def test_what_comes_while_one_waits_ends_the_wait(year: Played) -> None:
    Timer(0.2, year.live_through, args=(5,)).start()
    page = read(year, 16, wait=30)
    assert ids(page) == [18]


def test_what_is_not_told_does_not_end_the_wait(year: Played) -> None:
    Timer(0.1, year.say, args=(case(7), 0, life(7)[0])).start()
    Timer(0.4, year.live_through, args=(8,)).start()
    assert ids(read(year, 16, wait=30)) == [19]


def names() -> list[str]:
    """What goes on in this loop."""
    return [task.get_name() for task in asyncio.all_tasks()]


def test_many_who_wait_ask_the_database_once_together(year: Played) -> None:
    async def ask(feed: Feed, _: Head) -> tuple[set[str], list[list[int]]]:
        waiting = [asyncio.create_task(feed.read(16, 10, 30)) for _ in range(50)]
        asking = await until(lambda: {name for name in names() if name == "head-of-the-log"})
        await a_while()
        assert names().count("head-of-the-log") == 1
        await asyncio.to_thread(year.live_through, 5)
        answers = [ids(page) for page in await asyncio.gather(*waiting)]
        await until(names, lambda them: "head-of-the-log" not in them)
        return asking, answers

    asking, answers = with_feed(year, ask)
    assert asking == {"head-of-the-log"}
    assert answers == [[18]] * 50


def test_who_waits_is_told_once_the_head_is_seen_to_move(year: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.eventlog.feeds.head.EVERY_SECONDS", 3600.0)

    async def ask(feed: Feed, head: Head) -> FeedPage:
        waiting = asyncio.create_task(feed.read(16, 10, 30))
        await a_while()
        await asyncio.to_thread(year.live_through, 5)
        head.moved(21)
        return await waiting

    assert ids(with_feed(year, ask)) == [18]


def test_a_database_that_goes_away_ends_no_wait_early_and_none_late(year: Played) -> None:
    async def ask(feed: Feed, _: Head) -> list[int]:
        waiting = asyncio.create_task(feed.read(16, 10, 30))
        await a_while()
        with psycopg.connect(year.database.admin_dsn, autocommit=True) as owner:
            owner.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND query LIKE %s",
                (year.database.name, "%coalesce(max(position), 0) FROM grants.event"),
            )
        await a_while()
        await asyncio.to_thread(year.live_through, 5)
        return ids(await waiting)

    assert with_feed(year, ask) == [18]


@pytest.mark.parametrize(("limit", "wait"), [(0, 0), (501, 0), (1, -1), (1, 31)])
def test_limits_are_the_callers_to_keep(year: Played, limit: int, wait: float) -> None:
    with pytest.raises(AssertionError):
        read(year, 0, limit, wait)
