"""How a node can die, one way after another, under load; each ends with the cluster whole again."""

import contextlib
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx
import psycopg

from tests.failover.cluster import LEADING, TTL_SECONDS, Cluster, Node
from tests.patience import wait_until

CUT_SECONDS = 1.5
FROZEN_SECONDS = 40.0
AWAY_SECONDS = 300.0
BACK_SECONDS = 15.0


@dataclass
class Died:
    """Which death, and from when on the cluster could record again (monotonic seconds)."""

    way: str
    node: str
    began: float
    led_again: float


def node_gone(cluster: Cluster) -> Died:
    """The leader's machine: Patroni and PostgreSQL at once."""
    old, began = cluster.wait_leader(), time.monotonic()
    old.kill()
    led = wait_writable(cluster, other_than=old)
    old.start()
    return Died("the node", old.name, began, led)


def postgres_gone(cluster: Cluster) -> Died:
    """PostgreSQL alone: Patroni starts it again, or hands over."""
    old, began = cluster.wait_leader(), time.monotonic()
    old.signal_postgres(signal.SIGKILL)
    return Died("PostgreSQL alone", old.name, began, wait_writable(cluster, since=began))


def session_ended_while_cut(cluster: Cluster) -> Died:
    """Nobody hears the leader; the session that waits for a standby to have its commit is ended; then the leader dies.
    What it had on its own disk alone is gone, and nobody may have been told that it was recorded."""
    old, began = cluster.wait_leader(), time.monotonic()
    with standbys_silent(cluster, old):
        with psycopg.connect(cluster.dsn(only=old, database="postgres"), autocommit=True) as connection:
            connection.execute("SET synchronous_commit = local")
            wait_until(lambda: waiting_for_a_standby(connection))
            for pid in waiting_for_a_standby(connection):
                connection.execute("SELECT pg_terminate_backend(%s)", (pid,))
            time.sleep(CUT_SECONDS)  # time for whoever was cut off to ask what became of it
        old.kill()
    led = wait_writable(cluster, back=old)
    if old.is_gone():
        old.start()
    return Died("a session ended while replication is cut, then the node", old.name, began, led)


def waiting_for_a_standby(connection: psycopg.Connection) -> list[int]:
    rows = connection.execute("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'").fetchall()
    return [int(row[0]) for row in rows]


@contextlib.contextmanager
def standbys_silent(cluster: Cluster, leader: Node) -> Iterator[None]:
    """PostgreSQL of both others stands still, and what the leader writes from now on is not even on its way to them:
    what lay in the kernel's buffers would be read once they go on, whoever is dead by then."""
    others = [node for node in cluster.nodes if node is not leader]
    for node in others:
        node.signal_postgres(signal.SIGSTOP)
    with psycopg.connect(cluster.dsn(only=leader, database="postgres"), autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_replication")
    try:
        yield
    finally:
        for node in others:
            node.signal_postgres(signal.SIGCONT)


def frozen(cluster: Cluster) -> Died:
    """The leader stands still, all of it, long enough that another leads; then it goes on where it stood."""
    old, began = cluster.wait_leader(), time.monotonic()
    old.signal_patroni(signal.SIGSTOP)
    old.signal_postgres(signal.SIGSTOP)
    try:
        led = wait_writable(cluster, other_than=old)
        time.sleep(max(0.0, began + FROZEN_SECONDS - time.monotonic()))
    finally:
        old.signal_postgres(signal.SIGCONT)
        old.signal_patroni(signal.SIGCONT)
    return Died("frozen", old.name, began, led)


def switched_over(cluster: Cluster) -> Died:
    """Asked for, as before maintenance."""
    old, began = cluster.wait_leader(), time.monotonic()
    synchronous = [node for node in cluster.nodes if node is not old and node.state().get("sync_standby")]
    to = (synchronous or [node for node in cluster.nodes if node is not old])[0]
    with contextlib.suppress(httpx.TimeoutException):
        cluster.switch_over(to)
    return Died("a switchover", old.name, began, wait_writable(cluster, since=began))


def quorum_lost(cluster: Cluster) -> Died:
    """Two of three are gone; the one that is left must not go on alone. Then they come back."""
    leader, began = cluster.wait_leader(), time.monotonic()
    others = [node for node in cluster.nodes if node is not leader]
    for node in others:
        node.kill()
    wait_until(lambda: leader.state().get("role") not in LEADING)
    for node in others:
        node.start()
    return Died("loss of quorum", leader.name, began, wait_writable(cluster))


def away_for_long(cluster: Cluster) -> Died:
    """Everything is gone for five minutes."""
    began = time.monotonic()
    for node in cluster.nodes:
        node.kill()
    time.sleep(AWAY_SECONDS)
    for node in cluster.nodes:
        node.start()
    return Died("everything, for five minutes", "all", began, wait_writable(cluster))


WAYS: tuple[Callable[[Cluster], Died], ...] = (
    node_gone,
    postgres_gone,
    session_ended_while_cut,
    frozen,
    switched_over,
    quorum_lost,
)


def wait_writable(
    cluster: Cluster, *, other_than: Node | None = None, since: float | None = None, back: Node | None = None
) -> float:
    """Until something small can be committed as everything is (monotonic seconds); on another node, if asked. Where
    nobody was synchronous, Patroni lets nobody but the old one lead: it comes `back` after a while."""
    if since is not None:
        time.sleep(0.5)  # what is to die has died
    found: list[float] = []
    comes_back = time.monotonic() + TTL_SECONDS + BACK_SECONDS

    def is_writable() -> bool:
        if back is not None and time.monotonic() > comes_back and back.is_gone():
            back.start()
        for node in cluster.nodes:
            if node is other_than:
                continue
            try:
                with psycopg.connect(cluster.dsn(only=node, database="postgres"), autocommit=True) as connection:
                    connection.execute("SET statement_timeout = '2s'")
                    connection.execute("SELECT pg_logical_emit_message(true, 'written', '')")
            except psycopg.Error:
                continue
            found[:] = [time.monotonic()]
            return True
        return False

    wait_until(is_writable, look_seconds=0.1)
    return found[0]
