"""Kept mutants of the gate as it is asked at each try: each is one way to let a released letter leave though the gate
has closed since, or to keep what may, and is killed by a case that is named."""

import pytest

from services.notifications.facts.release import AfterNotice
from tests.conftest import Database
from tests.notifications.gate_mutants import Mutant, killed_in_sql
from tests.notifications.leaving.closed_again import A, received
from tests.notifications.leaving.closed_again_mutants import MUTANTS, SWAPS, Case
from tests.notifications.world import Kept, KeptWorld, Refused, days, id_of


def released(world: KeptWorld) -> None:
    """A letter, let out when its days were over."""
    received(world)
    world.now += days(16)
    world.release(A, AfterNotice(notice_id=id_of("n"), opened_at=world.now))


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_of_the_gate_at_each_try_is_killed(mutant: Mutant, database: Database) -> None:
    with Kept(database) as world:
        released(world)
        killed_in_sql(world, mutant, by=(AssertionError, Refused))


@pytest.mark.parametrize("case", SWAPS, ids=lambda case: case.__name__)
def test_the_case_holds_without_a_mutant(case: Case, database: Database) -> None:
    with Kept(database) as world:
        released(world)
        case(world)
