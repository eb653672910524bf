"""Letters' bytes fetched from grants: the very bytes that were frozen, or none; and one that cannot be had alone."""

import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import psycopg
import pytest

from services.inbox.follower import Source
from services.notifications.held import file_fetcher as fetching
from services.notifications.held.file_fetcher import Fetching
from services.notifications.held.file_store import KeptFiles
from tests.conftest import Database
from tests.notifications.leaving.parts import Parts, at_work
from tests.notifications.world import bound_to, held, letter

Answer = Callable[[httpx.Request], httpx.Response]


class Grants:
    """Grants as whoever fetches sees it: what it answers for each letter, and how often it was asked."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        case_id = request.url.path.split("/")[3]
        self.asked.append(case_id)
        return self.answers[case_id](request)

    def fetching(self, files: KeptFiles, folder: Path) -> Fetching:
        (folder / "token").write_text("x")
        client = httpx.AsyncClient(transport=httpx.MockTransport(self))
        source = Source(name="grants", url="http://grants.test", token_file=folder / "token")
        return Fetching(files, source, client=client, look_seconds=0)


def content_of(name: str) -> bytes:
    return f"%PDF-1.7 {name}".encode()


def waits(parts: Parts, *names: str) -> None:
    """Letters are held whose bytes are not here."""
    for name in names:
        sha256 = hashlib.sha256(content_of(name)).hexdigest()
        parts.world.record(letter(name), bound_to(held(name), files=(sha256,)))


def case(name: str) -> str:
    return letter(name).removeprefix("letter-")


def gives(name: str) -> Answer:
    return lambda _: httpx.Response(200, content=content_of(name))


def cut_off(_: httpx.Request) -> httpx.Response:
    raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")


BAD: dict[str, Answer] = {
    "other bytes": gives("another"),
    "no such letter": lambda _: httpx.Response(404),
    "a failure": lambda _: httpx.Response(500),
    "cut off": cut_off,
    "more than any letter has": lambda _: httpx.Response(200, content=b"x" * (fetching.LARGEST_BYTES + 1)),
    "half of it": lambda _: httpx.Response(200, content=content_of("a")[:-1]),
}


def fetches(database: Database, story: Callable[[Parts], Awaitable[None]]) -> list[bytes]:
    """Play the story, and tell which bytes are kept afterwards, but for the world's own."""
    at_work(database, story)
    with psycopg.connect(database.admin_dsn) as connection:
        rows = connection.execute("SELECT content FROM notifications.letter_file").fetchall()
    return sorted(bytes(row[0]) for row in rows if b"et tilskuddsbrev" not in bytes(row[0]))


@pytest.mark.parametrize("bad", BAD.values(), ids=list(BAD))
def test_what_is_not_the_frozen_letter_is_not_kept_and_keeps_no_other_back(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: Answer
) -> None:
    monkeypatch.setattr(fetching, "TOGETHER", 1)

    async def story(parts: Parts) -> None:
        waits(parts, "a", "b")
        grants = Grants({case("a"): bad, case("b"): gives("b")})
        fetch = grants.fetching(parts.files, tmp_path)
        assert await fetch.fetch() == 1
        grants.answers[case("a")] = gives("a")
        assert await fetch.fetch() == 1
        assert await fetch.fetch() == 0
        assert grants.asked == [case("a"), case("b"), case("a")]
        await fetch.stop()

    assert fetches(database, story) == [content_of("a"), content_of("b")]


def test_one_that_cannot_be_had_is_asked_for_ever_more_seldom(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr("services.notifications.held.file_fetcher.time.monotonic", lambda: clock[0])

    async def story(parts: Parts) -> None:
        waits(parts, "a")
        grants = Grants({case("a"): BAD["a failure"]})
        fetch = grants.fetching(parts.files, tmp_path)
        fetch._look_seconds = 1.0
        for second in range(1_000):
            clock[0] = second
            await fetch.fetch()
        assert len(grants.asked) == 11  # after 1, 2, 4 ... 256 seconds, and then every 300
        await fetch.stop()

    assert fetches(database, story) == []


def test_grants_away_ends_the_round_at_once(database: Database, tmp_path: Path) -> None:
    def away(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    async def story(parts: Parts) -> None:
        waits(parts, "a", "b")
        grants = Grants({case("a"): away, case("b"): away})
        fetch = grants.fetching(parts.files, tmp_path)
        with pytest.raises(httpx.ConnectError):
            await fetch.fetch()
        assert len(grants.asked) == 1
        await fetch.stop()

    assert fetches(database, story) == []
