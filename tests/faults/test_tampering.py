"""S11: whoever owns the database changes what is recorded. Every change is found, and where it was made."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import sql

from dev.verifying.log import verify
from migrations.roles import close_to_strangers, url
from services.eventlog.checkpoints.chain import Fault
from services.eventlog.checkpoints.checkpoint import PUBLIC_KEY, read
from services.eventlog.checkpoints.checkpointer import SigningRefused
from tests.conftest import Database, drop
from tests.eventlog.played import EARMARK, Played, played
from tests.faults.tampering import rechain, tamper


def faults(year: Played) -> list[Fault]:
    directory = year.checkpoints.directory
    return verify(year.database.reader_dsn, directory, directory / PUBLIC_KEY)[1]


def found(year: Played) -> set[tuple[int, str]]:
    return {(fault.position, fault.kind) for fault in faults(year)}


def test_an_untouched_year_holds_and_says_what_was_looked_at(year: Played) -> None:
    directory = year.checkpoints.directory
    counts, wrong = verify(year.database.reader_dsn, directory, directory / PUBLIC_KEY, every_day=True)
    assert wrong == []
    assert (counts["events"], counts["commands"], counts["checkpoints"], counts["signed balances"]) == (21, 21, 2, 2)
    assert counts["funds"] == 6
    assert counts["entries"] == 3 + 4 * 4 * 3
    assert counts["marks"] == 1
    assert counts["balances as of a day"] == 98
    assert counts["balances as known then"] == 2 + 4 * 4 * 3


@pytest.mark.parametrize("column", ["stream", "version", "topic", "data", "metadata", "recorded_at", "hash"])
def test_any_changed_field_is_found_where_it_is(year: Played, column: str) -> None:
    changed = {
        "stream": "'case-0'",
        "version": "version + 7",
        "topic": "'award.returned.v1'",
        "data": "set_byte(data, 9, get_byte(data, 9) # 1)",
        "metadata": "set_byte(metadata, 3, get_byte(metadata, 3) # 1)",
        "recorded_at": "recorded_at + interval '1 microsecond'",
        "hash": "sha256(hash)",
    }[column]
    tamper(year, f"UPDATE grants.event SET {column} = {changed} WHERE position = 7")
    assert (7, "changed") in found(year)


def test_every_changed_byte_of_an_event_is_found_where_it_is(year: Played) -> None:
    with psycopg.connect(year.database.admin_dsn) as connection:
        length = connection.execute("SELECT octet_length(data) FROM grants.event WHERE position = 3").fetchone()
    assert length is not None
    for byte in range(0, length[0], 40):
        flip = f"UPDATE grants.event SET data = set_byte(data, {byte}, get_byte(data, {byte}) # 1) WHERE position = 3"
        tamper(year, flip)
        assert (3, "changed") in found(year)
        tamper(year, flip)
    assert faults(year) == []


def test_a_deleted_event_is_found(year: Played) -> None:
    tamper(year, "DELETE FROM grants.event WHERE position = 9")
    assert (9, "missing") in found(year)


def test_a_deleted_event_is_found_when_the_others_close_the_gap(year: Played) -> None:
    tamper(
        year,
        "DELETE FROM grants.event WHERE position = 9",
        "UPDATE grants.event SET position = position + 1000 WHERE position > 9",
        "UPDATE grants.event SET position = position - 1001 WHERE position > 1000",
    )
    assert (9, "changed") in found(year)


def test_a_cut_tail_is_found_by_the_checkpoint(year: Played) -> None:
    tamper(year, "DELETE FROM grants.event WHERE position > 18")
    assert {(19, "cut"), (19, "command")} <= found(year)


def test_a_tail_cut_without_a_trace_is_still_found_by_the_checkpoint(year: Played) -> None:
    tamper(
        year,
        "DELETE FROM grants.event WHERE position > 18",
        "DELETE FROM grants.command WHERE first_position > 18",
        "DELETE FROM grants.entry WHERE position > 18",
    )
    assert (19, "cut") in found(year)


def test_two_swapped_events_are_found(year: Played) -> None:
    tamper(
        year,
        "UPDATE grants.event SET position = position + 1000 WHERE position IN (5, 8)",
        "UPDATE grants.event SET position = 8 WHERE position = 1005",
        "UPDATE grants.event SET position = 5 WHERE position = 1008",
    )
    assert {(5, "changed"), (8, "changed")} <= found(year)


def test_a_log_written_anew_is_found_and_bounded_by_the_checkpoints(year: Played) -> None:
    tamper(year, "UPDATE grants.event SET data = replace(data::text, '363030', '393030')::bytea WHERE position = 12")
    rechain(year)
    assert (12, "rewritten") in found(year)  # the first checkpoint stands at 11, and holds
    tamper(year, "UPDATE grants.event SET data = replace(data::text, '363030', '393030')::bytea WHERE position = 2")
    rechain(year)
    assert {(1, "rewritten"), (12, "rewritten")} <= found(year)


def test_a_log_written_anew_agrees_with_itself_and_only_signatures_tell(year: Played) -> None:
    tamper(
        year,
        "UPDATE grants.event SET data = convert_to(replace(convert_from(data, 'UTF8'), 'Drift', 'Reise'), 'UTF8')"
        " WHERE position = 12",
    )
    rechain(year)
    assert verify(year.database.reader_dsn, None, None)[1] == []
    assert (12, "rewritten") in found(year)


def test_nothing_is_signed_on_top_of_what_does_not_verify(year: Played) -> None:
    tamper(year, "UPDATE grants.event SET data = '{}' WHERE position = 20")
    rechain(year)
    with pytest.raises(SigningRefused, match="rewritten"):
        year.checkpointer.sign()
    assert len(year.checkpoints.files()) == 2


@pytest.mark.parametrize(
    "swap",
    [
        lambda first, second: second.write_bytes(first.read_bytes()),
        lambda first, second: first.write_bytes(second.read_bytes()),
        lambda first, _: first.write_bytes(first.read_bytes().replace(b'"number":1', b'"number":9')),
        lambda first, _: first.write_bytes(first.read_bytes().replace(b'"position":11', b'"position":10')),
        lambda first, second: (first.unlink(), second.rename(first)),
    ],
    ids=["first over second", "second over first", "renumbered", "moved", "first removed"],
)
def test_a_swapped_or_changed_checkpoint_is_found(year: Played, swap: Callable[[Path, Path], object]) -> None:
    first, second = year.checkpoints.files()
    swap(first, second)
    assert "checkpoint" in {kind for _, kind in found(year)}


def test_a_checkpoint_signed_with_another_key_is_found(year: Played) -> None:
    last = year.checkpoints.files()[-1]
    made, _ = read(last.read_bytes())
    last.unlink()
    assert year.checkpoints.add(made, Ed25519PrivateKey.generate())
    assert (12, "checkpoint") in found(year)


def test_an_old_backup_is_found_where_it_ends(database: Database, tmp_path: Path) -> None:
    """A true copy of the database, put back after more had been signed for, and then worked on."""
    with played(database, tmp_path) as first:
        first.open_year()
        first.live_through(1, 2)
        assert first.checkpointer.sign()
    with copied(database) as backup:
        with played(database, tmp_path) as going_on:
            going_on.live_through(3, 4)
            assert going_on.checkpointer.sign()
        with played(backup, tmp_path) as restored:
            assert found(restored) == {(0, "command"), (12, "cut")}
            with pytest.raises(SigningRefused, match="cut"):
                restored.checkpointer.sign()
            restored.live_through(5, 6)
            assert found(restored) == {(12, "rewritten"), (21, "checkpoint"), (21, "balance"), (21, "command")}
            with pytest.raises(SigningRefused, match="rewritten"):
                restored.checkpointer.sign()


@contextmanager
def copied(database: Database) -> Iterator[Database]:
    """The database as it stands now, under another name: what a backup brings back."""
    name = f"{database.name}_backup"
    with psycopg.connect(url(database.admin_dsn, database="postgres"), autocommit=True) as connection:
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER tilsagn_owner")
        connection.execute(copy.format(sql.Identifier(name), sql.Identifier(database.name)))
        close_to_strangers(connection, name)
        dsns = [field.name for field in fields(Database) if field.name != "name"]
        try:
            yield Database(name=name, **{dsn: url(getattr(database, dsn), database=name) for dsn in dsns})
        finally:
            drop(connection, name)


@pytest.mark.parametrize(
    ("statement", "position"),
    [
        (f"UPDATE grants.fund SET available_ore = available_ore + 1 WHERE id = '{EARMARK}'", 0),
        (f"UPDATE grants.fund SET hard_stop = false WHERE id = '{EARMARK}'", 0),
        ("UPDATE grants.entry SET effective_on = effective_on + 1 WHERE position = 3 AND committed_ore <> 0", 3),
        ("UPDATE grants.entry SET day_totals[4] = day_totals[4] + 1 WHERE position = 3", 3),
        ("UPDATE grants.entry SET recorded_at = recorded_at - interval '1 day' WHERE position = 3", 3),
        ("DELETE FROM grants.entry WHERE position = 9", 9),
        ("UPDATE grants.mark SET amount = 0", 1),
        ("UPDATE grants.command SET actor = 'ola' WHERE first_position = 6", 6),
        ("DELETE FROM grants.command WHERE first_position = 6", 6),
    ],
)
def test_a_balance_or_a_command_that_was_changed_is_found(year: Played, statement: str, position: int) -> None:
    tamper(year, statement)
    assert position in {position for position, _ in found(year)}


def test_the_digest_of_a_checkpoint_is_of_its_own_file(year: Played) -> None:
    first, second = year.checkpoints.files()
    assert sha256(first.read_bytes()).hexdigest().encode() in second.read_bytes()
