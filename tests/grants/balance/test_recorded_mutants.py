"""Kept mutants of what stands where facts are recorded: that a lost answer is told by a transaction that waits for the
standby, that commands are chained, that nothing a decision rests on has moved, and that what waits to be paid is
covered. Each is killed by a case that is named."""

from collections.abc import Callable
from datetime import date
from uuid import uuid4

import psycopg
import pytest

from dev.verifying.commands import check_commands
from tests.conftest import Database
from tests.eventlog.mutated import mutate
from tests.grants.balance.between_years import Years, stream

FEBRUARY, MARCH, MAY = date(2020, 2, 3), date(2021, 3, 15), date(2021, 5, 3)


def what_became_of_a_command_is_answered_by_a_transaction_that_writes(years: Years) -> None:
    """A commit that writes nothing waits for no standby, and what it read could be lost with this server."""
    with psycopg.connect(years.database.service_dsn) as service:
        service.execute("SELECT * FROM grants.recall(%s)", ([uuid4()],))
        [(writes,)] = service.execute("SELECT pg_current_xact_id_if_assigned() IS NOT NULL").fetchall()
    assert writes


def every_command_is_chained_to_the_one_before_it(years: Years) -> None:
    assert years.pays(1, 1, date(2020, 3, 2)) == "recorded"
    with psycopg.connect(years.database.admin_dsn) as reader:
        counts, faults = check_commands(reader, "grants", {})
    assert (faults, counts["chained commands"] > 2) == ([], True)


def rests_on_another(years: Years, version: int) -> str:
    """What becomes of a command that rests on the second case as it stood then."""
    years.versions[stream(2)] = version
    return years.tells((stream(1), [years.paid(1, date(2020, 3, 2))]), (stream(2), ()))


def what_has_moved_makes_a_decision_stale(years: Years) -> None:
    assert rests_on_another(years, 1) == "stale"


def what_has_not_moved_does_not(years: Years) -> None:
    assert rests_on_another(years, 2) == "recorded"


def what_waits_to_be_paid_is_covered(years: Years) -> None:
    years.letter(2021, MARCH, 20, carried=True)
    assert years.attests(2, 17, MARCH) == "recorded"
    assert years.attests(2, 1, MARCH) == "exhausted"


def all_that_is_covered_may_wait(years: Years) -> None:
    years.letter(2021, MARCH, 23, carried=True)
    assert years.attests(2, 20, MARCH) == "recorded"


def it_is_covered_on_every_day_since(years: Years) -> None:
    years.letter(2021, MARCH, 20, carried=True)
    years.ranks(2021, MAY, 2)
    assert years.attests(1, 1, MARCH) == "exhausted"


Case = Callable[[Years], None]
UNMOVED, PAYABLE = "keep_unmoved", "keep_payable"
SWAPS: dict[Case, tuple[str, str, str, str]] = {
    what_became_of_a_command_is_answered_by_a_transaction_that_writes: (
        "an answer that waits for nobody", "recall", "PERFORM pg_logical_emit_message(true, 'tilsagn', '');", ""
    ),
    every_command_is_chained_to_the_one_before_it: (
        "each command by itself", "record", "sha256(nth_hash || int8send(nth)", "sha256(int8send(nth)"
    ),
    what_has_moved_makes_a_decision_stale: ("whatever moved", UNMOVED, "IF EXISTS (", "IF false AND EXISTS ("),
    what_has_not_moved_does_not: ("what had moved before", UNMOVED, "u.version + 1", "u.version"),
    what_waits_to_be_paid_is_covered: ("whatever waits", PAYABLE, "IF waiting > covered", "IF 0 > covered"),
    all_that_is_covered_may_wait: ("an øre less", PAYABLE, "IF waiting > covered", "IF waiting >= covered"),
    it_is_covered_on_every_day_since: ("on the day alone", PAYABLE, "SELECT min(stood) INTO", "SELECT max(stood) INTO"),
}  # fmt: skip


@pytest.fixture
def years(database: Database) -> Years:
    """Two cases of one year, held over to the next: of three øre and of twenty."""
    years = Years(database)
    years.letter(2020, date(2020, 1, 1), 100)
    years.letter(2021, date(2021, 1, 4), 100)
    for number, amount_ore in ((1, 3), (2, 20)):
        assert years.promises(number, amount_ore, FEBRUARY) == "recorded"
        years.holds(number, 2020, amount_ore)
    return years


@pytest.mark.parametrize("it", SWAPS, ids=lambda it: it.__name__)
def test_the_case_holds_without_a_mutant(it: Case, years: Years) -> None:
    it(years)


@pytest.mark.parametrize("it", SWAPS, ids=lambda it: SWAPS[it][0])
def test_a_mutant_of_what_is_recorded_is_killed(it: Case, database: Database, years: Years) -> None:
    with psycopg.connect(database.migrator_dsn, autocommit=True) as owner:
        owner.execute("SET ROLE tilsagn_owner")
        mutate(owner, *SWAPS[it][1:])
    with pytest.raises(AssertionError):
        it(years)
