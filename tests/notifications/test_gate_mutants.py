"""Mutants of the gate that are kept: each is one way to get it wrong, and each is killed by a case that is named.

The cases are the gate's promises (gate.md), told once and held against both locks: the rule in Python, the trigger in
PostgreSQL. A case that no mutant fails proves nothing, and a mutant that no case fails would open the gate unseen.
"""

import inspect
from types import ModuleType
from typing import Any

import pytest

from services.notifications.gate import counting
from services.notifications.gate import decision as gate
from services.notifications.grants_feed import rules as scheme_policy
from tests.conftest import Database
from tests.notifications import policies
from tests.notifications import world as worlds
from tests.notifications.gate_mutants import (
    IN_PYTHON,
    IN_SQL,
    A,
    Case,
    Mutant,
    a_clock_that_ran_back_lets_nothing_out,
    a_letter_is_what_its_own_bytes_say,
    a_letter_made_otherwise_since_must_be_told_anew,
    a_lifted_objection_starts_the_days_anew,
    a_manifest_has_one_spelling,
    a_manifest_is_of_the_letter_it_holds,
    a_receipt_is_not_dated_before_the_sending,
    a_receipt_of_an_earlier_sending_does_not_count,
    a_waiver_is_of_one_very_letter,
    a_waiver_needs_a_second_person,
    a_withdrawn_notice_lets_nothing_out,
    an_objection_stops_it,
    an_old_notice_lets_nothing_out,
    both_clocks_must_have_come_there,
    clocks_an_hour_apart_let_nothing_out,
    it_opens_at_midnight_in_norway_when_clocks_have_gone_forward,
    it_opens_when_the_fourteenth_day_is_over_in_norway,
    killed_in_sql,
    mutate,
    no_letter_is_held_without_its_manifests_bytes,
    no_scheme_is_exempt_by_its_own_word,
    nothing_leaves_on_a_ground_it_has_not,
    the_days_run_from_receipt,
    the_latest_notice_governs,
    what_is_told_of_a_release_is_what_the_bytes_say,
    what_leaves_is_here,
    what_was_held_before_leaves_only_as_its_hash_says,
)
from tests.notifications.policies import (
    a_change_of_what_was_free_is_judged_by_its_own_time,
    a_letter_goes_by_its_own_schemes_policy,
    a_policy_confirmed_after_the_approval_frees_nothing,
    a_policy_confirmed_in_the_very_instant_frees_nothing,
    a_policy_of_notice_confirmed_since_counts,
    a_policy_of_one_person_frees_nothing,
    a_policy_takes_two_people,
    an_award_approved_before_its_policy_is_not_freed_by_a_change,
    an_exemption_that_has_not_begun_frees_nothing,
    no_date_brings_an_earlier_exemption_back,
    no_date_puts_a_policy_of_notice_off,
    what_two_people_exempted_leaves_at_once,
)
from tests.notifications.world import (
    Kept,
    World,
    held,
)

# --- the cases


# What only the database says no to by itself; the service's rules refuse it before.


BY_BOTH: list[Case] = [
    it_opens_when_the_fourteenth_day_is_over_in_norway,
    it_opens_at_midnight_in_norway_when_clocks_have_gone_forward,
    the_days_run_from_receipt,
    both_clocks_must_have_come_there,
    clocks_an_hour_apart_let_nothing_out,
    a_clock_that_ran_back_lets_nothing_out,
    a_letter_made_otherwise_since_must_be_told_anew,
    an_objection_stops_it,
    a_lifted_objection_starts_the_days_anew,
    the_latest_notice_governs,
    a_withdrawn_notice_lets_nothing_out,
    an_old_notice_lets_nothing_out,
    a_waiver_is_of_one_very_letter,
    a_waiver_needs_a_second_person,
    nothing_leaves_on_a_ground_it_has_not,
    what_two_people_exempted_leaves_at_once,
    a_policy_of_one_person_frees_nothing,
    a_policy_confirmed_after_the_approval_frees_nothing,
    a_policy_confirmed_in_the_very_instant_frees_nothing,
    a_policy_of_notice_confirmed_since_counts,
    no_date_brings_an_earlier_exemption_back,
    no_date_puts_a_policy_of_notice_off,
    an_exemption_that_has_not_begun_frees_nothing,
    an_award_approved_before_its_policy_is_not_freed_by_a_change,
    a_change_of_what_was_free_is_judged_by_its_own_time,
]
BY_THE_DATABASE: list[Case] = [
    a_letter_is_what_its_own_bytes_say,
    a_manifest_has_one_spelling,
    a_manifest_is_of_the_letter_it_holds,
    no_letter_is_held_without_its_manifests_bytes,
    what_was_held_before_leaves_only_as_its_hash_says,
    what_is_told_of_a_release_is_what_the_bytes_say,
    a_receipt_is_not_dated_before_the_sending,
    a_receipt_of_an_earlier_sending_does_not_count,
    no_scheme_is_exempt_by_its_own_word,
    a_policy_takes_two_people,
    a_letter_goes_by_its_own_schemes_policy,
    what_leaves_is_here,
]


@pytest.mark.parametrize("case", BY_BOTH, ids=lambda case: case.__name__)
def test_the_rule_keeps_it(case: Case) -> None:
    world = World()
    world.record(A, held("a"))
    case(world)


@pytest.mark.parametrize("case", BY_BOTH + BY_THE_DATABASE, ids=lambda case: case.__name__)
def test_the_database_keeps_it(case: Case, database: Database) -> None:
    with Kept(database) as world:
        world.record(A, held("a"))
        case(world)


# --- the mutants


MODULES: dict[str, ModuleType] = {"gate": gate, "counting": counting, "scheme_policy": scheme_policy}


@pytest.mark.parametrize("mutant", IN_SQL, ids=lambda mutant: mutant.name)
def test_a_mutant_of_the_database_is_killed(mutant: Mutant, database: Database) -> None:
    with Kept(database) as world:
        world.record(A, held("a"))
        killed_in_sql(world, mutant)


@pytest.mark.parametrize("mutant", IN_PYTHON, ids=lambda mutant: mutant.name)
def test_a_mutant_of_the_rule_is_killed(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    module = MODULES[mutant.function.partition(".")[0]]
    name = mutant.function.partition(".")[2]
    changed: dict[str, Any] = dict(vars(module))
    exec(mutate(mutant, inspect.getsource(vars(module)[name])), changed)
    put_in_place(monkeypatch, name, changed[name])
    world = World()
    world.record(A, held("a"))
    with pytest.raises(AssertionError):
        mutant.killed_by(world)


def put_in_place(monkeypatch: pytest.MonkeyPatch, name: str, function: Any) -> None:
    """Wherever it goes by that name."""
    for module in (counting, gate, scheme_policy, policies, worlds):
        if name in vars(module):
            monkeypatch.setattr(module, name, function)


def test_every_case_kills_something() -> None:
    killers = {mutant.killed_by for mutant in IN_SQL + IN_PYTHON}
    assert [case.__name__ for case in BY_BOTH + BY_THE_DATABASE if case not in killers] == []
