"""Three PostgreSQL nodes under Patroni, on loopback: the programs are the development wheel's, Patroni comes from PyPI
and keeps its own raft among the three, so nothing else needs to run.

A node is two processes' worth of things that can go wrong: Patroni, which decides who leads, and PostgreSQL, which it
starts. Each can be killed, frozen and thawed here alone or together.
"""

import contextlib
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import httpx
import psutil
import psycopg
import yaml

from dev import account as accounts
from dev.children import start_child
from dev.patroni import PROGRAM, ambient
from migrations import SERVICES, upgrade
from migrations.roles import LOGINS, prepare
from tests.conftest import Database
from tests.patience import wait_until

DATABASE = "tilsagn"
TTL_SECONDS = 20
"""How long a leader that is not heard of keeps its lock: the least Patroni allows."""
WHOLE_SECONDS = 900.0

LEADING = ("primary", "master")
"""What Patroni calls whoever leads, by its version."""

Mode = Literal["synchronous", "asynchronous"]


@dataclass
class Node:
    """One of the three. `raft` is where the others hear it, `api` where Patroni is asked."""

    name: str
    folder: Path
    port: int
    api: int
    raft: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def state(self) -> dict[str, Any]:
        """What Patroni says of it; nothing where it says nothing."""
        try:
            told: dict[str, Any] = httpx.get(f"http://127.0.0.1:{self.api}/patroni", timeout=2).json()
        except (httpx.HTTPError, ValueError):
            return {}
        return told

    def start(self) -> None:
        """Patroni, which starts PostgreSQL. Returns at once."""
        with (self.folder / "log").open("ab") as log:
            command = [*ambient(), PROGRAM, self.folder / "patroni.yml"]
            self.process = start_child([str(part) for part in command], last_signal=signal.SIGKILL, log=log)

    def postmaster(self) -> psutil.Process | None:
        """PostgreSQL's first process, if it runs."""
        try:
            process = psutil.Process(int((self.data / "postmaster.pid").read_text().splitlines()[0]))
        except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
            return None
        return process if process.name().startswith("postgres") else None

    def signal_postgres(self, said: signal.Signals) -> None:
        """To every process of PostgreSQL at once."""
        if (first := self.postmaster()) is not None:
            with contextlib.suppress(psutil.NoSuchProcess):
                for each in [first, *first.children(recursive=True)]:
                    with contextlib.suppress(psutil.NoSuchProcess):
                        each.send_signal(said)

    def signal_patroni(self, said: signal.Signals) -> None:
        """To Patroni alone."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(said)

    def is_gone(self) -> bool:
        """Whether Patroni does not run there."""
        return self.process is None or self.process.poll() is not None

    def kill(self) -> None:
        """The machine is gone: nothing of it gets to do anything more."""
        self.signal_patroni(signal.SIGKILL)
        self.signal_postgres(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()


@dataclass
class Cluster:
    """The three, and how they are reached."""

    home: Path
    password: str
    mode: Mode
    nodes: list[Node] = field(default_factory=list)

    def dsn(self, role: str = "postgres", database: str = DATABASE, *, only: Node | None = None) -> str:
        """How a role reaches whoever leads; or `only` that node, whatever it is."""
        nodes = [only] if only else self.nodes
        hosts = ",".join("127.0.0.1" for _ in nodes)
        ports = ",".join(str(node.port) for node in nodes)
        attributes = "" if only else "&target_session_attrs=read-write"
        return (
            f"postgresql://{role}:{self.password}@/{database}?host={hosts}&port={ports}&connect_timeout=3{attributes}"
        )

    def make_database(self, name: str) -> Database:
        """A migrated one, and how each role reaches it."""
        prepare(self.dsn(database="postgres"), name, {login.name: self.password for login in LOGINS})
        for service in SERVICES:
            upgrade(self.dsn("tilsagn_migrator", name), service)
        return self.database_of(name)

    def database_of(self, name: str = DATABASE) -> Database:
        """How each role reaches it, whoever leads."""
        return Database(
            name=name,
            admin_dsn=self.dsn(database=name),
            migrator_dsn=self.dsn("tilsagn_migrator", name),
            service_dsn=self.dsn("grants_service", name),
            reader_dsn=self.dsn("grants_reader", name),
            notifications_dsn=self.dsn("notifications_service", name),
            notifications_reader_dsn=self.dsn("notifications_reader", name),
        )

    def leader(self) -> Node | None:
        """Who says that it leads, writes, and is heard."""
        for node in self.nodes:
            told = node.state()
            if told.get("role") in LEADING and told.get("state") == "running":
                return node
        return None

    def wait_leader(self, *, other_than: Node | None = None) -> Node:
        """Until one leads: another than this one, if given."""
        found: list[Node] = []

        def is_led() -> bool:
            leader = self.leader()
            if leader is None or leader is other_than:
                return False
            found[:] = [leader]
            return True

        wait_until(is_led)
        return found[0]

    def wait_whole(self) -> None:
        """Until one leads and two follow it without a lag; in the synchronous mode one of them synchronously. How long
        that takes is the cluster's own, and no claim of ours: a node is rewound, or copied anew, on a busy machine."""
        wait_until(self.lacks, lambda what: not what, patience_seconds=WHOLE_SECONDS)

    def lacks(self) -> str:
        """What it takes for it to be whole; nothing when it is."""
        leader = self.leader()
        if leader is None:
            return "nobody leads"
        try:
            with psycopg.connect(self.dsn(only=leader, database="postgres"), autocommit=True) as connection:
                rows = connection.execute(
                    "SELECT sync_state, pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) FROM pg_stat_replication"
                    " WHERE state = 'streaming' AND application_name <> ''"
                ).fetchall()
        except psycopg.Error as failure:
            return f"{leader.name} leads, and does not answer: {failure}"
        near = [state for state, lag in rows if lag is not None and lag < 1_000_000]
        if len(near) >= 2 and (self.mode == "asynchronous" or "sync" in near or "quorum" in near):
            return ""
        states = {node.name: node.state().get("state") for node in self.nodes}
        return f"{leader.name} leads, {rows} follow it; the nodes say {states}"

    def has_caught_up(self) -> bool:
        """Whether each follower has applied what the leader has written."""
        try:
            with psycopg.connect(self.dsn(database="postgres"), autocommit=True) as connection:
                row = connection.execute(
                    "SELECT count(*) FILTER (WHERE replay_lsn >= pg_current_wal_lsn()) FROM pg_stat_replication"
                ).fetchone()
        except psycopg.Error:
            return False
        return row is not None and row[0] >= len(self.nodes) - 1

    def switch_over(self, to: Node) -> None:
        """Asked of Patroni, as an operator does before maintenance."""
        leader = self.wait_leader()
        told = {"leader": leader.name, "candidate": to.name}
        httpx.post(f"http://127.0.0.1:{leader.api}/switchover", json=told, timeout=60)


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port


