"""Whatever months another year's money pays for, by whatever rule and however it is written: each line of a file that
is for one of them is told, with those months and no others."""

import asyncio
import re
from random import Random
from typing import NamedTuple

import psycopg
from psycopg_pool import AsyncConnectionPool

from services.grants.case.periods import find_months, paid_for_by
from services.grants.round.per_capita import PerCapitaLine
from services.grants.round.recorded_before import find_used
from services.grants.round.remarks import UsedBefore, list_remarks
from services.text.folding import folded
from tests.conftest import Database
from tests.grants.round.per_capita import read
from tests.grants.round.rounds import BERGEN, DRAMMEN, OSLO, as_csv, batch_line

PERIODS = ("2019", "2019-H2", "2019-Q4", "2019-12", "2020-01", "2020-Q1", "2020-03", "2020-H1")
RULES = {"år 1": ("år 1", "ÅR\u00a01", "år  1", "å\u00adr 1"), "år 2": ("år 2", "År 2")}
FUNDS = ("2019/291/60", "2020/291/60", "2021/291/60", "2021/291/60/ekstra")
PLACES = (OSLO, BERGEN, DRAMMEN)
TOLD = re.compile(r"for ([0-9, -]+) by the same rule")


class Paid(NamedTuple):
    """A case's months, and what they are paid of."""

    place: str
    fund_id: str
    rule: str
    period: str
    standing: bool


def draw(random: Random) -> tuple[list[Paid], list[tuple[tuple[str, str, str], str, str]]]:
    """What stands recorded, and the lines of a file: municipality, rule as it is written, period."""
    recorded = [
        Paid(random.choice(PLACES)[0], random.choice(FUNDS), random.choice(RULES[random.choice([*RULES])]),
             random.choice(PERIODS), random.random() < 0.8)
        for _ in range(random.randrange(6))
    ]  # fmt: skip
    lines = [
        (place, random.choice(RULES[rule]), random.choice(PERIODS))
        for place in PLACES
        for rule in random.sample([*RULES], k=random.randrange(1, 3))
    ]
    return recorded, lines


def months_of(period: str) -> set[int]:
    return set(find_months(period) or ())


def expected(recorded: list[Paid], lines: list[tuple[tuple[str, str, str], str, str]]) -> dict[int, set[int]]:
    """The months of each line that are paid for of another year's money than 2020's."""
    found = {}
    for nth, (place, rule, period) in enumerate(lines, 2):
        paid = {
            month
            for each in recorded
            if each.standing and each.place == place[0] and not each.fund_id.startswith("2020/")
            and folded(each.rule) == folded(rule)
            for month in months_of(each.period)
        }  # fmt: skip
        if both := paid & months_of(period):
            found[nth] = both
    return found


def told(lines: tuple[PerCapitaLine, ...], used: UsedBefore) -> dict[int, set[int]]:
    found = {}
    for remark in list_remarks(lines, UsedBefore(months=used.months)):
        if remark.code == "months-paid-of-another-year":
            said = TOLD.search(remark.what)
            assert said is not None
            found[remark.line] = {month for each in said[1].split(", ") for month in months_of(each)}
    return found


def test_each_month_that_another_years_money_pays_for_is_told_on_each_line_that_is_for_it(database: Database) -> None:
    random, reached = Random(11), 0

    async def ask(lines: tuple[PerCapitaLine, ...]) -> UsedBefore:
        async with AsyncConnectionPool(database.service_dsn, min_size=1) as pool:
            return await find_used(pool, lines)

    with psycopg.connect(database.admin_dsn, autocommit=True) as connection:
        for _ in range(60):
            recorded, asked = draw(random)
            connection.execute("DELETE FROM grants.month_taken")
            for nth, paid in enumerate(recorded):
                connection.cursor().executemany(
                    "INSERT INTO grants.month_taken (stream, paid_for, month, position, standing)"
                    " VALUES (%s, %s, %s, %s, %s)",
                    [
                        (
                            f"case-{nth}",
                            paid_for_by("s", paid.place, paid.fund_id, paid.rule),
                            month,
                            nth,
                            paid.standing,
                        )
                        for month in months_of(paid.period)
                    ],
                )
            written = [batch_line(place, rule=rule, period=period) for place, rule, period in asked]
            batch = read(as_csv(*written))
            assert batch.faults == ()
            wanted = expected(recorded, asked)
            assert told(batch.lines, asyncio.run(ask(batch.lines))) == wanted
            reached += len(wanted)
    assert reached > 20
