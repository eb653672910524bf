"""One PostgreSQL for the whole run; a database of its own for every test that asks for one."""

import contextlib
import gc
import json
import os
import secrets
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg import sql
from psycopg_pool import AsyncConnectionPool

from dev import postgres
from dev.mutants.sql import CHANGED
from dev.passwords import agreed_password
from migrations import SERVICES, upgrade
from migrations.roles import LOGINS, close_to_strangers, prepare, url
from tests.built_once import build_once
from tests.lent_again import lend_again

settings.register_profile("tests", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")

# httpx asks for each request whether trio runs, by importing a library that only trio brings. We do not use trio, and
# looking for what is not there took half the time of the tests that send many requests.
sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]

# Nearly every pool that a test opens is for a question or two, and four connections were made for each.
(AsyncConnectionPool.__init__.__kwdefaults__ or {}).update(min_size=1, max_size=4)

# What is compiled is kept beside the sources, whatever the shell says: every process that a test starts compiled the
# whole service anew, and each worker all tests.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

build_once()

ADMIN_DSN = "TILSAGN_TESTS_ADMIN_DSN"
TEMPLATE = "TILSAGN_TESTS_TEMPLATE"
PASSWORD = "TILSAGN_TESTS_PASSWORD"

HOME = "tilsagn-tests-"
AT_WORK_SECONDS = 60  # to make the lock and take it
PATIENCE = 50
FAULTS = Path(__file__).parent / "faults"

numbers = count(1)


@dataclass(frozen=True, kw_only=True)
class Database:
    """A migrated, empty database, and how each role reaches it."""

    name: str
    admin_dsn: str
    migrator_dsn: str
    service_dsn: str
    reader_dsn: str
    notifications_dsn: str
    notifications_reader_dsn: str
    dashboard_dsn: str = ""
    sessions_dsn: str = ""


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """The run's server, the template that databases are copied from, and what to end when the run ends."""

    admin_dsn: str
    template: str
    password: str
    server: postgres.Server | None
    home: Path | None

    def end(self) -> None:
        """Drop what this run made; stop the server if it is ours."""
        if self.server is None:
            with psycopg.connect(self.admin_dsn, autocommit=True) as connection:
                drop(connection, self.template)
        else:
            self.server.stop()
        if self.home is not None:
            shutil.rmtree(self.home, ignore_errors=True)


def begin(given: str | None) -> Cluster:
    """Start a server that is thrown away afterwards (or use the one given), and migrate a template on it."""
    place = postgres.place_to_throw_away()
    remove_abandoned(place)
    home = None if given else Path(tempfile.mkdtemp(dir=place, prefix=HOME))
    if home is not None:
        home.chmod(0o711)
    server = None if home is None else postgres.start(home / "postgres", durable=False)
    admin_dsn = given or (server.dsn() if server else "")
    template = f"tilsagn_template_{secrets.token_hex(4)}"
    password = agreed_password(admin_dsn) or secrets.token_urlsafe(16)
    cluster = Cluster(admin_dsn=admin_dsn, template=template, password=password, server=server, home=home)
    try:
        prepare(admin_dsn, template, {login.name: password for login in LOGINS})
        for service in SERVICES:
            upgrade(url(admin_dsn, database=template, user="tilsagn_migrator", password=password), service)
        with psycopg.connect(url(admin_dsn, database=template)) as connection:
            for statement in json.loads(os.environ.get(CHANGED, "[]")):
                connection.execute(statement)
    except BaseException:
        cluster.end()
        raise
    return cluster


def remove_abandoned(place: Path) -> None:
    """Remove what runs left that were killed: their server has ended with them, and nobody holds its lock. What is in
    memory would stay there."""
    for lock in place.glob(f"{HOME}*/postgres/lock"):
        with contextlib.suppress(OSError, postgres.AlreadyRunning):
            if time.time() - lock.stat().st_mtime > AT_WORK_SECONDS:
                postgres.hold(lock.parent).close()
                shutil.rmtree(lock.parent.parent, ignore_errors=True)


