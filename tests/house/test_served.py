"""A schema says what it serves: the revision it stands at, and the last release that a migration took from."""

import tomllib

import psycopg
import pytest

from dev.describe import NEEDED, needed
from migrations import SERVICES, list_heads
from migrations.serving import HERE, is_run_by, last_stopped, taken_away
from services.process.schema import RELEASE
from tests.conftest import Database
from tests.house.tree import ROOT

ASKS = {
    "grants": ("service_dsn", "reader_dsn", "dashboard_dsn"),
    "notifications": ("notifications_dsn", "notifications_reader_dsn", "dashboard_dsn"),
    "dashboard": ("sessions_dsn",),
}


def test_this_release_is_the_one_that_is_built() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"] == RELEASE


def test_what_services_need_is_the_newest_revision_of_each_schema() -> None:
    assert NEEDED.read_text(encoding="utf-8") == needed()


@pytest.mark.parametrize("service", SERVICES)
def test_a_migrated_schema_tells_whoever_stands_on_it_its_revision(service: str, database: Database) -> None:
    for dsn in ASKS[service]:
        with psycopg.connect(getattr(database, dsn)) as connection:
            said = connection.execute(f"SELECT revision, stopped FROM {service}.schema_version()".encode()).fetchall()
        assert said == [(list_heads(service)[0], None)]


def test_each_entry_of_the_ledger_is_run_by_a_revision() -> None:
    """Else what it takes away would be taken, and the schema would say that it serves everybody."""
    versions = [version for service in SERVICES for version in sorted((HERE / service / "versions").glob("*.py"))]
    orphans = [entry["file"] for entry in taken_away() if not any(is_run_by(entry, version) for version in versions)]
    assert orphans == []


def test_the_last_release_that_lost_something_is_the_one_that_is_named() -> None:
    versions = sorted((HERE / "grants" / "versions").glob("*.py"))
    frozen = next(version for version in versions if version.name.startswith("0043"))
    ledger = [
        {"file": f"grants/versions/{versions[0].name}", "last_needed_by": "0.9.0"},
        {"file": "grants/sql/how_fresh.sql", "last_needed_by": "0.10.0"},
        {"file": "grants/versions/9999_to_come.py", "last_needed_by": "0.11.0"},
        {"file": f"grants/versions/{versions[1].name}"},
    ]
    assert last_stopped([versions[0]], ledger) == "0.9.0"
    assert last_stopped([versions[0], frozen], ledger) == "0.10.0"
    assert last_stopped([versions[1]], ledger) is None
