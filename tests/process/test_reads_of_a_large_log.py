"""What grants answers by a bounded part of what it holds reads a bounded part of it.

Every address that is read is asked on a database of several years, with its statistics gathered by hand; each statement
is run once more and told how many rows it read of each table that grows with the years. The planner is told to read no
table whole where there is another way: a table of the test's size would be read whole for being small.
"""

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from dev.large.asked import OF_GRANTS
from dev.large.building import build
from dev.tables import RELATIONS
from services.grants.waiting.view import DONE_ON_ITS_DAY, FIELDS, LIST, LIST_ONE_TASK
from services.httpapi.callers.caller import Role
from tests.conftest import Cluster, Database, copied
from tests.faults.service import serving, settings_of, signed_in
from tests.process.rows_read import contract, in_the_background, read_much, statements_of

YEARS, EVENTS = 3, 16_000
GROWS_NOT: Mapping[str, str] = {
    "grants.alembic_version": "one row",
    "grants.authority": "some a year, by letters",
    "grants.authority_use": "one a post that promises beyond its year",
    "grants.log_turn": "no row",
    "grants.tending_turn": "no row",
    "grants.mark": "some for each post and letter",
    "grants_view.edition": "one or two for each read model",
    "grants_view.parked": "what could not be followed, which somebody mends",
}
"""Tables of grants that stay as small as the letters and schemes of a year, or smaller."""
MUCH: Mapping[tuple[str, str], str] = {}
"""What reads more, by address and table, and why it may: nothing does."""
OF_A_BATCH = "what was recorded of the cases that one batch of a read model touches, of a thousand facts"
BESIDE: Mapping[tuple[str, str], str] = {
    ("beside", "event"): OF_A_BATCH,
    ("beside", "payment"): OF_A_BATCH,
    ("beside", "case_row"): OF_A_BATCH,
}
"""Likewise of what is done in the background, where it came to be done while the service ran."""
SWEPT = ("grants.tend_contacts", "pg_is_in_recovery", "FROM grants_view.edition", "max(position)")
"""What is asked by who looks again and again: after contact persons, the server, the read models and the log's end."""


def growing() -> set[str]:
    """Tables whose rows come with cases, by their names in a plan."""
    of_grants = {name for name in RELATIONS if name.startswith(("grants.", "grants_view."))}
    assert GROWS_NOT.keys() <= of_grants
    return {name.rpartition(".")[2] for name in of_grants - GROWS_NOT.keys()}


def test_every_address_that_is_read_is_asked() -> None:
    read = {path for path, of in contract("grants")["paths"].items() if "get" in of}
    assert OF_GRANTS.keys() == read


@pytest.fixture(scope="module")
def large(cluster: Cluster) -> Iterator[Database]:
    with copied(cluster) as database:
        build(database.service_dsn, database.admin_dsn, EVENTS, years=YEARS)
        with psycopg.connect(database.admin_dsn, autocommit=True) as connection:
            connection.execute("ANALYZE")
        yield database


OF_ALL_TASKS = f"""
    SELECT {", ".join(FIELDS)} FROM grants_view.task
    WHERE role = ANY (%(roles)s) AND (%(task)s::text IS NULL OR task = %(task)s)
      AND (from_on IS NULL OR from_on <= %(on)s) AND (until_on IS NULL OR until_on >= %(on)s::date)
      AND NOT EXISTS (SELECT FROM unnest(not_by) AS clashing WHERE lower(clashing) = lower(%(person)s))
      AND (only_by IS NULL OR only_by = %(person)s)
      AND (since_position, case_id, task, part) > (%(position)s, %(case_id)s, %(after_task)s, %(part)s)
    ORDER BY since_position, case_id, task, part LIMIT %(limit)s
"""


@pytest.mark.parametrize("roles", [["caseworker"], ["approver", "attestor"], ["caseworker", "caseworker"], [], [*Role]])
@pytest.mark.parametrize("person", ["kari", "OLA", "anne"])
@pytest.mark.parametrize("on", ["2020-04-01", "2022-12-31"])
@pytest.mark.parametrize("task", [None, "remind-of-report", "attest-payment"])
def test_each_page_of_the_inbox_is_what_all_open_tasks_sorted_would_give(
    large: Database, roles: list[str], person: str, on: str, task: str | None
) -> None:
    given: dict[str, Any] = {"roles": [str(role) for role in roles], "person": person, "on": on, "today": on}
    given |= {"task": task, "done_on_its_day": list(DONE_ON_ITS_DAY), "position": 0, "case_id": UUID(int=0)}
    given |= {"after_task": "", "part": 0, "limit": 40}
    listed, names = LIST if task is None else LIST_ONE_TASK, list(FIELDS)
    place = [names.index(name) for name in ("since_position", "case_id", "task", "part")]
    with psycopg.connect(large.service_dsn) as connection:
        while True:
            pages = [connection.execute(query.encode(), given).fetchall() for query in (listed, OF_ALL_TASKS)]
            assert pages[0] == pages[1]
            if not pages[0]:
                return
            last = pages[0][-1]
            given |= dict(zip(("position", "case_id", "after_task", "part"), (last[at] for at in place), strict=True))


def test_no_bounded_answer_reads_most_of_a_table_that_grows(large: Database, tmp_path: Path) -> None:
    settings = settings_of(large, tmp_path)
    found: dict[str, list[tuple[str, Any]]] = {}

    async def go() -> None:
        with in_the_background() as beside:
            async with serving(settings) as (_, client):
                found.update(await statements_of(client, signed_in(settings, "anne", *Role), OF_GRANTS))
        found["beside"] = beside

    asyncio.run(go())
    assert sum(map(len, found.values())) > 100
    much = read_much(large.service_dsn, found, growing())
    asked_beside = " ".join(query for query, _ in found["beside"])
    assert [each for each in SWEPT if each not in asked_beside] == []
    assert much.keys() - BESIDE.keys() == MUCH.keys(), "\n".join(f"{key}: {much[key][:300]}" for key in much)
