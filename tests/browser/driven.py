"""The dashboard on a port of this machine, on a real database, as a browser of the world meets it."""

import shutil
import socket
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from services.dashboard.main import create_app
from tests.browser.serving import pages
from tests.conftest import Database
from tests.dashboard.office import settings_of
from tests.patience import PATIENCE_SECONDS, wait_until

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def has(*programs: str, long: bool, why: str) -> bool:
    """Whether one of the programs is here. Where none is, a quick run says by name what it did not do, and a long one
    fails: it is run to prove that."""
    if any(shutil.which(each) for each in programs):
        return True
    said = f"{why} needs {programs[0]}, which is not on this machine"
    assert not long, said
    warnings.warn(f"not run: {said}", stacklevel=2)
    return False


@contextmanager
def served(app_at: Callable[[str], ASGIApp]) -> Iterator[str]:
    """What is made for an address, served there until the block ends."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(app_at(address), log_level="error", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        wait_until(lambda: server.started or not thread.is_alive())
        assert thread.is_alive(), "it could not start"
        try:
            yield address
        finally:
            server.should_exit = True
            thread.join(PATIENCE_SECONDS)


def dashboard_at(database: Database, folder: Path) -> Callable[[str], ASGIApp]:
    """The whole dashboard over a database; one click signs in as any of the people of `office.py`."""
    return lambda address: create_app(replace(settings_of(database, folder), address=address))


def sample_at(address: str) -> ASGIApp:
    """The sample year's pages, which need no database and nobody to sign in."""
    return pages(address=address)
