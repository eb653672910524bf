"""The embedded PostgreSQL of development and tests: a real server from a wheel, started and stopped by us.

One folder holds all of it: `data/`, the superuser's `password` (0600), the server's `log`, and the `lock` that whoever
runs the server holds. Only SCRAM passwords are let in, over a socket in a private folder; no port is opened.

A server killed at any moment is picked up again: PostgreSQL repairs its own data, and what this module adds is that
the folder is made whole or not at all, that a server left over from a killed run is stopped before the next one starts,
and that a process number that now belongs to somebody else is not mistaken for it.
"""

import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psutil
import psycopg

from dev import account as accounts
from dev.children import end_child, start_child
from services.calendar.patience import at_most

START_SECONDS = at_most(60)
STOP_SECONDS = at_most(30)

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
}
# Only for data that is thrown away when the tests end: nothing is flushed, so a power cut would ruin it; nobody follows
# the server, so less is logged; and a password of 256 random bits needs no thousand rounds to be beyond guessing.
THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "scram_iterations": "1",
}
MEMORY = Path("/dev/shm")
ROOM_BYTES = 2 * 1024**3

# No line says trust, peer or ident, and none lets in a network connection.
HBA = "local all all scram-sha-256\nlocal replication all scram-sha-256\n"


class AlreadyRunning(Exception):
    """Another process of ours runs the server of this folder."""


class StartFailed(Exception):
    """PostgreSQL would not start; the message ends with the last lines of its log."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running server. `process` is None when another process of ours runs it."""

    place: Path
    socket_directory: Path
    process: subprocess.Popen[bytes] | None = None
    lock: IO[bytes] | None = None

    def dsn(self, database: str = "postgres") -> str:
        """How the superuser reaches a database on it."""
        password = quote((self.place / "password").read_text(), safe="")
        return f"postgresql://postgres:{password}@/{quote(database)}?host={quote(str(self.socket_directory))}"

    def stop(self) -> None:
        """Stop it and wait until it has stopped; sessions still open are ended. Somebody else's is left alone."""
        if self.process is None or self.lock is None:
            return
        end_child(self.process, ask=signal.SIGINT, insist=signal.SIGQUIT, seconds=STOP_SECONDS)
        shutil.rmtree(self.socket_directory, ignore_errors=True)
        self.lock.close()


def start(home: Path, *, durable: bool = True) -> Server:
    """Start the server whose data stand in `home`, made on first use; ready for connections when this returns.

    `durable=False` gives up safety against power cuts for speed; only tests do. Refuses with AlreadyRunning while
    another process runs it, and StartFailed when PostgreSQL will not start.
    """
    account = accounts.server_account()
    place = accounts.place_for(home, account)
    programs = accounts.programs(account)
    lock = hold(place)
    try:
        end_leftover(place)
        if not (place / "data").exists():
            create(place, programs, durable=durable)
        elif account is None and (place / "data").stat().st_uid != os.geteuid():
            raise StartFailed(f"{place / 'data'} belongs to another account; run as that one, or `make clean` as it.")
        return launch(place, programs, lock, durable=durable)
    except BaseException:
        lock.close()
        raise


def place_to_throw_away() -> Path:
    """Where a folder for data that is thrown away is best made: in memory, where there are two gigabytes to spare. To
    make and remove the six hundred files of a small database costs ten times as much on a disk."""
    in_memory = os.access(MEMORY, os.W_OK | os.X_OK) and spare_bytes(MEMORY) > ROOM_BYTES
    return MEMORY if in_memory else Path("/tmp")


