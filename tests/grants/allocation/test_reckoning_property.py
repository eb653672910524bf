"""However letters come, a post stands at the last total a letter stated plus what has changed since."""

from collections import Counter
from datetime import date, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from services.grants.budget_year.letter import Letter
from services.grants.budget_year.state import BudgetYear
from tests.grants.allocation.letters import KRONE, opening, since, supplement

POST = "2020/290/01"
OPENED_KRONER = 100_000_000
Told = tuple[int, int, int | None]  # days into the year, change in kroner, stated total or none

told = st.tuples(
    st.integers(min_value=0, max_value=365),
    st.integers(min_value=-2_000_000, max_value=2_000_000),
    st.none() | st.integers(min_value=90_000_000, max_value=110_000_000),
)


def _letter(number: int, said: Told) -> Letter:
    days, change, stated = said
    word = "increase" if change >= 0 else "decrease"
    sections = f'changes: [{{fund: 290/01, {word}: "{_printed(abs(change))}", moves: at_disposal, why: w, cite: a}}]\n'
    if stated is not None:
        figure = f'{{amount: "{_printed(stated)}", cite: b}}'
        sections += f"stated: [{{post: 290/01, at_disposal: {figure}, cite: b}}]\n"
    return supplement(number, (date(2020, 1, 1) + timedelta(days=days)).isoformat(), sections)


def _printed(kroner: int) -> str:
    return f"{kroner:,}".replace(",", " ") + (" kr" if kroner < 1000 else "")


def _model(letters: list[tuple[int, Told]], on: date) -> int:
    """The same by plain words: take the letters in order; a stated total replaces, a change adds."""
    kroner = OPENED_KRONER
    for _, (days, change, stated) in sorted(letters, key=lambda each: (each[1][0], each[0])):
        if date(2020, 1, 1) + timedelta(days=days) <= on:
            kroner = stated if stated is not None else kroner + change
    return kroner


@settings(max_examples=60, deadline=None)
@given(said=st.lists(told, min_size=1, max_size=5), order=st.randoms(use_true_random=False), day=st.integers(0, 365))
def test_postings_sum_to_the_last_stated_total_and_the_changes_since(said: list[Told], order: Random, day: int) -> None:
    numbered = list(enumerate(said, start=1))
    shuffled = numbered[:]
    order.shuffle(shuffled)
    year: BudgetYear = since(opening(), *(_letter(number, each) for number, each in shuffled))
    on = date(2020, 1, 1) + timedelta(days=day)
    assert year.at_disposal_ore(POST, on) == _model(numbered, on) * KRONE


def test_the_property_reaches_letters_that_are_back_dated_and_state_totals() -> None:
    """The strategy is not vacuous: among what it draws are stated totals, cuts, and letters out of order."""
    seen: Counter[str] = Counter()

    @settings(max_examples=100, deadline=None, database=None)
    @given(said=st.lists(told, min_size=1, max_size=5))
    def look(said: list[Told]) -> None:
        seen["stated"] += any(stated is not None for _, _, stated in said)
        seen["cut"] += any(change < 0 for _, change, _ in said)
        seen["back-dated"] += [days for days, _, _ in said] != sorted(days for days, _, _ in said)

    look()
    assert all(seen[what] > 5 for what in ("stated", "cut", "back-dated")), seen
