"""Both services as an operator runs them: a web process of each, and two workers of each at once. Web processes do no
work; two workers do nothing twice; and the second goes on when the first is killed."""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import psycopg
import pytest

from dev.state import State
from dev.verifying.log import verify
from dev.verifying.views import check_views
from services.eventlog.checkpoints.checkpoint import PUBLIC_KEY
from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.faults.parted_services import Parish, Process, Work, agree, carried, free_ports
from tests.faults.service import allow_back_dating, issuer_of, open_funds, settings_of
from tests.grants.award.letter_routes import SCHEME, record
from tests.grants.fodt_fri import MILLION
from tests.journeys.two_services import FREE, confirmed, scheme
from tests.patience import PATIENCE_SECONDS, wait_until

pytestmark = pytest.mark.usefixtures("scratch")
SERVICES = ("grants", "notifications")


@dataclass
class Deployment:
    """The web processes, which people ask; and two workers of each service, by name and turn."""

    parish: Parish
    workers: dict[str, list[Process]]
    checkpoints: dict[str, Path]

    def turn(self, nth: int) -> list[Process]:
        """The nth worker of each."""
        return [each[nth] for each in self.workers.values()]

    def ready(self, process: Process) -> dict[str, object]:
        return dict(httpx.get(f"{process.address}/internal/isready", timeout=PATIENCE_SECONDS).json())


@contextmanager
def deployed(database: Database, folder: Path) -> Iterator[Deployment]:
    settings = settings_of(database, folder)
    token = folder / "machine.token"
    token.write_text(issuer_of(settings).mint("machine", [Role.service], ttl_seconds=3600))
    state = State(folder)
    checkpoints = {name: folder / f"checkpoints-{name}" for name in SERVICES}
    ports = free_ports(6)
    dsns = {"grants": database.service_dsn, "notifications": database.notifications_dsn}
    web = {
        name: {
            "TILSAGN_ROLE": "web",
            "TILSAGN_ENVIRONMENT": "test",
            "TILSAGN_DEV_ISSUER_KEY_FILE": str(settings.dev_issuer_key),
            "DATABASE_URL": dsns[name],
            "TILSAGN_CHECKPOINT_DIR": str(checkpoints[name]),
        }
        for name in SERVICES
    }
    key = {"TILSAGN_ROLE": "worker", "TILSAGN_CHECKPOINT_KEY_FILE": str(state.checkpoint_key())}
    more = {
        "grants": {
            "TILSAGN_NOTIFICATIONS_FEED_URL": f"http://127.0.0.1:{ports[1]}/v1/feed",
            "TILSAGN_NOTIFICATIONS_FEED_TOKEN_FILE": str(token),
        },
        "notifications": {
            "TILSAGN_OUTBOX": str(folder / "outbox"),
            "TILSAGN_GRANTS_URL": f"http://127.0.0.1:{ports[0]}",
            "TILSAGN_GRANTS_TOKEN_FILE": str(token),
        },
    }

    def process(name: str, port: int, role: str, told: dict[str, str]) -> Process:
        return Process(name, port, told | {"TILSAGN_PORT": str(port)}, folder / f"{name}-{role}.log")

    asked = {name: process(name, port, "web", web[name]) for name, port in zip(SERVICES, ports, strict=False)}
    workers = {
        name: [process(name, ports[2 + 2 * at + nth], f"worker-{nth}", web[name] | key | more[name]) for nth in (0, 1)]
        for at, name in enumerate(SERVICES)
    }
    with carried(folder / "outbox"):
        try:
            yield Deployment(Parish(settings, asked, []), workers, checkpoints)
        finally:
            for each in (*asked.values(), *workers["grants"], *workers["notifications"]):
                each.end(kill=True)


def count(database: Database, query: str) -> int:
    with psycopg.connect(database.admin_dsn) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])


def test_two_workers_do_nothing_twice_and_one_goes_on_when_the_other_is_killed(
    database: Database, tmp_path: Path
) -> None:
    open_funds(database, post_ore=1_000 * MILLION, fodt_fri=1_000 * MILLION)
    allow_back_dating(database)
    record(database, **{f"scheme_{SCHEME}": (scheme(FREE), confirmed(FREE))})
    with deployed(database, tmp_path) as here:
        parish = here.parish
        parish.heal()
        for web in (parish.grants, parish.notifications):
            web.wait_ready()

        begun = [Work(number=number) for number in range(3)]
        parish.works += begun
        for work in begun:
            parish.go_on(work)
        # What people decide is decided; nothing is done with it, and that is seen.
        assert [work.done for work in begun] == [3, 3, 3]
        wait_until(lambda: here.ready(parish.grants)["behind_seconds"], lambda seconds: float(str(seconds)) > 1)
        assert here.ready(parish.grants)["status"] == "ready"
        for query in (
            "SELECT count(*) FROM grants_view.edition",
            "SELECT count(*) FROM notifications.event",
        ):
            assert count(database, query) == 0, query
        assert list(tmp_path.glob("checkpoints-*/*")) == []
        assert list((tmp_path / "outbox").glob("*/message.json")) == []

        for worker in (*here.turn(0), *here.turn(1)):
            worker.start()
        for worker in (*here.turn(0), *here.turn(1)):
            worker.wait_ready()
        parish.works += [Work(number=number) for number in range(3, 6)]
        parish.finish()
        # Killed without a word while there is work; the others go on with it.
        parish.works += [Work(number=number) for number in range(6, 9)]
        for work in parish.works[6:]:
            parish.go_on(work)
        for worker in here.turn(0):
            worker.end(kill=True)
        parish.finish()
        wait_until(lambda: here.ready(parish.grants)["behind_seconds"], lambda seconds: seconds == 0)

        ending = [parish.grants, parish.notifications, *here.turn(1)]
        for each in ending:
            assert each.process is not None
            each.process.send_signal(signal.SIGTERM)
        for each in ending:
            assert each.process is not None
            assert each.process.wait(PATIENCE_SECONDS) in (0, -signal.SIGTERM), each.log.read_text()[-4000:]
            assert "timeout graceful shutdown exceeded" not in each.log.read_text()

    agree(database, tmp_path / "outbox", parish)
    readers = {"grants": database.reader_dsn, "notifications": database.notifications_reader_dsn}
    for schema, dsn in readers.items():
        directory = here.checkpoints[schema]
        assert verify(dsn, directory, directory / PUBLIC_KEY, schema=schema)[1] == [], schema
        assert check_views(dsn, schema)[1:] == ([], []), schema
        last = json.loads(sorted(directory.glob("[0-9]*.json"))[-1].read_text())
        head = partial(count, database, f"SELECT max(position) FROM {schema}.event")
        assert last["position"] == head(), f"{schema} is signed to its end by who ended last"
        assert count(database, f"SELECT count(*) FROM {schema}_view.parked") == 0
