"""Each clash is held against facts from where it was first asked in their log: told before, a fault after."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

import pytest
from psycopg_pool import AsyncConnectionPool

from dev.verifying.log import verify
from migrations import upgrade
from services.duties.since import SINCE, WITH_THE_TABLE, asked_since
from services.duties.table import ACTS
from services.eventlog.command import Command, Write
from services.eventlog.events import Event
from services.eventlog.log import Log
from tests.conftest import Cluster, Database, copied
from tests.eventlog.earlier import append_as_then, earlier
from tests.grants.award.grant_letters import PROPOSED
from tests.grants.award.letter_freezing import approved, frozen

BEGUN_UNDER = {1: {"grants": "0004", "notifications": "0001"}, 2: {"grants": "0025", "notifications": "0011"}}
FROZE = f"{approved.approved_by} froze the letter"
PROPOSED_IT = f"{approved.approved_by} prepared this award"
# Who approves had frozen the letter; or had proposed the award.
BY_WHO_FROZE = (PROPOSED, replace(frozen, frozen_by=approved.approved_by), approved)
BY_WHO_PROPOSED = (replace(PROPOSED, proposed_by=approved.approved_by), frozen, approved)
BEFORE = {UUID(int=1): BY_WHO_FROZE, UUID(int=2): BY_WHO_PROPOSED}
AFTER = {UUID(int=3): BY_WHO_FROZE, UUID(int=4): BY_WHO_PROPOSED}


@contextmanager
def begun(cluster: Cluster, rules: int) -> Iterator[Database]:
    """A log that began under those rules, in which both was done; and was done again after it came to the newest."""
    if rules == 3:
        with copied(cluster) as database:
            record(database, BEFORE)
            record(database, AFTER)
            yield database
        return
    with earlier(cluster, BEGUN_UNDER[rules]) as database:
        if rules == 1:
            for case, facts in BEFORE.items():
                for version, fact in enumerate(facts, 1):
                    append_as_then(database.service_dsn, "grants", f"case-{case}", version=version, fact=fact)
        else:
            record(database, BEFORE)
        upgrade(database.migrator_dsn, "grants")
        record(database, AFTER)
        yield database


def record(database: Database, cases: Mapping[UUID, tuple[Event, ...]]) -> None:
    log = Log(database.service_dsn, AsyncConnectionPool(database.service_dsn, open=False), schema="grants")
    for case, facts in cases.items():
        assert log.append_now(Command(actor="kari"), Write(f"case-{case}", 0, facts)).outcome == "recorded"
    log.close()


def convicted(database: Database) -> dict[int, str]:
    """By the number of the case, what is found."""
    _, faults = verify(database.admin_dsn, None, None)
    said = [fault.detail for fault in faults if fault.kind == "duties"]
    return {UUID(each[5:41]).int: each[43:] for each in said}


@pytest.mark.parametrize(("rules", "cases"), [(1, {3, 4}), (2, {2, 3, 4}), (3, {1, 2, 3, 4})])
def test_what_was_done_before_it_was_asked_is_told_and_no_fault(cluster: Cluster, rules: int, cases: set[int]) -> None:
    with begun(cluster, rules) as database:
        found = convicted(database)
        assert found.keys() == cases
        assert {said.split(",")[0] for case, said in found.items() if case % 2} == {f"{FROZE} of this award"}
        assert {said.split(",")[0] for case, said in found.items() if not case % 2} == {PROPOSED_IT}
        counts, _ = verify(database.admin_dsn, None, None)
        assert counts["decided by one of its authors, under earlier rules"] == 4 - len(cases)


def test_what_is_said_of_clashes_is_said_of_clashes_there_are() -> None:
    assert {(act.name, other) for act in ACTS.values() for other in act.not_by} >= SINCE.keys()
    assert min(SINCE.values()) > WITH_THE_TABLE
    assert asked_since("approve award", "propose award") == WITH_THE_TABLE
