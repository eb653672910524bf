"""Histories that faults are tried on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dev.verifying import views, whole
from tests.conftest import Cluster, Database, copied
from tests.eventlog.played import Played, played


@pytest.fixture
def year(database: Database, tmp_path: Path) -> Iterator[Played]:
    """A letter and four cases lived through, with a checkpoint after the second case and one at the end."""
    with played(database, tmp_path) as history:
        history.open_year()
        history.live_through(1, 2)
        assert history.checkpointer.sign()
        history.live_through(3, 4)
        assert history.checkpointer.sign()
        yield history


@pytest.fixture
def scratch(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read models are filled anew in one more database of the run's server. A server of its own, as `make verify` makes
    it, is two seconds and a half; the planted faults' clean year is verified with one."""

    @contextmanager
    def beside(*_: str) -> Iterator[str]:
        with copied(cluster) as database:
            yield database.admin_dsn

    for module in (views, whole):
        monkeypatch.setattr(module, "empty_database", beside)
