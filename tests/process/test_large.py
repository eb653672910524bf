"""What `make large` builds verifies whole, and is built anew only where what builds it is another."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dev.large import recipe
from dev.large.building import build, cases_for
from dev.large.year import AGENCIES, YEAR, events_of, name_of, of_cases, of_the_year, organisation_number
from dev.verifying.log import verify
from dev.verifying.shipped import check_schema
from dev.verifying.views import compare_views, empty_database
from services.eventlog.checkpoints.checkpoint import PUBLIC_KEY, Checkpoints
from services.eventlog.checkpoints.checkpointer import Checkpointer
from services.grants.balance.digest import read_digest
from tests.conftest import Cluster, Database, copied

YEARS = 2
SIGNS = re.compile(rf"{YEAR}[-/]|-{YEAR}|{YEAR}a000|\"year\": ?{YEAR}|\b{YEAR}\b")
SPOILED = {
    "a number": "UPDATE grants.case_number SET number = number + 100000 WHERE number = 3 AND year = 2021",
    "a sum of money": "UPDATE grants.fund SET committed_ore = committed_ore + 1 WHERE id = '2021/991/71/drift'",
    "a row of the list": "UPDATE grants_view.case_row SET state = 'closed' WHERE chapter = 991 AND year = 2021",
    "a sum of awards": "DELETE FROM grants_view.award_sum WHERE scheme_id = 'drift-0991-2021' AND size = 12",
}


@pytest.fixture
def large(cluster: Cluster) -> Iterator[tuple[Database, int]]:
    with copied(cluster) as database:
        yield database, build(database.service_dsn, database.admin_dsn, 1, years=YEARS)


def wrong(database: Database, folder: Path) -> list[str]:
    """All that is found of the log, its read models and its schema."""
    Checkpointer(
        database.service_dsn, Checkpoints(folder), Ed25519PrivateKey.generate(), log="grants", digest=read_digest
    ).sign()
    _, faults = verify(database.reader_dsn, folder, folder / PUBLIC_KEY, dated=True, told=True)
    with empty_database("grants") as scratch:
        _, of_views, _ = compare_views(database.reader_dsn, scratch, "grants")
    of_schema, _ = check_schema({"grants": database.reader_dsn}, administrators=["postgres"])
    return [str(fault) for fault in (*faults, *of_views, *of_schema)]


def test_a_large_database_verifies_whole(large: tuple[Database, int], tmp_path: Path) -> None:
    database, head = large
    assert wrong(database, tmp_path) == []
    with psycopg.connect(database.admin_dsn) as connection:
        found = connection.execute(
            "SELECT count(*), max(position), count(DISTINCT substr(stream, 6, 4)) FILTER (WHERE stream ^@ 'case-'),"
            " count(DISTINCT topic) FROM grants.event"
        ).fetchone()
        assert found == (head, head, YEARS, 17)
        agencies = connection.execute(
            "SELECT chapter, year, count(*) FROM grants_view.case_row GROUP BY 1, 2"
        ).fetchall()
    cases = cases_for(1, YEARS)
    assert {(chapter, year) for chapter, year, _ in agencies if chapter} == {
        (291 + 100 * agency, YEAR + year) for agency in range(AGENCIES) for year in range(YEARS)
    }
    assert sum(many for _, _, many in agencies) == cases * AGENCIES * YEARS


def test_what_is_otherwise_in_it_is_found(large: tuple[Database, int], tmp_path: Path) -> None:
    """Else what verifies it had looked at nothing of the last agency's last year."""
    database, _ = large
    with psycopg.connect(database.admin_dsn, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("ALTER TABLE grants.case_number DISABLE TRIGGER USER")
        connection.execute("BEGIN")
        for statement in SPOILED.values():
            assert connection.execute(statement.encode()).rowcount >= 1, statement
        connection.execute("COMMIT")
    found = "\n".join(wrong(database, tmp_path))
    for told in ("case number", "balance", "grants_view.case_row", "grants_view.award_sum"):
        assert told in found


def test_nothing_in_the_year_reads_like_a_year_or_a_chapter_by_chance() -> None:
    """What is replaced must be what was meant: a name or a number that reads like the year would become another."""
    assert len({organisation_number(nth) for nth in range(3_000)}) == 3_000
    for nth in range(3_000):
        assert str(YEAR) not in organisation_number(nth)
        assert len(organisation_number(nth)) == 9
    assert name_of(7) == "Forening 000007"
    assert sum(len(told.events) for told in of_cases(40)) == events_of(40)
    assert {told.on.year for told in (*of_the_year(), *of_cases(40))} == {YEAR}


def test_it_is_built_anew_where_what_builds_it_is_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not recipe.stands(tmp_path, 1_000)
    recipe.keep(tmp_path, 1_000)
    assert recipe.stands(tmp_path, 1_000)
    assert not recipe.stands(tmp_path, 2_000)
    monkeypatch.setattr(recipe, "PROJECTIONS", ())
    assert not recipe.stands(tmp_path, 1_000)
