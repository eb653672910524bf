"""The part of `make verify` that looks at the database itself: its tables, functions, rights and roles are those this
release ships, and its revisions are the newest.

A clock that was replaced is told by name. In a demonstration's database that is as it should be, and only whoever
verifies can know that it is one: so it must be said (`--demonstration`), and no database can say it of itself.
"""

import re
from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from migrations import SERVICES, list_heads
from migrations.description import differences, read, shipped
from services.eventlog.chain import Fault

CLOCKS = frozenset(f"function {service}.log_clock(): changed" for service in SERVICES)
# The schemas of each service, as names in the description begin with them.
SCHEMAS = {"grants": ("grants", "grants_view"), "notifications": ("notifications",)}
DEMONSTRATION = "the clock is a demonstration's: what it says of time proves nothing"


def check_schema(dsns: Mapping[str, str], *, demonstration: bool = False) -> tuple[list[Fault], list[str]]:
    """What is not as this release ships it, and what is told beside. Reads only, as each service's reader: `dsns` by
    service. Both services may stand in one database, or each in its own."""
    faults: list[Fault] = []
    told: dict[str, None] = {}
    for dsn in _databases(dsns):
        with psycopg.connect(dsn) as connection:
            connection.read_only = True
            found = read(connection)
        elsewhere = [service for service in SERVICES if not _stands(found, service)]
        wanted = {name: line for name, line in shipped().items() if not _of(name, elsewhere)}
        said = differences({name: line for name, line in found.items() if not _of(name, elsewhere)}, wanted)
        told |= dict.fromkeys(f"the schema of {service} is not in this database" for service in elsewhere)
        if demonstration and CLOCKS.intersection(said):
            told[DEMONSTRATION] = None
            said = [each for each in said if each not in CLOCKS]
        faults += [Fault(0, "schema", _worded(each)) for each in said]
    for service, dsn in dsns.items():
        faults += [Fault(0, "schema", each) for each in _revisions(dsn, service)]
    return faults, list(told)


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
