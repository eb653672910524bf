"""From where on the rules of this release hold: told by a log that held facts before them, and by no other."""

import psycopg
import pytest

from dev.verifying.log import verify as verify_all
from migrations import upgrade
from services.eventlog.chain import COLUMNS, StoredEvent, verify
from services.eventlog.epoch.events import LogRulesChanged
from services.eventlog.epoch.rules import Epoch, evolve, rules_hold_from
from services.eventlog.epoch.view import find_rules_hold_from
from tests.conftest import Cluster, Database
from tests.eventlog.conftest import Moved
from tests.eventlog.earlier import append_as_then, earlier

BEFORE = {"grants": "0004", "notifications": "0001"}
LOGS = {"grants": "service_dsn", "notifications": "notifications_dsn"}


def told(database: Database, schema: str) -> list[tuple[object, ...]]:
    """What the log says of itself."""
    with psycopg.connect(database.admin_dsn) as connection:
        rows = connection.execute(
            f"SELECT position, version, topic, convert_from(data, 'UTF8') FROM {schema}.event WHERE stream = 'log'"
            " ORDER BY version"
        )
        return rows.fetchall()


def held_from(database: Database, schema: str) -> int:
    with psycopg.connect(database.admin_dsn) as connection:
        return find_rules_hold_from(connection, schema)


@pytest.mark.parametrize("schema", LOGS)
def test_a_log_that_held_facts_says_once_from_where_the_new_rules_hold(cluster: Cluster, schema: str) -> None:
    with earlier(cluster, BEFORE) as database:
        for n in range(3):
            append_as_then(getattr(database, LOGS[schema]), schema, f"case-{n}")
        for _ in range(2):
            upgrade(database.migrator_dsn, schema)
        assert told(database, schema)[0] == (4, 1, LogRulesChanged.TOPIC, '{"rules":2}')
        assert [row[2] for row in told(database, schema)].count(LogRulesChanged.TOPIC) == 1
        assert held_from(database, schema) == 4
        with psycopg.connect(database.admin_dsn) as connection:
            rows = connection.execute(f"SELECT {COLUMNS} FROM {schema}.event ORDER BY position", binary=True)
            assert verify(StoredEvent(*row) for row in rows) == []
        counts, faults = verify_all(database.admin_dsn, None, None, schema=schema)
        assert faults == []
        assert counts["events under earlier rules"] == 3


@pytest.mark.parametrize("schema", LOGS)
def test_a_new_log_began_under_them_and_says_nothing(database: Database, schema: str) -> None:
    assert told(database, schema) == []
    assert held_from(database, schema) == 0


def test_the_first_fact_that_tells_of_them_counts_and_rules_never_go_back() -> None:
    other, second, third = Moved(what="x"), LogRulesChanged(rules=2), LogRulesChanged(rules=3)
    assert rules_hold_from([(1, other), (4, second), (9, third)]) == 4
    assert rules_hold_from([(1, other), (4, second), (9, third)], rules=3) == 9
    assert rules_hold_from([(1, other)]) == 0
    assert evolve(Epoch(rules=3), second) == Epoch(rules=3)
    assert evolve(Epoch(rules=2), other) == Epoch(rules=2)
