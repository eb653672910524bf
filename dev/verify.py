"""`make verify`: recompute both logs' chains and checkpoints, every balance, the gate and the read models, and say what
was checked.

Reads only, as the reader's role, in one snapshot, some thousand rows in memory at a time. Ends with 0 if everything
holds and with 1 if not; each fault comes with the position it was found at.
"""

import argparse
import contextlib
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg import Connection, IsolationLevel

from dev import postgres
from dev.judge_releases import Days, Unreadable, days_in
from dev.reconcile import Following, Reconciliation, rows
from dev.reconcile_gate import GateReconciliation
from dev.reconcile_permits import PermitReconciliation
from dev.state import DATABASE, State
from dev.unreadable import UNREADABLE, cannot_be_looked_at, looked_at
from dev.verify_commands import check_commands
from dev.verify_duties import check_duties
from dev.verify_files import check_files
from dev.verify_heard import check_heard
from dev.verify_rows import check_accounts, check_contacts
from dev.verify_schema import check_schema
from dev.verify_signatures import check_signatures, read_signatures
from dev.verify_views import check_views
from migrations.roles import url
from services.eventlog.chain import COLUMNS, Chain, Fault, StoredEvent
from services.eventlog.checkpoint import PUBLIC_KEY, Checkpoint
from services.eventlog.epoch.view import find_rules_hold_from
from services.eventlog.events import Event
from services.eventlog.mapper import decode
from services.grants import rooms as grants_rooms
from services.notifications import rooms as notifications_rooms

SHOWN_AT_MOST = 50
SCHEMAS = ("grants", "notifications")
# Every kind of fact that can stand in the logs is known once these are.
ROOMS = (grants_rooms, notifications_rooms)
EVENTS = f"SELECT {COLUMNS} FROM {{}}.event ORDER BY position"
COMMANDS = """
    SELECT first_position, last_position, id, actor, recorded_at
    FROM {}.command WHERE first_position IS NOT NULL ORDER BY first_position
"""


class Follows(Protocol):
    """What is worked out anew from the facts of one log, and held against what stands."""

    counts: Counter[str]
    faults: list[Fault]

    def follow(self, pairs: list[tuple[str, Event]], before: int, at: datetime) -> None: ...
    def end(self) -> None: ...


class Together:
    """Several of them, on one pass."""

    def __init__(self, *those: Follows) -> None:
        self._those = those
        self.counts: Counter[str] = Counter()
        self.faults: list[Fault] = []

    def follow(self, pairs: list[tuple[str, Event]], before: int, at: datetime) -> None:
        for each in self._those:
            each.follow(pairs, before, at)

    def end(self) -> None:
        for each in self._those:
            each.end()
            self.counts += each.counts
            self.faults += each.faults


class Verification:
    """One pass over the log. `faults` is what does not hold, `counts` what was looked at."""

    def __init__(
        self, connection: Connection[Any], signed: list[Checkpoint], reconciliation: Follows, *, schema: str
    ) -> None:
        self.counts: Counter[str] = Counter()
        self.faults: list[Fault] = []
        self._chain = Chain({made.position: bytes.fromhex(made.hash) for made in signed})
        self._signed = {made.position: made for made in signed}
        self._reconciliation = reconciliation
        self._lost = False
        self._events = rows(connection, "events", EVENTS.format(schema))
        self._commands = Following(rows(connection, "commands", COMMANDS.format(schema)), lambda row: row)

    def run(self) -> None:
        """Look at everything."""
        command: tuple[Any, ...] | None = None
        together: list[StoredEvent] = []
        for row in self._events:
            event = StoredEvent(*row)
            self._follow(event)
            if command is None or event.position > command[1]:
                self._settle(command, together)
                command, together = self._command_of(event), []
            self._compare_command(event, command)
            together.append(event)
        self._settle(command, together)
        for position, lost, _ in self._commands.upto(2**63 - 1):
            self.faults.append(Fault(position, "command", f"command {lost[2]} recorded up to {lost[1]}: gone"))
        self._followed(self._reconciliation.end)
        self.counts += self._reconciliation.counts
        self.faults += self._chain.end() + self._reconciliation.faults

    def _follow(self, event: StoredEvent) -> None:
        self.counts["events"] += 1
        self._chain.follow(event)
        if (made := self._signed.get(event.position)) is not None:
            self.counts["checkpoints"] += 1
            if datetime.fromisoformat(made.recorded_at) != event.recorded_at:
                self.faults.append(Fault(event.position, "checkpoint", "it was not recorded when the checkpoint says"))

    def _command_of(self, event: StoredEvent) -> tuple[Any, ...] | None:
        """The command that recorded the event, if one says so."""
        last = None
        for position, command, _ in self._commands.upto(event.position):
            self.counts["commands"] += 1
            if position != event.position:
                self.faults.append(Fault(position, "command", f"command {command[2]} says it recorded this"))
            last = command
        return last if last is not None and last[1] >= event.position else None

    def _compare_command(self, event: StoredEvent, command: tuple[Any, ...] | None) -> None:
        if command is None:
            self.faults.append(Fault(event.position, "command", "no command accounts for this event"))
            return
        try:
            kept = json.loads(event.metadata)
            said = (kept["command_id"], kept["actor"], event.recorded_at)
        except (ValueError, KeyError, TypeError) as wrong:
            self.faults.append(Fault(event.position, "unreadable", f"its metadata: {wrong!r}"))
            return
        if said != (str(command[2]), command[3], command[4]):
            self.faults.append(Fault(event.position, "command", f"{said} is not what command {command[2]} says"))

    def _settle(self, command: tuple[Any, ...] | None, together: list[StoredEvent]) -> None:
        """Let the ledger follow all events of one command."""
        if not together:
            return
        pairs = []
        for event in together:
            try:
                pairs.append((event.stream, decode(event.topic, event.data)))
            except (ValueError, LookupError) as wrong:
                self.faults.append(Fault(event.position, "unreadable", f"{event.topic}: {type(wrong).__name__}"))
        if len(pairs) == len(together):
            first = together[0]
            at = command[4] if command else first.recorded_at
            self._followed(lambda: self._reconciliation.follow(pairs, first.position - 1, at))

    def _followed(self, follow: Callable[[], None]) -> None:
        """The reckoning beside the chain, as far as the facts can be read: what cannot stops it, and is told once."""
        if self._lost:
            return
        try:
            follow()
        except UNREADABLE as wrong:
            self._lost = True
            self.faults.append(cannot_be_looked_at("what follows from the facts", wrong))


