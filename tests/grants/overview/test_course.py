"""A post's year day by day: what stands at the end of each day is what the API answers for that day, for whoever reads,
as known now and at any instant."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from psycopg_pool import AsyncConnectionPool

from services.eventlog.events import Event
from services.grants.balance.view import AsOf
from services.grants.overview.view import overview_of
from tests.conftest import Database
from tests.eventlog.played import EARMARK, POST, Played, case, letter, life, played
from tests.grants.overview.untold import MORE, RELEASED

FIGURES = ("at_disposal_ore", "committed_ore", "disbursed_ore", "withheld_ore")
Row = Mapping[str, Any]
WHICH = (2020, 291, 71)


def stood(course: Sequence[Row], day: date) -> dict[str, int]:
    last = [row for row in course if row["on"] <= day][-1]
    return {name: last[name] for name in FIGURES}


def live(year: Played) -> None:
    """Two letters, one of them dated back, and cases of every day that the ministry is told nothing of; of one it is
    told, but not of what was promised since, and that is paid of."""
    year.open_year()
    year.live_through(*range(1, 25))
    year.say("allocation-2020", 1, letter(1, date(2020, 6, 22), (POST, 250_000), (EARMARK, 250_000)))
    year.live_through(*range(25, 40))
    year.say("allocation-2020", 2, letter(2, date(2020, 3, 3), (POST, -40_000)))
    year.say(case(50), 0, *life(50)[:2], RELEASED, MORE, life(50)[2])


def instants_of(rows: Sequence[Row], seed: random.Random) -> list[datetime | None]:
    recorded = sorted({row["recorded_at"] for row in rows})
    return [None, None, recorded[0] - timedelta(seconds=1), *seed.sample(recorded, 12)]


@pytest.mark.parametrize("told", [True, False])
def test_each_day_is_what_the_api_answers_for_it(database: Database, tmp_path: Path, told: bool) -> None:
    seed = random.Random(13)

    async def go() -> None:
        async with AsyncConnectionPool(database.dashboard_dsn, open=False) as pool:
            whole = overview_of(pool)
            seen = whole.told() if told else whole
            entries = await whole.entries(*WHICH, valid_at=date(2021, 12, 31), known_at=None)
            instants = instants_of(entries, seed)
            for _ in range(60):
                until = date(2020, 1, 1) + timedelta(days=seed.randrange(400))
                day = date(2020, 1, 1) + timedelta(days=seed.randrange(min(366, (until - date(2019, 12, 31)).days)))
                known_at = seed.choice(instants)
                course = await (await seen.one_post(*WHICH, valid_at=until, known_at=known_at)).course()
                answered = await seen.post(*WHICH, valid_at=day, known_at=known_at)
                expected = dict.fromkeys(FIGURES, 0) if answered is None else {n: answered[n] for n in FIGURES}
                assert stood(course, day) == expected, (until, day, known_at)
                if not told:
                    api = await seen.balances.find_post(*WHICH, AsOf(valid_at=day, known_at=known_at))
                    assert api is None or {name: api[name] for name in FIGURES} == expected
                assert all(row["on"] <= min(until, date(2020, 12, 31)) for row in course)
            last = await (await seen.one_post(*WHICH, valid_at=date(2020, 12, 31), known_at=None)).course()
            assert last[-1]["committed_ore"] == (600 if told else 40 * 600 + 200)
            assert last[-1]["disbursed_ore"] == (300 if told else 40 * 300)
            before = await seen.one_post(*WHICH, valid_at=date(2019, 12, 31), known_at=None)
            assert await before.course() == []

    with played(database, tmp_path) as year:
        live(year)
    asyncio.run(go())


def test_what_letters_moved_is_what_is_at_disposal(database: Database, tmp_path: Path) -> None:
    async def go() -> None:
        async with AsyncConnectionPool(database.dashboard_dsn, open=False) as pool:
            seen = overview_of(pool)
            for day in (date(2020, 2, 1), date(2020, 3, 3), date(2020, 6, 22), date(2020, 12, 31)):
                moves = await (await seen.one_post(*WHICH, valid_at=day, known_at=None)).moves()
                post = await seen.post(*WHICH, valid_at=day, known_at=None)
                assert post is not None
                assert sum(row["amount_ore"] for row in moves if row["what"] != "stated") == post["at_disposal_ore"]
            assert [row["letter_number"] for row in moves] == [0, 2, 1]

    with played(database, tmp_path) as year:
        live(year)
    asyncio.run(go())


def test_what_was_paid_before_the_year_stands_from_its_first_day(database: Database, tmp_path: Path) -> None:
    async def go() -> None:
        async with AsyncConnectionPool(database.dashboard_dsn, open=False) as pool:
            post = await overview_of(pool).one_post(*WHICH, valid_at=date(2020, 1, 1), known_at=None)
            course = await post.course()
            assert [(row["on"], row["at_disposal_ore"]) for row in course] == [(date(2020, 1, 1), 1_000_700)]

    with played(database, tmp_path) as year:
        year.open_year()
        year.say("allocation-2020", 1, letter(1, date(2019, 12, 20), (POST, 700)))
    asyncio.run(go())


def first(number: int) -> list[Event]:
    return life(number)[:2]


def test_the_ledger_and_the_promises_in_pages_are_the_whole(database: Database, tmp_path: Path) -> None:
    async def go() -> None:
        async with AsyncConnectionPool(database.dashboard_dsn, open=False) as pool:
            whole, day = overview_of(pool), date(2020, 12, 31)
            for seen in (whole, whole.told()):
                post = await seen.one_post(*WHICH, valid_at=day, known_at=None)
                entries = await seen.entries(*WHICH, valid_at=day, known_at=None)
                sides = range(len(entries) // 7 + 1)
                paged = [row for side in sides for row in await post.ledger(skip=7 * side, limit=7)]
                assert paged == list(reversed(entries))
                before = (paged[4]["position"], paged[4]["line"])
                assert await post.ledger(limit=3, before=before) == paged[5:8]
                assert await post.count_entries(most=10) == min(10, len(entries))
                funds, lines = await seen.funds(*WHICH, valid_at=day, known_at=None), await post.lines()
                assert [row["fund_id"] for row in lines] == [r["fund_id"] for r in funds if r["kind"] != "commitment"]
                assert {row["fund_id"] for row in lines if row["promises"]} == {EARMARK}
                promised = await post.commitments([row["fund_id"] for row in lines], limit=500)
                of_cases = [row for row in funds if row["kind"] == "commitment"]
                assert [(row["fund_id"], row["committed_ore"], row["case_number"]) for row in promised] == [
                    (row["fund_id"], row["committed_ore"], row["case_number"]) for row in of_cases
                ]
                after = (promised[0]["parent_id"], promised[0]["fund_id"]) if promised else ("", "")
                assert await post.commitments([EARMARK], limit=2, after=after) == promised[1:3]
                seen_of = 11 if seen is whole else 8
                assert len(promised) == seen_of, "the ministry is not told of the last three"

    with played(database, tmp_path) as year:
        year.open_year()
        for number in range(1, 9):
            approved, then = life(number)[:2], life(number)[2:]
            more = [MORE] if number == 8 else []
            year.say(case(number), 0, *approved, RELEASED, *more, *then)
        for number in range(9, 12):
            year.say(case(number), 0, *first(number))
    asyncio.run(go())
