"""Kept mutants of the letter of a change: each is one way to have what left leave again, or another letter follow one
that has not left, and is killed by a case that is named."""

import pytest

from tests.conftest import Database
from tests.notifications.gate_mutants import Mutant, killed_in_sql
from tests.notifications.leaving.followed import OTHER
from tests.notifications.leaving.followed_mutants import MUTANTS, SWAPS, Case
from tests.notifications.leaving.permitted_sending import released_world
from tests.notifications.world import Kept, KeptWorld

CASES = tuple(dict.fromkeys(case for case, *_ in SWAPS))


def readied(world: KeptWorld) -> None:
    """A letter is let out, and the bytes of another are here."""
    released_world(world)
    world.owner.execute("INSERT INTO notifications.letter_file (content) VALUES (%s)", (OTHER,))


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_of_the_letter_of_a_change_is_killed(mutant: Mutant, database: Database) -> None:
    with Kept(database) as world:
        readied(world)
        killed_in_sql(world, mutant, by=(AssertionError, pytest.fail.Exception))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_the_case_holds_without_a_mutant(case: Case, database: Database) -> None:
    with Kept(database) as world:
        readied(world)
        case(world)
