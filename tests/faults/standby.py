"""A primary and one synchronous standby, made of the embedded PostgreSQL's own programs: what is committed on the one
is answered when the other has it on disk. The standby can be silenced, heard again, and promoted."""

import contextlib
import shutil
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

from dev import account as accounts
from dev import postgres
from dev.backup import copy_server
from dev.postgres import Server
from migrations.roles import url
from tests.laid_servers import DATABASE, PASSWORD, start_migrated
from tests.patience import wait_until


@dataclass
class Pair:
    """The two servers. `service_dsn` is how grants' service reaches the primary."""

    primary: Server
    standby: Server

    def dsn(self, server: Server, role: str = "grants_service") -> str:
        return url(server.dsn(), database=DATABASE, user=role, password=PASSWORD)

    @property
    def service_dsn(self) -> str:
        return self.dsn(self.primary)

    def ask(self, query: str, *asked: object) -> list[tuple[object, ...]]:
        """What the primary's administrator sees; what he asks for waits for no standby."""
        with psycopg.connect(url(self.primary.dsn(), database=DATABASE), autocommit=True) as connection:
            connection.execute("SET synchronous_commit = local")
            answered = connection.execute(query.encode(), asked)
            return answered.fetchall() if answered.description else []

    def silence(self) -> None:
        """Every process of the standby stands still: nothing answers, and no connection breaks."""
        _signal(self.standby, signal.SIGSTOP)

    def hear(self) -> None:
        """The standby goes on where it stood."""
        _signal(self.standby, signal.SIGCONT)

    def pause(self) -> None:
        """The standby takes in what it is sent, and shows none of it."""
        self._at_the_standby("SELECT pg_wal_replay_pause()")
        wait_until(lambda: self._at_the_standby("SELECT pg_get_wal_replay_pause_state()") == [("paused",)])

    def resume(self) -> None:
        """It shows all that it has, and what comes."""
        self._at_the_standby("SELECT pg_wal_replay_resume()")

    def catch_up(self) -> None:
        """Return when the standby shows what stands on the primary now."""
        [(upto,)] = self.ask("SELECT pg_current_wal_lsn()::text")
        wait_until(lambda: self._at_the_standby("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", upto) == [(True,)])

    def _at_the_standby(self, query: str, *asked: object) -> list[tuple[object, ...]]:
        with psycopg.connect(self.standby.dsn(), autocommit=True) as connection:
            return connection.execute(query.encode(), asked).fetchall()

    def waiting_for_standby(self) -> list[int]:
        """The primary's sessions that wait for the standby to have their commit. What PostgreSQL cleans up by itself
        waits for it too, and is nobody's."""
        waits = "wait_event = 'SyncRep' AND backend_type = 'client backend'"
        rows = self.ask(f"SELECT pid FROM pg_stat_activity WHERE {waits}")
        return [int(str(row[0])) for row in rows]

    def freeze(self) -> None:
        """Every process of the primary stands still: nothing answers, and no connection breaks."""
        _signal(self.primary, signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on where it stood, and knows nothing of what happened meanwhile."""
        _signal(self.primary, signal.SIGCONT)

    def lose(self) -> None:
        """The primary is lost at once, whether it ran or stood still, with each of its processes: a session is in no
        group of the server's, and one that stands still would stand there for ever."""
        _signal(self.primary, signal.SIGKILL)

    def take_over(self) -> None:
        """The standby is the primary, with what it has."""
        with psycopg.connect(self.standby.dsn(), autocommit=True) as connection:
            connection.execute("SELECT pg_promote(true, 60)")
            connection.execute("ALTER SYSTEM RESET synchronous_standby_names")
            connection.execute("SELECT pg_reload_conf()")


def _signal(server: Server, said: signal.Signals) -> None:
    assert server.process is not None
    postmaster = psutil.Process(server.process.pid)
    for process in [postmaster, *postmaster.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):  # a session that has just ended
            process.send_signal(said)


@contextlib.contextmanager
def pair() -> Iterator[Pair]:
    """A migrated primary with its standby, thrown away afterwards."""
    home = Path(tempfile.mkdtemp(dir="/tmp", prefix="tilsagn-pair-"))
    home.chmod(0o711)
    with contextlib.ExitStack() as ended:
        ended.callback(shutil.rmtree, home, ignore_errors=True)
        primary = start_migrated(home / "primary")
        ended.callback(primary.stop)
        copy(primary, home / "standby")
        standby = postgres.start(home / "standby")
        ended.callback(standby.stop)
        both = Pair(primary, standby)
        ended.callback(both.hear)  # what stands still cannot be stopped
        wait_until(lambda: both.ask("SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'"))
        both.ask("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
        both.ask("SELECT pg_reload_conf()")
        wait_until(lambda: both.ask("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"))
        yield both


def copy(primary: Server, home: Path) -> None:
    """A copy of the primary that follows it, under the name `standby`."""
    account = accounts.server_account()
    place = accounts.place_for(home, account)
    password = (primary.place / "password").read_text()
    at = f"host={primary.socket_directory} user=postgres password={password} application_name=standby"
    (place / "data").mkdir(mode=0o700)
    accounts.give(place / "data", account)
    copy_server(primary, place / "data", named="standby")
    with (place / "data" / "postgresql.auto.conf").open("a", encoding="utf-8") as settings:
        settings.write(f"primary_conninfo = '{at}'\nwal_receiver_status_interval = '1s'\n")
    (place / "data" / "standby.signal").touch()
    postgres.write_private(place / "password", password)
