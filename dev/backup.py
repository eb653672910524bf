"""`make backup`: the whole server as it is now, and from then on all it writes, so that it can be brought back to any
instant after this one (`make restore`).

A backup is a folder of its own under `backups/`, made whole or not at all; the archived WAL lies in `archive/`, beside
the data and not in it. What stands outside the database is copied with it: checkpoints and keys. What left (the
outboxes) is nobody's to bring back. Two backups are kept, with the WAL since the older.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from dev import account as accounts
from dev import postgres
from dev.state import State

KEPT = 2
UNDER_WAY = ".*"
"""What somebody is writing this moment, and is gone or has its name the next: a checkpoint, a fact that is kept."""
ARCHIVED_AFTER = "60s"
OUTSIDE = ("checkpoints", "checkpoints-notifications", "checkpoint-key.pem", "passwords.json", "issuer-key.json",
           "webhook-key", "session-key")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Backup:
    """One backup: where it lies, the WAL file it needs first, and the earliest instant (UTC) it can be brought to."""

    folder: Path
    first_wal: str
    ended_at: datetime

    @property
    def base(self) -> Path:
        """The server's data."""
        return self.folder / "base"

    @property
    def outside(self) -> Path:
        """What stands outside the database."""
        return self.folder / "outside"


def archive_of(place: Path) -> Path:
    """Where a server's WAL is archived. Until the folder is there nothing is kept."""
    return place / "archive"


def backups_of(place: Path) -> list[Backup]:
    """The backups of a server, oldest first."""
    found = []
    for told in sorted((place / "backups").glob("[0-9]*/backup.json")):
        said = json.loads(told.read_text(encoding="utf-8"))
        ended_at = datetime.fromisoformat(said["ended_at"])
        found.append(Backup(folder=told.parent, first_wal=said["first_wal"], ended_at=ended_at))
    return found


def back_up(server: postgres.Server, outside: Path) -> Backup:
    """Make one of a running server. `outside` is the folder whose checkpoints and keys are copied with it."""
    account = accounts.server_account()
    folders = [server.place / "archive", server.place / "backups"]
    for folder in folders:
        folder.mkdir(mode=0o700, exist_ok=True)
        accounts.give(folder, account)
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute(f"ALTER SYSTEM SET archive_timeout = '{ARCHIVED_AFTER}'")
        connection.execute("SELECT pg_reload_conf()")
    unfinished = server.place / "backups" / "unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    accounts.give(unfinished, account)
    copy_server(server, unfinished / "base", named="backup")
    first_wal = _first_wal(unfinished / "base")
    (unfinished / "outside").mkdir()
    for name in OUTSIDE:
        if (there := outside / name).is_dir():
            shutil.copytree(there, unfinished / "outside" / name, ignore=shutil.ignore_patterns(UNDER_WAY))
        elif there.exists():
            shutil.copy2(there, unfinished / "outside" / name)
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        row = connection.execute("SELECT clock_timestamp()").fetchone()
        connection.execute("SELECT pg_switch_wal()")
    assert row is not None
    ended_at = row[0].astimezone(UTC)
    told = {"first_wal": first_wal, "ended_at": ended_at.isoformat()}
    (unfinished / "backup.json").write_text(json.dumps(told), encoding="utf-8")
    os.sync()
    folder = unfinished.with_name(f"{ended_at:%Y%m%dT%H%M%S.%fZ}")
    unfinished.rename(folder)
    forget_old(server.place)
    return Backup(folder=folder, first_wal=first_wal, ended_at=ended_at)


def copy_server(server: postgres.Server, to: Path, *, named: str) -> None:
    """A running server's data as they are now, with the WAL that makes them whole. It is told of as `named`."""
    account = accounts.server_account()
    password = (server.place / "password").read_text()
    at = f"host={server.socket_directory} user=postgres application_name={named}"
    done = subprocess.run(
        [accounts.programs(account) / "pg_basebackup", "-D", to, "-X", "stream", "-c", "fast", "-d", at],
        **accounts.as_account(account),
        env={"PGPASSWORD": password, "PATH": os.environ.get("PATH", "")},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise postgres.StartFailed(f"pg_basebackup failed:\n{done.stdout}{done.stderr}")


def _first_wal(base: Path) -> str:
    """The WAL file a backup begins in, from the label PostgreSQL lays in it."""
    first = (base / "backup_label").read_text(encoding="utf-8").splitlines()[0]
    return first.partition("file ")[2].rstrip(")")


def forget_old(place: Path) -> None:
    """Keep the newest backups, and the WAL from the oldest of those on, of whichever timeline."""
    backups = backups_of(place)
    for old in backups[:-KEPT]:
        shutil.rmtree(old.folder)
    oldest = min(each.first_wal[8:24] for each in backups[-KEPT:])
    for wal in archive_of(place).iterdir():
        if not wal.name.endswith(".history") and wal.name[8:24] < oldest:
            wal.unlink()


def main() -> None:
    if os.environ.get("DATABASE_URL"):
        sys.exit("DATABASE_URL names a server of your own: back it up as docs/operations.md says.")
    state = State.of_this_checkout()
    if not state.postgres.exists():
        sys.exit("There is no database yet. `make run` makes one.")
    with postgres.running(state.postgres) as server:
        made = back_up(server, state.folder)
    print(f"{made.folder}\nIt can be brought back to any instant from {made.ended_at.isoformat()} on:")
    whole = made.ended_at + timedelta(seconds=1)
    print(f"make restore TO={whole:%Y-%m-%dT%H:%M:%S}Z or later, or TO=latest for all that was written.")


if __name__ == "__main__":
    main()
