"""What docker-compose.yml says works: started as it says, everything comes up, and each service hears the other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.compose_operator import composing
from tests.faults.composed import Composed, NotSet, comes_up, filled_in
from tests.house.tree import ROOT


@pytest.fixture
def composed(tmp_path: Path) -> Iterator[Composed]:
    with composing(Composed, tmp_path) as composed:
        yield composed


def test_everything_comes_up_in_the_order_and_with_the_settings_it_gives(composed: Composed) -> None:
    comes_up(composed)


def test_it_stops_with_the_first_that_is_not_set() -> None:
    with pytest.raises(NotSet, match="POSTGRES_PASSWORD: the database administrator's password"):
        filled_in((ROOT / "docker-compose.yml").read_text(encoding="utf-8"), {})