def configuration(cluster: Cluster, node: Node, bin_dir: Path) -> dict[str, Any]:
    """What Patroni is told of a node."""
    here = "127.0.0.1"
    synchronous = cluster.mode == "synchronous"
    parameters = {
        "max_connections": 120,
        "shared_buffers": "128MB",
        "max_wal_size": "1GB",
        "wal_keep_size": "512MB",
        "wal_receiver_status_interval": 1,
        "hot_standby_feedback": "on",  # each node is verified while others write: nothing is cleared away under it
        "unix_socket_directories": "",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "jit": "off",
    }
    who = {"username": "postgres", "password": cluster.password}
    return {
        "scope": "tilsagn",
        "name": node.name,
        "restapi": {"listen": f"{here}:{node.api}", "connect_address": f"{here}:{node.api}"},
        "raft": {
            "data_dir": str(node.folder / "raft"),
            "self_addr": f"{here}:{node.raft}",
            "partner_addrs": [f"{here}:{other.raft}" for other in cluster.nodes if other is not node],
        },
        "bootstrap": {
            "dcs": {
                "ttl": TTL_SECONDS,
                "loop_wait": 2,
                "retry_timeout": 5,
                "maximum_lag_on_failover": 1_048_576,
                "synchronous_mode": synchronous,
                "synchronous_mode_strict": synchronous,
                "postgresql": {"use_pg_rewind": True, "use_slots": True, "parameters": parameters},
            },
            "initdb": [{"encoding": "UTF8"}, {"locale": "C.UTF-8"}, "data-checksums"],
        },
        "postgresql": {
            "listen": f"{here}:{node.port}",
            "connect_address": f"{here}:{node.port}",
            "data_dir": str(node.data),
            "bin_dir": str(bin_dir),
            "pgpass": str(node.folder / "pgpass"),
            "authentication": {"superuser": who, "replication": who, "rewind": who},
            "pg_hba": [
                "host all all 127.0.0.1/32 scram-sha-256",
                "host replication postgres 127.0.0.1/32 scram-sha-256",
            ],
        },
    }


@contextlib.contextmanager
def cluster(mode: Mode = "synchronous", *, say: Callable[[str], None] = print) -> Iterator[Cluster]:
    """A migrated cluster of three, thrown away afterwards."""
    account = accounts.server_account()
    home = Path(tempfile.mkdtemp(dir="/tmp", prefix="tilsagn-failover-"))
    home.chmod(0o755)
    three = Cluster(home, secrets.token_hex(16), mode)
    with contextlib.ExitStack() as ended:
        ended.callback(shutil.rmtree, home, ignore_errors=True)
        for number in (1, 2, 3):
            folder = home / f"n{number}"
            folder.mkdir()
            three.nodes.append(Node(f"n{number}", folder, free_port(), free_port(), free_port()))
        for node in three.nodes:
            told = configuration(three, node, accounts.programs(account))
            (node.folder / "patroni.yml").write_text(yaml.safe_dump(told))
            (node.folder / "raft").mkdir()
            for path in (node.folder, node.folder / "raft", node.folder / "patroni.yml"):
                accounts.give(path, account)
            ended.callback(node.kill)
        for node in three.nodes:
            node.start()
        say("Three nodes are being made ...")
        leader = three.wait_leader()
        three.wait_whole()
        three.make_database(DATABASE)
        say(f"{leader.name} leads; the database is migrated.")
        yield three
