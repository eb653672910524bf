"""What lies between a service and its database where connections are pooled for one transaction at a time: PgBouncer,
where the machine has it, and a stand-in that is harder on whoever keeps something in a session: of the two sessions it
opens for each caller, no two transactions in a row come to the same."""

import contextlib
import os
import pwd
import shutil
import socket
import struct
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from services.eventlog.connections.connecting import POOLED, connect_query
from tests.patience import wait_until

BOUNCER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
POOLERS = ["stand-in", *(["pgbouncer"] if BOUNCER else [])]
SSL, GSS, CANCEL = 80877103, 80877104, 80877102
OWNED_BY = "nobody"


def through(dsn: str, host: str, port: int) -> str:
    """The same database and role, by way of the pooler. It lets its callers in, and has the passwords itself."""
    known = conninfo_to_dict(dsn)
    return make_conninfo("", host=host, port=port, user=known["user"], dbname=known["dbname"])


@contextlib.contextmanager
def pooled(kind: str, dsn: str, folder: Path, *, sets: bool = True) -> Iterator[str]:
    """The way to that database through a pooler of that kind. `sets`: each session it opens is given what it needs."""
    with (bouncing if kind == "pgbouncer" else standing_in)(dsn, folder, sets=sets) as pooled_dsn:
        yield pooled_dsn


@contextlib.contextmanager
def bouncing(dsn: str, folder: Path, *, sets: bool) -> Iterator[str]:
    assert BOUNCER is not None
    known = conninfo_to_dict(dsn)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    home = folder / "pgbouncer"
    home.mkdir(mode=0o755)
    server = f"host={known['host']}" + (f" port={known['port']}" if known.get("port") else "")
    (home / "users").write_text(f'"{known["user"]}" "{known["password"]}"\n')
    (home / "pgbouncer.ini").write_text(
        f"[databases]\n{known['dbname']} = {server} dbname={known['dbname']} {connect_query() if sets else ''}\n"
        f"[pgbouncer]\nlisten_addr=127.0.0.1\nlisten_port={port}\nunix_socket_dir=\nauth_type=trust\n"
        f"auth_file={home / 'users'}\npool_mode=transaction\nserver_round_robin=1\ndefault_pool_size=8\n"
        f"min_pool_size=4\nmax_client_conn=200\nlogfile={home / 'log'}\n"
    )
    command = [BOUNCER, str(home / "pgbouncer.ini")]
    if os.geteuid() == 0:
        account = pwd.getpwnam(OWNED_BY)
        for path in (home, *home.iterdir()):
            os.chown(path, account.pw_uid, account.pw_gid)
        for above in (folder, *folder.parents):
            if above.stat().st_mode & 0o001 == 0:
                above.chmod(above.stat().st_mode | 0o011)
        command[1:1] = ["-u", OWNED_BY]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = through(dsn, "127.0.0.1", port)
        wait_until(lambda: answers(address), bool)
        yield address
    finally:
        process.terminate()
        process.wait()


def answers(dsn: str) -> bool:
    with contextlib.suppress(psycopg.Error), psycopg.connect(dsn):
        return True
    return False


@contextlib.contextmanager
def standing_in(dsn: str, _: Path, *, sets: bool) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_accept, args=(listening, dsn, sets), name="pooler", daemon=True).start()
        yield through(dsn, "127.0.0.1", listening.getsockname()[1])


def _accept(listening: socket.socket, dsn: str, sets: bool) -> None:
    with contextlib.suppress(OSError):  # it is closed
        while True:
            caller, _ = listening.accept()
            threading.Thread(target=_serve, args=(caller, dsn, sets), name="pooled", daemon=True).start()


def _serve(caller: socket.socket, dsn: str, sets: bool) -> None:
    """One caller, until it or a session hangs up."""
    with contextlib.suppress(OSError, psycopg.Error), caller, contextlib.ExitStack() as stack:
        asked = _startup(caller)
        if asked is None:
            return
        if b"options" in asked:
            said = b"SERROR\0C08P01\0Munsupported startup parameter: options\0\0"
            caller.sendall(b"E" + struct.pack("!i", len(said) + 4) + said)
            return
        sessions = [stack.enter_context(psycopg.connect(dsn, autocommit=True)) for _ in range(2)]
        for session in sessions if sets else []:
            for name, value in POOLED.items():
                session.execute("SELECT set_config(%s, %s, false)", (name, value), prepare=False)
        caller.sendall(_welcome(sessions[0]))
        ways = [stack.enter_context(socket.socket(fileno=os.dup(session.fileno()))) for session in sessions]
        for way in ways:
            way.setblocking(True)
        turn = 0
        while _transaction(caller, ways[turn % 2]):
            turn += 1


def _startup(caller: socket.socket) -> list[bytes] | None:
    """The names and values the caller begins with; None where it only wants something called off."""
    while True:
        (size,) = struct.unpack("!i", _exactly(caller, 4))
        body = _exactly(caller, size - 4)
        (kind,) = struct.unpack("!i", body[:4])
        if kind in (SSL, GSS):
            caller.sendall(b"N")
        else:
            return None if kind == CANCEL else body[4:].split(b"\0")


def _welcome(session: psycopg.Connection) -> bytes:
    told = b"R" + struct.pack("!ii", 8, 0)
    for name in ("server_version", "server_encoding", "client_encoding", "DateStyle", "TimeZone", "integer_datetimes",
                 "standard_conforming_strings", "in_hot_standby", "default_transaction_read_only"):  # fmt: skip
        value = (session.pgconn.parameter_status(name.encode()) or b"").decode()
        said = name.encode() + b"\0" + value.encode() + b"\0"
        told += b"S" + struct.pack("!i", len(said) + 4) + said
    told += b"K" + struct.pack("!iii", 12, session.info.backend_pid, 0)
    return told + b"Z" + struct.pack("!i", 5) + b"I"


def _transaction(caller: socket.socket, way: socket.socket) -> bool:
    """What the caller says goes to one session until that says that no transaction is open. Whether it goes on."""
    while True:
        said = _message(caller)
        if said is None or said[:1] == b"X":
            return False
        way.sendall(said)
        if said[:1] not in (b"S", b"Q"):
            continue  # answered when all of it has been said
        while True:
            answer = _message(way)
            if answer is None:
                return False
            caller.sendall(answer)
            if answer[:1] == b"Z":
                break
        if answer[5:6] == b"I":
            return True


def _message(from_whom: socket.socket) -> bytes | None:
    head = _exactly(from_whom, 5)
    if len(head) < 5:
        return None
    (size,) = struct.unpack("!i", head[1:])
    return head + _exactly(from_whom, size - 4)


def _exactly(from_whom: socket.socket, count: int) -> bytes:
    read = b""
    while len(read) < count and (more := from_whom.recv(count - len(read))):
        read += more
    return read
