"""What was asked and answered cannot be changed unseen, nor a command put there by any other way than append."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev.verifying.commands import check_commands
from dev.verifying.log import verify
from migrations import upgrade
from services.eventlog.checkpoints.chain import Fault
from services.eventlog.checkpoints.command_chain import (
    COLUMNS,
    GENESIS,
    CommandChain,
    Sealed,
    StoredCommand,
    covered,
    link,
)
from services.eventlog.epoch.rules import FIRST, NEWEST, SECOND
from tests.conftest import Cluster, Database
from tests.eventlog.conftest import EARMARK, Bench
from tests.eventlog.earlier import append_as_then, earlier
from tests.patience import PATIENCE_SECONDS

AT = datetime(2020, 5, 4, 8, tzinfo=UTC)
BEFORE = {"grants": "0004", "notifications": "0001"}


def stored(bench: Bench) -> list[StoredCommand]:
    return [StoredCommand(*row) for row in bench.ask(f"SELECT {COLUMNS} FROM grants.command ORDER BY nth NULLS FIRST")]


def faults_of(commands: list[StoredCommand], sealed: Sealed | None = None) -> list[Fault]:
    chain = CommandChain(sealed)
    for command in commands:
        chain.follow(command)
    return chain.end()


def test_the_database_chains_as_we_reckon(bench: Bench) -> None:
    bench.send("case-a", key="k", request_hash=b"asked", answer="Æ".encode())
    bench.send("case-a")  # stale
    bench.send("case-b", key="k", request_hash=b"other")  # repeated
    bench.send("case-b", movements=[{"fund": EARMARK, "day": "2020-03-01", "committed": 601}])  # exhausted
    waiting = [bench.hand_over(f"case-{n}", 2 if n == 4 else 1) for n in range(12)]
    assert [each.caller.result(PATIENCE_SECONDS).outcome for each in waiting].count("recorded") == 11
    commands = stored(bench)
    assert [command.nth for command in commands] == list(range(1, 14))
    assert faults_of(commands) == []
    previous = GENESIS
    for command in commands:
        assert command.hash == link(previous, command)
        previous = command.hash
    assert (
        commands[1].hash == sha256((commands[0].hash or b"") + (2).to_bytes(8, "big") + covered(commands[1])).digest()
    )


def test_a_command_that_had_nothing_to_record_is_chained_too(bench: Bench) -> None:
    waiting = bench.hand_over("case-a")
    waiting.caller.result(PATIENCE_SECONDS)
    nothing = replace(waiting, rows=[], command=replace(waiting.command, id=UUID(int=7)), caller=type(waiting.caller)())
    bench.writer.submit(nothing).result(PATIENCE_SECONDS)
    commands = stored(bench)
    assert [command.first_position for command in commands] == [1, 2, None]
    assert faults_of(commands) == []


texts = st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=4)
octets = st.none() | st.binary(max_size=4)
places = st.none() | st.integers(1, 9)


@st.composite
def chains(draw: st.DrawFn) -> list[StoredCommand]:
    """Some commands, chained as they should be."""
    commands: list[StoredCommand] = []
    previous = GENESIS
    for nth in range(1, draw(st.integers(2, 6)) + 1):
        command = StoredCommand(
            nth, None, UUID(int=draw(st.integers(0, 2**128 - 1))), draw(texts) or "", draw(texts), draw(octets),
            draw(octets), draw(places), draw(places), AT + timedelta(microseconds=draw(st.integers(0, 9))),
        )  # fmt: skip
        previous = link(previous, command)
        commands.append(replace(command, hash=previous))
    return commands


CHANGES: dict[str, Callable[[StoredCommand], StoredCommand]] = {
    "id": lambda c: replace(c, id=UUID(int=c.id.int ^ 1)),
    "actor": lambda c: replace(c, actor=c.actor + "x"),
    "key": lambda c: replace(c, key=(c.key or "") + "x"),
    "key gone or empty": lambda c: replace(c, key="" if c.key is None else None),
    "request_hash": lambda c: replace(c, request_hash=(c.request_hash or b"") + b"x"),
    "request_hash gone or empty": lambda c: replace(c, request_hash=b"" if c.request_hash is None else None),
    "answer": lambda c: replace(c, answer=(c.answer or b"") + b"x"),
    "answer gone or empty": lambda c: replace(c, answer=b"" if c.answer is None else None),
    "first_position": lambda c: replace(c, first_position=(c.first_position or 0) + 1),
    "last_position": lambda c: replace(c, last_position=(c.last_position or 0) + 1),
    "recorded_at": lambda c: replace(c, recorded_at=c.recorded_at + timedelta(microseconds=1)),
    "hash": lambda c: replace(c, hash=bytes(32)),
    "nth": lambda c: replace(c, nth=(c.nth or 0) + 9),
    "unchained": lambda c: replace(c, nth=None, hash=None),
    "from one field to the next": lambda c: replace(c, actor=c.actor + (c.key or "x"), key=None),
}


@given(chains(), st.sampled_from(sorted(CHANGES)), st.data())
def test_any_change_of_any_field_of_any_command_is_found(
    commands: list[StoredCommand], change: str, data: st.DataObject
) -> None:
    assert faults_of(commands) == []
    which = data.draw(st.integers(0, len(commands) - 1))
    changed = [*commands]
    changed[which] = CHANGES[change](commands[which])
    assert faults_of(changed) != []


@given(chains(), st.data())
def test_any_command_removed_moved_or_put_in_is_found(commands: list[StoredCommand], data: st.DataObject) -> None:
    which = data.draw(st.integers(0, len(commands) - 2))
    assert faults_of(commands[:which] + commands[which + 1 :]) != []
    assert faults_of([*commands[:which], commands[which + 1], commands[which], *commands[which + 2 :]]) != []
    assert faults_of([*commands[: which + 1], commands[which], *commands[which + 1 :]]) != []


def test_what_is_done_as_the_owner_is_found_and_located(bench: Bench) -> None:
    bench.send("case-a", key="k", request_hash=b"asked", answer=b"answered")
    bench.send("case-b")
    whole = check(bench.database)
    assert whole == []
    for change, position in (
        ("UPDATE grants.command SET answer = 'another' WHERE key = 'k'", 2),
        ("UPDATE grants.command SET key = 'other' WHERE key = 'k'", 2),
        ("UPDATE grants.command SET request_hash = 'other' WHERE key = 'k'", 2),
        ("INSERT INTO grants.command (id, actor, recorded_at) VALUES (gen_random_uuid(), 'kari', now())", 0),
        ("INSERT INTO grants.command (id, actor, recorded_at, nth, hash)"
         " VALUES (gen_random_uuid(), 'kari', now(), 4, sha256('x'))", 0),
        ("DELETE FROM grants.command WHERE key = 'k'", 3),
    ):  # fmt: skip
        with psycopg.connect(bench.database.admin_dsn) as owner:
            owner.execute("ALTER TABLE grants.command DISABLE TRIGGER USER")
            owner.execute(change.encode())
            assert position in [fault.position for fault in check_commands(owner, "grants", {})[1]], change
            owner.rollback()


def check(database: Database) -> list[Fault]:
    with psycopg.connect(database.admin_dsn) as connection:
        return check_commands(connection, "grants", {})[1]


def test_what_stood_before_the_upgrade_is_sealed_and_can_no_more_be_changed(cluster: Cluster) -> None:
    with earlier(cluster, BEFORE) as database:
        for n in range(3):
            append_as_then(database.service_dsn, "grants", f"case-{n}", key=f"k{n}")
        for service in BEFORE:
            upgrade(database.migrator_dsn, service)
        counts, faults = verify(database.admin_dsn, None, None)
        assert faults == []
        assert (counts["commands sealed at the upgrade"], counts["chained commands"]) == (4, NEWEST["grants"] - FIRST)
        with psycopg.connect(database.admin_dsn) as connection:
            chained = connection.execute(
                "SELECT e.topic FROM grants.command c"
                " JOIN grants.event e ON e.position BETWEEN c.first_position AND c.last_position"
                " WHERE c.nth IS NOT NULL ORDER BY e.position"
            ).fetchall()
        since = [("log.rules-changed.v2",)] * (NEWEST["grants"] - SECOND)
        assert chained == [("log.commands-sealed.v1",), *since], "the seal, and the rules since"
        for change in (
            "UPDATE grants.command SET answer = 'another' WHERE key = 'k1'",
            "DELETE FROM grants.command WHERE key = 'k1'",
            "INSERT INTO grants.command (id, actor, recorded_at) VALUES (gen_random_uuid(), 'kari', now())",
        ):
            with psycopg.connect(database.admin_dsn) as owner:
                owner.execute("ALTER TABLE grants.command DISABLE TRIGGER USER")
                owner.execute(change.encode())
                assert check_commands(owner, "grants", {})[1] != [], change
                owner.rollback()


def test_a_log_that_was_never_upgraded_has_nothing_sealed(bench: Bench) -> None:
    bench.send("case-a")
    with psycopg.connect(bench.database.migrator_dsn) as owner:
        owner.execute("SET ROLE tilsagn_owner")
        owner.execute(
            "SELECT grants.tell_of_log('upgrade', 'log.commands-sealed.v1', %s, clock_timestamp())",
            ('{"commands": 0, "sha256": "' + GENESIS.hex() + '"}',),
        )
        assert [fault.position for fault in check_commands(owner, "grants", {})[1]] == [3]


@pytest.mark.parametrize("schema", ["grants", "notifications"])
def test_an_empty_log_has_no_commands_and_nothing_wrong(database: Database, schema: str) -> None:
    with psycopg.connect(database.admin_dsn) as connection:
        assert check_commands(connection, schema, {}) == ({"chained commands": 0}, [])
