"""A9: the disk is full, that of the facts or that of PostgreSQL's own log. Whoever asks is told 503 and when to try
again, the service says that it is not ready, nothing that was acknowledged is lost, and when there is room all goes on:
nothing is repaired by hand.

The service is a process with the patience it is written with: as patient as in other tests, it waits for five minutes
before it says that the database does not answer, and that it says so is what is tried here."""

import asyncio
import os
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx
import psycopg
import pytest

from dev.verifying.log import verify
from services.calendar.patience import PATIENCE
from tests.faults.full_disk import OnDisks, on_disks
from tests.faults.service import KARI, open_funds, proposal, running, settings_of, signed_in
from tests.patience import PATIENCE_SECONDS, until

EARMARK = "2020/291/71/ressursmiljo"
BEFORE, DURING, MOST_THAT_FIT = 20, 5, 20_000
AT_ONCE = 8


@dataclass
class Book:
    """What was answered, by its key, of somebody who asks each thing until it is acknowledged."""

    client: httpx.AsyncClient
    who: dict[str, str]
    acknowledged: dict[str, str] = field(default_factory=dict)
    refused: Counter[int] = field(default_factory=Counter)

    async def ask(self, key: str) -> int:
        answer = await self.client.post(
            "/v1/cases", json=proposal(EARMARK, 1), headers=self.who | {"Idempotency-Key": key}
        )
        if answer.is_success:
            location = answer.headers["Location"]
            assert self.acknowledged.setdefault(key, location) == location
        else:
            assert answer.status_code == 503, answer.text
            assert int(answer.headers["Retry-After"]) > 0
            self.refused[answer.status_code] += 1
        return answer.status_code

    async def ask_many(self, keys: range) -> None:
        for first in range(keys.start, keys.stop, AT_ONCE):
            await asyncio.gather(*(self.ask(f"nr {n}") for n in range(first, min(first + AT_ONCE, keys.stop))))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The disk of the facts in the quick run, which tells as much in a fifth of the time; with `--long` either."""
    if "kind" in metafunc.fixturenames:
        metafunc.parametrize("kind", ["data", "wal"] if metafunc.config.getoption("--long") else ["data"])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a small disk")
def test_a_full_disk_loses_nothing_and_all_goes_on_when_there_is_room(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PATIENCE, "1")
    with on_disks() as here:
        open_funds(here.database, post_ore=10_000_000, ressursmiljo=10_000_000)
        book = asyncio.run(lives_through(here, kind, tmp_path))
        assert book.refused[503] >= DURING
        stands(here, book)


async def lives_through(here: OnDisks, kind: str, folder: Path) -> Book:
    settings = settings_of(here.database, folder)
    with running(settings, folder) as service:
        async with httpx.AsyncClient(base_url=service.address, timeout=PATIENCE_SECONDS) as client:
            book = Book(client, signed_in(settings, KARI))
            await book.ask_many(range(BEFORE))
            assert len(book.acknowledged) == BEFORE
            await until(lambda: client.get("/internal/isready"), lambda it: it.status_code == 200)
            here.fill(kind)
            asking = asyncio.create_task(ask_until_refused(book))
            if kind == "wal":  # PostgreSQL ends where it cannot write its log; the writer may be the first to see it
                await until(lambda: client.get("/internal/isready"), lambda it: "database" in failing(it))
            else:
                not_ready = await until(lambda: client.get("/internal/isready"), lambda it: it.status_code == 503)
                assert not_ready.json()["because"] == {"writer": "no-room"}
            last = await asking
            if kind == "data":
                read = await client.get(book.acknowledged["nr 0"].removesuffix("/award"), headers=book.who)
                assert read.status_code == 200, "what stands is read meanwhile"
            assert (await client.get("/internal/isalive")).status_code == 200
            assert (await client.get("/internal/isready")).status_code == 503
            here.make_room(kind)  # in this thread: the kernel ends a server with the thread that began it
            await until(lambda: book.ask(f"nr {last}"), lambda status: status == 201)
            for number in range(last + 1):  # each that was refused is asked once more, by its key
                await until(partial(book.ask, f"nr {number}"), lambda status: status == 201)
            assert len(book.acknowledged) == last + 1
            await until(lambda: client.get("/internal/isready"), lambda it: it.status_code == 200)
    return book


def failing(answer: httpx.Response) -> list[str]:
    """What keeps it from serving."""
    return list(answer.json().get("failing", []))


async def ask_until_refused(book: Book) -> int:
    """Ask until several are refused; the number of the last."""
    number = BEFORE
    while book.refused[503] < DURING and number < BEFORE + MOST_THAT_FIT:
        await book.ask(f"nr {number}")
        number += 1
    return number - 1


def stands(here: OnDisks, book: Book) -> None:
    """Each that was acknowledged stands, and once; and so does the chain."""
    with psycopg.connect(here.database.admin_dsn) as connection:
        rows = connection.execute("SELECT stream FROM grants.event WHERE topic = 'award.proposed.v1'").fetchall()
    told = {location.split("/")[3] for location in book.acknowledged.values()}
    assert Counter(stream.removeprefix("case-") for (stream,) in rows) == Counter(told)
    counts, faults = verify(here.database.reader_dsn, None, None)
    assert [str(fault) for fault in faults if fault.kind not in ("duties", "deadline")] == []
    assert counts["events"] > len(told)