def of_grants(connection: Connection[Any], signed: list[Checkpoint], *, every_day: bool) -> Verification:
    """The grants log: every balance, and every permit to send a letter."""
    found = connection.execute("SELECT coalesce(max(position), 0) FROM grants.event").fetchone()
    balances = {made.position: made.balances for made in signed}
    last = found[0] if found else 0
    reconciliation = Reconciliation(connection, last, signed=balances, every_day=every_day)
    together = Together(reconciliation, PermitReconciliation(connection))
    return Verification(connection, signed, together, schema="grants")


def of_notifications(connection: Connection[Any], signed: list[Checkpoint], days: Days | None) -> Verification:
    """The notifications log: what the gate stands on, and every release."""
    reconciliation = GateReconciliation(connection, signed={made.position: made.balances for made in signed}, days=days)
    return Verification(connection, signed, reconciliation, schema="notifications")


def verify(
    dsn: str,
    directory: Path | None,
    public_key: Path | None,
    *,
    every_day: bool = False,
    schema: str = "grants",
    days: Days | None = None,
) -> tuple[Counter[str], list[Fault]]:
    """Counts and faults of a whole database. Without checkpoints, that the log agrees with itself, and no more."""
    signed: list[Checkpoint] = []
    faults: list[Fault] = []
    if directory is not None and public_key is not None:
        signed, faults = read_signatures(directory, public_key)
    with psycopg.connect(dsn) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        grants = schema == "grants"
        verification = (
            of_grants(connection, signed, every_day=every_day) if grants else of_notifications(connection, signed, days)
        )
        verification.run()
        chained = {made.commands: bytes.fromhex(made.commands_hash or "") for made in signed if made.commands}
        checks = [
            looked_at("the commands", lambda: check_commands(connection, schema, chained)),
            looked_at("the files", lambda: check_files(connection, schema)),
            looked_at("who did what", lambda: check_duties(connection, schema)),
        ]
        if grants:
            checks.append(looked_at("the rows that can be erased", lambda: check_accounts(connection)))
            checks.append(looked_at("the contact persons", lambda: check_contacts(connection)))
        if directory is not None:
            checks.append(looked_at("the signatures", lambda: check_signatures(connection, schema, signed)))
        for counts, wrong in checks:
            verification.counts += counts
            faults += wrong
        if hold_from := find_rules_hold_from(connection, schema):
            verification.counts["events under earlier rules"] = hold_from - 1
    faults += verification.faults
    return verification.counts, sorted(faults, key=lambda fault: fault.position)


@contextlib.contextmanager
def database(dsn: str | None) -> Iterator[str]:
    """How the grants log is read: as asked, or in this checkout's own database."""
    with databases({"grants": dsn}) as dsns:
        yield dsns["grants"]


@contextlib.contextmanager
def databases(asked: dict[str, str | None]) -> Iterator[dict[str, str]]:
    """How each log is read that was asked for; else both of this checkout's own database, started for the while if it
    does not run."""
    given = {schema: dsn for schema, dsn in asked.items() if dsn is not None}
    if given:
        yield given
        return
    state = State.of_this_checkout()
    if not state.postgres.exists():
        sys.exit("There is no database yet. `make run` makes one; or name another with --dsn.")
    with postgres.running(state.postgres) as server:
        words = state.passwords()
        yield {
            schema: url(server.dsn(), database=DATABASE, user=f"{schema}_reader", password=words[f"{schema}_reader"])
            for schema in SCHEMAS
        }


