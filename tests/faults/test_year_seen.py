"""Every page of the demonstration's year, found by its links and looked at in a real Chromium by each reader who sees
something else: each screen in light and dark, axe-core, the keyboard there and back, paper, and a public checker of
HTML in three languages. Needs chromium, java, and npm once; the long run fails where one is lacking.

The quick run follows the same links in a small year. Every page there is looked at in `tests/browser`.
"""

import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from dev.children import end_child, start_child
from dev.chromium import Chromium
from dev.look import Looked, look_at_running
from dev.looking import contents, markup
from dev.people import PEOPLE
from dev.state import ROOT
from services.dashboard.sign_in.access import PAGES, RECEIVER
from services.dashboard.words.spoken import LANGUAGES
from tests.browser.driven import BROWSERS, dashboard_at, has, served
from tests.conftest import Database
from tests.dashboard.cases import year_of_cases

READERS = ("anne-controller", "departementet", "riksrevisjonen", "drift")
YEAR = "aar=2020&gjelder=2020-12-31"
PLAYED, MINUTES = b"Tilsagn runs. Open", 15


@contextmanager
def demonstration(folder: Path) -> Iterator[str]:
    """The demonstration, played in a folder of its own; where its dashboard is."""
    port = free_ports(5)
    environment = {**os.environ, "TILSAGN_PORT": str(port), "TILSAGN_DEMO_STATE": str(folder / "state")}
    with (folder / "demo.log").open("wb") as log:
        child = start_child(
            [sys.executable, "-m", "dev.demo"], last_signal=signal.SIGTERM, log=log, environment=environment,
            directory=ROOT,
        )  # fmt: skip
    try:
        for _ in range(MINUTES * 60):
            told = (folder / "demo.log").read_bytes()
            assert child.poll() is None, told.decode()[-2000:]
            if PLAYED in told:
                break
            time.sleep(1)
        else:
            raise AssertionError(f"it is not played after {MINUTES} minutes: {told.decode()[-2000:]}")
        yield f"http://127.0.0.1:{port + 4}"
    finally:
        end_child(child, ask=signal.SIGTERM, insist=signal.SIGKILL, seconds=60)


def free_ports(count: int) -> int:
    """The first of so many ports in a row that nobody listens on."""
    for first in range(18_000, 30_000, count):
        with socket.socket() as one:
            if all(one.connect_ex(("127.0.0.1", first + each)) != 0 for each in range(count)):
                return first
    raise AssertionError("every port is taken")


@contextmanager
def small_year(database: Database, folder: Path) -> Iterator[str]:
    with year_of_cases(database, folder), served(dashboard_at(database, folder)) as address:
        yield address


def test_every_page_of_the_year(database: Database, tmp_path: Path, long: bool) -> None:
    whole = "every page of the year in a browser"
    if not has(*BROWSERS, long=long, why=whole) or not has("java", long=long, why=whole) or contents.axe() is None:
        assert not long, "axe-core and the checker of HTML come from npm"
        return
    readers, most, size = (READERS, 3, None) if long else (("ministry",), 1, 4)
    with demonstration(tmp_path) if long else small_year(database, tmp_path) as url, Chromium() as browser:
        looked = Looked(browser, languages=tuple(LANGUAGES))
        for reader in readers:
            for name in islice(look_at_running(looked, url, reader, most, YEAR), size):
                print(name, looked.heights[name])
    assert looked.faults == []
    assert markup.errors(looked.html) == []
    assert len(looked.html) == len(looked.heights) * len(LANGUAGES)
    if long:
        assert not_met(looked) == set(), "each page was met by each reader who may see it"


def not_met(looked: Looked) -> set[tuple[str, str]]:
    """The readers and pages that were not met; the demonstration tells no receiver outside, which is the sample's."""
    roles = {reader: PEOPLE[reader] for reader in READERS}
    wanted = {(reader, page.address) for page in PAGES for reader in READERS if page.sight_of(roles[reader])}
    wanted -= {(reader, RECEIVER.address) for reader in READERS}
    return wanted - looked.met
