"""What a letter does that cannot be as meant is registered, shown before and after, and settled."""

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from services.eventlog.events import Event
from services.grants.allocation.deviation.found import Around, Deviation, YearBefore
from services.grants.allocation.deviation.rules import deviations_of, settle_deviation
from services.grants.allocation.preview import preview
from services.grants.allocation.settlement import NothingToSettle
from services.grants.budget_year.events.allocation import DeviationSettled
from services.grants.budget_year.letter import Letter
from services.grants.budget_year.reconciliation import LetterUnknown
from services.grants.budget_year.state import BudgetYear, evolve
from services.reason import ReasonMissing
from tests.given import Given, given
from tests.grants.allocation.letters import KRONE, opening, registered, since, supplement

POST, EQUIPMENT, GRANTS = "2020/290/01", "2020/290/45", "2020/291/71"
MILLION = 1_000_000 * KRONE
MARCH, APRIL, JUNE = date(2020, 3, 1), date(2020, 4, 1), date(2020, 6, 1)


def changing(fund: str, millions: int, *, number: int = 1, on: str = "2020-03-01", kind: str = "changes") -> Letter:
    word = "amount" if kind == "carry_over" else "increase" if millions >= 0 else "decrease"
    moves = "" if kind == "carry_over" else "moves: at_disposal, "
    return supplement(
        number, on, f'{kind}: [{{fund: {fund}, {word}: "{abs(millions)} mill.", {moves}why: w, cite: a}}]'
    )


def earmarking(fund: str, millions: int, *, number: int, on: str) -> Letter:
    part = f"{{id: del-{number}, name: Del, amount: {millions} mill., cite: a}}"
    return supplement(number, on, f"earmarks: [{{under: {fund}, whole: false, cite: a, parts: [{part}]}}]")


def promised(fund_id: str, *days: tuple[date, int]) -> Around:
    """Promises on the fund itself, in millions."""
    return Around(promised={fund_id: [(day, millions * MILLION, millions * MILLION) for day, millions in days]})


