"""Kept mutants of the permit in grants: each is one way to have a letter leave of an award that was changed before, and
is killed by a case that is named."""

import pytest

from tests.conftest import Database
from tests.grants.grant_letter.permit_mutants import MUTANTS, SWAPS, Case
from tests.grants.grant_letter.permitted import permitted_case
from tests.notifications.gate_mutants import Mutant, mutate


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_of_the_permit_is_killed(mutant: Mutant, database: Database) -> None:
    with permitted_case(database) as case:
        [(statement,)] = case.owner.execute(
            "SELECT pg_get_functiondef(%s::regproc)", (f"grants.{mutant.function}",)
        ).fetchall()
        case.owner.execute(mutate(mutant, statement).encode())
        with pytest.raises(AssertionError):
            SWAPS_BY_NAME[mutant.name](case)


SWAPS_BY_NAME = {swap[0]: case for case, swap in SWAPS.items()}


@pytest.mark.parametrize("case", SWAPS, ids=lambda case: case.__name__)
def test_the_case_holds_without_a_mutant(case: Case, database: Database) -> None:
    with permitted_case(database) as standing:
        case(standing)
