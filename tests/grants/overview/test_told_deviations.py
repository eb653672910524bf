"""What is amiss is told to the ministry as though an award it is not told of had not been made: its size would tell."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from psycopg_pool import AsyncConnectionPool

from services.grants.balance.view import Balances
from services.grants.overview.told_deviations import ToldBalances
from services.grants.overview.view import Overview, overview_of
from tests.conftest import Database
from tests.eventlog.played import EARMARK, POST, Played, letter, life, played
from tests.grants.overview.told_year import MORE, RELEASED

DAY = date(2020, 12, 31)


def case(number: int) -> str:
    return f"case-{UUID(int=number, version=4)}"


def told_of(year: Played, number: int, ore: int) -> None:
    """An award whose letter is out."""
    proposed, approved, *_ = life(number, ore)
    for version, event in enumerate((proposed, approved, RELEASED)):
        year.say(case(number), version, event)


def untold(year: Played, number: int, ore: int) -> None:
    """One that the ministry has not heard of."""
    proposed, approved, *_ = life(number, ore)
    for version, event in enumerate((proposed, approved)):
        year.say(case(number), version, event)


def asked(year: Played, question: Callable[[AsyncConnectionPool], Awaitable[Any]]) -> Any:
    async def go() -> Any:
        async with AsyncConnectionPool(year.database.dashboard_dsn, open=False) as pool:
            return await question(pool)

    return asyncio.run(go())


def amiss(year: Played, *, told: bool) -> Mapping[tuple[str, str], int]:
    async def question(pool: AsyncConnectionPool) -> Sequence[Mapping[str, Any]]:
        overview: Overview = overview_of(pool).told() if told else overview_of(pool)
        return await overview.deviations(2020, valid_at=DAY, known_at=None)

    return {(row["kind"], row["post_id"]): row["amount_ore"] for row in asked(year, question)}


def promised(year: Played, *, told: bool) -> Any:
    async def question(pool: AsyncConnectionPool) -> Any:
        balances = ToldBalances(pool, year=2020) if told else Balances(pool)
        rows = await balances.promised_by_day([POST, EARMARK], None)
        across = await balances.promised_across_years_ore(POST)
        return sorted((row["fund_id"], row["on"], row["committed_ore"], row["direct_ore"]) for row in rows), across

    return asked(year, question)


@pytest.mark.parametrize(("known_ore", "unknown_ore"), [(300, 900), (1_400, 900), (1_400, 1), (1_000, 1)])
def test_a_post_is_overdrawn_by_what_is_told_and_no_more(
    database: Database, tmp_path: Path, known_ore: int, unknown_ore: int
) -> None:
    with played(database, tmp_path) as year:
        year.open_year()
        told_of(year, 1, known_ore)
        untold(year, 2, unknown_ore)
        year.say("allocation-2020", 1, letter(1, date(2020, 12, 1), (POST, -999_000), (EARMARK, -599_000)))
        whole, seen = amiss(year, told=False), amiss(year, told=True)
    left_ore = 1_000
    assert whole[("overdrawn", POST)] == known_ore + unknown_ore - left_ore
    assert seen.get(("overdrawn", POST), 0) == max(0, known_ore - left_ore)


def test_what_letters_are_held_against_is_what_is_told(database: Database, tmp_path: Path) -> None:
    with played(database, tmp_path) as year:
        year.open_year()
        told_of(year, 1, 600)
        before = promised(year, told=False)
        untold(year, 2, 900)
        year.say(case(1), 3, MORE)
        assert promised(year, told=True) == before
        assert promised(year, told=False) != before
