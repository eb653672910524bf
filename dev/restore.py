"""`make restore TO=<instant>`: the embedded server as it was then, or `TO=latest`, with all that was written.

The services stand still meanwhile. What stood before is kept beside (`data.before-...`), and so are checkpoints and
outboxes: they say what was lost and what left. A checkpoint or a key that is gone is put back from the backup; one that
is there is newer and stays. Everybody is signed out of the dashboard. Then it is said of each log whether it lacks what
was signed for; with `BY=kari,ola REASON=...` these two say that it goes on (decision 0083).
"""

import argparse
import contextlib
import os
import shutil
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from dev import account as accounts
from dev import postgres
from dev.backup import Backup, archive_of, backups_of
from dev.state import DATABASE, State
from migrations.roles import url
from services.eventlog.checkpoints.checkpoint import Checkpoints, load_signing_key
from services.eventlog.outside.keeping import nothing_is_taken_up
from services.grants.balance.digest import read_digest as digest_of_grants
from services.grants.restoring import left as left_to_accounting
from services.grants.restoring import take_up as take_up_of_grants
from services.httpapi.restoration.acting import Restoration
from services.httpapi.restoration.command import confirmed_in_words, in_words
from services.httpapi.restoration.refusals import NothingLost, NotRestored
from services.notifications.gate.digest import read_digest as digest_of_notifications
from services.notifications.restoring import left as left_to_dispatch

DIGESTS = {"grants": digest_of_grants, "notifications": digest_of_notifications}
TAKEN_UP = {"grants": take_up_of_grants, "notifications": nothing_is_taken_up}
LOOK_SECONDS = 0.1


class CannotRestore(Exception):
    """Nothing was changed; the message says why."""


def restore(home: Path, to: datetime | None) -> Path:
    """Bring the server of `home`, which stands still, to an instant (UTC), or to the end of what was written. Where its
    data stood before is given back. Refuses CannotRestore, with everything as it was."""
    place = home.resolve()
    backup = chosen(place, to)
    lock = postgres.hold(place)
    try:
        postgres.end_leftover(place)
        before = place / f"data.before-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
        unfinished = place / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(backup.base, unfinished, symlinks=True)
        _own(unfinished)
        _say_where(unfinished, place, before, to)
        (place / "data").rename(before)
        unfinished.rename(place / "data")
    finally:
        lock.close()
    try:
        server = postgres.start(home)
        try:
            _reach(server)
        finally:
            server.stop()
    except postgres.StartFailed as failed:
        shutil.rmtree(place / "data")
        before.rename(place / "data")
        raise CannotRestore(f"PostgreSQL could not be brought there; all is as it was.\n{failed}") from failed
    return before


def chosen(place: Path, to: datetime | None) -> Backup:
    """The newest backup from which that instant can be reached."""
    backups = [each for each in backups_of(place) if to is None or each.ended_at <= to]
    if not backups:
        raise CannotRestore("No backup was made before that. `make backup` makes one.")
    if to is not None and to > datetime.now(UTC):
        raise CannotRestore("That is still to come.")
    return backups[-1]


def _own(folder: Path) -> None:
    account = accounts.server_account()
    for path in (folder, *folder.rglob("*")):
        accounts.give(path, account)
    folder.chmod(0o700)


def _say_where(data: Path, place: Path, before: Path, to: datetime | None) -> None:
    """The WAL it plays: what is archived, then what the server had not archived yet; and up to where."""
    archived, left = archive_of(place), before / "pg_wal"
    fetch = f'cp "{archived}/%f" "%p" 2>/dev/null || cp "{left}/%f" "%p" 2>/dev/null'
    told = [f"restore_command = '{fetch}'", "recovery_target_timeline = 'latest'", "recovery_target_action = 'promote'"]
    told += [f"recovery_target_time = '{to.astimezone(UTC).isoformat(sep=' ')}'"] if to else []
    with (data / "postgresql.auto.conf").open("a", encoding="utf-8") as settings:
        settings.write("\n".join([*told, ""]))
    signal = data / "recovery.signal"
    signal.touch()
    accounts.give(signal, accounts.server_account())