def told(found: tuple[Deviation, ...]) -> list[tuple[str, str, int]]:
    return [(each.kind, each.fund_id, each.amount_ore // MILLION) for each in found]


def test_a_cut_of_nine_hundred_million_is_registered_and_shown() -> None:
    letter = changing("290/01", -900)
    assert told(preview(since(opening()), letter).deviations) == [("below-zero", POST, 800)]
    year = since(opening(), letter)
    assert year.at_disposal_ore(POST, MARCH) == -800 * MILLION
    assert told(deviations_of(year, 1, Around())) == [("below-zero", POST, 800)]
    assert deviations_of(year, 0, Around()) == ()


def test_a_cut_below_what_is_promised_is_shown_with_the_promises() -> None:
    around = promised(GRANTS, (date(2020, 2, 3), 40))
    shown = preview(since(opening()), changing("291/71", -15), around)
    assert told(shown.deviations) == [("below-promised", GRANTS, 5)]
    assert [post.promised_ore // MILLION for post in shown.posts] == [40]


def test_a_cut_is_held_against_promises_of_its_day_and_of_days_after_it_until_the_next_letter() -> None:
    year = since(opening(), changing("291/71", -15), changing("291/71", 20, number=2, on="2020-06-01"))
    for promise, expected in (
        ((APRIL, 40), [("below-promised", GRANTS, 5)]),
        ((JUNE, 40), []),
        ((date(2020, 2, 3), 35), []),
    ):
        assert told(deviations_of(year, 1, promised(GRANTS, promise))) == expected
        assert deviations_of(year, 2, promised(GRANTS, promise)) == ()


def test_a_shortfall_that_a_later_cut_makes_is_that_letters_and_not_the_one_before() -> None:
    year = since(opening(), changing("291/71", -5), changing("291/71", -10, number=2, on="2020-06-01"))
    around = promised(GRANTS, (date(2020, 2, 3), 39), (date(2020, 7, 1), 1))
    assert deviations_of(year, 1, around) == ()
    assert told(deviations_of(year, 2, around)) == [("below-promised", GRANTS, 5)]


def test_a_cut_that_was_cured_the_same_day_is_none() -> None:
    year = since(opening(), changing("291/71", -15), changing("291/71", 20, number=2))
    assert deviations_of(year, 1, promised(GRANTS, (date(2020, 2, 3), 40))) == ()


def test_an_earmark_on_money_that_is_promised_already_is_shown() -> None:
    year = since(opening(), earmarking("291/71", 20, number=1, on="2020-03-01"))
    assert told(deviations_of(year, 1, promised(GRANTS, (date(2020, 2, 3), 40)))) == [
        ("earmarked-beyond-promised", GRANTS, 10)
    ]
    assert deviations_of(year, 1, promised(GRANTS, (date(2020, 2, 3), 30))) == ()
    through_the_earmark = Around(promised={GRANTS: [(date(2020, 4, 1), 40 * MILLION, 0)]})
    assert deviations_of(year, 1, through_the_earmark) == ()


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (None, [("carry-over-of-unknown-year", POST, 3)]),
        (YearBefore(unused_ore=None, transferable=False, applied_ore=0), [("carry-over-of-unknown-year", POST, 3)]),
        (YearBefore(unused_ore=3 * MILLION, transferable=True, applied_ore=0), []),
        (YearBefore(unused_ore=5 * MILLION, transferable=False, applied_ore=3 * MILLION), []),
        (
            YearBefore(unused_ore=5 * MILLION, transferable=False, applied_ore=2 * MILLION),
            [("carry-over-without-ground", POST, 1)],
        ),
        (
            YearBefore(unused_ore=1 * MILLION, transferable=True, applied_ore=0),
            [("carry-over-beyond-unused", POST, 2)],
        ),
        (
            YearBefore(unused_ore=-1 * MILLION, transferable=False, applied_ore=0),
            [("carry-over-without-ground", POST, 3), ("carry-over-beyond-unused", POST, 3)],
        ),
    ],
)
def test_a_carry_over_is_held_against_the_year_before(
    before: YearBefore | None, expected: list[tuple[str, str, int]]
) -> None:
    year = since(opening(), changing("290/01", 3, kind="carry_over"))
    around = Around(before={} if before is None else {POST: before})
    assert told(deviations_of(year, 1, around)) == expected


def test_carry_overs_of_several_letters_are_held_against_the_year_before_together() -> None:
    letters = [changing("290/01", 3, number=number, on=f"2020-0{number}-01", kind="carry_over") for number in (2, 3, 4)]
    around = Around(before={POST: YearBefore(unused_ore=5 * MILLION, transferable=True, applied_ore=0)})
    for order in (letters, letters[::-1]):
        year = since(opening(), *order)
        amounts = [told(deviations_of(year, number, around)) for number in (2, 3, 4)]
        assert amounts == [[], [("carry-over-beyond-unused", POST, 1)], [("carry-over-beyond-unused", POST, 3)]]


def test_money_carried_over_on_an_earmark_is_carried_over_on_its_post() -> None:
    earmarks = earmarking("290/45", 5, number=1, on="2020-02-01")
    year = since(opening(), earmarks, changing("290/45/del-1", 3, number=2, kind="carry_over"))
    assert told(deviations_of(year, 2, Around())) == [("carry-over-not-above", EQUIPMENT, 3)]


def test_a_transfer_that_was_registered_before_it_could_not_be_written_is_shown_to_be_corrected() -> None:
    text = 'transfers: [{from: 290/01, to: 290/45, amount: "1 mill.", moves: at_disposal, why: w, cite: a}]'
    even = supplement(2, "2020-03-01", text)
    ends = {EQUIPMENT: "2020/290/45/del-1"}
    uneven = replace(
        even,
        changes=tuple(
            replace(
                each,
                fund_id=ends.get(each.fund_id, each.fund_id),
                counterpart_id=ends.get(each.counterpart_id or "", each.counterpart_id),
            )
            for each in even.changes
        ),
    )
    before = (opening(), earmarking("290/45", 5, number=1, on="2020-02-01"))
    assert deviations_of(since(*before, even), 2, Around()) == ()
    assert told(deviations_of(since(*before, uneven), 2, Around())) == [("transfer-not-conserving", POST, 1)]


SETTLE: dict[str, Any] = {
    "letter_number": 1,
    "fund_id": POST,
    "kind": "below-zero",
    "reason": "Departementet retter.",
    "settled_by": "siri",
    "settled_on": APRIL,
    "around": Around(),
}


def after(*letters: Letter, facts: tuple[Event, ...] = ()) -> Given:
    return given(*registered(opening(), *letters), *facts, evolve=evolve, initial=BudgetYear())


SETTLED = DeviationSettled(**{key: value for key, value in SETTLE.items() if key != "around"}, amount_ore=800 * MILLION)


def test_a_deviation_is_settled_with_a_reason_for_its_very_size() -> None:
    cut = changing("290/01", -900)
    after(cut).when(settle_deviation, **SETTLE).then(SETTLED)
    after(cut, facts=(SETTLED,)).when(settle_deviation, **SETTLE).nothing()
    year = after(cut, facts=(SETTLED,)).state
    (found,) = deviations_of(year, 1, Around())
    assert (found.status, found.reason, found.settled_by) == ("settled", "Departementet retter.", "siri")
    other = after(changing("290/01", -910), facts=(SETTLED,)).state
    assert [each.status for each in deviations_of(other, 1, Around())] == ["open"]


def test_what_is_no_deviation_is_not_settled() -> None:
    cut = changing("290/01", -900)
    after(cut).when(settle_deviation, **{**SETTLE, "reason": " "}).refused(ReasonMissing)
    after(cut).when(settle_deviation, **{**SETTLE, "letter_number": 7}).refused(LetterUnknown)
    after(cut).when(settle_deviation, **{**SETTLE, "fund_id": EQUIPMENT}).refused(NothingToSettle)
    after(cut, facts=(SETTLED,)).when(settle_deviation, **{**SETTLE, "reason": "Nei."}).refused(NothingToSettle)


cuts = st.lists(
    st.tuples(st.integers(1, 12), st.integers(-60, 30), st.sampled_from(("290/45", "291/71"))), min_size=1, max_size=4
)
promises = st.lists(st.tuples(st.integers(1, 12), st.integers(1, 30)), max_size=3)
seen: Counter[str] = Counter()


@settings(max_examples=120, deadline=None, derandomize=True)
@drawn(said=cuts, made=promises)
def _no_shortfall_is_untold(said: list[tuple[int, int, str]], made: list[tuple[int, int]]) -> None:
    letters = [
        changing(fund, millions, number=number, on=f"2020-{month:02}-01")
        for number, (month, millions, fund) in enumerate(said, 1)
    ]
    year = since(opening(), *letters)
    around = promised(GRANTS, *((date(2020, month, 2), millions) for month, millions in made))
    found = [each for letter in letters for each in deviations_of(year, letter.number, around)]
    for fund_id in (EQUIPMENT, GRANTS):
        for letter in letters:
            cut = [each for each in letter.changes if each.fund_id == fund_id and each.amount_ore < 0]
            below = year.at_disposal_ore(fund_id, letter.dated.on) < 0
            shown = [each for each in found if (each.letter_number, each.fund_id) == (letter.number, fund_id)]
            assert (bool(cut) and below) == ("below-zero" in {each.kind for each in shown})
    days = sorted({each.dated.on for each in letters} | {on for on, _, _ in around.promised[GRANTS]})
    short = {
        day: sum(ore for on, ore, _ in around.promised[GRANTS] if on <= day) - year.at_disposal_ore(GRANTS, day)
        for day in days
    }
    opened_short = [
        each for each in days if short[each] > 0 and any(on <= each for on, _, _ in around.promised[GRANTS])
    ]
    last_cut = max((each.dated.on for each in letters if each.changes[0].fund_id == GRANTS), default=None)
    for each in found:
        seen[each.kind] += 1
        if each.kind == "below-promised":
            assert short[each.on] == each.amount_ore
    if opened_short and last_cut and opened_short[-1] >= last_cut:
        on_last = [each for each in letters if each.dated.on == last_cut and each.changes[0].fund_id == GRANTS]
        if any(each.changes[0].amount_ore < 0 for each in on_last):
            assert "below-promised" in {each.kind for each in found}
            seen["at the end"] += 1


def test_whatever_letters_cut_no_shortfall_is_untold() -> None:
    _no_shortfall_is_untold()
    assert all(seen[what] > 5 for what in ("below-zero", "below-promised", "at the end")), seen
