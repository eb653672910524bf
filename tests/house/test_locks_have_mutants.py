"""Each function of the notifications service's database that refuses something, or hashes what others are held to, has
a kept mutant: one way to get it wrong, and a case that is named and fails then. Or it is said where it is tried."""

import ast

import psycopg

from tests.conftest import Database
from tests.house.tree import ROOT

LOCKS = """
    SELECT p.proname::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'notifications' AND p.prosrc ~ 'RAISE EXCEPTION|refuse_unless\\(|sha256\\('
"""
ELSEWHERE = {
    "await_writers": "waits, and refuses nothing: it catches what it raises. tests/faults/test_held_log.py",
    "correct_clock": "the text that grants has, whose mutants are kept: tests/eventlog/test_clock_mutants.py",
    "seal_commands": "asked once, as a log of before is upgraded: tests/eventlog/test_command_chain.py",
}


def changed() -> set[str]:
    """What a kept mutant of notifications changes: each text that is a function's name, in the files they stand in."""
    files = [*(ROOT / "tests" / "notifications").rglob("*mutants.py")]
    assert len(files) > 8
    trees = (ast.parse(file.read_text(encoding="utf-8")) for file in files)
    return {
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_each_lock_of_notifications_has_a_kept_mutant_or_says_where_it_is_tried(database: Database) -> None:
    with psycopg.connect(database.admin_dsn) as connection:
        locks = {name for (name,) in connection.execute(LOCKS)}
    assert len(locks) > 20
    assert locks - changed() == ELSEWHERE.keys()


def test_where_it_is_tried_is_there() -> None:
    paths = [word.strip(".,:") for said in ELSEWHERE.values() for word in said.split() if word.startswith("tests/")]
    assert len(paths) >= len(ELSEWHERE)
    assert [path for path in paths if not (ROOT / path).exists()] == []
