"""Which statements a service asks, and how many rows each reads of each table."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from psycopg import AsyncCursor, Cursor

FEW = 150
"""Rows that a bounded answer may read of a table, however many there are."""
Statement = tuple[str, Any]
LOOKED_AT = ("SELECT", "WITH")


def contract(service: str) -> dict[str, Any]:
    of: dict[str, Any] = json.loads(Path(f"contracts/openapi-{service}.json").read_text(encoding="utf-8"))
    return of


async def statements_of(
    client: httpx.AsyncClient, headers: Mapping[str, str], addresses: Mapping[str, Sequence[str]]
) -> dict[str, list[Statement]]:
    """Every statement that each address asks the database. Addresses go by path, as a query of it or as they are."""
    execute = AsyncCursor.execute
    found: dict[str, list[Statement]] = {}
    for path, of in addresses.items():
        for each in of:
            address = each if each.startswith("/") else path + each
            statements = found.setdefault(address, [])

            async def watched(self: Any, query: Any, params: Any = None, *, into: Any = statements, **how: Any) -> Any:
                into.append((told(query), params))
                return await execute(self, query, params, **how)

            with pytest.MonkeyPatch.context() as patched:
                patched.setattr(AsyncCursor, "execute", watched)
                answer = await client.get(address, headers=dict(headers))
            assert answer.status_code in (200, 401, 404, 409), f"{address}: {answer.text}"
    return found


@contextmanager
def in_the_background() -> Iterator[list[Statement]]:
    """Every statement that is asked meanwhile, by threads and by tasks."""
    found: list[Statement] = []
    execute, execute_aside = Cursor.execute, AsyncCursor.execute

    def watched(self: Any, query: Any, params: Any = None, **how: Any) -> Any:
        found.append((told(query), params))
        return execute(self, query, params, **how)

    async def watched_aside(self: Any, query: Any, params: Any = None, **how: Any) -> Any:
        found.append((told(query), params))
        return await execute_aside(self, query, params, **how)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Cursor, "execute", watched)
        patched.setattr(AsyncCursor, "execute", watched_aside)
        yield found


def told(query: Any) -> str:
    return query.decode() if isinstance(query, bytes) else str(query)


def read_of(plan: Any) -> Iterator[tuple[str, float]]:
    """How many rows a plan read of each table, whether it kept them or not."""
    if "Relation Name" in plan:
        dropped = sum(plan.get(name, 0) for name in ("Rows Removed by Filter", "Rows Removed by Index Recheck"))
        yield plan["Relation Name"], (plan["Actual Rows"] + dropped) * plan["Actual Loops"]
    for part in plan.get("Plans", ()):
        yield from read_of(part)


def read_much(dsn: str, statements: Mapping[str, Sequence[Statement]], grows: set[str]) -> dict[tuple[str, str], str]:
    """What reads more than a bounded part of a table that grows, by who asks and the table. The planner is told to read
    no table whole where there is another way: a table of a test's size would be read whole for being small."""
    much: dict[tuple[str, str], str] = {}
    seen: set[tuple[str, str, str]] = set()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off"
        )
        for who, of in statements.items():
            for query, given in of:
                if not query.lstrip().startswith(LOOKED_AT) or (who, query, repr(given)) in seen:
                    continue
                seen.add((who, query, repr(given)))
                explained = f"EXPLAIN (ANALYZE, FORMAT JSON) {query}".encode()
                [([plan],)] = connection.execute(explained, given).fetchall()
                for table, rows in read_of(plan["Plan"]):
                    if table in grows and rows > FEW:
                        much[who, table] = f"{rows:,.0f} rows: {' '.join(query.split())}"
    return much
