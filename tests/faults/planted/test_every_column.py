"""What `dev/tables.py` says of each column is so: whoever owns the database changes one value, and it is told of that
table. Every column of every table that is looked at, one by one."""

import re
from collections import defaultdict
from collections.abc import Iterable
from contextlib import ExitStack

import pytest

from dev.tables import RELATIONS
from dev.verifying.log import checks
from dev.verifying.reading import Snapshot
from dev.verifying.shipped import check_schema
from dev.verifying.unreadable import look_at_each
from dev.verifying.views import PROJECTIONS, compare_views
from tests.conftest import Cluster, Database, copied
from tests.faults.planted.columns import (
    Change,
    Column,
    as_owner,
    change_all,
    changed,
    changes,
    columns,
    open_to_the_owner,
)
from tests.faults.planted.lived import Lived
from tests.faults.planted.stories import BESIDE, CHECKS, NAMED_BY, told

ALL = [projection for its in PROJECTIONS.values() for projection in its]
LOOKED_AT = [name for name, relation in RELATIONS.items() if relation.holds != "nothing"]
TABLES = [name for name in LOOKED_AT if "_view." not in name]
VIEWS = [name for name in LOOKED_AT if "_view." in name]
BROUGHT = {table for _, tables in BESIDE.values() for table in tables}
YEAR = [table for table in TABLES if table not in BROUGHT]
PARTS = {
    **{f"grants {part}": [name for name in YEAR if name.startswith("grants.")][part::2] for part in (0, 1)},
    **{f"notifications {part}": [t for t in YEAR if t.startswith("notifications.")][part::2] for part in (0, 1)},
    **{name: sorted(tables) for name, (_, tables) in BESIDE.items()},
}


def faults_of(database: Database, table: str) -> list[str]:
    """What is found of the log that the table stands beside, or of the schema."""
    schema = table.partition(".")[0]
    dsn = {"grants": database.reader_dsn, "notifications": database.notifications_reader_dsn}[schema]
    if table.endswith(".alembic_version"):
        return [f"{fault.kind}: {fault.detail}" for fault in check_schema({schema: dsn})[0]]
    with Snapshot(dsn) as snapshot:
        made = checks(snapshot, schema, None, every_day=False, days=None)
        name = check_of(table)
        return [f"{fault.kind}: {fault.detail}" for fault in look_at_each(snapshot.connection, {name: made[name]})[1]]


def check_of(table: str) -> str:
    """The one that is made of it: whatever else would be found, that one has to find it."""
    for check, tables in CHECKS.items():
        if table in tables:
            return check
    gate = table.startswith("notifications.") and not table.endswith(".event")
    return "the gate" if gate else "the log"


def clean(database: Database, tables: Iterable[str]) -> None:
    """What is changed is told, so nothing may be told of what stood before."""
    for table in tables:
        assert faults_of(database, table) == [], table


def rows_that_differ(cluster: Cluster, database: Database) -> dict[str, list[str]]:
    """What is said of each table of a read model."""
    said = defaultdict[str, list[str]](list)
    with copied(cluster) as scratch:
        for schema, dsn in (("grants", database.reader_dsn), ("notifications", database.notifications_reader_dsn)):
            for fault in compare_views(dsn, scratch.admin_dsn, schema)[1]:
                said[fault.detail.partition(":")[0]].append(fault.detail)
    return said


def live(projection: str, views: str) -> str:
    """The rows of the filling that is read."""
    return f"edition = (SELECT edition FROM {views}.edition WHERE projection = '{projection}' AND state = 'live')"


def bound(column: Column) -> str:
    """The rows in which it is bound: one that is held in part, and is not nothing, is not where all else was erased."""
    in_part = column.name in RELATIONS[column.table].in_part and not column.nullable
    return "erased_at IS NULL" if in_part else "true"


def tried(column: Column) -> Iterable[Change]:
    """All that is done to it; one that may hold nothing, and is held in part, is only filled and emptied."""
    in_part = column.name in RELATIONS[column.table].in_part and column.nullable
    return [each for each in changes(column) if not in_part or each.name != "another value"]


