"""A part of a large log is looked at by a process of its own (two thirds of the letters; what was told of deadlines):
what is found is what one alone finds, and one that ends without a word is told."""

from subprocess import run
from sys import executable
from uuid import UUID

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from bench.left import OF_A_LETTER, fill
from bench.verifying import letter, life
from dev.verifying.gate_reading import TOGETHER
from dev.verifying.gate_tables import ITEMS, NOTICES
from dev.verifying.log import verify
from dev.verifying.reading import Snapshot
from dev.verifying.share import HERE, THERE, sharing
from services.eventlog.command import Command, Write
from services.eventlog.events import TOPICS
from services.eventlog.log import Log
from services.grants.balance.movements import effects
from services.grants.deadline.events import DeadlinesTold
from services.grants.deadline.rules import RULES
from services.notifications import main
from tests.conftest import Database

LETTERS = TOGETHER + 2
"""As many as make two batches: one is looked at there."""
KNOWN = "from dev.verifying import share; from services.eventlog.events import TOPICS; print(*TOPICS)"


@pytest.fixture
def left(database: Database) -> Database:
    fill(database.notifications_dsn, database.admin_dsn, LETTERS * OF_A_LETTER)
    return database


def test_every_batch_is_looked_at_by_one_of_the_two() -> None:
    assert HERE.of == THERE.of
    assert sorted(HERE.remainders + THERE.remainders) == list(range(HERE.of))


def test_two_find_what_one_alone_finds(left: Database) -> None:
    alone = verify(left.notifications_reader_dsn, None, None, schema="notifications")
    assert verify(left.notifications_reader_dsn, None, None, schema="notifications", shared_from=LETTERS) == alone
    assert alone[0]["releases"] == LETTERS
    assert alone[1] == []
    with psycopg.connect(left.admin_dsn) as owner:
        owner.execute("ALTER TABLE notifications.release DISABLE TRIGGER ALL")
        owner.execute("UPDATE notifications.release SET basis = 'x', opens_at = opens_at - interval '1 day'")
    alone = verify(left.notifications_reader_dsn, None, None, schema="notifications")
    assert verify(left.notifications_reader_dsn, None, None, schema="notifications", shared_from=LETTERS) == alone
    assert sum("its row says that it opened at" in fault.detail for fault in alone[1]) == LETTERS


def test_two_find_what_one_alone_finds_of_deadlines(database: Database) -> None:
    case = UUID(int=1)
    told = DeadlinesTold(
        case_id=case, case_number=None, year=None, deadlines=(), undated=(), as_of=3, read_to=3, rules=RULES
    )  # fmt: skip
    pool = AsyncConnectionPool(database.service_dsn, open=False)
    log = Log(database.service_dsn, pool, schema="grants", effects=effects)
    for stream, facts in (("allocation-2020", (letter(),)), (f"case-{case}", life(1)), (f"deadlines-{case}", (told,))):
        assert log.append_now(Command(actor="siri"), Write(stream, 0, tuple(facts))).outcome == "recorded"
    log.close()
    counts, faults = verify(database.reader_dsn, None, None)
    assert verify(database.reader_dsn, None, None, shared_from=0) == (counts, faults)
    assert counts["tellings of deadlines"] == 1
    assert f"deadlines-{case} 1: what was told is not what follows from the facts up to then" in [
        fault.detail for fault in faults if fault.kind == "deadline"
    ]
    with Snapshot(database.reader_dsn) as snapshot, sharing(snapshot, "grants", None, at_least=0) as share:
        assert share is not None
        share.process.kill()
        counts, (fault,) = share.found()
        assert counts == {}
        assert fault.detail.startswith("what was told of deadlines")


def test_a_process_that_ends_without_a_word_is_told(left: Database) -> None:
    with (
        Snapshot(left.notifications_reader_dsn) as snapshot,
        sharing(snapshot, "notifications", None, at_least=1) as share,
    ):
        assert share is not None
        share.process.kill()
        counts, (fault,) = share.found()
        assert (counts, fault.kind) == ({}, "unreadable")
        assert "its process ended with -9" in fault.detail


def test_none_is_asked_where_there_is_little_to_look_at(database: Database) -> None:
    for dsn, schema in ((database.notifications_reader_dsn, "notifications"), (database.reader_dsn, "grants")):
        with Snapshot(dsn) as snapshot, sharing(snapshot, schema, None, at_least=1) as share:
            assert share is None


def test_it_knows_every_fact_of_letters_publications_and_notices() -> None:
    assert main
    known = set(run([executable, "-c", KNOWN], capture_output=True, text=True, check=True).stdout.split())
    kinds = tuple(f"{kind.removesuffix('-')}." for kind in (*ITEMS, *NOTICES, "scheme-", "log-"))
    ours = ("services.notifications.", "services.eventlog.")
    wanted = {topic for topic, kind in TOPICS.items() if topic.startswith(kinds) and kind.__module__.startswith(ours)}
    assert len(wanted) > 30
    assert wanted <= known