def main() -> None:
    parser = argparse.ArgumentParser(description="Verify both logs, their checkpoints, every balance and the gate.")
    state = State.of_this_checkout()
    kept = {"grants": state.checkpoints, "notifications": state.checkpoints_of_notifications}
    for schema, prefix in (("grants", ""), ("notifications", "notifications-")):
        name = prefix.upper().replace("-", "_")
        parser.add_argument(
            f"--{prefix}dsn",
            default=os.environ.get(f"TILSAGN_{name}READER_DATABASE_URL"),
            help=f"the database of the {schema} log, as a reader",
        )
        parser.add_argument(
            f"--{prefix}checkpoints",
            type=Path,
            default=Path(os.environ.get(f"TILSAGN_{name}CHECKPOINT_DIR", kept[schema])),
            help="the directory of its signed checkpoints",
        )
        parser.add_argument(
            f"--{prefix}public-key", type=Path, help=f"the key they are signed with (default: {PUBLIC_KEY} there)"
        )
    parser.add_argument("--every-day", action="store_true", help="every fund on every day, not days of change")
    parser.add_argument("--demonstration", action="store_true", help="the clock may be a demonstration's, and is told")
    parser.add_argument("--without-views", action="store_true", help="leave the read models out")
    parser.add_argument("--days", type=Path, help="the ministry's dated list of days (JSON); else the instruction's 14")
    asked = parser.parse_args()
    try:
        days = days_in(asked.days)
    except Unreadable as problem:
        sys.exit(f"{problem}.")
    wrong = 0
    with databases({"grants": asked.dsn, "notifications": asked.notifications_dsn}) as dsns:
        for schema, dsn in dsns.items():
            directory = asked.checkpoints if schema == "grants" else asked.notifications_checkpoints
            key = (asked.public_key if schema == "grants" else asked.notifications_public_key) or directory / PUBLIC_KEY
            wrong += report(schema, *verify(dsn, directory, key, every_day=asked.every_day, schema=schema, days=days))
        if dsns.keys() >= set(SCHEMAS):
            for schema, (counts, faults) in check_heard(dsns).items():
                wrong += report_heard(schema, counts, faults)
        else:
            print("One log alone was given: what it says it heard of the other is not held against the other.")
        if asked.without_views:
            print("Read models: left out, as asked.")
        elif "grants" in dsns:
            wrong += report_views(*check_views(dsns["grants"]))
        wrong += report_schema(*check_schema(dsns, demonstration=asked.demonstration))
    sys.exit(1 if wrong else 0)


def report_heard(schema: str, counts: Counter[str], faults: list[Fault]) -> int:
    """Say what one log heard of the other, and what does not hold. How many faults."""
    print(f"What {schema} says it heard, held against the other log:")
    for name, count in counts.items():
        print(f"  {count:>12,} {name}")
    for fault in faults[:SHOWN_AT_MOST]:
        print(fault)
    print(f"{len(faults)} FAULTS." if faults else "The other log says the same.")
    return len(faults)


def report_views(counts: Counter[str], faults: list[Fault], told: list[str]) -> int:
    """Say which rows of the read models were compared, and what the log does not give. How many faults."""
    print("Read models, filled anew from the log and compared:")
    for name, count in counts.items():
        print(f"  {count:>12,} {name}")
    for line in told:
        print(f"  told: {line}")
    for fault in faults[:SHOWN_AT_MOST]:
        print(fault)
    print(f"{len(faults)} FAULTS." if faults else "What was compared is what the log gives.")
    return len(faults)


def report_schema(faults: list[Fault], told: list[str]) -> int:
    """Say what the database itself holds that was not shipped. How many faults."""
    print("Tables, functions, rights and roles:")
    for line in told:
        print(f"  told: {line}")
    for fault in faults[:SHOWN_AT_MOST]:
        print(fault)
    print(f"{len(faults)} FAULTS." if faults else "They are this release's own.")
    return len(faults)


def report(schema: str, counts: Counter[str], faults: list[Fault]) -> int:
    """Say what was looked at and what does not hold. How many faults."""
    print(f"The log of {schema}:")
    for name, count in counts.items():
        print(f"  {count:>12,} {name}")
    for fault in faults[:SHOWN_AT_MOST]:
        print(fault)
    if faults:
        print(f"{len(faults)} FAULTS.")
    elif counts["events"] and not counts["checkpoints"]:
        print("The log agrees with itself. Nothing is signed yet, so nothing shows that it is the one recorded.")
    else:
        print(f"Everything holds ({datetime.now(UTC):%Y-%m-%d %H:%M} UTC).")
    return len(faults)


if __name__ == "__main__":
    main()
