"""Kept mutants of the limits that many cases share: each is one way to have more promised than a letter allows, or a
month paid twice, and is killed by a case that is named."""

from collections.abc import Callable
from datetime import date

import psycopg
import pytest

from services.grants.case.events.award import AwardReturned
from tests.conftest import Database
from tests.eventlog.mutated import mutate
from tests.grants.balance.limits import Year, case
from tests.grants.round.rounds import NAMED, SETTLING, open_year

JUNE, FEBRUARY = date(2020, 6, 1), date(2020, 2, 1)
OTHER = "4601"


def what_is_promised_stays_within_the_limit(year: Year) -> None:
    assert year.allows(1_000) == "recorded"
    assert year.promises(1, 1_001) == "exhausted"


def the_limit_itself_may_be_promised(year: Year) -> None:
    assert year.allows(1_000) == "recorded"
    assert year.promises(1, 1_000) == "recorded"


def what_was_promised_before_counts(year: Year) -> None:
    assert year.allows(1_000) == "recorded"
    assert [year.promises(number, 600) for number in (1, 2)] == ["recorded", "exhausted"]


def a_letter_of_later_raises_no_limit_of_before(year: Year) -> None:
    assert year.allows(1_000) == "recorded"
    assert year.allows(2_000, letter=1, on=JUNE) == "recorded"
    assert year.promises(1, 1_500) == "exhausted"


def the_latest_letter_by_the_day_counts(year: Year) -> None:
    assert year.allows(2_000) == "recorded"
    assert year.allows(1_000, letter=1, on=FEBRUARY) == "recorded"
    assert year.promises(1, 1_500) == "exhausted"


def a_letter_read_anew_counts_as_it_is_read(year: Year) -> None:
    assert [year.allows(limit) for limit in (2_000, 1_000)] == ["recorded"] * 2
    assert year.promises(1, 1_500) == "exhausted"


def a_month_is_paid_once(year: Year) -> None:
    assert [year.brings(1, "2020-Q1"), year.brings(2, "2020-03")] == ["recorded", "exhausted"]


def a_month_is_paid_once_by_a_rule_however_it_is_written(year: Year) -> None:
    assert year.brings(1, "2020-Q1", rule="år 1") == "recorded"
    assert year.brings(2, "2020-01", rule="ÅR\N{NO-BREAK SPACE}1") == "exhausted"


def the_months_of_another_are_its_own(year: Year) -> None:
    assert [year.brings(1, "2020-Q1"), year.brings(2, "2020-Q1", OTHER)] == ["recorded"] * 2


def other_months_are_free(year: Year) -> None:
    assert [year.brings(1, "2020-Q1"), year.brings(2, "2020-Q2")] == ["recorded"] * 2


def what_fell_away_frees_its_months(year: Year) -> None:
    assert [year.brings(1, "2020-Q1"), year.approves(1), year.falls_away(1)] == ["recorded"] * 3
    assert year.brings(2, "2020-Q1") == "recorded"


def what_was_returned_frees_its_months(year: Year) -> None:
    assert year.brings(1, "2020-Q1") == "recorded"
    assert year.tells((case(1), [AwardReturned(reason="Feil.", returned_by="ola")])) == "recorded"
    assert year.brings(2, "2020-Q1") == "recorded"


def what_is_promised_anew_takes_its_months_again(year: Year) -> None:
    what_fell_away_frees_its_months(year)
    assert year.promises_anew(1) == "exhausted"


Case = Callable[[Year], None]
AUTHORITY, MONTHS = "keep_authority", "keep_months"
SWAPS: dict[Case, tuple[str, str, str, str]] = {
    what_is_promised_stays_within_the_limit: ("no limit", AUTHORITY, "u.promised_ore > a.limit", "0 > a.limit"),
    the_limit_itself_may_be_promised: ("an øre less", AUTHORITY, "promised_ore > a.limit", "promised_ore >= a.limit"),
    what_was_promised_before_counts: ("each by itself", AUTHORITY, "u.promised_ore + excluded", "excluded"),
    a_letter_of_later_raises_no_limit_of_before: ("any letter", AUTHORITY, "AND g.effective_on <= l.day", ""),
    the_latest_letter_by_the_day_counts: (
        "the first letter",
        AUTHORITY,
        "g.effective_on DESC, g.letter_number DESC",
        "g.effective_on, g.letter_number",
    ),
    a_letter_read_anew_counts_as_it_is_read: (
        "as it was first read",
        AUTHORITY,
        "limit_ore = excluded.limit_ore, position",
        "position",
    ),
    a_month_is_paid_once: ("paid twice", MONTHS, "other.stream <> mine.stream", "other.stream = 'x'"),
    a_month_is_paid_once_by_a_rule_however_it_is_written: (
        "another spelling",
        MONTHS,
        "m.month, m.read_as FROM",
        "m.month, m.paid_for AS read_as FROM",
    ),
    the_months_of_another_are_its_own: ("anybody's", MONTHS, "other.read_as = mine.read_as AND", ""),
    other_months_are_free: ("any month", MONTHS, "AND other.month = mine.month", ""),
    what_fell_away_frees_its_months: ("kept for ever", MONTHS, "AND other.standing AND", "AND"),
    what_was_returned_frees_its_months: ("kept after a return", MONTHS, "WHERE m.stream = f.stream", "WHERE false"),
    what_is_promised_anew_takes_its_months_again: ("taken by two", MONTHS, "stood WHERE standing", "stood WHERE false"),
}  # fmt: skip


@pytest.fixture
def year(database: Database) -> Year:
    open_year(database, {SETTLING: 100_000, NAMED: 100_000})
    return Year(database, earlier=False)


@pytest.mark.parametrize("it", SWAPS, ids=lambda it: it.__name__)
def test_the_case_holds_without_a_mutant(it: Case, year: Year) -> None:
    it(year)


@pytest.mark.parametrize("it", SWAPS, ids=lambda it: SWAPS[it][0])
def test_a_mutant_of_the_limits_is_killed(it: Case, database: Database, year: Year) -> None:
    with psycopg.connect(database.migrator_dsn, autocommit=True) as owner:
        owner.execute("SET ROLE tilsagn_owner")
        mutate(owner, *SWAPS[it][1:])
    with pytest.raises(AssertionError):
        it(year)
