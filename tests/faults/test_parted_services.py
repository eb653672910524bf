"""The two services stopped, killed, started again and parted from each other at random, while people go on working at
whichever is there. In the end both tell the same story: nothing lost, nothing twice.

Four rounds in an ordinary run, two hundred with --long. The seed is printed first; TILSAGN_SEED plays it again.
"""

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.faults.parted import Wire
from tests.faults.parted_services import Parish, Process, agree, carried, free_ports
from tests.faults.service import allow_back_dating, issuer_of, open_funds, settings_of
from tests.grants.award.letter_routes import SCHEME, record
from tests.grants.fodt_fri import MILLION
from tests.journeys.two_services import FREE, confirmed, scheme


@contextmanager
def parish(database: Database, folder: Path) -> Iterator[Parish]:
    """Both services as processes, each hearing of the other through a wire."""
    settings = settings_of(database, folder)
    token = folder / "machine.token"
    token.write_text(issuer_of(settings).mint("machine", [Role.service], ttl_seconds=3600))
    grants, notifications, to_grants, to_notifications = free_ports(4)
    shared = {"TILSAGN_ENVIRONMENT": "test", "TILSAGN_DEV_ISSUER_KEY_FILE": str(settings.dev_issuer_key)}
    of_grants = shared | {
        "DATABASE_URL": database.service_dsn,
        "TILSAGN_PORT": str(grants),
        "TILSAGN_NOTIFICATIONS_FEED_URL": f"http://127.0.0.1:{to_notifications}/v1/feed",
        "TILSAGN_NOTIFICATIONS_FEED_TOKEN_FILE": str(token),
    }
    of_notifications = shared | {
        "DATABASE_URL": database.notifications_dsn,
        "TILSAGN_PORT": str(notifications),
        "TILSAGN_OUTBOX": str(folder / "outbox"),
        "TILSAGN_GRANTS_URL": f"http://127.0.0.1:{to_grants}",
        "TILSAGN_GRANTS_TOKEN_FILE": str(token),
    }
    wires = [Wire(to_grants, grants, 1), Wire(to_notifications, notifications, 2)]
    processes = {
        "grants": Process("grants", grants, of_grants, folder / "grants.log"),
        "notifications": Process("notifications", notifications, of_notifications, folder / "notifications.log"),
    }
    with carried(folder / "outbox"):
        try:
            yield Parish(settings, processes, wires)
        finally:
            for process in processes.values():
                process.end(kill=True)
            for wire in wires:
                wire.end()


def test_in_the_end_both_tell_the_same_story(
    database: Database, tmp_path: Path, long: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("TILSAGN_SEED", random.SystemRandom().randrange(2**32))) if long else 2020
    with capsys.disabled():
        print(f"\nseed {seed}")
    chance = random.Random(seed)
    open_funds(database, post_ore=1_000 * MILLION, fodt_fri=1_000 * MILLION)
    allow_back_dating(database)
    record(database, **{f"scheme_{SCHEME}": (scheme(FREE), confirmed(FREE))})
    with parish(database, tmp_path) as here:
        here.heal()
        for process in (here.grants, here.notifications):
            process.wait_ready()
        for _ in range(200 if long else 4):
            here.go_wrong(chance)
            here.work(chance)
            time.sleep(chance.random() * 0.6)
        here.finish()
    agree(database, tmp_path / "outbox", here)
    with capsys.disabled():
        print(f"{len(here.works)} letters, {dict(here.count)}")
