"""Histories that faults are tried on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Database
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
