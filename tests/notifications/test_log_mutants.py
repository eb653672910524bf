"""Kept mutants of the notifications service's log where facts are recorded: a lost answer, the chains, the turn, the
clocks, and what a decision rests on. Each is killed by a case that is named."""

import pytest

from tests.conftest import Database
from tests.notifications.gate_mutants import Mutant, killed_in_sql
from tests.notifications.log_mutants import MUTANTS, SWAPS, A, Case
from tests.notifications.world import Kept, held


@pytest.mark.parametrize("case", SWAPS, ids=lambda case: case.__name__)
def test_the_case_holds_without_a_mutant(case: Case, database: Database) -> None:
    with Kept(database) as world:
        world.record(A, held("a"))
        case(world)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_of_the_log_is_killed(mutant: Mutant, database: Database) -> None:
    with Kept(database) as world:
        world.record(A, held("a"))
        killed_in_sql(world, mutant)
