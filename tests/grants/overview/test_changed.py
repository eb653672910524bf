"""What changed between two looks is the sum of its reasons, whatever days and instants they are of."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from services.grants.balance.view import AsOf
from services.grants.overview.changed.view import COLUMNS, Changes
from services.grants.overview.view import Overview
from tests.conftest import Database
from tests.eventlog.played import POST, Played, played
from tests.grants.overview.told_year import asked, lived, project


@pytest.fixture
def year(database: Database, tmp_path: Path) -> Iterator[Played]:
    with played(database, tmp_path) as log:
        lived(log)
        project(log)
        yield log


def instants(year: Played) -> list[datetime]:
    with psycopg.connect(year.database.admin_dsn) as connection:
        found = connection.execute("SELECT recorded_at FROM grants.event ORDER BY position").fetchall()
    return [at.astimezone(UTC) for (at,) in found]


@pytest.mark.parametrize("told", [False, True])
def test_the_reasons_sum_to_the_change_between_any_two_looks(year: Played, told: bool) -> None:
    draw, known = random.Random(13), [None, None, *instants(year)]

    async def walk(overview: Overview) -> tuple[int, int]:
        moved = back = 0
        for _ in range(60):
            looks = [
                AsOf(valid_at=date(2019, 12, 20) + timedelta(days=draw.randrange(390)), known_at=draw.choice(known))
                for _ in range(2)
            ]
            found = await Changes(overview).between(2020, *looks)
            for fund in {*found.before, *found.after}:
                for column in COLUMNS:
                    reasons = [row for row in found.reasons if (row["fund_id"], row["column"]) == (fund, column)]
                    assert sum(row["amount_ore"] for row in reasons) == (found.change_ore(fund, column) or 0)
                    moved += bool(reasons)
                    back += any(row["sign"] < 0 for row in reasons)
        return moved, back

    moved, back = asked(year, walk, told=told)
    assert moved > 50
    assert back > 10, "also when the later look is of an earlier day"


def test_a_reason_says_whether_it_was_heard_of_or_its_day_came(year: Played) -> None:
    async def look(overview: Overview) -> None:
        known = instants(year)[0]
        of_days = await Changes(overview).between(
            2020, AsOf(valid_at=date(2020, 1, 31)), AsOf(valid_at=date(2020, 12, 31))
        )
        assert {row["newly_known"] for row in of_days.reasons} == {False}
        of_knowing = await Changes(overview).between(
            2020, AsOf(valid_at=date(2020, 12, 31), known_at=known), AsOf(valid_at=date(2020, 12, 31))
        )
        assert {row["newly_known"] for row in of_knowing.reasons} == {True}
        assert of_knowing.change_ore(POST, "at_disposal_ore") == 500

    asked(year, look, told=False)
