"""`make mutants ARGS="sql --sample 20 --seed 3"`: what the database itself holds, changed one thing at a time.

A constraint, an index that keeps rows apart, or a trigger is taken away; in a function one comparison is turned to its
neighbour. The change is made in the template that a test run copies its databases from (`TILSAGN_TESTS_CHANGED`), and
some test of what the schema is for must fail. That the schema then is not the one described proves nothing, and those
tests are not asked. One change takes minutes, so that a sample is what is run.
"""

import json
import os
import random
import re
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from dev import postgres
from dev.mutants.outcome import Change, Outcome
from dev.state import ROOT
from migrations import SERVICES, upgrade
from migrations.roles import LOGINS, prepare, url

NAME = "sql"
CHANGED = "TILSAGN_TESTS_CHANGED"
TESTS = {
    "grants": (
        *("tests/eventlog", "tests/grants", "tests/inbox", "tests/journeys"),
        *("tests/faults/test_database_roles.py", "tests/faults/test_limits_raced.py", "tests/faults/test_held_log.py"),
        *("tests/faults/test_heard_of_the_other.py", "tests/faults/test_erased_person.py"),
    ),
    "notifications": (
        *("tests/notifications", "tests/eventlog", "tests/journeys"),
        *("tests/faults/test_gate_attacks.py", "tests/faults/test_database_roles.py", "tests/faults/test_permitted.py"),
        *("tests/faults/test_heard_of_the_other.py", "tests/faults/test_restored_gate.py"),
    ),
    "dashboard": ("tests/dashboard",),
}
FIRST = ("tests/house/test_checks.py", "tests/house/test_final.py")
"""Asked first, for they answer soon: whether each CHECK stands where its rows say, and what is recorded stays."""
NEIGHBOUR = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "<>": "="}
COMPARED = re.compile(r"(?<= )(<=|>=|<>|<|>)(?= )")
WORDS = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", re.DOTALL)
"""Comments and texts: what stands in them is compared with nothing."""

HELD = """
    SELECT n.nspname, c.oid::regclass::text || '.' || k.conname, pg_get_constraintdef(k.oid),
           format('ALTER TABLE %%s DROP CONSTRAINT %%I CASCADE', c.oid::regclass, k.conname)
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY (%(schemas)s) AND k.contype IN ('c', 'u', 'x', 'f')
    UNION ALL
    SELECT n.nspname, i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid),
           format('DROP INDEX %%s', i.indexrelid::regclass)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY (%(schemas)s) AND i.indisunique
      AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
    UNION ALL
    SELECT n.nspname, c.oid::regclass::text || '.' || g.tgname, pg_get_triggerdef(g.oid),
           format('DROP TRIGGER %%I ON %%s', g.tgname, c.oid::regclass)
    FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY (%(schemas)s) AND NOT g.tgisinternal
    ORDER BY 1, 2
"""
FUNCTIONS = """
    SELECT n.nspname, p.oid::regprocedure::text, pg_get_functiondef(p.oid)
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = ANY (%(schemas)s) AND p.prokind = 'f' ORDER BY 2
"""


@dataclass(frozen=True)
class Changed:
    """One change of a schema, and the statement that makes it."""

    schema: str
    change: Change
    statement: str


def list_changes(connection: psycopg.Connection) -> Iterator[Changed]:
    """Every change of what a migrated database holds, in one order."""
    asked = {"schemas": list(TESTS)}
    for schema, name, stands, statement in connection.execute(HELD, asked).fetchall():
        yield Changed(schema, Change(f"{NAME}:{name}", stands, ""), statement)
    for schema, name, defined in connection.execute(FUNCTIONS, asked).fetchall():
        for before, after, whole in turned(defined):
            yield Changed(schema, Change(f"{NAME}:{name}", before, after), whole)


def turned(defined: str) -> Iterator[tuple[str, str, str]]:
    """A function with one comparison turned to its neighbour: the line before, the line after, and the whole."""
    said = [found.span() for found in WORDS.finditer(defined)]
    for found in COMPARED.finditer(defined):
        at, end = found.span()
        if any(first <= at < last for first, last in said):
            continue
        whole = defined[:at] + NEIGHBOUR[found[0]] + defined[end:]
        line = defined.count("\n", 0, at)
        yield defined.splitlines()[line].strip(), whole.splitlines()[line].strip(), whole


def migrated(place: Path) -> list[Changed]:
    """The changes of a database that this release makes."""
    server, password = postgres.start(place / "postgres", durable=False), secrets.token_urlsafe(16)
    try:
        prepare(server.dsn(), "changed", {login.name: password for login in LOGINS})
        for service in SERVICES:
            upgrade(url(server.dsn(), database="changed", user="tilsagn_migrator", password=password), service)
        with psycopg.connect(server.dsn("changed")) as connection:
            return list(list_changes(connection))
    finally:
        server.stop()


def draw(changes: list[Changed], size: int | None, seed: int) -> list[Changed]:
    """So many of them, each as likely as every other."""
    return changes if size is None else random.Random(seed).sample(changes, min(size, len(changes)))


def survives(changed: Changed, children: int) -> bool:
    """Whether every test passes on databases that are changed like this."""
    environment = os.environ | {CHANGED: json.dumps([changed.statement])}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-n", str(children), "--dist", "worksteal"]
    return all(
        subprocess.run([*command, *tests], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL).returncode == 0
        for tests in (FIRST, TESTS[changed.schema])
    )


def run(size: int | None, seed: int, children: int) -> Outcome:
    """Make the changes one after the other, and tell of each."""
    with tempfile.TemporaryDirectory(prefix="tilsagn-mutants-", dir=postgres.place_to_throw_away()) as folder:
        Path(folder).chmod(0o711)
        every = migrated(Path(folder))
    drawn = draw(every, size, seed)
    print(f"{len(drawn)} of {len(every)} changes of the database, drawn by seed {seed}", flush=True)
    survived = []
    for each in drawn:
        lives = survives(each, children)
        print(f"{'survives' if lives else 'killed'}: {each.change.function}", flush=True)
        survived += [each.change] if lives else []
    return Outcome(NAME, len(drawn), 0, tuple(sorted(survived)))
