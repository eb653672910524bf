"""What the tests of mutants of the notifications service's own log build, for other tests to use as well."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, LiteralString
from uuid import uuid4

import psycopg

from dev.verifying.commands import check_commands
from services.eventlog.checkpoints.chain import COLUMNS, StoredEvent, verify
from services.eventlog.command import Command, Write
from services.eventlog.writing.clocks import ClocksApart
from tests.notifications.gate_mutants import Mutant, Swap, by_case
from tests.notifications.raw_facts import append
from tests.notifications.world import KeptWorld, Refused, held, letter

A, B, C = letter("a"), letter("b"), letter("c")
SKEW, AN_INSTANT = timedelta(seconds=60), timedelta(microseconds=1)
IN_TURN: LiteralString = """
    SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND relation = 'notifications.log_turn'::regclass
        AND mode = 'ShareRowExclusiveLock'
"""
OTHERWISE_ISOLATED: LiteralString = """
    SELECT * FROM notifications.append('{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', now())
"""


def recalled(world: KeptWorld, asked: LiteralString) -> object:
    """What is so in the transaction that answers what became of a command."""
    with world.owner.transaction():
        world.owner.execute("SELECT * FROM notifications.recall(%s)", ([uuid4()],))
        [(told,)] = world.owner.execute(asked).fetchall()
    return told


def records(world: KeptWorld, name: str = "b") -> bool:
    """Whether a letter is taken now."""
    try:
        world.record(letter(name), held(name))
    except (Refused, ClocksApart):
        return False
    return True


def what_became_of_a_command_is_answered_by_a_transaction_that_writes(world: KeptWorld) -> None:
    """A commit that writes nothing waits for no standby, and what it read could be lost with this server."""
    assert recalled(world, "SELECT pg_current_xact_id_if_assigned() IS NOT NULL")


def what_became_of_a_command_is_answered_when_whoever_writes_is_done(world: KeptWorld) -> None:
    assert recalled(world, IN_TURN) == 1


def every_command_is_chained_to_the_one_before_it(world: KeptWorld) -> None:
    assert records(world)
    assert records(world, "c")
    with world.owner.transaction():
        counts, faults = check_commands(world.owner, "notifications", {})
    assert (faults, counts["chained commands"] > 1) == ([], True)


def every_fact_is_chained_to_the_one_before_it(world: KeptWorld) -> None:
    assert records(world)
    assert records(world, "c")
    rows = world.owner.execute(f"SELECT {COLUMNS} FROM notifications.event ORDER BY position".encode(), binary=True)
    assert verify(map(StoredEvent._make, rows)) == []


def what_the_log_says_of_itself_is_its_owners_to_tell(world: KeptWorld) -> None:
    try:
        append(world, "log", "log.rules-changed.v2", b"{}")
    except Refused:
        return
    raise AssertionError("the service told it")


def a_stream_has_no_gap(world: KeptWorld) -> None:
    world.set_clock(world.now)
    assert world.log.append_now(Command(actor="x"), Write(B, 4, (held("b"),))).outcome == "stale"


def resting_on(world: KeptWorld, version: int) -> str:
    """What becomes of a command that rests on the first letter as it stood then."""
    world.set_clock(world.now)
    return world.log.append_now(Command(actor="x"), Write(B, 0, (held("b"),)), Write(A, version, ())).outcome


def what_has_moved_makes_a_decision_stale(world: KeptWorld) -> None:
    assert resting_on(world, 0) == "stale"


def what_has_not_moved_does_not(world: KeptWorld) -> None:
    assert resting_on(world, 1) == "recorded"


def the_head_is_read_after_the_turn_is_held(world: KeptWorld) -> None:
    """A transaction that sees an earlier state would number its facts as others have."""
    try:
        with world.owner.transaction():
            world.owner.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            world.owner.execute(OTHERWISE_ISOLATED)
    except psycopg.errors.RaiseException:
        return
    raise AssertionError("it was taken")


def an_application_that_is_ahead_records_nothing(world: KeptWorld) -> None:
    world.said = world.now + SKEW + AN_INSTANT
    assert not records(world)


def an_application_that_is_behind_records_nothing(world: KeptWorld) -> None:
    world.said = world.now - SKEW - AN_INSTANT
    assert not records(world)


def nothing_follows_a_head_that_lies_ahead(world: KeptWorld) -> None:
    world.now -= SKEW + AN_INSTANT
    assert not records(world)


def a_minute_is_borne(world: KeptWorld) -> None:
    world.said = world.now + SKEW
    assert records(world)


def what_is_recorded_is_never_changed(world: KeptWorld) -> None:
    for act in (b"UPDATE notifications.event SET stream = stream", b"DELETE FROM notifications.event"):
        try:
            with world.owner.transaction():
                world.owner.execute(act)
        except psycopg.errors.InsufficientPrivilege:
            continue
        raise AssertionError(f"{act.decode()} was done")


def each_fact_has_a_place_of_its_own(world: KeptWorld) -> None:
    assert records(world)
    assert records(world, "c")


Case = Callable[[Any], None]
WITHIN = "BETWEEN asked_at - notifications.allowed_skew() AND asked_at + notifications.allowed_skew()"
SWAPS: dict[Case, list[Swap]] = {
    what_became_of_a_command_is_answered_by_a_transaction_that_writes: [
        ("an answer that waits for nobody", "recall", "PERFORM pg_logical_emit_message(true, 'tilsagn', '');", ""),
    ],
    what_became_of_a_command_is_answered_when_whoever_writes_is_done: [
        ("an answer out of turn", "recall", "PERFORM notifications.take_turn();", ""),
        ("a turn that others have too", "take_turn", "IN SHARE ROW EXCLUSIVE MODE", "IN ROW EXCLUSIVE MODE"),
    ],
    every_command_is_chained_to_the_one_before_it: [
        ("each command by itself", "record", "sha256(nth_hash || int8send(nth)", "sha256(int8send(nth)"),
        (
            "an answer outside the chain",
            "record",
            "|| coalesce(int4send(octet_length(answers[c])) || answers[c], int4send(-1))",
            "",
        ),
        (
            "a command without its facts",
            "record",
            "int8send(coalesce(firsts[c], 0)) || int8send(coalesce(lasts[c], 0))",
            "int8send(0) || int8send(0)",
        ),
        ("the first command as the last", "read_heads", "ORDER BY k.nth DESC", "ORDER BY k.nth"),
    ],
    every_fact_is_chained_to_the_one_before_it: [
        ("each fact by itself", "record", "sha256(head_hash || int8send(head)", "sha256(int8send(head)"),
        ("who recorded it outside the chain", "record", "|| metadatas[i] || timestamptz", "|| timestamptz"),
        (
            "when it was recorded outside the chain",
            "record",
            "|| metadatas[i] || timestamptz_send(now_at)",
            "|| metadatas[i]",
        ),
    ],
    what_the_log_says_of_itself_is_its_owners_to_tell: [
        ("the service's own word", "record", "IF 'log' = ANY (streams) AND", "IF false AND"),
    ],
    a_stream_has_no_gap: [("a gap", "record", "IF later AND EXISTS (", "IF false AND EXISTS (")],
    what_has_moved_makes_a_decision_stale: [
        ("whatever moved", "keep_unmoved", "IF EXISTS (", "IF false AND EXISTS ("),
        ("asked of nothing", "apply_effects", "PERFORM notifications.keep_unmoved(befores, effects);", ""),
    ],
    what_has_not_moved_does_not: [("what had moved before", "keep_unmoved", "u.version + 1", "u.version")],
    the_head_is_read_after_the_turn_is_held: [
        ("an earlier head", "append", "IF current_setting('transaction_isolation') <> 'read committed'", "IF false"),
    ],
    an_application_that_is_ahead_records_nothing: [
        ("ahead", "append", WITHIN, ">= asked_at - notifications.allowed_skew()"),
    ],
    an_application_that_is_behind_records_nothing: [
        ("behind", "append", WITHIN, "<= asked_at + notifications.allowed_skew()"),
    ],
    nothing_follows_a_head_that_lies_ahead: [
        ("a head that ran away", "append", "heads.head_at > greatest(now_at, said_at)", "false AND now_at > now_at"),
    ],
    a_minute_is_borne: [("half a minute", "allowed_skew", "60", "30")],
    what_is_recorded_is_never_changed: [
        ("changed in silence", "refuse_change", "BEGIN\n", "BEGIN\n    RETURN NULL;\n"),
    ],
    each_fact_has_a_place_of_its_own: [
        ("the first as the head", "read_heads", "ORDER BY e.position DESC", "ORDER BY e.position"),
    ],
}
MUTANTS: list[Mutant] = by_case(SWAPS)
