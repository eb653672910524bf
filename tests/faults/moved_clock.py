"""A live PostgreSQL whose clock the test moves (libfaketime): the machine's own clock as the server sees it."""

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from tests.conftest import Cluster, begin
from tests.notifications.world import KeptWorld

LIBRARY = ("vendor", "libfaketime", "src", "libfaketime.so.1")


@dataclass(frozen=True, kw_only=True)
class MovedCluster:
    """The server, and the file it reads its clock's error from, each time it asks what time it is."""

    cluster: Cluster
    error: Path

    def set_clock(self, at: datetime) -> None:
        """For the server it is `at` (UTC) now, and time goes on from there."""
        unfinished = self.error.with_suffix(".new")
        unfinished.write_text(f"{(at - datetime.now(UTC)).total_seconds():+f}")
        unfinished.chmod(0o644)
        unfinished.replace(self.error)


@contextlib.contextmanager
def moved_cluster() -> Iterator[MovedCluster]:
    """A server of our own, whatever else the tests run on."""
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="tilsagn-clock-") as folder, library() as preloaded:
        error = Path(folder) / "error"
        error.parent.chmod(0o755)
        error.write_text("+0")
        error.chmod(0o644)
        told = {"LD_PRELOAD": str(preloaded), "FAKETIME_TIMESTAMP_FILE": str(error)}
        told |= {"FAKETIME_NO_CACHE": "1", "DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        with pytest.MonkeyPatch.context() as environment:
            for name, value in told.items():
                environment.setenv(name, value)
            cluster = begin(None)
        try:
            yield MovedCluster(cluster=cluster, error=error)
        finally:
            cluster.end()


@contextlib.contextmanager
def library() -> Iterator[Path]:
    """The library, where the server's own account can read it."""
    with as_file(files("libfaketime").joinpath(*LIBRARY)) as found, tempfile.TemporaryDirectory(dir="/tmp") as folder:
        readable = Path(folder) / "libfaketime.so"
        readable.write_bytes(found.read_bytes())
        readable.chmod(0o755)
        readable.parent.chmod(0o755)
        yield readable


@dataclass(kw_only=True)
class MovedWorld(KeptWorld):
    """In PostgreSQL as it is deployed: its clock is its own, and the machine's clock moves."""

    server: MovedCluster
    moved_to: datetime | None = None

    def set_clock(self, at: datetime) -> None:
        """Moved once to each `at`; from there on the clock goes."""
        if at != self.moved_to:
            self.server.set_clock(at)
            self.moved_to = at
