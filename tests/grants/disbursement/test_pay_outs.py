"""Money that a letter wants paid by a day is told ahead of the day and when it has passed (rule 7)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.eventlog.events import Event
from services.grants.allocation.letter_file.reading import read_letter
from services.grants.budget_year.events.allocation import LetterCorrected, LetterRegistered
from services.grants.case.events.disbursement import PayOutDeadlineTold, PayOutMet
from services.grants.disbursement.pay_out.rules import PayOutDeadline, PayOutProgress, list_pay_outs, stand, tell
from tests.grants.fodt_fri import MILLION
from tests.house.tree import ROOT

HALLOWEEN = date(2020, 10, 31)
letter = read_letter(next((ROOT / "data" / "letters" / "2020").glob("04-*.yaml")).read_bytes())
supplement = LetterRegistered(
    letter=letter, source_sha256="ab" * 32, registered_by="anne", funds=(), postings=(), statements=()
)
deadline = PayOutDeadline(
    fund_id="2020/291/60/utvidet-programtid",
    amount_ore=250 * MILLION,
    pay_by=HALLOWEEN,
    letter_number=4,
    since_on=letter.dated.on,
    assignment="2020-021",
    cite="4.1, oppdrag 2020-021",
)
told_near = PayOutDeadlineTold(
    fund_id=deadline.fund_id,
    pay_by=HALLOWEEN,
    amount_ore=250 * MILLION,
    paid_ore=0,
    passed=False,
    told_on=date(2020, 10, 17),
)
told_passed = replace(told_near, passed=True, told_on=date(2020, 11, 1))


def on(day: date, *, paid_ore: int = 0, in_time_ore: int | None = None) -> PayOutProgress:
    in_time = paid_ore if in_time_ore is None else in_time_ore
    return stand(deadline, on=day, paid_ore=paid_ore, in_time_ore=in_time, warning_days=14)


def test_the_letters_own_deadlines_are_read_off_supplement_4() -> None:
    found = list_pay_outs([supplement])
    assert deadline in found
    assert [(each.fund_id, each.amount_ore) for each in found] == [
        ("2020/291/60/utvidet-programtid", 250 * MILLION),
        ("2020/292/60/utvidet-norskopplaering", 161 * MILLION),
    ]


def test_a_corrected_letter_takes_the_place_of_the_first() -> None:
    corrected = LetterCorrected(
        letter=replace(letter, pay_outs=letter.pay_outs[:1]), source_sha256="cd" * 32, corrected_by="anne",
        reason="Feil", funds=(), postings=(), statements=(),
    )  # fmt: skip
    assert list_pay_outs([supplement, corrected]) == (deadline,)


@pytest.mark.parametrize(
    ("day", "state", "days_left"),
    [
        (date(2020, 10, 16), "ahead", 15),
        (date(2020, 10, 17), "near", 14),
        (HALLOWEEN, "near", 0),
        (date(2020, 11, 1), "passed", -1),
    ],
)
def test_a_deadline_is_near_from_fourteen_days_before_and_passed_the_day_after(
    day: date, state: str, days_left: int
) -> None:
    standing = on(day, paid_ore=250 * MILLION - 1)
    assert (standing.state, standing.days_left, standing.left_ore) == (state, days_left, 1)


def test_enough_paid_in_time_meets_it_and_what_is_paid_late_does_not() -> None:
    assert on(HALLOWEEN, paid_ore=250 * MILLION).state == "met"
    late = on(date(2020, 11, 2), paid_ore=250 * MILLION, in_time_ore=250 * MILLION - 1)
    assert (late.state, late.left_ore) == ("passed", 0)
    assert on(date(2020, 11, 2), paid_ore=251 * MILLION).left_ore == 0


def test_it_is_told_once_ahead_and_once_when_it_passes() -> None:
    assert tell([], standings=[on(date(2020, 10, 16))]) == []
    assert tell([], standings=[on(date(2020, 10, 17))]) == [told_near]
    assert tell([told_near], standings=[on(date(2020, 10, 18))]) == []
    assert tell([told_near], standings=[on(date(2020, 11, 1))]) == [told_passed]
    assert tell([told_near, told_passed], standings=[on(date(2020, 11, 2))]) == []


def test_what_another_letter_wants_of_the_fund_by_the_same_day_is_told_too() -> None:
    """Seen: the second was never told, neither ahead nor when it had passed."""
    more = replace(deadline, amount_ore=300 * MILLION, letter_number=5)
    for day, before in ((HALLOWEEN, told_near), (date(2020, 11, 1), told_passed)):
        both = [stand(each, on=day, paid_ore=0, in_time_ore=0, warning_days=14) for each in (deadline, more)]
        (told,) = tell([before], standings=both)
        assert isinstance(told, PayOutDeadlineTold)
        assert (told.amount_ore, told.passed) == (300 * MILLION, before.passed)
        assert tell([before, told], standings=both) == []


def test_it_is_told_when_it_has_passed_also_where_nobody_looked_before() -> None:
    assert tell([], standings=[on(date(2020, 11, 1))]) == [told_passed]


def test_what_is_all_paid_is_told_once_as_met_and_never_as_near_or_passed() -> None:
    met = PayOutMet(
        fund_id=told_near.fund_id, pay_by=HALLOWEEN, amount_ore=250 * MILLION, paid_ore=250 * MILLION, in_time=True,
        found_on=HALLOWEEN,
    )  # fmt: skip
    paid = on(HALLOWEEN, paid_ore=250 * MILLION)
    assert tell([], standings=[paid]) == [met]
    assert tell([met], standings=[paid, on(date(2020, 11, 1), paid_ore=250 * MILLION)]) == []


def test_what_is_all_paid_too_late_is_told_as_passed_and_as_met() -> None:
    late = on(date(2020, 11, 2), paid_ore=250 * MILLION, in_time_ore=0)
    passed, met = tell([], standings=[late])
    assert (passed.TOPIC, met.TOPIC) == (PayOutDeadlineTold.TOPIC, PayOutMet.TOPIC)
    assert isinstance(met, PayOutMet)
    assert not met.in_time


WANTED = st.builds(
    lambda fund, millions, day, letter: replace(
        deadline, fund_id=f"2020/291/{fund}", amount_ore=millions * MILLION, pay_by=day, letter_number=letter
    ),
    st.sampled_from([60, 62]), st.integers(1, 2), st.sampled_from([HALLOWEEN, date(2020, 11, 14)]), st.integers(3, 5),
)  # fmt: skip
LOOKED = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 2)), min_size=1, max_size=6)


@given(st.lists(WANTED, min_size=1, max_size=4), LOOKED)
def test_each_thing_that_letters_want_is_told_ahead_and_when_it_has_passed_once(
    wanted: list[PayOutDeadline], looked: list[tuple[int, int]]
) -> None:
    """Whatever the letters want, of one fund or several and by one day or several, and however often somebody looks."""
    told: list[Event] = []
    waits: set[tuple[str, date, int, str]] = set()
    paid_ore = 0
    for later, millions in sorted(looked):
        day, paid_ore = date(2020, 10, 10) + timedelta(days=later), max(paid_ore, millions * MILLION)
        standings = [stand(each, on=day, paid_ore=paid_ore, in_time_ore=paid_ore, warning_days=14) for each in wanted]
        told += tell(told, standings=standings)
        waits |= {
            (each.deadline.fund_id, each.deadline.pay_by, each.deadline.amount_ore, each.state)
            for each in standings
            if each.state in ("near", "passed")
        }
        assert tell(told, standings=standings) == []
    said = [
        (each.fund_id, each.pay_by, each.amount_ore, "passed" if each.passed else "near")
        for each in told
        if isinstance(each, PayOutDeadlineTold)
    ]
    assert sorted(said) == sorted(waits)
