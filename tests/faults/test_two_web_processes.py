"""Two web processes of a service answer as one: what one has recorded the other knows at once, a key repeated at the
other is answered the same, and whoever of two behind one socket is gone is missed by nobody."""

import asyncio
import signal
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import psycopg

from dev.children import end_child
from services.grants.settings import Settings
from services.httpapi.callers.caller import Role
from services.process.role import ProcessRole
from tests.conftest import Database
from tests.faults.service import (
    APPROVAL,
    INGRID,
    KARI,
    LONG_AGO,
    POST,
    Running,
    allow_back_dating,
    open_funds,
    proposal,
    settings_of,
    signed_in,
)
from tests.patience import PATIENCE_SECONDS

MANY, ROOM, AWARD_ORE = 20, 10, 600


@contextmanager
def webs(settings: Settings, folder: Path, *, one_socket: bool) -> Iterator[list[Running]]:
    """Two web processes and no worker, each at a port of its own, or both handed the same socket."""
    sockets = [socket.socket() for _ in range(1 if one_socket else 2)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
        each.listen()
    told = replace(settings, process_role=ProcessRole.web)
    processes = [
        Running(
            told,
            sockets[nth % len(sockets)].getsockname()[1],
            folder / f"{nth}.log",
            handed=sockets[nth % len(sockets)],
        )
        for nth in range(2)
    ]
    try:
        for process in processes:
            process.start()
        for process in processes:
            process.wait_ready()
        yield processes
    finally:
        for process in processes:
            assert process.process is not None
            end_child(process.process, ask=signal.SIGTERM, insist=signal.SIGKILL, seconds=PATIENCE_SECONDS)
        for taken in sockets:
            taken.close()


def committed_ore(database: Database) -> int:
    with psycopg.connect(database.admin_dsn) as connection:
        row = connection.execute("SELECT committed_ore FROM grants.fund WHERE id = %s", (POST,)).fetchone()
    assert row is not None
    return int(row[0])


def test_two_processes_know_at_once_what_the_other_has_recorded_and_bind_no_more_than_there_is(
    database: Database, tmp_path: Path
) -> None:
    open_funds(database, ROOM * AWARD_ORE)
    allow_back_dating(database)
    settings = settings_of(database, tmp_path)
    kari, ingrid = signed_in(settings, KARI), signed_in(settings, INGRID)
    reader = signed_in(settings, "revisor", Role.auditor)

    async def play(one: httpx.AsyncClient, other: httpx.AsyncClient) -> None:
        async def opens(at: httpx.AsyncClient, key: str) -> httpx.Response:
            return await at.post("/v1/cases", json=proposal(POST, AWARD_ORE), headers=kari | {"Idempotency-Key": key})

        async def approves(at: httpx.AsyncClient, case: str, seen: str, key: str) -> httpx.Response:
            headers = ingrid | {"Idempotency-Key": key, "If-Match": seen}
            return await at.put(f"{case}/award/approval", json=APPROVAL | LONG_AGO, headers=headers)

        # A key repeated at the other is answered the same, afterwards and at the same instant.
        first, again = await opens(one, "once"), await opens(other, "once")
        assert first.status_code == 201, first.text
        assert (again.status_code, again.content, again.headers["Location"]) == (
            201,
            first.content,
            first.headers["Location"],
        )
        twins = await asyncio.gather(*(opens(at, "at once") for at in (one, other) * 5))
        assert {(each.status_code, each.content) for each in twins} == {(201, twins[0].content)}

        # What one has recorded is read at the other at once, and acted on by the version read there.
        case = first.headers["Location"]
        read = await other.get(case, headers=reader)
        assert (read.status_code, read.headers["ETag"]) == (200, first.headers["ETag"])
        approved = await approves(other, case, read.headers["ETag"], "approve once")
        assert approved.status_code == 200, approved.text
        assert (await one.get(case, headers=reader)).headers["ETag"] == approved.headers["ETag"]
        assert (await approves(one, case, read.headers["ETag"], "approve late")).status_code == 412
        repeated = await approves(one, case, read.headers["ETag"], "approve once")
        assert (repeated.status_code, repeated.content) == (200, approved.content)

        # Nobody binds more than there is, whichever of them is asked.
        opened = [(await opens((one, other)[nth % 2], f"open {nth}")).headers["Location"] for nth in range(MANY)]
        answers = await asyncio.gather(
            *(approves((one, other)[nth % 2], case, '"1"', f"approve {nth}") for nth, case in enumerate(opened))
        )
        assert Counter(answer.status_code for answer in answers) == {200: ROOM - 1, 409: MANY - ROOM + 1}
        assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"post-exhausted"}

    async def go(one: Running, other: Running) -> None:
        async with (
            httpx.AsyncClient(base_url=one.address, timeout=PATIENCE_SECONDS) as first,
            httpx.AsyncClient(base_url=other.address, timeout=PATIENCE_SECONDS) as second,
        ):
            await play(first, second)

    with webs(settings, tmp_path, one_socket=False) as (one, other):
        asyncio.run(go(one, other))
    assert committed_ore(database) == ROOM * AWARD_ORE
    with psycopg.connect(database.admin_dsn) as connection:
        rows = connection.execute("SELECT count(*) FROM grants.event WHERE topic = 'award.proposed.v1'").fetchall()
    assert rows == [(MANY + 2,)]


def test_of_two_behind_one_socket_either_serves_alone(database: Database, tmp_path: Path) -> None:
    open_funds(database, ROOM * AWARD_ORE)
    settings = settings_of(database, tmp_path)
    kari = signed_in(settings, KARI)

    async def asked(address: str, tag: str) -> Counter[int]:
        """Twenty callers, each on a connection of its own."""
        async with httpx.AsyncClient(base_url=address, timeout=PATIENCE_SECONDS) as client:
            answers = await asyncio.gather(
                *(
                    client.post(
                        "/v1/cases",
                        json=proposal(POST, AWARD_ORE),
                        headers=kari | {"Idempotency-Key": f"{tag} {nth}", "Connection": "close"},
                    )
                    for nth in range(MANY)
                )
            )
        return Counter(answer.status_code for answer in answers)

    with webs(settings, tmp_path, one_socket=True) as (one, other):
        assert asyncio.run(asked(one.address, "both")) == {201: MANY}
        one.kill()
        assert asyncio.run(asked(one.address, "the other")) == {201: MANY}
        one.start()
        other.kill()  # whoever comes meanwhile waits at the socket until one of them answers
        assert asyncio.run(asked(one.address, "the one")) == {201: MANY}