def spare_bytes(place: Path) -> int:
    """What may be put there without taking half of the memory that is left to others."""
    return min(shutil.disk_usage(place).free, psutil.virtual_memory().available // 2)


@contextlib.contextmanager
def running(home: Path) -> Iterator[Server]:
    """The server of `home`, for as long as the block lasts: the one that runs there already, or one of our own."""
    deadline = time.monotonic() + START_SECONDS
    server: Server | None = None
    while server is None:
        try:
            server = start(home)
        except AlreadyRunning:
            server = find_running(home.resolve())
            if server is None and time.monotonic() > deadline:
                raise
            time.sleep(0.1)
    try:
        yield server
    finally:
        server.stop()


def find_running(place: Path) -> Server | None:
    """The server another process runs there, if it is ready for connections."""
    lines = postmaster_lines(place)
    if len(lines) < 8 or lines[7].strip() != "ready":
        return None
    return Server(place=place, socket_directory=Path(lines[4].strip()))


def hold(place: Path) -> IO[bytes]:
    """Take the folder's lock, which the kernel gives back however we end."""
    lock = (place / "lock").open("ab")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise AlreadyRunning(f"The PostgreSQL of {place} is already run by another process.") from None
    return lock


def create(place: Path, programs: Path, *, durable: bool) -> None:
    """Make the data folder, whole or not at all, with a superuser's password nobody else knows."""
    account = accounts.server_account()
    unfinished = place / "data.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    password = secrets.token_urlsafe(32)
    with tempfile.NamedTemporaryFile("w", dir="/tmp", prefix="tilsagn-") as pwfile:
        pwfile.write(password)
        pwfile.flush()
        accounts.give(Path(pwfile.name), account)
        accounts.give(unfinished, account)
        command: list[str | Path] = [programs / "initdb", "-D", unfinished, "-U", "postgres", f"--pwfile={pwfile.name}"]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += ["--locale=C", "--data-checksums"]
        command += [] if durable else ["--no-sync", f"--set=scram_iterations={THROWAWAY['scram_iterations']}"]
        made = subprocess.run(
            command,
            **accounts.as_account(account),
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
    if made.returncode:
        raise StartFailed(f"initdb failed:\n{made.stdout}{made.stderr}")
    (unfinished / "pg_hba.conf").write_text(HBA)
    write_private(place / "password", password)
    unfinished.rename(place / "data")


def start_again(server: Server) -> Server:
    """The same server anew, reached as before, after it has stopped by itself. Refuses with StartFailed while what
    stopped it (a full disk, say) goes on."""
    assert server.process is not None, "another process runs it"
    assert server.lock is not None, "its folder is held by whoever started it"
    server.process.wait()
    programs = accounts.programs(accounts.server_account())
    return serve(server.place, programs, server.lock, server.socket_directory, durable=True)


def launch(place: Path, programs: Path, lock: IO[bytes], *, durable: bool) -> Server:
    """Start the server process, with a socket folder of its own, and wait until it takes connections."""
    socket_directory = Path(tempfile.mkdtemp(dir="/tmp", prefix="tilsagn-"))  # a socket's path may be 107 bytes at most
    accounts.give(socket_directory, accounts.server_account())
    (place / "socket").write_text(str(socket_directory))
    try:
        return serve(place, programs, lock, socket_directory, durable=durable)
    except BaseException:
        shutil.rmtree(socket_directory, ignore_errors=True)
        raise


def serve(place: Path, programs: Path, lock: IO[bytes], socket_directory: Path, *, durable: bool) -> Server:
    """The server process, once it takes connections. None is left behind when it does not come to that."""
    account = accounts.server_account()
    settings = SETTINGS | ({} if durable else THROWAWAY) | {"unix_socket_directories": str(socket_directory)}
    command: list[str | Path] = [programs / "postgres", "-D", place / "data"]
    settings |= archiving(place) if durable else {}
    command += [f"--{name}={value}" for name, value in settings.items()]
    with (place / "log").open("wb") as log:
        process = start_child(command, last_signal=signal.SIGINT, log=log, account=account, directory=Path("/"))
    server = Server(place=place, socket_directory=socket_directory, process=process, lock=lock)
    try:
        wait_until_ready(server, process)
    except BaseException:
        end_child(process, ask=signal.SIGINT, insist=signal.SIGQUIT, seconds=STOP_SECONDS)
        raise
    return server


def archiving(place: Path) -> dict[str, str]:
    """What is written is kept file by file, whole or not at all, from the first backup on: until then, and so until
    somebody asks for it, there is no folder to keep it in (backup.py)."""
    kept = f"{place / 'archive'}"
    copied = f'cp "%p" "{kept}/.%f" && sync "{kept}/.%f" && mv "{kept}/.%f" "{kept}/%f"'
    same = f'cmp -s "%p" "{kept}/%f"'
    return {
        "archive_mode": "on",
        "archive_command": f'if test -e "{kept}/%f"; then {same}; elif test -d "{kept}"; then {copied}; fi',
    }


def wait_until_ready(server: Server, process: subprocess.Popen[bytes]) -> None:
    """Return when the superuser can log in; recovery after a crash may take its time."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(server.dsn(), connect_timeout=5):
            return
        time.sleep(0.02)
    last = (server.place / "log").read_text(errors="replace").splitlines()[-15:]
    raise StartFailed("PostgreSQL did not start:\n" + "\n".join(last))


def end_leftover(place: Path) -> None:
    """Stop a server that outlived the run that started it, and forget a process number that is no longer a server's.

    We hold the folder's lock, so no run that is alive owns it. A number that was reused is replaced by our own:
    PostgreSQL ignores its parent's, and still looks for sessions that use the old shared memory.
    """
    lines = postmaster_lines(place)
    if lines:
        end_postmaster(int(lines[0]), place, lines[1:])
    if (place / "socket").exists():
        shutil.rmtree((place / "socket").read_text(), ignore_errors=True)


def end_postmaster(pid: int, place: Path, lines: list[str]) -> None:
    """Stop the server that the file names, or take the number out of the file."""
    leftover = find_postmaster(pid, place)
    if leftover is None:
        path = place / "data" / "postmaster.pid"
        if path.exists():
            path.write_text("\n".join([str(os.getpid()), *lines]) + "\n")
    else:
        leftover.send_signal(signal.SIGINT)
        try:
            leftover.wait(STOP_SECONDS)
        except psutil.TimeoutExpired:
            leftover.send_signal(signal.SIGQUIT)
            leftover.wait(STOP_SECONDS)


def find_postmaster(pid: int, place: Path) -> psutil.Process | None:
    """The process of that number, if it is the PostgreSQL of this folder."""
    try:
        process = psutil.Process(pid)
        ours = process.name() == "postgres" and str(place / "data") in process.cmdline()
    except psutil.NoSuchProcess:
        return None
    return process if ours else None


def postmaster_lines(place: Path) -> list[str]:
    """What PostgreSQL wrote about itself: process, folder, start, port, socket folder, address, memory, status."""
    try:
        return (place / "data" / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def write_private(path: Path, text: str) -> None:
    """Write a secret so that only we can read it, whole or not at all."""
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    unfinished.replace(path)
