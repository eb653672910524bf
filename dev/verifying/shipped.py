"""The part of `make verify` that looks at the database itself: its tables, functions, rights and roles are those this
release ships, and its revisions are the newest.

A clock that was replaced is told by name. In a demonstration's database that is as it should be, and only whoever
verifies can know that it is one: so it must be said (`--demonstration`), and no database can say it of itself. Then it
must be the demonstration's own, to the letter but for how far ahead it is.

Whoever no right holds back can do all that the owner can. The cluster's first superuser there must be, and is named;
any other is a fault, unless whoever verifies says that it administers the cluster (`--administrator`).
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict

from migrations import LOGS, SERVICES, list_heads
from migrations.description import OURS, differences, read, shipped
from migrations.roles import OWNER
from services.eventlog.checkpoints.chain import Fault

CLOCKS = frozenset(f"function {service}.log_clock(): changed" for service in LOGS)
# The schemas of each service, as names in the description begin with them.
SCHEMAS = {
    "grants": ("grants", "grants_view"),
    "notifications": ("notifications", "notifications_view"),
    "dashboard": ("dashboard",),
}
OWN_CLOCK, THEIR_CLOCK = "SELECT clock_timestamp()", r" SELECT clock_timestamp\(\) \+ '[-+ :,.0-9a-z]+'(::interval)? "
POWERFUL = (OWNER, "pg_write_all_data", "pg_read_all_data", "pg_write_server_files", "pg_execute_server_program")
# Who is none of ours and can do what none of them can, and whether it is the cluster's first superuser.
POWERS = """
    SELECT r.rolname, r.oid = 10, concat_ws(', ', CASE WHEN r.rolsuper THEN 'superuser' END,
           CASE WHEN r.rolcreaterole THEN 'creates roles' END, CASE WHEN r.rolbypassrls THEN 'passes row security' END,
           CASE WHEN r.rolreplication THEN 'replicates' END,
           (SELECT string_agg('a member of ' || g.rolname, ', ' ORDER BY g.rolname) FROM pg_roles g
            WHERE g.rolname = ANY (%(powerful)s) AND NOT r.rolsuper AND pg_has_role(r.oid, g.oid, 'MEMBER')))
    FROM pg_roles r WHERE r.rolname <> ALL (%(ours)s) AND NOT starts_with(r.rolname, 'pg_') ORDER BY r.rolname
"""
DEMONSTRATION = "the clock is a demonstration's: what it says of time proves nothing"


def check_schema(
    dsns: Mapping[str, str], *, demonstration: bool = False, administrators: Collection[str] = ()
) -> tuple[list[Fault], list[str]]:
    """What is not as this release ships it, and what is told beside. Reads only, as each service's reader: `dsns` by
    service. Both services may stand in one database, or each in its own."""
    faults: list[Fault] = []
    told: dict[str, None] = {}
    strangers: dict[str, None] = {}
    for dsn in _databases(dsns):
        with psycopg.connect(dsn) as connection:
            connection.read_only = True
            found = read(connection)
            for power, known in powers(connection, administrators):
                (told if known else strangers).setdefault(power)
        elsewhere = [service for service in SERVICES if not _stands(found, service)]
        wanted = {name: line for name, line in shipped().items() if not _of(name, elsewhere)}
        said = differences({name: line for name, line in found.items() if not _of(name, elsewhere)}, wanted)
        told |= dict.fromkeys(f"the schema of {service} is not in this database" for service in elsewhere)
        if demonstration and (
            theirs := {name for name in CLOCKS.intersection(said) if _is_theirs(name, found, wanted)}
        ):
            told[DEMONSTRATION] = None
            said = [each for each in said if each not in theirs]
        faults += [Fault(0, "schema", _worded(each)) for each in said]
    faults += [Fault(0, "schema", each) for each in strangers]
    for service, dsn in dsns.items():
        faults += [Fault(0, "schema", each) for each in _revisions(dsn, service)]
    return faults, list(told)


def powers(connection: Connection[Any], administrators: Collection[str]) -> Iterator[tuple[str, bool]]:
    """Whoever can do what no role of ours can, and whether that is as it must be."""
    asked = {"ours": OURS, "powerful": list(POWERFUL)}
    for name, is_first, can in connection.execute(POWERS, asked):
        if is_first:
            yield f"{name} is the cluster's first superuser, and can do all that its owner can", True
        elif can:
            yield f"role {name} can do what no role of ours can: {can}", name in administrators


def _is_theirs(said: str, found: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    """Whether a clock that was replaced is the one the demonstration puts in its place (dev/demo/clock.py)."""
    name = said.removesuffix(": changed")
    before, _, after = wanted[name].partition(OWN_CLOCK)
    return bool(re.fullmatch(re.escape(before) + THEIR_CLOCK + re.escape(after), found[name]))


def _databases(dsns: Mapping[str, str]) -> list[str]:
    """One way into each database."""
    each: dict[tuple[Any, ...], str] = {}
    for dsn in dsns.values():
        known = conninfo_to_dict(dsn)
        each.setdefault(tuple(known.get(part) for part in ("host", "port", "dbname")), dsn)
    return list(each.values())


def _worded(said: str) -> str:
    return f"{said} ({DEMONSTRATION})" if said in CLOCKS else said


def _stands(found: dict[str, str], service: str) -> bool:
    """Whether the service keeps anything here: each may have a database of its own."""
    return any(name.startswith(f"relation {schema}.") for schema in SCHEMAS[service] for name in found)


def _of(name: str, services: list[str]) -> bool:
    """Whether a line of the description is about something in those services' schemas."""
    schemas = "|".join(schema for service in services for schema in SCHEMAS[service])
    return bool(schemas) and bool(re.match(rf"[a-z ]+ (?:{schemas})(?:\.|$)", name))


def _revisions(dsn: str, service: str) -> list[str]:
    """That the service stands at this release's revision: only the migrations may say which it is."""
    with psycopg.connect(dsn) as connection:
        rows = connection.execute(f"SELECT version_num FROM {service}.alembic_version".encode()).fetchall()
    stands = tuple(version for (version,) in rows)
    return [] if stands == list_heads(service) else [f"{service} stands at revision {', '.join(stands) or 'none'}"]
