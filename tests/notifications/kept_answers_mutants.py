"""What the tests of mutants of the clearing of answers build, for other tests to use as well."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg

from dev.verifying.commands import check_commands
from services.eventlog.checkpoints.signed import LastSigned, record_signed
from services.eventlog.command import Command
from services.kept_answers.events import CLEARED_STREAM, TERM_STREAM, AnswersCleared, TermConfirmed, TermProposed
from tests.notifications.gate_mutants import Mutant, Swap, by_case
from tests.notifications.world import BEGAN, KeptWorld

AN_INSTANT, OVER = timedelta(microseconds=1), timedelta(days=30)
TERM: dict[str, Any] = {"days": 30, "valid_from": BEGAN.date(), "reason": "Ingen prøver igjen etter en måned."}
FORGED = AnswersCleared(first=1, last=999, answers=0, days=30, sha256="ab" * 32)


def kept(world: KeptWorld, checkpoints: int = 3, days: int = 30, keys: tuple[str, ...] = ("a", "b")) -> None:
    """Two answers, both in the same instant, a term of so many days, and so many checkpoints after that."""
    world.record(TERM_STREAM, TermProposed(**TERM | {"days": days}, proposed_by="anne"))
    world.record(TERM_STREAM, TermConfirmed(**TERM | {"days": days}, confirmed_by="liv"))
    for key in keys:
        command = Command(actor="kari", key=key, request_hash=b"asked", answer=b'{"status": 200}')
        assert world.log.append_now(command).outcome == "recorded"
    for number in range(1, checkpoints + 1):
        record_signed(world.owner, "notifications", LastSigned(number, "ab" * 32), world.now)


def cleared(world: KeptWorld, said: timedelta = timedelta()) -> int | str:
    """How many commands are looked at, or what the database says instead."""
    world.set_clock(world.now)
    try:
        [(count,)] = world.owner.execute("SELECT notifications.clear_answers(100, %s)", (world.now + said,)).fetchall()
    except psycopg.Error as refused:
        return type(refused).__name__
    return int(count)


def answers(world: KeptWorld) -> int:
    [(count,)] = world.owner.execute("SELECT count(answer) FROM notifications.command").fetchall()
    return int(count)


def changed(world: KeptWorld, what: str) -> bool:
    """Whether somebody who owns the table gets that done to what kari asked."""
    world.set_clock(world.now)
    where = "" if "WHERE" in what else " WHERE actor = 'kari'"
    try:
        world.owner.execute(f"UPDATE notifications.command SET {what}{where}".encode())
    except psycopg.errors.InsufficientPrivilege:
        return False
    return True


GOES = "answer_sha256 = sha256(answer), answer = NULL"


def an_answer_goes_once_its_term_is_over_and_what_is_left_verifies(world: KeptWorld) -> None:
    kept(world)
    world.now += OVER
    looked_at = cleared(world)
    assert isinstance(looked_at, int), looked_at
    assert (looked_at > 3, answers(world)) == (True, 0)
    with world.owner.transaction():
        counts, faults = check_commands(world.owner, "notifications", {})
    assert (faults, counts["answers cleared"]) == ([], 2)
    assert cleared(world) == 0, "again is nothing"


def commands_without_answers_are_passed_over(world: KeptWorld) -> None:
    kept(world, keys=())
    world.now += OVER
    looked_at = cleared(world)
    assert isinstance(looked_at, int), looked_at
    assert looked_at > 2
    assert cleared(world) == 0, "and not looked at again"


def an_answer_within_its_term_stays(world: KeptWorld) -> None:
    kept(world)
    world.now += OVER - AN_INSTANT
    assert (cleared(world), answers(world)) == (0, 2)


def no_term_is_shorter_than_thirty_days_whatever_a_fact_says(world: KeptWorld) -> None:
    kept(world, days=1)
    world.now += OVER - AN_INSTANT
    assert (cleared(world), answers(world)) == (0, 2)


def what_no_checkpoint_is_sure_to_cover_stays(world: KeptWorld) -> None:
    kept(world, checkpoints=2)
    world.now += OVER
    assert (cleared(world), answers(world)) == (0, 2)


def a_command_that_is_not_what_was_recorded_is_told_and_nothing_goes(world: KeptWorld) -> None:
    kept(world)
    world.now += OVER
    world.owner.execute("ALTER TABLE notifications.command DISABLE TRIGGER USER")
    world.owner.execute("UPDATE notifications.command SET request_hash = 'other' WHERE key = 'b'")
    world.owner.execute("ALTER TABLE notifications.command ENABLE ALWAYS TRIGGER command_keeps_its_answer")
    assert (cleared(world), answers(world)) == ("RaiseException", 2)


def it_is_done_in_turn(world: KeptWorld) -> None:
    held = "SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND mode = 'ShareRowExclusiveLock'"
    with world.owner.transaction():
        assert cleared(world) == 0
        assert world.owner.execute(held).fetchall() == [(1,)]


def a_service_whose_clock_differs_clears_nothing(world: KeptWorld) -> None:
    kept(world)
    world.now += OVER
    for said in (timedelta(seconds=61), timedelta(seconds=-61)):
        assert (cleared(world, said), answers(world)) == ("RaiseException", 2)


def a_log_that_lies_ahead_clears_nothing(world: KeptWorld) -> None:
    kept(world)
    world.now -= timedelta(seconds=61)
    assert cleared(world) == "RaiseException"


def the_head_is_read_after_the_turn_is_held(world: KeptWorld) -> None:
    with world.owner.transaction(force_rollback=True):
        world.owner.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        assert cleared(world) == "RaiseException"


def an_old_answer_goes_by_no_other_way(world: KeptWorld) -> None:
    kept(world)
    world.now += OVER
    assert (changed(world, GOES), answers(world)) == (False, 2)


def no_false_fact_lets_a_young_one_go(world: KeptWorld) -> None:
    kept(world)
    world.record(CLEARED_STREAM, FORGED)
    world.now += OVER - AN_INSTANT
    assert (changed(world, GOES), answers(world)) == (False, 2)


def nothing_else_of_a_command_changes_and_no_answer_without_a_trace(world: KeptWorld) -> None:
    kept(world)
    world.record(CLEARED_STREAM, FORGED)
    world.now += OVER
    for what in (f"{GOES}, request_hash = 'x'", "answer = NULL", f"{GOES}, key = key || 'x'", "answer = 'x'"):
        assert (changed(world, what), answers(world)) == (False, 2), what
    assert changed(world, GOES), "the same, lawfully"
    assert not changed(world, "answer_sha256 = sha256('x')")
    assert not changed(world, f"{GOES} WHERE false AND true"), "nor is nothing changed in silence"


Case = Callable[[Any], None]
WITHIN = "BETWEEN asked_at - notifications.allowed_skew() AND asked_at + notifications.allowed_skew()"
ISOLATED = "IF current_setting('transaction_isolation') <> 'read committed'"
AGE = "OR (o.recorded_at <= clock - make_interval(hours => 24 * days)) IS NOT TRUE"
SWAPS: dict[Case, list[Swap]] = {
    an_answer_goes_once_its_term_is_over_and_what_is_left_verifies: [
        ("a digest without the hashes", "clear_answers", "|| int8send(k.nth) || k.hash ||", "|| int8send(k.nth) ||"),
        ("a digest of the first alone", "clear_answers", "sha256(digest || int8send", "sha256(int8send"),
        ("gone on from the first", "answers_cleared_upto", "ORDER BY e.version DESC LIMIT 1), 0)", "AND false), 0)"),
    ],
    commands_without_answers_are_passed_over: [
        ("nothing is changed all the same", "clear_answers", "IF gone = 0 THEN", "IF false THEN"),
    ],
    an_answer_within_its_term_stays: [
        ("whatever its age", "clear_answers", "EXIT WHEN k.recorded_at > clock", "EXIT WHEN false AND clock > clock"),
    ],
    no_term_is_shorter_than_thirty_days_whatever_a_fact_says: [
        ("a term of a day", "kept_answer_days", "greatest(30,", "greatest(1,"),
    ],
    what_no_checkpoint_is_sure_to_cover_stays: [
        ("a checkpoint too soon", "clear_answers", "OFFSET 2", "OFFSET 1"),
    ],
    a_command_that_is_not_what_was_recorded_is_told_and_nothing_goes: [
        ("not held against its hash", "clear_answers", "OR k.hash IS DISTINCT", "OR false AND k.hash IS DISTINCT"),
    ],
    it_is_done_in_turn: [("out of turn", "clear_answers", "PERFORM notifications.take_turn();", "")],
    a_service_whose_clock_differs_clears_nothing: [
        ("ahead", "clear_answers", WITHIN, ">= asked_at - notifications.allowed_skew()"),
        ("behind", "clear_answers", WITHIN, "<= asked_at + notifications.allowed_skew()"),
    ],
    a_log_that_lies_ahead_clears_nothing: [
        ("a head that ran away", "clear_answers", "OR heads.head_at >", "OR false AND heads.head_at >"),
    ],
    the_head_is_read_after_the_turn_is_held: [
        ("an earlier head", "clear_answers", ISOLATED, "IF false"),
    ],
    an_old_answer_goes_by_no_other_way: [
        ("without a fact", "only_old_answers_go", "OR (o.nth <= upto) IS NOT TRUE", ""),
    ],
    no_false_fact_lets_a_young_one_go: [("within its term", "only_old_answers_go", AGE, "")],
    nothing_else_of_a_command_changes_and_no_answer_without_a_trace: [
        ("anything changes", "only_old_answers_go", "OR EXISTS (", "OR false AND EXISTS ("),
        ("another request", "only_old_answers_go", "o.request_hash, o.first", "n.request_hash, o.first"),
        ("nothing in silence", "only_old_answers_go", "NOT EXISTS (SELECT FROM stood) OR ", ""),
        ("no trace", "only_old_answers_go", "OR n.answer_sha256 IS DISTINCT FROM sha256(o.answer)", ""),
    ],
}  # fmt: skip
MUTANTS: list[Mutant] = by_case(SWAPS)