def turned(them: list[Change], by: int) -> list[Change]:
    """The same, beginning elsewhere."""
    first = by % max(len(them), 1)
    return them[first:] + them[:first]


@pytest.mark.parametrize("part", PARTS)
def test_every_column_that_is_looked_at_is_told_when_it_is_changed(
    cluster: Cluster, lived: Lived, part: str, long: bool
) -> None:
    """A quick run does one thing to each column, and another to its neighbour."""
    untold, untried = [], []
    with told(cluster, lived, part) as database, as_owner(database.admin_dsn) as owner:
        clean(database, PARTS[part])
        open_to_the_owner(owner, PARTS[part])
        for table in PARTS[part]:
            for nth, column in enumerate(columns(owner, table)):
                if column.name in RELATIONS[table].apart or column.generated:
                    continue
                done = 0
                for change in tried(column) if long else turned(list(tried(column)), nth):
                    if done and not long:
                        break
                    with changed(owner, column, change, among=bound(column)) as there:
                        done += there
                        if there and not any(re.match(NAMED_BY[table], each) for each in faults_of(database, table)):
                            untold.append(f"{column}: {change.name}")
                untried += [] if done else [str(column)]
        clean(database, (table for table in PARTS[part] if not table.endswith(".alembic_version")))
    assert (untold, untried) == ([], [])


def test_every_column_of_a_read_model_is_told_by_name(cluster: Cluster, lived: Lived) -> None:
    """The first of each key in every table at once, then the second and so on: each row is told. Then all that are no
    key at once, in the first row and the last: each is named."""
    of = {table.fullname: it for it in ALL for table in it.tables}
    keys_of = {table.fullname: {key.name for key in table.primary_key} for it in ALL for table in it.tables}
    with told(cluster, lived, "views") as database, as_owner(database.admin_dsn) as owner:
        assert rows_that_differ(cluster, database) == {}
        open_to_the_owner(owner, VIEWS)
        read = {table: live(of[table].name, table.partition(".")[0]) for table in VIEWS}
        placed = {t: [c for c in columns(owner, t) if c.name not in RELATIONS[t].apart] for t in VIEWS}
        keys = {table: [each for each in its if each.name in keys_of[table]] for table, its in placed.items()}
        others = {table: [each for each in its if each.name not in keys_of[table]] for table, its in placed.items()}
        for nth in range(max(map(len, keys.values()))):
            with ExitStack() as done:
                changed_now = [its[nth] for its in keys.values() if len(its) > nth]
                for key in changed_now:
                    other = next(iter(changes(key)))
                    assert done.enter_context(changed(owner, key, other, among=read[key.table])), key
                found = rows_that_differ(cluster, database)
            for key in changed_now:
                said = found[key.table]
                assert any("does not follow from the log" in each for each in said), f"{key}: {said}"
        assert rows_that_differ(cluster, database) == {}
        rows = {table: change_all(owner, table, its, among=read[table]) for table, its in others.items()}
        found = rows_that_differ(cluster, database)
    for table, its in others.items():
        for column in its:
            named = [each for each in found[table] if re.search(rf"[:;] {column.name} stands as ", each)]
            assert len(named) == rows[table] > 0, f"{column}: {found[table]}"


def test_what_postgresql_fills_is_so_by_what_is_shipped(cluster: Cluster, lived: Lived) -> None:
    """A column that is worked out from the others of its row: to write in it, its owner has to change what it is."""
    with told(cluster, lived, "filled") as database, as_owner(database.admin_dsn) as owner:
        filled = [each for table in LOOKED_AT for each in columns(owner, table) if each.generated]
        for column in filled:
            owner.execute(f"ALTER TABLE {column.table} ALTER COLUMN {column.name} DROP EXPRESSION".encode())
        dsns = {"grants": database.reader_dsn, "notifications": database.notifications_reader_dsn}
        said = [fault.detail for fault in check_schema(dsns)[0]]
    assert said == [f"column {column}: changed" for column in sorted(filled, key=str)] != []


def test_every_table_that_is_looked_at_is_tried_and_no_other() -> None:
    assert sorted(table for part in PARTS.values() for table in part) == sorted(TABLES) == sorted(NAMED_BY)
