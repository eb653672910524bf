"""Kept mutants of the permit at the gate: each is one way to let a letter leave without grants' word, and is killed by
a case that is named."""

import pytest

from tests.conftest import Database
from tests.notifications.gate_mutants import Mutant, killed_in_sql
from tests.notifications.leaving.permit_mutants import MUTANTS, SWAPS, Case
from tests.notifications.leaving.permitted_sending import released_world
from tests.notifications.world import Kept


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_of_the_permit_is_killed(mutant: Mutant, database: Database) -> None:
    with Kept(database) as world:
        released_world(world)
        killed_in_sql(world, mutant, by=(AssertionError, pytest.fail.Exception))


@pytest.mark.parametrize("case", SWAPS, ids=lambda case: case.__name__)
def test_the_case_holds_without_a_mutant(case: Case, database: Database) -> None:
    with Kept(database) as world:
        released_world(world)
        case(world)
