"""Each advisory lock has one purpose, and none holds up the log: whoever can log in can take any of them. Their numbers
are the whole cluster's or one database's, whatever the schema: two purposes under one number wait for each other, or,
worse, each takes the other's turn for its own."""

import ast
import re
from collections import defaultdict

import psycopg

from tests.conftest import Database
from tests.house.advisory_locks import PURPOSES
from tests.house.tree import list_modules

# Constants of Python that name one of them, by file: what they lock, or pass on to be locked.
CONSTANTS = {
    "migrations/__init__.py": {"TURN": 7_215_201_920_200_001},
    "migrations/roles.py": {"TURN": 7_215_201_920_200_002},
    "migrations/log.py": {"LOCK": 7402020},
    "migrations/notifications/versions/0001_ground_floor.py": {"LOCK": 7402021},
    "migrations/notifications/versions/0002_rules_of_the_log.py": {"LOCK": 7402021},
}
# Migrations that take such a lock out of the functions that had it.
GIVEN_UP = ("migrations/grants/versions/0018_turns.py", "migrations/notifications/versions/0009_turns.py")
CALL = re.compile(r"pg_(?:try_)?advisory_(?:xact_)?lock(?:_shared)?\s*\(([^()]*)\)")


def taken_in(database: Database) -> dict[int, set[str]]:
    """The numbers that functions of the migrated database take, and by which functions."""
    found: dict[int, set[str]] = defaultdict(set)
    with psycopg.connect(database.admin_dsn) as connection:
        functions = connection.execute(
            "SELECT pronamespace::regnamespace::text || '.' || proname, coalesce(prosrc, '') FROM pg_proc"
            " WHERE pronamespace::regnamespace::text IN"
            " ('grants', 'notifications', 'grants_view', 'notifications_view')"
        ).fetchall()
    for name, source in functions:
        assert source.count("advisory") == len(CALL.findall(source)), f"{name} locks in a way not known here"
        for number in CALL.findall(source):
            assert number.strip().isdecimal(), f"{name} locks {number}: write the number itself"
            found[int(number)].add(name)
    return found


def test_every_lock_of_the_database_is_taken_for_its_one_purpose(database: Database) -> None:
    assert taken_in(database) == {number: functions for number, (_, functions) in PURPOSES.items() if functions}


def test_no_lock_is_shared_between_the_services(database: Database) -> None:
    """Both schemas may stand in one database, as they do after `make run`."""
    for number, functions in taken_in(database).items():
        assert len({name.split(".")[0].removesuffix("_view") for name in functions}) == 1, number


def constants_of(syntax: ast.Module) -> dict[str, int]:
    """The whole numbers a module gives a name, and texts that are nothing but one."""
    found: dict[str, int] = {}
    for each in syntax.body:
        if (
            isinstance(each, ast.Assign)
            and isinstance(each.value, ast.Constant)
            and isinstance(each.targets[0], ast.Name)
        ):
            value = each.value.value
            if type(value) is int or (isinstance(value, str) and value.isdecimal()):
                found[each.targets[0].id] = int(value)
    return found


def test_python_names_no_lock_but_these() -> None:
    """What takes a lock in Python does so through a constant of its own file, and each constant is listed above."""
    named: dict[str, dict[str, int]] = {}
    for path, text, syntax in list_modules("services", "migrations", "dev", "bench"):
        constants = constants_of(syntax)
        locks = {name: value for name, value in constants.items() if value in PURPOSES}
        if "advisory" in text and path not in GIVEN_UP:
            assert CALL.findall(text) == ["%s"] * text.count("advisory_"), f"{path}: give the lock a name"
            locks |= {name: value for name, value in constants.items() if re.search(rf"advisory.*\({name},\)", text)}
            assert locks, f"{path} takes a lock without naming it"
        if locks:
            named[path] = locks
    assert named == CONSTANTS
