"""A fund's place in the tree, as PostgreSQL puts it together, is its path from the post down, however deep the tree."""

from string import ascii_lowercase

import psycopg

from tests.conftest import Database

ASKED = "SELECT grants.place_of(%s), grants.place_of_deep(%s)"


def test_a_place_is_the_path_from_the_top_down_however_it_is_put_together(database: Database) -> None:
    with psycopg.connect(database.dashboard_dsn) as reading:
        for depth in range(13):
            path = list(ascii_lowercase[:depth])
            expected = "/".join(reversed(path)) or None
            assert reading.execute(ASKED, (path, path)).fetchone() == (expected, expected), depth


def test_the_usual_place_is_taken_into_the_statement_and_found_by_its_index(database: Database) -> None:
    """A function with a query in it is called for every row instead."""
    asked = "EXPLAIN (VERBOSE) SELECT grants.place_of(path) FROM grants.fund"
    of_page = (
        "EXPLAIN SELECT 1 FROM grants.fund WHERE year = 1 AND chapter = 1 AND post = 1 ORDER BY grants.place_of(path)"
    )
    with psycopg.connect(database.admin_dsn) as owner:
        owner.execute("SET enable_seqscan = off; SET enable_sort = off; SET enable_bitmapscan = off")
        told, page = ("\n".join(line for (line,) in owner.execute(each.encode())) for each in (asked, of_page))
    assert "place_of(" not in told
    assert "place_of_deep(" in told
    assert "fund_place" in page
    assert "Sort" not in page
