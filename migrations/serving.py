"""What a schema says of itself to those who run on it: the revision it stands at, and the last release that it no
longer serves, because a migration took away what that one needed (`contracting.toml`).

It is a function, laid anew as migrations end and in their transaction: nothing but the owner can change what it says,
and `make verify` holds it against what was shipped.
"""

import re
import tomllib
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

HERE = Path(__file__).parent
LEDGER = HERE / "contracting.toml"
ASKED_BY = {
    "grants": "grants_service, grants_reader, tilsagn_dashboard",
    "notifications": "notifications_service, notifications_reader, tilsagn_dashboard",
    "dashboard": "dashboard_sessions",
}
FUNCTION = """
CREATE OR REPLACE FUNCTION {schema}.schema_version() RETURNS TABLE (revision text, stopped text)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$ SELECT '{revision}'::text, {stopped}::text $$;
REVOKE ALL ON FUNCTION {schema}.schema_version() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION {schema}.schema_version() TO {asked_by};
"""


def taken_away() -> list[dict[str, str]]:
    """The ledger of what migrations take away."""
    entries: list[dict[str, str]] = tomllib.loads(LEDGER.read_text(encoding="utf-8"))["taken"]
    return entries


def is_run_by(entry: dict[str, str], version: Path) -> bool:
    """Whether this file of a revision runs what an entry of the ledger names: it is the file, or lays that text."""
    taken = HERE / entry["file"]
    return taken == version or (taken.suffix == ".sql" and f'"{taken.name}"' in version.read_text(encoding="utf-8"))


def last_stopped(versions: list[Path], entries: list[dict[str, str]]) -> str | None:
    """The last release that needed anything these revisions have taken away; None if they took nothing from any."""
    releases = {
        entry["last_needed_by"]
        for entry in entries
        if "last_needed_by" in entry and any(is_run_by(entry, version) for version in versions)
    }
    return max(releases, key=lambda release: tuple(map(int, release.split("."))), default=None)


def say_what_is_served(connection: Connection, service: str, script: ScriptDirectory) -> None:
    """Lay the function, as the migrations of the service end."""
    heads = MigrationContext.configure(connection, opts={"version_table_schema": service}).get_current_heads()
    if not heads:
        return
    applied = [Path(revision.path) for revision in script.iterate_revisions(heads, "base")]
    stopped = last_stopped(applied, taken_away())
    (revision,) = heads
    assert re.fullmatch(r"[0-9]{4}", revision), revision
    assert stopped is None or re.fullmatch(r"[0-9]+(\.[0-9]+){2}", stopped), stopped
    connection.exec_driver_sql(
        FUNCTION.format(
            schema=service,
            revision=revision,
            stopped="NULL" if stopped is None else f"'{stopped}'",
            asked_by=ASKED_BY[service],
        )
    )
