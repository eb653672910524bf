"""From where on the rules of this release hold: told by a log that held facts before them, and by no other."""

from typing import Any

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from dev.verifying.log import verify as verify_all
from migrations import upgrade
from services.eventlog.checkpoints.chain import COLUMNS, StoredEvent, verify
from services.eventlog.command import Command, Write
from services.eventlog.epoch.events import LogRulesChanged, LogRulesReplaced
from services.eventlog.epoch.rules import FIRST, NEWEST, SECOND, THIRD, Epoch, evolve, rules_hold_from
from services.eventlog.epoch.view import find_rules_hold_from
from services.eventlog.log import Log
from tests.conftest import Cluster, Database
from tests.eventlog.conftest import Moved
from tests.eventlog.earlier import append_as_then, earlier

BEFORE = {"grants": "0004", "notifications": "0001"}
UNDER_THE_SECOND = {"grants": "0025", "notifications": "0011"}
LOGS = {"grants": "service_dsn", "notifications": "notifications_dsn"}


def later(schema: str) -> range:
    """The rules of that log which a fact of the second version tells of."""
    return range(THIRD, NEWEST[schema] + 1)


def said(schema: str) -> list[str]:
    """What an upgraded log says of each of them."""
    return [f'{{"rules": {rules}, "before": {rules - 1}}}' for rules in later(schema)]


def told(database: Database, schema: str) -> list[tuple[Any, ...]]:
    """What the log says of itself."""
    with psycopg.connect(database.admin_dsn) as connection:
        rows = connection.execute(
            f"SELECT position, version, topic, convert_from(data, 'UTF8') FROM {schema}.event WHERE stream = 'log'"
            " ORDER BY version"
        )
        return rows.fetchall()


def held_from(database: Database, schema: str, rules: int) -> int:
    with psycopg.connect(database.admin_dsn) as connection:
        return find_rules_hold_from(connection, schema, rules)


@pytest.mark.parametrize("schema", LOGS)
def test_a_log_that_held_facts_says_once_from_where_the_new_rules_hold(cluster: Cluster, schema: str) -> None:
    with earlier(cluster, BEFORE) as database:
        for n in range(3):
            append_as_then(getattr(database, LOGS[schema]), schema, f"case-{n}")
        for _ in range(2):
            upgrade(database.migrator_dsn, schema)
        assert told(database, schema)[0] == (4, 1, LogRulesChanged.TOPIC, '{"rules":2}')
        assert [row[2] for row in told(database, schema)].count(LogRulesChanged.TOPIC) == 1
        assert held_from(database, schema, SECOND) == 4
        replaced = [(row[0], row[3]) for row in told(database, schema) if row[2] == LogRulesReplaced.TOPIC]
        assert [data for _, data in replaced] == said(schema)
        assert [held_from(database, schema, rules) for rules in later(schema)] == [at for at, _ in replaced]
        with psycopg.connect(database.admin_dsn) as connection:
            rows = connection.execute(f"SELECT {COLUMNS} FROM {schema}.event ORDER BY position", binary=True)
            assert verify(StoredEvent(*row) for row in rows) == []
        counts, faults = verify_all(database.admin_dsn, None, None, schema=schema)
        assert faults == []
        assert counts["events under earlier rules"] == replaced[-1][0] - 1


@pytest.mark.parametrize("schema", LOGS)
def test_a_log_that_began_under_the_second_rules_was_held_to_them_from_its_beginning(
    cluster: Cluster, schema: str
) -> None:
    with earlier(cluster, UNDER_THE_SECOND) as database:
        log = logging(database, schema)
        log.append_now(Command(actor="kari"), Write("case-1", 0, (Moved(what="x"),)))
        log.close()
        upgrade(database.migrator_dsn, schema)
        assert [row[2:] for row in told(database, schema)] == [(LogRulesReplaced.TOPIC, data) for data in said(schema)]
        changed = [row[0] for row in told(database, schema)]
        assert [held_from(database, schema, rules) for rules in (FIRST, SECOND, *later(schema))] == [0, 0, *changed]
        counts, faults = verify_all(database.admin_dsn, None, None, schema=schema)
        assert (faults, counts["events under earlier rules"]) == ([], changed[-1] - 1)


@pytest.mark.parametrize("schema", LOGS)
def test_a_new_log_began_under_them_and_says_nothing(database: Database, schema: str) -> None:
    assert told(database, schema) == []
    assert {held_from(database, schema, rules) for rules in (FIRST, SECOND, *later(schema))} == {0}


def test_the_first_fact_that_tells_of_them_counts_and_rules_never_go_back() -> None:
    other, to_second, to_third = Moved(what="x"), LogRulesChanged(rules=2), LogRulesReplaced(rules=3, before=2)
    from_the_first = [(1, other), (4, to_second), (9, to_third)]
    assert [rules_hold_from(from_the_first, rules) for rules in (FIRST, SECOND, THIRD)] == [0, 4, 9]
    assert rules_hold_from([*from_the_first, (12, to_second)], THIRD) == 9
    from_the_second = [(1, other), (9, to_third)]
    assert [rules_hold_from(from_the_second, rules) for rules in (FIRST, SECOND, THIRD)] == [0, 0, 9]
    at_once = [(5, LogRulesChanged(rules=3))]
    assert [rules_hold_from(at_once, rules) for rules in (FIRST, SECOND, THIRD)] == [0, 5, 5]
    assert {rules_hold_from([(1, other)], rules) for rules in NEWEST.values()} == {0}
    assert evolve(Epoch(began=2, rules=3), to_second) == Epoch(began=2, rules=3)
    assert evolve(Epoch(), other) == Epoch()


def logging(database: Database, schema: str) -> Log:
    dsn = getattr(database, LOGS[schema])
    return Log(dsn, AsyncConnectionPool(dsn, open=False), schema=schema)
