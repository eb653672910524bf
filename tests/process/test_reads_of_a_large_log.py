"""What grants answers by a bounded part of what it holds reads a bounded part of it.

Every address that is read is asked on a database of several years, with its statistics gathered by hand; each statement
is run once more and told how many rows it read of each table that grows with the years. The planner is told to read no
table whole where there is another way: a table of the test's size would be read whole for being small.
"""

import asyncio
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import AsyncCursor

from dev.large.asked import OF_GRANTS
from dev.large.building import build
from dev.tables import RELATIONS
from services.grants.waiting.view import DONE_ON_ITS_DAY, FIELDS, LIST, LIST_ONE_TASK
from services.httpapi.callers.caller import Role
from tests.conftest import Cluster, Database, copied
from tests.faults.service import serving, settings_of, signed_in

YEARS, EVENTS = 3, 4_000
FEW = 150
"""Rows that a bounded answer may read of a table, however many there are."""
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


def growing() -> set[str]:
    """Tables whose rows come with cases, by their names in a plan."""
    of_grants = {name for name in RELATIONS if name.startswith(("grants.", "grants_view."))}
    assert GROWS_NOT.keys() <= of_grants
    return {name.rpartition(".")[2] for name in of_grants - GROWS_NOT.keys()}


def contract(service: str) -> dict[str, Any]:
    of: dict[str, Any] = json.loads(Path(f"contracts/openapi-{service}.json").read_text(encoding="utf-8"))
    return of


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


Statements = dict[str, list[tuple[str, Any]]]


def asked(database: Database, folder: Path) -> Statements:
    """Every statement that each address asks the database."""
    execute = AsyncCursor.execute
    found: Statements = {}

    async def go() -> None:
        settings = settings_of(database, folder)
        async with serving(settings) as (_, client):
            headers = signed_in(settings, "anne", *Role)
            for path, of in OF_GRANTS.items():
                for each in of:
                    address = each if each.startswith("/") else path + each
                    statements = found.setdefault(address, [])

                    async def watched(
                        self: Any, query: Any, params: Any = None, *, into: Any = statements, **how: Any
                    ) -> Any:
                        into.append((query.decode() if isinstance(query, bytes) else str(query), params))
                        return await execute(self, query, params, **how)

                    with pytest.MonkeyPatch.context() as patched:
                        patched.setattr(AsyncCursor, "execute", watched)
                        answer = await client.get(address, headers=headers)
                    assert answer.status_code in (200, 404, 409), f"{address}: {answer.text}"

    asyncio.run(go())
    return found


def read_of(plan: Any) -> Iterator[tuple[str, float]]:
    """How many rows a plan read of each table, whether it kept them or not."""
    if "Relation Name" in plan:
        dropped = sum(plan.get(name, 0) for name in ("Rows Removed by Filter", "Rows Removed by Index Recheck"))
        yield plan["Relation Name"], (plan["Actual Rows"] + dropped) * plan["Actual Loops"]
    for part in plan.get("Plans", ()):
        yield from read_of(part)


def test_no_bounded_answer_reads_most_of_a_table_that_grows(large: Database, tmp_path: Path) -> None:
    statements = asked(large, tmp_path)
    assert sum(map(len, statements.values())) > 100
    grows, much = growing(), dict[tuple[str, str], str]()
    with psycopg.connect(large.service_dsn, autocommit=True) as connection:
        connection.execute(
            "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off"
        )
        for address, of in statements.items():
            for query, given in of:
                if not query.lstrip().startswith(("SELECT", "WITH")):
                    continue
                explained = f"EXPLAIN (ANALYZE, FORMAT JSON) {query}".encode()
                [([told],)] = connection.execute(explained, given).fetchall()
                for table, rows in read_of(told["Plan"]):
                    if table in grows and rows > FEW:
                        much[address, table] = f"{rows:,.0f} rows: {' '.join(query.split())}"
    assert much.keys() == MUCH.keys(), "\n".join(f"{key}: {much[key][:300]}" for key in much)
