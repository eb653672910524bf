"""Kept mutants of what the gate is told: each is one way to let a letter leave on something that was not, or to bind it
to something else, and is killed by a case that is named."""

import pytest

from tests.conftest import Database
from tests.notifications.gate_mutants import A, Mutant, killed_in_sql
from tests.notifications.telling_mutants import MUTANTS, SWAPS, Case
from tests.notifications.world import Kept, held


@pytest.mark.parametrize("case", SWAPS, ids=lambda case: case.__name__)
def test_the_case_holds_without_a_mutant(case: Case, database: Database) -> None:
    with Kept(database) as world:
        world.record(A, held("a"))
        case(world)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_of_what_the_gate_is_told_is_killed(mutant: Mutant, database: Database) -> None:
    with Kept(database) as world:
        world.record(A, held("a"))
        killed_in_sql(world, mutant)
