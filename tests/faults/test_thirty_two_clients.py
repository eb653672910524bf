"""Thirty-two clients race for room for a hundred awards: on one fund, and on two funds under one parent. Exactly what
fits is made, alone or a round at a time, and nobody sees anything but success or a clear refusal."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.conftest import Database
from tests.faults.service import APPROVAL, proposal, serving, settings_of
from tests.grants.round.rounds import BY_NAME, EAST, INGRID, KARI, NAMED, WEST, Office, approval, line, open_year

CLIENTS, ROOM, AWARD_ORE = 32, 100, 600
ROOM_ORE = ROOM * AWARD_ORE
ONE_FUND = ({NAMED: 10 * ROOM_ORE, EAST: ROOM_ORE}, (EAST,))
TWO_FUNDS = ({NAMED: ROOM_ORE, EAST: ROOM_ORE, WEST: ROOM_ORE}, (EAST, WEST))
GROUNDS = pytest.mark.parametrize(("funds", "chosen"), [ONE_FUND, TWO_FUNDS], ids=["one fund", "two under one parent"])


def committed_ore(database: Database, *fund_ids: str) -> int:
    query = "SELECT sum(committed_ore)::bigint FROM grants.fund WHERE id = ANY (%s)"
    with psycopg.connect(database.admin_dsn) as connection:
        found = connection.execute(query, (list(fund_ids),)).fetchone()
    assert found is not None
    return int(found[0])


def held(database: Database) -> bool:
    """Whether positions are without gaps, and every award in the log is on its fund and in its ledger."""
    query = """
        SELECT (SELECT count(*) = max(position) FROM grants.event)
           AND (SELECT count(*) FROM grants.event WHERE topic = 'award.approved.v1')
             = (SELECT count(*) FROM grants.fund WHERE kind = 'commitment')
           AND NOT EXISTS (SELECT FROM grants.fund f WHERE f.committed_ore
                 <> (SELECT coalesce(sum(e.committed_ore), 0) FROM grants.entry e WHERE e.fund_id = f.id))"""
    with psycopg.connect(database.admin_dsn) as connection:
        return connection.execute(query).fetchone() == (True,)


def race(database: Database, folder: Path, shares: Sequence[Sequence[tuple[str, ...]]], *, alone: bool) -> Counter[str]:
    """Each client's share is its rounds: the fund of each line. First all prepare, then all approve, each client its
    own one after the other, at two services. What they were answered."""
    told = Counter[str]()
    settings = settings_of(database, folder)

    async def go() -> None:
        async with AsyncExitStack() as services:
            clients = [(await services.enter_async_context(serving(settings)))[1] for _ in range(2)]
            begin = asyncio.Barrier(len(shares))

            async def one(nth: int) -> None:
                office = Office(clients[nth % 2], settings)
                office.keys = iter(f"{nth}-{number}" for number in range(1_000))
                ready = [await prepare(office, funds, alone=alone) for funds in shares[nth]]
                await begin.wait()
                for address, version in ready:
                    office.version = version
                    body = APPROVAL if alone else approval()
                    headers = office.headers(INGRID)
                    note(await office.client.put(f"{address}/approval", json=body, headers=headers))

            def note(answer: httpx.Response) -> None:
                body = answer.json()
                told["made" if answer.is_success else f"{answer.status_code} {body['code']}"] += 1
                if not answer.is_success:
                    assert body["detail"]
                    assert all(fund["remaining_ore"] < fund["asked_ore"] for fund in body["refused_by"])

            await asyncio.gather(*(one(nth) for nth in range(len(shares))))

    asyncio.run(go())
    return told


async def prepare(office: Office, funds: tuple[str, ...], *, alone: bool) -> tuple[str, str]:
    """What this client will approve: the address of an award or a round, and its version."""
    if alone:
        (fund_id,) = funds
        headers = office.headers(KARI)
        opened = await office.client.post("/v1/cases", json=proposal(fund_id, AWARD_ORE), headers=headers)
        assert opened.status_code == 201, opened.text
        return f"{opened.headers['Location']}/award", opened.headers["ETag"]
    await office.opens(BY_NAME)
    await office.proposes(*(line(fund_id, AWARD_ORE) for fund_id in funds))
    return office.round, office.version


@GROUNDS
def test_a_hundred_awards_are_made_and_no_more(
    database: Database, tmp_path: Path, funds: dict[str, int], chosen: tuple[str, ...]
) -> None:
    open_year(database, funds)
    shares = [[(chosen[(nth + each) % len(chosen)],) for each in range(5)] for nth in range(CLIENTS)]
    assert race(database, tmp_path, shares, alone=True) == {
        "made": ROOM, "409 post-exhausted": CLIENTS * 5 - ROOM,
    }  # fmt: skip
    assert committed_ore(database, *chosen) == committed_ore(database, NAMED) == ROOM_ORE
    assert held(database)


@GROUNDS
def test_rounds_of_three_are_made_whole_and_a_single_award_takes_the_last_place(
    database: Database, tmp_path: Path, funds: dict[str, int], chosen: tuple[str, ...]
) -> None:
    """A hundred is thirty-three rounds of three and one more: a round that does not fit whole binds nothing."""
    open_year(database, funds)
    three = [tuple(chosen[(nth + each) % len(chosen)] for each in range(3)) for nth in range(CLIENTS)]
    shares: list[list[tuple[str, ...]]] = [[three[nth], three[nth]] for nth in range(CLIENTS)]
    shares[0].append((chosen[0],))
    # The single award is its client's last, and finds a place whenever it comes: thirty-three rounds leave one.
    assert race(database, tmp_path, shares, alone=False) == {
        "made": 34, "409 post-exhausted": 2 * CLIENTS + 1 - 34,
    }  # fmt: skip
    assert committed_ore(database, *chosen) == committed_ore(database, NAMED) == ROOM_ORE
    assert held(database)
