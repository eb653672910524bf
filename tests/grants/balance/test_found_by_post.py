"""Funds of a post, and what is paid of each post, are the rows that a look at every fund there is would give; and no
fund of another post is looked at for them."""

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from dev.large.building import build
from services.grants.balance.view import FUND, FUNDS, KNOWN
from services.grants.disbursement.payment_lists import RECONCILED
from tests.conftest import Cluster, copied

BY_EVERY_FUND = f"""
    {FUND.replace("f.hard_stop,", "f.hard_stop, tree.place AS place,")}
    CROSS JOIN LATERAL (SELECT string_agg(p, '/' ORDER BY n DESC) AS place
                        FROM unnest(f.path) WITH ORDINALITY AS u (p, n)) AS tree
    WHERE %(fund)s = ANY (f.path) AND tree.place > %(after)s AND {KNOWN} ORDER BY tree.place LIMIT %(limit)s
"""
PAID_BY_EVERY_FUND = """
    SELECT f.id, (SELECT coalesce(sum(p.amount_ore), 0)::bigint FROM grants_view.payment p
                  JOIN grants.fund c ON c.id = 'case-' || p.case_id
                  WHERE p.state = 'paid' AND f.id = ANY (c.path))
    FROM grants.fund f WHERE f.kind = 'post' AND f.year = %(year)s ORDER BY f.chapter, f.post
"""
ASKED = [(2021, 291, 71), (2020, 991, 62), (2020, 491, 71), (2020, 291, 60), (2019, 291, 71)]
"""The last two are none."""


@pytest.fixture(scope="module")
def asks(cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    """Two years of eight agencies, read as the service reads them."""
    with copied(cluster) as database:
        build(database.service_dsn, database.admin_dsn, 1, years=2)
        with psycopg.connect(database.service_dsn, autocommit=True) as connection:
            yield connection


@pytest.mark.parametrize(("year", "chapter", "post"), ASKED)
@pytest.mark.parametrize("known", [None, 0, 400, 900])
@pytest.mark.parametrize("month", [1, 6, 12])
def test_each_page_of_a_posts_funds_is_what_every_fund_asked_would_give(
    asks: psycopg.Connection[Any], year: int, chapter: int, post: int, known: int | None, month: int
) -> None:
    asked: dict[str, Any] = {"year": year, "chapter": chapter, "post": post, "fund": f"{year}/{chapter}/{post}"}
    asked |= {"day": f"{year}-{month:02}-15", "known": known, "after": "", "limit": 7}
    for _ in range(9):
        pages = [asks.execute(query.encode(), asked).fetchall() for query in (FUNDS, BY_EVERY_FUND)]
        columns = asks.execute(f"SELECT * FROM ({FUNDS}) AS f LIMIT 0".encode(), asked).description
        assert sorted(map(repr, map(sorted_row, pages[0]))) == sorted(map(repr, map(sorted_row, pages[1])))
        if not pages[0]:
            return
        assert columns is not None
        place = [column.name for column in columns].index("place")
        assert [row[place] for row in pages[0]] == sorted(row[place] for row in pages[0])
        asked["after"] = pages[0][-1][place]
    pytest.fail("a page follows each page")


def sorted_row(row: tuple[Any, ...]) -> list[str]:
    return sorted(map(repr, row))


@pytest.mark.parametrize("year", [2019, 2020, 2021])
def test_what_is_paid_of_each_post_is_what_every_fund_asked_would_give(
    asks: psycopg.Connection[Any], year: int
) -> None:
    given = {"year": year}
    found = asks.execute(f"SELECT fund_id, paid_ore, ledger_disbursed_ore FROM ({RECONCILED}) AS r".encode(), given)
    rows = found.fetchall()
    assert [row[:2] for row in rows] == asks.execute(PAID_BY_EVERY_FUND.encode(), given).fetchall()
    assert all(paid == ledger for _, paid, ledger in rows)
    assert len(rows) == (0 if year == 2019 else 16)


@pytest.mark.parametrize("query", [FUNDS, RECONCILED])
def test_no_fund_of_another_post_is_looked_at(asks: psycopg.Connection[Any], query: str) -> None:
    asked = {"year": 2021, "chapter": 291, "post": 71, "fund": "2021/291/71", "day": "2021-12-31", "known": None}
    asks.execute("SET enable_seqscan = off; SET enable_bitmapscan = off")
    [(plan,)] = asks.execute(f"EXPLAIN (FORMAT JSON) {query}".encode(), asked | {"after": "", "limit": 5}).fetchall()
    told = json.dumps(plan)
    assert "fund_place" in told
    assert '"Seq Scan", "Parallel Aware": false, "Async Capable": false, "Relation Name": "fund"' not in told
