"""Asked to stop, both services end at once, though each waits for the other's next message; and one that cannot have
its address ends without having begun."""

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from time import sleep

import httpx
import pytest

from dev.started import Started
from services.httpapi.app import service
from services.httpapi.callers.bearer import Callers
from services.httpapi.callers.caller import Role
from services.httpapi.server import CANNOT_START, SHUTDOWN_SECONDS, server
from tests.conftest import Database
from tests.faults.long_polls import NEVER_SECONDS
from tests.faults.parted_services import Process, free_ports
from tests.faults.service import issuer_of, settings_of
from tests.patience import PATIENCE_SECONDS, wait_until

NAMES = ("grants", "notifications")
LONG_POLL_SECONDS = 30
assert min(NEVER_SECONDS, SHUTDOWN_SECONDS) > PATIENCE_SECONDS
"""Nobody who waited out a long poll, or was ended for not ending, would keep to what a test waits."""


@contextmanager
def both(database: Database, folder: Path, ports: list[int]) -> Iterator[dict[str, Process]]:
    """Both services, each following the other; not started."""
    settings = settings_of(database, folder)
    token = folder / "machine.token"
    token.write_text(issuer_of(settings).mint("machine", [Role.service], ttl_seconds=3600))
    shared = {"TILSAGN_ENVIRONMENT": "test", "TILSAGN_DEV_ISSUER_KEY_FILE": str(settings.dev_issuer_key)}
    grants = shared | {
        "DATABASE_URL": database.service_dsn,
        "TILSAGN_PORT": str(ports[0]),
        "TILSAGN_NOTIFICATIONS_FEED_URL": f"http://127.0.0.1:{ports[1]}/v1/feed",
        "TILSAGN_NOTIFICATIONS_FEED_TOKEN_FILE": str(token),
    }
    notifications = shared | {
        "DATABASE_URL": database.notifications_dsn,
        "TILSAGN_PORT": str(ports[1]),
        "TILSAGN_OUTBOX": str(folder / "outbox"),
        "TILSAGN_GRANTS_URL": f"http://127.0.0.1:{ports[0]}",
        "TILSAGN_GRANTS_TOKEN_FILE": str(token),
    }
    processes = {
        name: Process(name, port, environment, folder / f"{name}.log", f"tests.faults.long_polls {name}")
        for name, port, environment in zip(NAMES, ports, (grants, notifications), strict=True)
    }
    try:
        yield processes
    finally:
        for each in processes.values():
            each.end(kill=True)


class Reader(threading.Thread):
    """Somebody whose long poll is open: what they are answered."""

    def __init__(self, service: Process, token: str) -> None:
        super().__init__(daemon=True)
        self._address, self._token = service.address, token
        self.answer: httpx.Response | None = None
        self.asked = False
        self.start()

    def run(self) -> None:
        headers = {"Authorization": f"Bearer {self._token}"}
        with httpx.Client(timeout=NEVER_SECONDS, headers=headers) as client:
            after = 0
            while not (self.answer is not None and self.answer.json() == []):  # what stands there already comes first
                query = {"after": after, "wait": LONG_POLL_SECONDS}
                self.asked = True
                self.answer = client.get(f"{self._address}/v1/feed", params=query)
                after = int(self.answer.headers["Next-After"])


@pytest.mark.parametrize("stopped", [NAMES, NAMES[:1], NAMES[1:]], ids=lambda names: " and ".join(names))
def test_who_waits_for_a_message_is_let_go_and_the_service_ends(
    database: Database, tmp_path: Path, stopped: tuple[str, ...]
) -> None:
    with both(database, tmp_path, free_ports(2)) as services:
        for each in services.values():
            each.start()
        for each in services.values():
            each.wait_ready()
        token = (tmp_path / "machine.token").read_text()
        readers = [Reader(services[name], token) for name in stopped]
        wait_until(lambda: all(reader.asked for reader in readers))
        sleep(1.5)  # their polls, and those of the services, are open
        assert all(reader.is_alive() for reader in readers)

        for name in stopped:
            process = services[name].process
            assert process is not None
            process.send_signal(signal.SIGTERM)
        for name in stopped:
            process = services[name].process
            assert process is not None
            assert process.wait(PATIENCE_SECONDS) in (0, -signal.SIGTERM), services[name].log.read_text()[-4000:]

        for reader in readers:
            reader.join(PATIENCE_SECONDS)
            assert reader.answer is not None
            assert (reader.answer.status_code, reader.answer.json()) == (200, [])
        for name in stopped:
            assert "timeout graceful shutdown exceeded" not in services[name].log.read_text()


@pytest.mark.parametrize("name", NAMES)
def test_a_service_whose_port_is_taken_ends_and_has_begun_nothing(
    database: Database, tmp_path: Path, name: str
) -> None:
    with socket.socket() as taken, both(database, tmp_path, free_ports(2)) as services:
        one = services[name]
        taken.bind(("127.0.0.1", one.port))
        taken.listen()
        one.start()
        assert one.process is not None
        assert one.process.wait(PATIENCE_SECONDS) == CANNOT_START
        told = one.log.read_text()
        assert "already in use" in told
        assert "Application startup complete" not in told


def test_of_two_that_took_one_address_together_one_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bound by both before either listens: the one that comes second finds out only then."""
    with socket.socket() as other, socket.socket() as bound:
        for each in (other, bound):
            each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            each.bind(("127.0.0.1", 0) if each is other else other.getsockname())
        other.listen()
        begun: list[str] = []

        @asynccontextmanager
        async def lifespan(_: object) -> AsyncIterator[None]:
            begun.append("the service")
            yield

        app = service("Demo", "1.0.0", routers=[], callers=Callers([]), lifespan=lifespan)
        second = server(app, host="127.0.0.1", port=other.getsockname()[1])
        monkeypatch.setattr(second.config, "bind_socket", lambda: bound)
        with pytest.raises(SystemExit) as ended:
            second.run()
        assert (ended.value.code, begun) == (CANNOT_START, [])


def test_a_run_asks_both_before_it_waits_for_either_and_says_so(tmp_path: Path) -> None:
    """Two children of which each ends once it has seen the other be asked."""
    said: list[str] = []
    program = (
        "import os, signal, sys, time\n"
        "mine, other = sys.argv[1:]\n"
        "signal.signal(signal.SIGTERM, lambda *_: open(mine, 'w').close())\n"
        "open(mine + '.ready', 'w').close()\n"
        "while not (os.path.exists(mine) and os.path.exists(other)): time.sleep(0.01)\n"
    )
    with Started(said.append, seconds=PATIENCE_SECONDS) as started:
        started.callback(lambda: said.append("the database"))
        for mine, other in (NAMES, NAMES[::-1]):
            command = [sys.executable, "-c", program, f"{tmp_path}/{mine}", f"{tmp_path}/{other}"]
            started.add_service(mine, subprocess.Popen(command))
        wait_until(lambda: all(Path(f"{tmp_path}/{name}.ready").exists() for name in NAMES))
        started.close()
        assert said[0].strip() == "Stopping grants and notifications ..."
        assert sorted(said[1:3]) == ["  grants has stopped.", "  notifications has stopped."]
        assert said[3:] == ["the database"]


def test_a_run_ends_who_does_not_stop_and_says_so() -> None:
    said: list[str] = []
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
    )
    child = subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"deaf\n"
    with child.stdout, Started(said.append, seconds=0.2) as started:
        started.add_service("deaf", child)
    assert child.returncode == -signal.SIGKILL
    assert said[-1] == "  deaf did not stop in 0.2 seconds and was ended."
