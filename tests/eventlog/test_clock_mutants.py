"""Kept mutants of what holds the log's time: each is one way to let it run away, or be put right by nobody, and is
killed by a case that is named."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import psycopg
import pytest

from services.eventlog.writing.clocks import ClocksApart
from services.eventlog.writing.writer import Writer
from tests.conftest import Database
from tests.eventlog.clocks import NOW, SKEW, Clocks, ran_away, stamps
from tests.eventlog.conftest import Bench
from tests.eventlog.mutated import mutate

AN_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Time:
    """The log, and its clocks."""

    bench: Bench
    clocks: Clocks

    def records(self, stream: str) -> bool:
        """Whether a fact is taken now."""
        try:
            return self.bench.send(stream).outcome == "recorded"
        except ClocksApart:
            return False

    def corrects(self, ran_from: int, **other: str) -> bool:
        try:
            return self.clocks.correct(ran_from, **other) > 0
        except psycopg.errors.RaiseException:
            return False


def an_application_that_is_ahead_records_nothing(time: Time) -> None:
    time.clocks.set(NOW, said=NOW + SKEW + AN_INSTANT)
    assert not time.records("case-a")


def an_application_that_is_behind_records_nothing(time: Time) -> None:
    time.clocks.set(NOW, said=NOW - SKEW - AN_INSTANT)
    assert not time.records("case-a")


def a_minute_is_borne(time: Time) -> None:
    time.clocks.set(NOW, said=NOW + SKEW)
    assert time.records("case-a")


def who_tells_no_time_records_nothing(time: Time) -> None:
    vars(time.clocks)["said"] = None
    assert not time.records("case-a")


def a_log_that_ends_ahead_takes_nothing(time: Time) -> None:
    assert time.records("case-a")
    time.clocks.set(NOW - SKEW - AN_INSTANT)
    assert not time.records("case-b")


def the_later_of_the_two_clocks_is_asked(time: Time) -> None:
    assert time.records("case-a")
    time.clocks.set(NOW - SKEW - AN_INSTANT, said=NOW - SKEW)
    assert time.records("case-b")


def time_never_goes_back(time: Time) -> None:
    assert time.records("case-a")
    time.clocks.set(NOW - SKEW)
    assert time.records("case-b")
    assert stamps(time.bench) == [NOW, NOW]


def what_stands_before_a_correction_is_honest(time: Time) -> None:
    ran_away(time.bench, time.clocks)
    assert not time.corrects(4)


def what_has_not_run_away_is_not_corrected(time: Time) -> None:
    assert time.records("case-a")
    assert not time.corrects(1)


def nothing_is_corrected_by_a_clock_that_is_wrong(time: Time) -> None:
    ran_away(time.bench, time.clocks)
    time.clocks.set(NOW + timedelta(hours=1), said=NOW)
    assert not time.corrects(3)


def one_person_corrects_nothing(time: Time) -> None:
    ran_away(time.bench, time.clocks)
    assert not time.corrects(3, confirmed_by="si\N{ZERO WIDTH SPACE}ri")


def what_nobody_says_why_is_not_corrected(time: Time) -> None:
    ran_away(time.bench, time.clocks)
    assert not time.corrects(3, reason=" ")


Case = Callable[[Time], None]
BEHIND = "said_at BETWEEN asked_at - grants.allowed_skew() AND"
AHEAD_OF_BOTH = "(heads.head_at > greatest(clock, said_at) + grants.allowed_skew())"
ONE_PERSON = "grants.folded(asked_by) = grants.folded(confirmed_by)"
SWAPS: dict[Case, tuple[str, str, str, str]] = {
    an_application_that_is_ahead_records_nothing: (
        "as far ahead as it says", "append", "AND asked_at + grants.allowed_skew())", "AND 'infinity')"
    ),
    an_application_that_is_behind_records_nothing: ("as far behind as it says", "append", BEHIND, "said_at <="),
    a_minute_is_borne: ("no minute between them", "allowed_skew", "60 seconds", "59 seconds"),
    who_tells_no_time_records_nothing: ("no time told", "append", "IS NOT TRUE", "IS FALSE"),
    a_log_that_ends_ahead_takes_nothing: (
        "a log that ends ahead", "append", "OR heads.head_at > greatest(now_at, said_at) + grants.allowed_skew()", ""
    ),
    the_later_of_the_two_clocks_is_asked: ("one clock of two", "append", "greatest(now_at, said_at)", "now_at"),
    time_never_goes_back: ("time goes back", "append", "now_at := greatest(heads.head_at, now_at);", ""),
    what_stands_before_a_correction_is_honest: (
        "corrected from anywhere", "correct_clock", "e.recorded_at > clock", "e.recorded_at IS NULL"
    ),
    what_has_not_run_away_is_not_corrected: (
        "corrected for nothing", "correct_clock", AHEAD_OF_BOTH, "true"
    ),
    nothing_is_corrected_by_a_clock_that_is_wrong: (
        "corrected by a wrong clock", "correct_clock",
        "(said_at BETWEEN clock - grants.allowed_skew() AND clock + grants.allowed_skew())", "true",
    ),
    one_person_corrects_nothing: (
        "corrected by one", "correct_clock", ONE_PERSON, "asked_by = confirmed_by"
    ),
    what_nobody_says_why_is_not_corrected: (
        "corrected without a reason", "correct_clock", "coalesce(grants.folded(reason), '') = '' OR", ""
    ),
}  # fmt: skip


@pytest.fixture
def time(database: Database) -> Iterator[Time]:
    clocks = Clocks(database)
    writer = Writer(database.service_dsn, "grants", now=lambda: clocks.said)
    yield Time(Bench(database, writer), clocks)
    writer.close()
    clocks.owner.close()


@pytest.mark.parametrize("case", SWAPS, ids=lambda case: case.__name__)
def test_the_case_holds_without_a_mutant(case: Case, time: Time) -> None:
    case(time)


@pytest.mark.parametrize("case", SWAPS, ids=lambda case: SWAPS[case][0])
def test_a_mutant_of_the_clocks_is_killed(case: Case, time: Time) -> None:
    mutate(time.clocks.owner, *SWAPS[case][1:])
    with pytest.raises(AssertionError):
        case(time)