def drop(connection: psycopg.Connection, database: str) -> None:
    """Drop a database, ending whoever is still connected to it: before, for PostgreSQL itself looks again whether they
    are gone only after a tenth of a second, which a thousand tests waited for."""
    connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (database,))
    for _ in range(PATIENCE):
        if connection.execute("SELECT FROM pg_stat_activity WHERE datname = %s", (database,)).rowcount == 0:
            break
        time.sleep(0.002)
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--long`: the fault tests, and each other test that takes `long`, at full size, as `make faults` runs them;
    without it every test, at the size of a quick run.
    `--failover` and `--short`: as `make failover` runs them. `--release`: what the last release is, where it is not the
    newest tag."""
    parser.addoption("--long", action="store_true", help="run the fault tests at their full size")
    parser.addoption("--failover", action="store_true", help="run what needs Patroni's environment (`make failover`)")
    parser.addoption("--release", help="the revision that is the last release's, for two releases side by side")
    parser.addoption("--image", action="store_true", help="run what needs the image (`make image`)")
    parser.addoption("--short", action="store_true", help="each death once")


@pytest.fixture(scope="session")
def long(request: pytest.FixtureRequest) -> bool:
    """Whether a test runs at its full size."""
    return bool(request.config.getoption("--long"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """At full size are run the fault tests, and of the others those that have one."""
    if not config.getoption("--long"):
        return
    has_one = [item.path.is_relative_to(FAULTS) or "long" in getattr(item, "fixturenames", ()) for item in items]
    config.hook.pytest_deselected(items=[item for item, has in zip(items, has_one, strict=True) if not has])
    items[:] = [item for item, has in zip(items, has_one, strict=True) if has]


def pytest_configure(config: pytest.Config) -> None:
    """With several workers, start the server before them: they inherit the environment that says where it is."""
    if not hasattr(config, "workerinput") and getattr(config.option, "numprocesses", None):
        cluster = begin(os.environ.get("DATABASE_URL"))
        os.environ |= {ADMIN_DSN: cluster.admin_dsn, TEMPLATE: cluster.template, PASSWORD: cluster.password}
        config.add_cleanup(cluster.end)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector of cycles need not go through it again and again. And what a test
    makes is let lie for longer: the collector was a tenth of what tests over HTTP took."""
    lend_again()
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The run's server: the one the workers share, or one of our own, started by the first test that needs it."""
    if ADMIN_DSN in os.environ:
        known = os.environ[ADMIN_DSN], os.environ[TEMPLATE], os.environ[PASSWORD]
        yield Cluster(admin_dsn=known[0], template=known[1], password=known[2], server=None, home=None)
        return
    cluster = begin(os.environ.get("DATABASE_URL"))
    try:
        yield cluster
    finally:
        cluster.end()


@contextlib.contextmanager
def copied(cluster: Cluster) -> Iterator[Database]:
    """A fresh database with every table and nothing in them; dropped afterwards."""
    name = f"{cluster.template}_{os.environ.get('PYTEST_XDIST_WORKER', 'w')}_{next(numbers)}"
    with psycopg.connect(cluster.admin_dsn, autocommit=True) as connection:
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER tilsagn_owner STRATEGY FILE_COPY")
        connection.execute(copy.format(sql.Identifier(name), sql.Identifier(cluster.template)))
        close_to_strangers(connection, name)
        dsns = {
            login.name: url(cluster.admin_dsn, database=name, user=login.name, password=cluster.password)
            for login in LOGINS
        }
        try:
            yield Database(
                name=name,
                admin_dsn=url(cluster.admin_dsn, database=name),
                migrator_dsn=dsns["tilsagn_migrator"],
                service_dsn=dsns["grants_service"],
                reader_dsn=dsns["grants_reader"],
                notifications_dsn=dsns["notifications_service"],
                notifications_reader_dsn=dsns["notifications_reader"],
                dashboard_dsn=dsns["tilsagn_dashboard"],
                sessions_dsn=dsns["dashboard_sessions"],
            )
        finally:
            drop(connection, name)


@pytest.fixture
def database(cluster: Cluster) -> Iterator[Database]:
    """A fresh database with every table and nothing in them; dropped afterwards."""
    with copied(cluster) as database:
        yield database


@pytest.fixture
def free_ports() -> tuple[int, int]:
    """Two ports of this machine nobody listens on."""
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]
