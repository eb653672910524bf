"""Kept mutants of the clearing of answers, in PostgreSQL: of the term, the checkpoint, the hash, the turn, the clocks,
and of what is asked of whoever changes a command. Each is killed by a case that is named. The text is both logs'."""

import pytest

from tests.conftest import Database
from tests.notifications.gate_mutants import Mutant, killed_in_sql
from tests.notifications.kept_answers_mutants import MUTANTS, SWAPS, Case
from tests.notifications.world import Kept


@pytest.mark.parametrize("case", SWAPS, ids=lambda case: case.__name__)
def test_the_case_holds_without_a_mutant(case: Case, database: Database) -> None:
    with Kept(database) as world:
        case(world)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_of_the_clearing_is_killed(mutant: Mutant, database: Database) -> None:
    with Kept(database) as world:
        killed_in_sql(world, mutant)
