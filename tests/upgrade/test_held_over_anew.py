"""What was held over before the next year's books knew of it: it moves nothing, is listed as a deviation, and is put
right by recording the turn anew. What was known before stays known so."""

from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from services.grants.case.events.year_end import CommitmentHeldOver
from services.grants.held_over.unpaid import UNPAID
from services.grants.held_over.view import DEVIATIONS
from tests.conftest import Cluster, Database
from tests.grants.balance.between_years import Years, post_of, stream
from tests.upgrade.earlier_databases import BEFORE_THE_SECOND_RULES, restored, upgraded

MARCH, APRIL = date(2021, 3, 15), date(2021, 4, 1)


def held_before(held_ore: int) -> CommitmentHeldOver:
    return CommitmentHeldOver(
        year=2020, held_ore=held_ore, ground="transferable", held_on=date(2020, 12, 31), recorded_by="anne"
    )


@pytest.fixture
def years(database: Database) -> Years:
    """As the release before left it: two cases held over, three released, and twenty-three paid, on 2020's post."""
    years = Years(database)
    years.letter(2020, date(2020, 1, 1), 50)
    years.letter(2021, date(2021, 1, 4), 100)
    for number, amount, paid in ((1, 6, 3), (2, 20, 0)):
        assert years.promises(number, amount, date(2020, 2, 3)) == "recorded"
        if paid:
            assert years.pays(number, paid, date(2020, 3, 2)) == "recorded"
        years.says(stream(number), held_before(amount - paid))
    years.letter(2021, MARCH, 3, carried=True)
    for number, unpaid in ((1, 3), (2, 20)):
        assert years.pays(number, unpaid, APRIL) == "recorded"
    return years


def deviations(years: Years, on: date, **known: Any) -> list[tuple[str, int]]:
    """What is amiss between the years, by the query of the route."""
    with psycopg.connect(years.database.reader_dsn, row_factory=dict_row) as connection:
        rows = connection.execute(
            DEVIATIONS.encode(), {"year": 2021, "day": on, "known": known.get("known")}
        ).fetchall()
    return [(row["kind"], row["amount_ore"]) for row in rows]


def head(years: Years) -> int:
    with psycopg.connect(years.database.reader_dsn) as connection:
        row = connection.execute("SELECT max(position) FROM grants.event").fetchone()
    assert row is not None
    return int(row[0])


def test_old_turns_keep_their_movements_and_are_listed(years: Years) -> None:
    assert years.stands(post_of(2020), APRIL) == (50, 26, 26, 0)
    assert years.stands(post_of(2021), APRIL) == (103, 0, 0, 0)
    assert deviations(years, APRIL) == [
        ("held-over-outside-the-books", 3),
        ("held-over-outside-the-books", 20),
        ("paid-on-a-closed-year", 3),
        ("paid-on-a-closed-year", 20),
    ]
    assert years.faults() == []


def test_recorded_anew_what_was_paid_since_moves_to_its_year_and_what_was_known_stays(years: Years) -> None:
    before = head(years)
    for number, held in ((1, 3), (2, 20)):
        years.holds(number, 2020, held)
    assert years.stands(post_of(2020), APRIL) == (50, 26, 3, 0)
    assert years.stands(post_of(2021), APRIL) == (103, 23, 23, 0)
    assert deviations(years, APRIL) == [("paid-beyond-carry-over", 20)]
    assert years.stands(post_of(2020), APRIL, before) == (50, 26, 26, 0)
    assert years.stands(post_of(2021), APRIL, before) == (103, 0, 0, 0)
    assert deviations(years, APRIL, known=before)[-1] == ("paid-on-a-closed-year", 20)
    assert years.promises(3, 81, date(2021, 5, 3)) == "exhausted"
    assert years.promises(3, 80, date(2021, 5, 3)) == "recorded"
    assert years.faults() == []


@pytest.mark.parametrize("name", BEFORE_THE_SECOND_RULES)
def test_an_earlier_database_holds_its_turns_outside_the_books(cluster: Cluster, tmp_path: Path, name: str) -> None:
    """Each turn that an earlier release recorded is there to record anew, and none has moved anything."""
    with restored(cluster, name, tmp_path) as dsns:
        upgraded(dsns)
        with psycopg.connect(dsns["grants_reader"]) as reader:
            turns = "SELECT stream FROM grants.event WHERE topic = 'award.commitment-held-over.v1'"
            recorded = {row[0] for row in reader.execute(turns)}
            assert reader.execute("SELECT count(*) FROM grants.held_over").fetchone() == (0,)
            rows = reader.execute(
                UNPAID.encode(), {"day": date(2020, 12, 31), "known": None, "after": "", "limit": 500}
            ).fetchall()
        listed = {row[0] for row in rows if row[-1]}
        assert listed == recorded
