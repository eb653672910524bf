"""The embedded PostgreSQL comes up again, whatever happened to the run before."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from dev import account as accounts
from dev import postgres
from dev.kept_up import KeptUp
from tests.house.tree import ROOT
from tests.patience import PATIENCE_SECONDS

# A run that starts the server, says which process it is, and stays until it is killed. With "orphan" it is a run on a
# system whose kernel does not tell a child that its parent died.
RUN = """
import sys, time
from pathlib import Path
from types import SimpleNamespace
from dev import children, postgres
if sys.argv[2:] == ["orphan"]:
    children.sys = SimpleNamespace(platform="another")
server = postgres.start(Path(sys.argv[1]), durable=False)
print(server.process.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder for a server, with a space and a letter of ours in its path."""
    with tempfile.TemporaryDirectory(prefix="tilsagn på nytt ") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder) / "postgres"
        shutil.rmtree((Path(folder) / "postgres").resolve())


def remember(server: postgres.Server) -> None:
    """Write something down in it."""
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        connection.execute("INSERT INTO kept VALUES (1)")


def recall(server: postgres.Server) -> int:
    """How much has been written down."""
    with psycopg.connect(server.dsn()) as connection:
        return len(connection.execute("SELECT n FROM kept").fetchall())


def test_a_server_that_stops_by_itself_is_started_again_as_soon_as_it_can_be(home: Path) -> None:
    said: list[str] = []
    server = postgres.start(home)
    kept = KeptUp(server, said.append)
    try:
        remember(server)
        kept.look()
        assert said == []
        assert server.process is not None
        server.process.send_signal(signal.SIGQUIT)
        server.process.wait()
        version = server.place / "data" / "PG_VERSION"
        text = version.read_text()
        version.unlink()  # what stopped it goes on
        kept.look()
        kept.look()
        assert [line.split(".")[0] for line in said] == ["PostgreSQL has stopped by itself"]
        version.write_text(text)
        accounts.give(version, accounts.server_account())
        kept.look()
        assert len(said) == 1, "it is not tried again at once"
        kept._next = 0
        kept.look()
        assert said[1:] == ["PostgreSQL runs again."]
        assert recall(server) == 1  # reached as before
    finally:
        kept.stop()


def start_elsewhere(home: Path, *how: str) -> tuple[subprocess.Popen[str], psutil.Process]:
    """A run in another process, and its server."""
    run = subprocess.Popen([sys.executable, "-c", RUN, home, *how], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    return run, psutil.Process(int(run.stdout.readline()))


def kill(run: subprocess.Popen[str], *, and_wait_for: psutil.Process | None = None) -> None:
    """Without a word."""
    run.kill()
    run.communicate()
    if and_wait_for is not None:
        and_wait_for.wait(PATIENCE_SECONDS)


def test_it_keeps_what_was_written_over_a_stop(home: Path) -> None:
    for times in (1, 2):
        server = postgres.start(home)
        remember(server)
        assert recall(server) == times
        server.stop()
        assert not server.socket_directory.exists()


def test_a_killed_server_comes_up_with_what_was_committed(home: Path) -> None:
    server = postgres.start(home)
    remember(server)
    assert server.process
    server.process.kill()
    server.process.wait()
    server.stop()
    again = postgres.start(home)
    assert recall(again) == 1
    again.stop()


def has_ended(process: psutil.Process) -> bool:
    """Gone, or only waiting for somebody to note its exit: not every machine's first process does that at once."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_a_killed_run_takes_its_server_along_and_the_next_starts(home: Path) -> None:
    run, postmaster = start_elsewhere(home)
    kill(run)
    again = postgres.start(home, durable=False)
    assert has_ended(postmaster)
    remember(again)
    again.stop()


def test_a_server_that_outlived_its_run_is_stopped_first(home: Path) -> None:
    run, postmaster = start_elsewhere(home, "orphan")
    kill(run)
    assert postmaster.is_running()
    again = postgres.start(home, durable=False)
    assert has_ended(postmaster)
    again.stop()


def test_a_process_number_that_now_belongs_to_somebody_else_is_not_a_server(home: Path) -> None:
    server = postgres.start(home)
    remember(server)
    assert server.process
    lines = postgres.postmaster_lines(server.place)
    server.process.kill()
    server.process.wait()
    server.stop()
    with subprocess.Popen(["sleep", "600"], user=(home / "data").stat().st_uid) as stranger:
        pid_file = server.place / "data" / "postmaster.pid"
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        again = postgres.start(home)
        assert recall(again) == 1
        assert stranger.poll() is None
        again.stop()
        stranger.kill()


def test_two_runs_never_share_a_server(home: Path) -> None:
    run, postmaster = start_elsewhere(home)
    with pytest.raises(postgres.AlreadyRunning):
        postgres.start(home, durable=False)
    with postgres.running(home) as theirs:
        remember(theirs)
    with postgres.running(home) as still_theirs:
        assert recall(still_theirs) == 1
    kill(run, and_wait_for=postmaster)


def test_a_folder_that_was_half_made_is_made_anew(home: Path) -> None:
    (home / "data.unfinished").mkdir(parents=True)
    (home / "data.unfinished" / "PG_VERSION").write_text("18")
    server = postgres.start(home, durable=False)
    remember(server)
    server.stop()


def test_where_the_account_cannot_enter_the_data_stand_elsewhere(home: Path) -> None:
    home.parent.chmod(0o700)
    server = postgres.start(home, durable=False)
    assert server.place == home.resolve()
    assert (home.is_symlink()) == (os.geteuid() == 0)
    remember(server)
    server.stop()


def test_what_is_secret_is_the_owners_alone(home: Path) -> None:
    server = postgres.start(home, durable=False)
    assert (server.place / "password").stat().st_mode & 0o777 == 0o600
    assert (server.place / "data").stat().st_mode & 0o777 == 0o700
    assert server.socket_directory.stat().st_mode & 0o777 == 0o700
    assert (server.place / "data" / "pg_hba.conf").read_text() == postgres.HBA
    with psycopg.connect(server.dsn()) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    server.stop()


def test_a_server_that_will_not_start_says_why(home: Path) -> None:
    postgres.start(home, durable=False).stop()
    with (home / "data" / "postgresql.auto.conf").open("a") as settings:
        settings.write("wal_level = sideways\n")
    with pytest.raises(postgres.StartFailed, match="wal_level"):
        postgres.start(home, durable=False)


def test_asked_to_stop_it_ends_sessions_that_are_open(home: Path) -> None:
    server = postgres.start(home, durable=False)
    session = psycopg.connect(server.dsn())
    session.execute("SELECT 1")
    server.stop()
    assert server.process
    assert server.process.returncode == 0
    with pytest.raises(psycopg.OperationalError):
        session.execute("SELECT 1")
