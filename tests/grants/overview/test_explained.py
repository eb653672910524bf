"""Each figure is the sum of the entries it is explained by, for those who see everything and for the ministry."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from services.grants.balance.view import AsOf
from services.grants.overview.explained.view import MOVED, Explanations, Lines
from services.grants.overview.told_deviations import without
from services.grants.overview.view import Overview
from tests.conftest import Database
from tests.eventlog.played import EARMARK, POST, Played, played
from tests.grants.overview.told_year import asked, lived, project

DAYS = [date(2020, 1, 1) + timedelta(days=days) for days in (0, 31, 32, 33, 90, 125, 200, 365)]


@pytest.fixture
def year(database: Database, tmp_path: Path) -> Iterator[Played]:
    with played(database, tmp_path) as log:
        lived(log)
        project(log)
        yield log


@pytest.mark.parametrize("told", [False, True])
def test_every_figure_on_every_day_is_the_sum_of_its_entries(year: Played, told: bool) -> None:
    async def walk(overview: Overview) -> int:
        explained, seen = Explanations(overview), 0
        for day in DAYS:
            at = AsOf(valid_at=day)
            posts = await overview.posts(2020, valid_at=day, known_at=None)
            for row in [*posts, *await overview.funds(2020, 291, 71, valid_at=day, known_at=None)]:
                for column in MOVED:
                    if column not in row:
                        continue
                    of = Lines([row["fund_id"]], [2020])
                    entries = await explained.entries(of, column, at, limit=2)
                    every = [each async for each in explained.every_entry(of, column, at)]
                    assert entries.total_ore == row[column], (day, row["fund_id"], column)
                    assert sum(each["amount_ore"] for each in every) == row[column]
                    assert (every[-1]["standing_ore"] if every else 0) == row[column]
                    assert entries.count == len(every)
                    assert list(entries.rows) == [
                        {**each, "of_count": entries.count, "of_ore": entries.total_ore} for each in every[:2]
                    ]
                    seen += len(every)
        return seen

    assert asked(year, walk, told=told) > 100


def test_an_entry_tells_its_letter_and_where_in_it_or_its_case_and_recipient(year: Played) -> None:
    async def look(overview: Overview) -> None:
        at = AsOf(valid_at=date(2020, 12, 31))
        of = Lines([EARMARK], [2020])
        [given] = (await Explanations(overview).entries(of, "at_disposal_ore", at)).rows
        assert (given["letter_number"], given["cite"], given["case_number"]) == (0, "4.2", None)
        promised = (await Explanations(overview).entries(of, "committed_ore", at)).rows
        assert [row["recipient"] for row in promised] == ["Forening 1", "Forening 2", "Forening 3", "Forening 2"]
        assert all(row["case_number"] and row["recorded_at"] and row["effective_on"] for row in promised)

    asked(year, look, told=False)


def test_the_ministry_is_told_of_no_entry_of_what_it_is_not_told_of(year: Played) -> None:
    async def look(overview: Overview) -> None:
        at = AsOf(valid_at=date(2020, 12, 31))
        for column in ("committed_ore", "disbursed_ore", "withheld_ore"):
            for fund in (POST, EARMARK):
                rows = (await Explanations(overview).entries(Lines([fund], [2020]), column, at)).rows
                assert {row["recipient"] for row in rows} == {"Forening 1", "Forening 2"}
                assert all(row["amount_ore"] != 200 for row in rows), "what was promised later is told later"

    asked(year, look, told=True)


def test_what_is_set_aside_is_no_more_left_for_those_who_are_not_told_of_all() -> None:
    moved = {"committed_ore": 500, "disbursed_ore": 0, "withheld_ore": 0}
    row = {"kind": "earmark", "at_disposal_ore": 1000, "set_aside_ore": 300, "remaining_ore": 200, **moved}
    less = without(row, {name: 100 if name == "committed_ore" else 0 for name in moved})
    assert (less["committed_ore"], less["remaining_ore"], less["overdrawn"]) == (400, 300, False)
