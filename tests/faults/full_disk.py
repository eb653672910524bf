"""A PostgreSQL whose data and whose log stand on small disks of their own, which can be filled and have room made."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from dev import account as accounts
from dev import postgres
from migrations.roles import url
from tests.conftest import Database
from tests.laid_servers import DATABASE, PASSWORD, start_migrated
from tests.patience import wait_until

DISK_BYTES = 384 * 1024 * 1024
STEP_BYTES = 64 * 1024
LARGEST_SEGMENTS = 64
"""PostgreSQL lays by files of its log for later; so many times it is made to begin another before there is none."""


class Disk:
    """A file system in memory, of a size. Only root can mount one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", folder], check=True)
        accounts.give(folder, accounts.server_account())
        folder.chmod(0o700)

    def fill(self) -> None:
        """Until not a byte more goes in."""
        with (self.folder / "ballast").open("ab", buffering=0) as ballast, contextlib.suppress(OSError):
            for size in (STEP_BYTES, 1):
                with contextlib.suppress(OSError):
                    while ballast.write(b"\0" * size):
                        pass

    def make_room(self) -> None:
        (self.folder / "ballast").unlink()

    def unmount(self) -> None:
        subprocess.run(["umount", "-l", self.folder], check=True)


@dataclass
class OnDisks:
    """The server, the disk of its facts, and that of its log."""

    server: postgres.Server
    data: Disk
    wal: Disk

    def dsn(self, role: str) -> str:
        return url(self.server.dsn(), database=DATABASE, user=role, password=PASSWORD)

    @property
    def database(self) -> Database:
        return Database(
            name=DATABASE,
            admin_dsn=url(self.server.dsn(), database=DATABASE),
            migrator_dsn=self.dsn("tilsagn_migrator"),
            service_dsn=self.dsn("grants_service"),
            reader_dsn=self.dsn("grants_reader"),
            notifications_dsn=self.dsn("notifications_service"),
            notifications_reader_dsn=self.dsn("notifications_reader"),
        )

    def fill(self, kind: str) -> None:
        """The disk of this kind is full; what its log had laid by is used up."""
        if kind == "data":
            self.data.fill()
            return
        self.wal.fill()
        with (
            contextlib.suppress(psycopg.OperationalError),
            psycopg.connect(self.server.dsn(), autocommit=True) as admin,
        ):
            for _ in range(LARGEST_SEGMENTS):
                admin.execute("SELECT pg_logical_emit_message(true, 'full', repeat('x', 100000)), pg_switch_wal()")

    def make_room(self, kind: str) -> None:
        """There is room again. A server that ended for the lack of it is started, as whoever runs it would."""
        {"data": self.data, "wal": self.wal}[kind].make_room()
        assert self.server.process is not None
        process = self.server.process
        wait_until(lambda: process.poll() is not None or self.answers())
        if process.poll() is not None:
            self.server = postgres.start_again(self.server)

    def answers(self) -> bool:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.server.dsn(), connect_timeout=5):
            return True
        return False


@contextlib.contextmanager
def on_disks() -> Iterator[OnDisks]:
    home = Path(tempfile.mkdtemp(dir="/tmp", prefix="tilsagn-full-"))
    home.chmod(0o711)
    disks: list[Disk] = []
    server = start_migrated(home / "postgres")
    try:
        disks += [Disk(home / "facts"), Disk(home / "wal")]
        here = OnDisks(server, *disks)
        with psycopg.connect(server.dsn(), autocommit=True) as admin:
            admin.execute(f"CREATE TABLESPACE facts LOCATION '{disks[0].folder}'")
            admin.execute(f"ALTER DATABASE {DATABASE} SET TABLESPACE facts")
        server.stop()
        _move(server.place / "data" / "pg_wal", disks[1].folder / "pg_wal")
        here.server = postgres.start(home / "postgres")
        yield here
        server = here.server
    finally:
        server.stop()
        for disk in disks:
            disk.unmount()
        shutil.rmtree(home, ignore_errors=True)


def _move(folder: Path, to: Path) -> None:
    """PostgreSQL finds its log by a link, as where it is given a disk of its own."""
    shutil.copytree(folder, to)
    account = accounts.server_account()
    for path in (to, *to.rglob("*")):
        accounts.give(path, account)
        path.chmod(0o700 if path.is_dir() else 0o600)
    shutil.rmtree(folder)
    folder.symlink_to(to)
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid, follow_symlinks=False)
