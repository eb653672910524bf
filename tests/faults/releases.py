"""Two releases of the services on one machine: the last one's code, and the next, which adds to the schema and records
what the last does not know."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from subprocess import Popen

import httpx
import psycopg

from dev.children import end_child, start_child
from migrations import list_heads
from migrations.roles import LOGINS, MIGRATOR, url
from services.grants import main as grants
from services.httpapi.callers.caller import Role
from services.httpapi.issuer import DevelopmentIssuer
from services.notifications import main as notifications
from tests.conftest import Cluster, Database, drop
from tests.faults.service import ROOT
from tests.patience import PATIENCE_SECONDS, wait_until

SHIPPED = ("services", "migrations", "contracts", "data", "requirements")
WHO = {"kari": Role.caseworker, "ingrid": Role.approver, "rita": Role.auditor}
PLANTED = '''"""What the next release adds: to the busiest tables there are."""

from alembic import op

revision, down_revision = "{revision}", "{before}"


def upgrade() -> None:
    for table in {busiest}:
        op.execute(f"ALTER TABLE {schema}.{{table}} ADD COLUMN of_tomorrow text")
    op.execute("CREATE TABLE {schema}.of_tomorrow (position bigint PRIMARY KEY)")
'''
FACT = '''

@dataclass(frozen=True, kw_only=True)
class OfTomorrow(Event, topic="{newer}"):
    """What only the next release knows."""

    what: str
'''
numbers = count(1)


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of the two services: its schema, what a process of it begins in, its busiest tables, where (a file of its
    facts) the next release adds one that only it knows, and of which topic."""

    schema: str
    module: str
    busiest: tuple[str, ...]
    facts: str
    newer: str


GRANTS = Side(
    schema="grants",
    module=grants.__name__,
    busiest=("event", "command", "fund"),
    facts="services/grants/case/events/disbursement.py",
    newer="award.from-the-future.v9",
)
NOTIFICATIONS = Side(
    schema="notifications",
    module=notifications.__name__,
    busiest=("event", "command", "item"),
    facts="services/notifications/facts/publication.py",
    newer="publication.from-the-future.v9",
)


def last_release(asked: str | None) -> str | None:
    """The revision that is the last release's: what was asked for, else the newest tag of one; None where none has been
    made, or there is no history here."""
    if asked:
        return asked
    command = ["git", "tag", "--list", "v[0-9]*", "--sort=-v:refname", "--merged", "HEAD"]
    tags = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    return tags[0] if tags else None


def lay_last(folder: Path, revision: str | None) -> Path:
    """The last release's code. Where there was none, this one's is taken for it."""
    folder.mkdir()
    if revision is None:
        for name in SHIPPED:
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        return folder
    packed = subprocess.run(["git", "archive", revision, *SHIPPED], cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    runtime = "requirements/runtime.txt"
    assert (folder / runtime).read_bytes() == (ROOT / runtime).read_bytes(), "it needs packages of its own"
    return folder


def lay_next(folder: Path, side: Side) -> Path:
    """The next release: this code, with a migration that only adds and a fact of a kind that is new."""
    lay_last(folder, None)
    before = list_heads(side.schema)[0]
    revision = f"{int(before) + 1:04}"
    (folder / "migrations" / side.schema / "versions" / f"{revision}_of_tomorrow.py").write_text(
        PLANTED.format(revision=revision, before=before, schema=side.schema, busiest=side.busiest)
    )
    needed = folder / "services" / "process" / "schema_needed.json"
    needed.write_text(json.dumps(json.loads(needed.read_text()) | {side.schema: revision}))
    with (folder / side.facts).open("a") as facts:
        facts.write(FACT.format(newer=side.newer))
    return folder


def migrate(tree: Path, cluster: Cluster, name: str) -> None:
    """As an operator does, with that release's migrations."""
    environment = os.environ | {
        "ADMIN_DATABASE_URL": cluster.admin_dsn,
        "DATABASE_NAME": name,
        f"{MIGRATOR.removeprefix('tilsagn_').upper()}_PASSWORD": cluster.password,
    }
    done = subprocess.run(
        [sys.executable, "-m", "migrations"],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 0, done.stderr


@contextmanager
def database_of(tree: Path, cluster: Cluster) -> Iterator[Database]:
    """A database as that release makes it; dropped afterwards."""
    name = f"{cluster.template}_{os.environ.get('PYTEST_XDIST_WORKER', 'w')}_release_{next(numbers)}"
    try:
        migrate(tree, cluster, name)
        dsns = {
            each.name: url(cluster.admin_dsn, database=name, user=each.name, password=cluster.password)
            for each in LOGINS
        }
        yield Database(
            name=name,
            admin_dsn=url(cluster.admin_dsn, database=name),
            migrator_dsn=dsns[MIGRATOR],
            service_dsn=dsns["grants_service"],
            reader_dsn=dsns["grants_reader"],
            notifications_dsn=dsns["notifications_service"],
            notifications_reader_dsn=dsns["notifications_reader"],
        )
    finally:
        with psycopg.connect(cluster.admin_dsn, autocommit=True) as connection:
            drop(connection, name)


@dataclass
class Release:
    """One process of a service, of one release's code, that answers and works."""

    side: Side
    tree: Path
    port: int
    environment: dict[str, str]
    log: Path
    process: Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = start_child(
                [sys.executable, "-m", self.side.module],
                last_signal=signal.SIGKILL,
                log=log,
                environment=os.environ | self.environment,
                directory=self.tree,
            )

    def wait_ready(self) -> None:
        def said() -> str:
            assert self.process is not None
            assert self.process.poll() is None, f"it ended by itself:\n{self.log.read_text()[-4000:]}"
            try:
                answer = httpx.get(f"{self.address}/internal/isready", timeout=PATIENCE_SECONDS)
            except httpx.TransportError:
                return "it does not answer"
            return "" if answer.status_code == 200 else answer.text

        wait_until(said, lambda problem: not problem)

    def end(self) -> None:
        """As an operator ends it: what is asked is answered first."""
        if self.process is not None:
            end_child(self.process, ask=signal.SIGTERM, insist=signal.SIGKILL, seconds=PATIENCE_SECONDS)
            self.process = None


@dataclass
class Beside:
    """Those who answer now, in an order of their own for whoever asks; and the tokens they all believe."""

    issuer: DevelopmentIssuer
    answering: list[Release] = field(default_factory=list)

    def signed_in(self, subject: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.issuer.mint(subject, (WHO[subject],))}"}

    def goes(self, release: Release) -> None:
        """Taken out of the balancer first, then ended."""
        self.answering = [each for each in self.answering if each is not release]


def of_next(last: Release, tree: Path, port: int) -> Release:
    """The same, of the next release."""
    environment = last.environment | {"TILSAGN_PORT": str(port)}
    return replace(
        last, tree=tree, port=port, environment=environment, log=last.log.with_name("next.log"), process=None
    )
