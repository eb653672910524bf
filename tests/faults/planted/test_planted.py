"""T1: whoever owns the database, serves it, or keeps the checkpoints plants a fault. `make verify` says what, and
where. The year it is planted in is clean."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dev.tables import RELATIONS
from tests.conftest import Cluster, copied
from tests.faults.planted.bytes import FILES
from tests.faults.planted.dated import OF_DAYS
from tests.faults.planted.endpoints import ENDPOINTS
from tests.faults.planted.gate_rows import GATE
from tests.faults.planted.judged import judged
from tests.faults.planted.kept_answers import KEPT_ANSWERS
from tests.faults.planted.kept_files import CHECKPOINTS, GONE
from tests.faults.planted.lived import FOLDERS, Lived
from tests.faults.planted.notices import NOTICES
from tests.faults.planted.paid import PAYMENTS
from tests.faults.planted.releases import RELEASES
from tests.faults.planted.rewritten import ANSWERS, FACTS
from tests.faults.planted.rows import COMMANDS, EVENTS, MONEY
from tests.faults.planted.shipped import SCHEMA
from tests.faults.planted.tampering import Copy, Tampering
from tests.faults.planted.told import OF_MONEY, OF_PERMITS, OF_THE_OTHER, OF_TWO_PEOPLE
from tests.faults.planted.told_first import TOLD_FIRST
from tests.faults.planted.tries import TRIES
from tests.faults.planted.views import VIEWS

TAMPERINGS = (
    *(*EVENTS, *FACTS, *COMMANDS, *ANSWERS, *MONEY, *GATE, *RELEASES, *FILES, *VIEWS),
    *(*ENDPOINTS, *TRIES),
    *(
        *CHECKPOINTS,
        *GONE,
        *SCHEMA,
        *OF_MONEY,
        *OF_TWO_PEOPLE,
        *OF_PERMITS,
        *OF_THE_OTHER,
        *OF_DAYS,
        *TOLD_FIRST,
        *NOTICES,
        *PAYMENTS,
        *KEPT_ANSWERS,
    ),
)


@pytest.fixture
def copy(cluster: Cluster, lived: Lived, tmp_path: Path) -> Iterator[Copy]:
    """The year as it was lived, to do with as one likes."""
    for folder in FOLDERS.values():
        shutil.copytree(lived.folder / folder, tmp_path / folder)
    with copied(replace(cluster, template=lived.database.name)) as database:
        yield Copy(database=database, folder=tmp_path, letters=lived.letters)


def test_the_year_is_clean(copy: Copy) -> None:
    found = judged(copy.database, copy.folder)
    assert found.faults() == []
    assert found.holds, found.said


def of_each_kind() -> list[Tampering]:
    """One of those that are planted in the same tables by the same people, and one of each kind of fault found."""
    seen, chosen = set[tuple[object, ...]](), []
    for each in TAMPERINGS:
        kinds = {(each.by, each.touches), (re.split("[:{]", each.found)[0],)}
        if not kinds <= seen:
            chosen.append(each)
        seen |= kinds
    return chosen


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """With `--long` every one; without, one of each kind."""
    if "planted" in metafunc.fixturenames:
        chosen = TAMPERINGS if metafunc.config.getoption("--long") else of_each_kind()
        metafunc.parametrize("planted", chosen, ids=[f"{each.by}: {each.name}" for each in chosen])


@pytest.mark.usefixtures("scratch")
def test_what_was_planted_is_found_and_where(copy: Copy, planted: Tampering) -> None:
    at = planted.does(copy)
    views = any("_view." in table for table in planted.touches)
    judgement = judged(copy.database, copy.folder, views=views)
    assert not judgement.holds
    judgement.tells(planted.found.replace("{at}", str(at)))


def test_each_has_a_name_of_its_own() -> None:
    names = [f"{each.by}: {each.name}" for each in TAMPERINGS]
    assert len(names) == len(set(names)) > 60


def test_every_table_that_is_looked_at_has_a_fault_planted_in_it() -> None:
    """A new one joins the suite (dev/tables.py says which are looked at)."""
    touched = {table for each in TAMPERINGS for table in each.touches}
    looked_at = {name for name, relation in RELATIONS.items() if relation.holds != "nothing"}
    assert looked_at - touched == set()