def _reach(server: postgres.Server) -> None:
    """It plays what it was told to, and then takes facts again; what it was told is forgotten. Everybody signs in to
    the dashboard anew."""
    _wait_until_there(server)
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        for name in ("restore_command", "recovery_target_time", "recovery_target_timeline", "recovery_target_action"):
            connection.execute(f"ALTER SYSTEM RESET {name}".encode())
        connection.execute("SELECT pg_reload_conf()")
    with (
        contextlib.suppress(psycopg.errors.UndefinedTable, psycopg.errors.InvalidCatalogName, psycopg.OperationalError),
        psycopg.connect(url(server.dsn(), database=DATABASE), autocommit=True) as connection,
    ):
        connection.execute("TRUNCATE dashboard.session")


def _wait_until_there(server: postgres.Server) -> None:
    """It ends by itself where the instant cannot be reached."""
    assert server.process is not None
    while server.process.poll() is None:
        with (
            contextlib.suppress(psycopg.OperationalError),
            psycopg.connect(server.dsn(), autocommit=True) as connection,
        ):
            row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
            if row == (False,):
                return
        time.sleep(LOOK_SECONDS)
    last = (server.place / "log").read_text(errors="replace").splitlines()[-5:]
    raise postgres.StartFailed("\n".join(last))


def put_back(backup: Backup, folder: Path) -> list[str]:
    """What stands outside the database and is gone, from the backup; the names of it."""
    gone = []
    for path in sorted(backup.outside.rglob("*")):
        there = folder / path.relative_to(backup.outside)
        if path.is_file() and not there.exists():
            there.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copy2(path, there)
            gone.append(str(path.relative_to(backup.outside)))
    return gone


def instant(told: str) -> datetime | None:
    """`latest`, or an ISO 8601 instant with its offset."""
    if told == "latest":
        return None
    at = datetime.fromisoformat(told)
    if at.tzinfo is None:
        raise ValueError("say in which time zone: 2026-11-27T08:00:00Z or +01:00")
    return at.astimezone(UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description="Bring the embedded server back to an instant.")
    parser.add_argument("--to", required=True, help="an instant with its offset, or latest")
    parser.add_argument("--by", default="", help="two people, who say that the logs go on: kari,ola")
    parser.add_argument("--reason", default="", help="what happened, and why the facts cannot be had back")
    asked = parser.parse_args()
    if os.environ.get("DATABASE_URL"):
        sys.exit("DATABASE_URL names a server of your own: restore it as docs/operations.md says.")
    state = State.of_this_checkout()
    try:
        to = instant(asked.to)
        backup = chosen(state.postgres.resolve(), to)
        before = restore(state.postgres, to)
    except postgres.AlreadyRunning:
        sys.exit("Tilsagn runs. Stop it first (Ctrl-C where `make run` is).")
    except (CannotRestore, ValueError, OSError) as problem:
        sys.exit(str(problem))
    print(f"The database is as it was at {asked.to}. What stood before lies in {before}.")
    for name in put_back(backup, state.folder):
        print(f"  put back, for it was gone: {name}")
    with postgres.running(state.postgres) as server:
        tell(state, server, [each for each in asked.by.split(",") if each], asked.reason)


def tell(state: State, server: postgres.Server, by: list[str], reason: str) -> None:
    """Whether each log lacks what was signed for; and that it goes on, where two people say so."""
    directories = {"grants": state.checkpoints, "notifications": state.checkpoints_of_notifications}
    outside = {
        "grants": left_to_accounting(state.folder / "accounting"),
        "notifications": left_to_dispatch(state.folder / "outbox"),
    }
    for log, directory in directories.items():
        dsn = url(server.dsn(), database=DATABASE, user=f"{log}_service", password=state.passwords()[f"{log}_service"])
        key = load_signing_key(state.checkpoint_key())
        restoration = Restoration(
            dsn, Checkpoints(directory), key, log=log, digest=DIGESTS[log], outside=outside[log], take_up=TAKEN_UP[log]
        )
        try:
            print(f"{log}: {in_words(restoration)}")
            if len(by) == 2:
                restoration.propose(reason=reason, by=by[0])
                print(confirmed_in_words(restoration.confirm(by=by[1]), restoration.again))
            else:
                print("It takes nothing more until two people say that it goes on: BY=kari,ola REASON='...'")
        except NothingLost as whole:
            print(f"{log}: {whole}")
        except NotRestored as wrong:
            print(f"{log}: {wrong}")


if __name__ == "__main__":
    main()
