"""The two services as an operator would run them on the three nodes: two processes of each, and what they all say."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from dev.children import start_child
from services.grants import main as grants
from services.httpapi.callers.caller import Role
from services.httpapi.issuer import DevelopmentIssuer
from services.notifications import main as notifications
from tests.failover.cluster import Cluster, free_port
from tests.faults.service import ROOT
from tests.patience import wait_until
from tests.remembered_tokens import signing_by

LOOK_SECONDS = 0.3
WHO = {"kari": Role.caseworker, "ingrid": Role.approver}


@dataclass
class Process:
    """One of them."""

    name: str
    port: int
    environment: dict[str, str]
    module: str
    log: Path
    process: Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = start_child(
                [sys.executable, "-m", self.module],
                last_signal=signal.SIGKILL,
                log=log,
                environment=os.environ | self.environment,
                directory=ROOT,
            )

    def ready(self) -> dict[str, object] | None:
        """What it says of itself when it can serve; None when it says that it cannot."""
        try:
            answer = httpx.get(f"{self.address}/internal/isready", timeout=10)
        except httpx.TransportError:
            return None
        told: dict[str, object] = answer.json()
        return told if answer.status_code == 200 else None

    def metric(self, name: str) -> float:
        """Of a gauge without labels; 0 where it says nothing of it."""
        lines = httpx.get(f"{self.address}/internal/metrics", timeout=10).text.splitlines()
        return next((float(line.split()[-1]) for line in lines if line.startswith(f"{name} ")), 0.0)


@dataclass
class Services:
    """All of them, with the issuer whose tokens they believe."""

    folder: Path
    issuer: DevelopmentIssuer
    grants: list[Process] = field(default_factory=list)
    notifications: list[Process] = field(default_factory=list)

    @property
    def answering(self) -> list[Process]:
        """Those that the load is put on."""
        return self.grants

    @property
    def all(self) -> list[Process]:
        return [*self.grants, *self.notifications]

    def wait_ready(self) -> None:
        for each in self.all:
            assert each.process is not None
            assert each.process.poll() is None, f"{each.name} has ended:\n{each.log.read_text()[-3000:]}"
            wait_until(each.ready)

    def signed_in(self, subject: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.issuer.mint(subject, (WHO[subject],))}"}

    def checkpoints(self, schema: str) -> Path:
        return self.folder / f"checkpoints-{schema}"

    def end(self) -> None:
        for each in self.all:
            if each.process is not None:
                each.process.kill()
                each.process.wait()


def signing_key(file: Path) -> Path:
    """A key of its own to sign checkpoints with."""
    content = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(content)
    file.chmod(0o600)
    return file


@contextmanager
def services(cluster: Cluster, folder: Path) -> Iterator[Services]:
    """Two of grants and two of notifications, each pair signing into one folder and following the other's feed."""
    key = folder / "issuer.json"
    issuer = signing_by(key, "tilsagn-development", "tilsagn")
    both = Services(folder, issuer)
    token = folder / "token"
    token.write_text(issuer.mint("the-other-service", (Role.service,)))
    token.chmod(0o600)
    signing = signing_key(folder / "checkpoint-key.pem")
    at = {"grants": [free_port(), free_port()], "notifications": [free_port(), free_port()]}
    common = {
        "TILSAGN_ENVIRONMENT": "test",
        "TILSAGN_DEV_ISSUER_KEY_FILE": str(key),
        "TILSAGN_CHECKPOINT_KEY_FILE": str(signing),
        "TILSAGN_TELLS_DEADLINES": "no",  # what is counted here is what was asked for, and nothing else
        "TILSAGN_OUTBOX": str(folder / "outbox"),
        "TILSAGN_NOTIFICATIONS_FEED_TOKEN_FILE": str(token),
        "TILSAGN_GRANTS_TOKEN_FILE": str(token),
        "TILSAGN_NOTIFICATIONS_FEED_URL": f"http://127.0.0.1:{at['notifications'][0]}/v1/feed",
        "TILSAGN_GRANTS_URL": f"http://127.0.0.1:{at['grants'][0]}",
    }
    modules = {"grants": grants.__name__, "notifications": notifications.__name__}
    for schema, ports in at.items():
        both.checkpoints(schema).mkdir()
        for number, port in enumerate(ports, 1):
            own = {
                "DATABASE_URL": cluster.dsn(f"{schema}_service"),
                "TILSAGN_CHECKPOINT_DIR": str(both.checkpoints(schema)),
                "TILSAGN_PORT": str(port),
            }
            name = f"{schema} {number}"
            process = Process(name, port, common | own, modules[schema], folder / f"{schema}-{number}.log")
            (both.grants if schema == "grants" else both.notifications).append(process)
    try:
        for each in both.all:
            each.start()
        both.wait_ready()
        yield both
    finally:
        both.end()


class Watch:
    """Asks every process all the time whether it is ready, and keeps when it began to be."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._since: dict[str, float | None] = {each.name: None for each in services.all}
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(each,), daemon=True) for each in services.all]

    def __enter__(self) -> "Watch":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()

    def ready_since(self, name: str) -> float | None:
        """Since when it has been ready without a break (monotonic seconds); None while it is not."""
        return self._since[name]

    def _ask(self, each: Process) -> None:
        while not self._stopped.wait(LOOK_SECONDS):
            asked = time.monotonic()
            if each.ready() is None:
                self._since[each.name] = None
            elif self._since[each.name] is None:
                self._since[each.name] = asked
