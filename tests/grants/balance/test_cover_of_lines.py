"""Money carried over that a letter names on an earmark is for what is held over of that earmark, and nothing else."""

import asyncio
from collections.abc import Sequence
from datetime import date
from itertools import count

import pytest
from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from services.eventlog.command import Command, Write
from services.grants.balance.movements import effects
from services.grants.balance.refusals import PostExhausted, exhausted
from services.grants.balance.view import AsOf, Balances
from services.grants.budget_year.carried_on_lines import carried_on_lines
from services.grants.held_over.view import DEVIATIONS
from tests.conftest import Database
from tests.grants.balance.between_years import Years, carry_over, stream
from tests.grants.balance.over_the_years import deviations

MARCH, APRIL, END = date(2021, 3, 15), date(2021, 4, 15), date(2021, 12, 31)
EVE = date(2021, 3, 14)
LINES = ("", "/a", "/a/b", "/a/c", "/d")
"""A post, two earmarks of it, and two recipients of the first."""


def opened(database: Database) -> Years:
    """Two years with a post like this."""
    years = Years(database)
    opens(years, 291)
    return years


def opens(years: Years, chapter: int) -> None:
    """100 on the post in both years, 40 of it on a (15 each on b and c) and 20 on d."""
    for year in (2020, 2021):
        for line, amount in zip(LINES, (100, 40, 15, 15, 20), strict=True):
            years.letter(year, date(year, 1, 1), amount, post=f"{year}/{chapter}/71{line}")


@pytest.mark.parametrize("line", LINES)
def test_what_is_named_on_a_line_alone_covers_what_is_held_over_of_it(database: Database, line: str) -> None:
    years = opened(database)
    assert years.promises(1, 6, date(2020, 2, 3), fund=f"2020/291/71{line}") == "recorded"
    years.holds(1, 2020, 6)
    years.letter(2021, MARCH, 4, carried=True, post=f"2021/291/71{line}")
    assert (years.line(1, 2021, EVE), years.line(1, 2021, MARCH)) == ((0, 0, 0), (4, 0, 0))
    assert years.attests(1, 5, MARCH) == "exhausted"
    assert years.attests(1, 4, MARCH) == "recorded"
    assert years.pays(1, 4, APRIL) == "recorded"
    assert deviations(years, END) == set()
    assert years.faults() == []


def test_the_line_above_covers_what_is_below_it_and_no_line_beside_it_is_reached(database: Database) -> None:
    years = opened(database)
    for number, line in enumerate(("/d", "/a/b", "/a"), 1):
        assert years.promises(number, 6, date(2020, 2, number), fund=f"2020/291/71{line}") == "recorded"
        years.holds(number, 2020, 6)
    years.letter(2021, MARCH, 9, carried=True, post="2021/291/71/a")
    assert [years.line(number, 2021, MARCH)[0] for number in (1, 2, 3)] == [0, 6, 3]
    years.letter(2021, APRIL, 5, carried=True, post="2021/291/71/a/c")
    assert [years.line(number, 2021, APRIL)[0] for number in (1, 2, 3)] == [0, 6, 3]
    assert years.faults() == []


def test_of_what_is_released_on_the_post_an_earmarks_part_is_for_the_earmark(database: Database) -> None:
    years = opened(database)
    assert years.promises(1, 6, date(2020, 2, 3), fund="2020/291/71/d") == "recorded"
    assert years.promises(2, 6, date(2020, 3, 3), fund="2020/291/71/a") == "recorded"
    years.holds(1, 2020, 6)
    years.holds(2, 2020, 6)
    years.releases(MARCH, post=7, a=5)
    assert [years.line(number, 2021, MARCH)[0] for number in (1, 2)] == [2, 5]
    years.releases(APRIL, post=3)
    assert [years.line(number, 2021, APRIL)[0] for number in (1, 2)] == [5, 5]
    assert deviations(years, END) == set()
    assert years.faults() == []


def test_what_covers_held_over_promises_is_promised_to_nobody_else_of_the_line(database: Database) -> None:
    years = opened(database)
    assert years.promises(1, 6, date(2020, 2, 3), fund="2020/291/71/d") == "recorded"
    years.holds(1, 2020, 6)
    years.letter(2021, MARCH, 4, carried=True, post="2021/291/71/d")
    assert years.stands("2021/291/71/d", MARCH)[0] == 24
    assert years.promises(2, 21, MARCH, fund="2021/291/71/d") == "exhausted"
    assert years.promises(2, 20, MARCH, fund="2021/291/71/d") == "recorded"
    years.reduces(1, 6, APRIL)
    assert years.promises(3, 4, APRIL, fund="2021/291/71/d") == "recorded"
    assert years.faults() == []


def test_of_a_line_of_which_nothing_is_held_over_all_that_is_released_is_free(database: Database) -> None:
    years = opened(database)
    assert years.promises(1, 6, date(2020, 2, 3), fund="2020/291/71/a") == "recorded"
    years.holds(1, 2020, 6)
    years.letter(2021, MARCH, 4, carried=True, post="2021/291/71/d")
    assert years.line(1, 2021, MARCH) == (0, 0, 0)
    assert years.promises(2, 24, MARCH, fund="2021/291/71/d") == "recorded"
    assert years.faults() == []


def lines_of(years: Years, on: date) -> list[list[str]]:
    """Which lines were paid of beyond what is released of them, deviation by deviation."""
    rows = years.reader.execute(DEVIATIONS, {"year": 2021, "day": on, "known": None}).fetchall()
    return [row[5] for row in rows if row[0] == "paid-beyond-carry-over"]


def test_each_line_that_is_paid_of_beyond_what_is_released_of_it_is_told_and_no_other(database: Database) -> None:
    years = opened(database)
    lines = ("", "/a", "/d", "/a/c")
    for number, line in enumerate(lines, 1):
        assert years.promises(number, 4, date(2020, 2, number), fund=f"2020/291/71{line}") == "recorded"
        years.holds(number, 2020, 4)
    years.releases(MARCH, a=4, d=2)
    for number in range(1, len(lines) + 1):
        assert years.pays(number, 3, APRIL) == "recorded"
    assert years.paid_beyond("2021/291/71", APRIL) == 6
    assert ("paid-beyond-carry-over", None, 6) in deviations(years, APRIL)
    assert lines_of(years, APRIL) == [["2021/291/71", "2021/291/71/a/c", "2021/291/71/d"]]


def test_a_receipt_beyond_its_own_line_shows_though_another_line_has_room(database: Database) -> None:
    years = opened(database)
    assert years.promises(1, 6, date(2020, 2, 3), fund="2020/291/71/d") == "recorded"
    years.holds(1, 2020, 6)
    years.releases(MARCH, a=9, d=2)
    assert years.pays(1, 5, APRIL) == "recorded"
    assert deviations(years, MARCH) == set()
    assert deviations(years, APRIL) == {("paid-beyond-carry-over", None, 3)}
    assert lines_of(years, APRIL) == [["2021/291/71/d"]]
    years.letter(2021, date(2021, 5, 3), 1, carried=True)
    assert deviations(years, END) == {("paid-beyond-carry-over", None, 2)}, "what is above a line is for it too"
    years.letter(2021, date(2021, 5, 4), 2, carried=True, post="2021/291/71/d")
    assert deviations(years, END) == set()
    assert years.faults() == []


def funds_of(years: Years, on: date) -> dict[str, tuple[int, int, bool]]:
    """What remains, what is set aside and whether it is overdrawn, of each line of 2021."""

    async def read() -> dict[str, tuple[int, int, bool]]:
        async with AsyncConnectionPool(years.database.service_dsn, open=False) as pool:
            rows = await Balances(pool).list_funds(2021, 291, 71, AsOf(valid_at=on))
        return {
            row["fund_id"].removeprefix("2021/291/71"): (row["remaining_ore"], row["set_aside_ore"], row["overdrawn"])
            for row in rows
            if row["kind"] != "commitment"
        }

    return asyncio.run(read())


def test_what_remains_of_a_line_is_what_can_be_promised_of_it(database: Database) -> None:
    years = opened(database)
    assert years.promises(1, 6, date(2020, 2, 3), fund="2020/291/71/d") == "recorded"
    years.holds(1, 2020, 6)
    years.letter(2021, MARCH, 4, carried=True, post="2021/291/71/d")
    assert funds_of(years, EVE)["/d"] == (20, 0, False)
    stood = funds_of(years, MARCH)
    assert (stood["/d"], stood[""], stood["/a"]) == ((20, 4, False), (96, 0, False), (40, 0, False))
    approved = years.approved("2021/291/71/d", 21, MARCH)
    [foreseen] = years.reader.execute(
        "SELECT remaining_ore, remaining_after_ore, short_by_ore FROM grants.foresee(%s, %s) WHERE fund_id = %s",
        (Jsonb(effects([(stream(2), approved)])), MARCH, "2021/291/71/d"),
    ).fetchall()
    assert foreseen == (20, -1, 1)
    outcome = years.log.append_now(Command(actor="kari"), Write(stream(2), 0, (approved,)))
    refusal = exhausted(outcome)
    assert isinstance(refusal, PostExhausted), "it is set aside, and earmarked for no fund below"
    assert "/d) has 0.20 kroner left" in refusal.detail
    assert years.promises(2, 20, MARCH, fund="2021/291/71/d") == "recorded"
    assert funds_of(years, MARCH)["/d"] == (0, 4, False)
    years.letter(2021, APRIL, -3, post="2021/291/71/d")
    assert funds_of(years, APRIL)["/d"] == (-3, 4, True)
    assert years.faults() == []


def test_a_promise_dated_back_takes_nothing_that_was_set_aside_in_between(database: Database) -> None:
    years = opened(database)
    assert years.promises(1, 6, date(2020, 2, 3), fund="2020/291/71/d") == "recorded"
    years.holds(1, 2020, 6)
    years.letter(2021, MARCH, 4, carried=True, post="2021/291/71/d")
    years.reduces(1, 6, APRIL)
    assert years.promises(2, 21, date(2021, 4, 1), fund="2021/291/71/d") == "exhausted"
    assert years.promises(2, 20, date(2021, 4, 1), fund="2021/291/71/d") == "recorded"
    assert years.promises(3, 4, APRIL, fund="2021/291/71/d") == "recorded"
    assert years.faults() == []


def most_covered(claims: Sequence[tuple[str, int]], released: dict[str, int]) -> int:
    """The most that can be covered of what is on their own lines or above: what a line lacks asks the one above."""
    wanted = {line: sum(amount for at, amount in claims if at == line) for line in LINES}
    covered = 0
    for line in ("/a/b", "/a/c", "/a", "/d", ""):
        taken = min(wanted[line], released.get(line, 0))
        covered += taken
        if line:
            wanted[line.rpartition("/")[0]] += wanted[line] - taken
    return covered


CHAPTERS = count(301)
REACHED: set[str] = set()
CLAIM = st.tuples(st.sampled_from(LINES), st.integers(1, 9))
RELEASE = st.tuples(st.sampled_from(LINES), st.integers(1, 12), st.booleans())


def play(years: Years, claims: list[tuple[str, int]], releases: list[tuple[str, int, bool]]) -> None:
    chapter = next(CHAPTERS)
    new = f"2021/{chapter}/71"
    opens(years, chapter)
    numbers = [1_000 * chapter + nth for nth in range(len(claims))]
    for number, (line, amount) in zip(numbers, claims, strict=True):
        if years.promises(number, amount, date(2020, 2, 3), fund=f"2020/{chapter}/71{line}") != "recorded":
            return
        years.holds(number, 2020, amount, post=new)
    released: dict[str, int] = {}
    for nth, (line, amount, late) in enumerate(releases, 1):
        day = date(2021, 5 if late else 3, nth)
        years.letter(2021, day, amount, carried=True, post=f"{new}{line}")
        released[line] = released.get(line, 0) + amount
        REACHED.add(f"released on {line or 'the post'}")
    covered = [years.line(number, 2021, END)[0] for number in numbers]
    assert all(ore <= amount for ore, (_, amount) in zip(covered, claims, strict=True))
    assert sum(covered) == most_covered(claims, released)
    event(f"covered {sum(covered) > 0}")
    for line in LINES[1:]:
        at_disposal, promised, *_ = years.stands(f"{new}{line}", END)
        assert promised == 0
        more = years.promises(1_000 * chapter + 500 + LINES.index(line), at_disposal + 1, END, fund=f"{new}{line}")
        assert more == "exhausted"


def test_whatever_line_is_promised_of_and_whatever_line_is_released_every_ore_covers_its_own(
    database: Database, long: bool
) -> None:
    REACHED.clear()
    years, runs = Years(database), 50 if long else 10

    @settings(max_examples=runs, deadline=None, derandomize=True, database=None, phases=(Phase.generate,))
    @given(st.lists(CLAIM, min_size=1, max_size=4), st.lists(RELEASE, min_size=1, max_size=3))
    def whatever(claims: list[tuple[str, int]], releases: list[tuple[str, int, bool]]) -> None:
        play(years, claims, releases)

    whatever()
    assert len(REACHED) == len(LINES)
    assert years.faults() == []


def test_one_letters_carry_over_is_the_lines_it_names_and_above_them_the_rest() -> None:
    post = "2021/291/71"
    both = [carry_over(post, 10), carry_over(f"{post}/a", 6), carry_over(f"{post}/a/b", 2)]
    assert carried_on_lines(both) == {f"{post}/a/b": 2, f"{post}/a": 4, post: -6}
    assert carried_on_lines(both[1:]) == {f"{post}/a/b": 2, f"{post}/a": 4}
    assert carried_on_lines([both[0]]) == {}
    beyond = [carry_over(post, 5), carry_over(f"{post}/a/b", 7)]
    assert carried_on_lines(beyond) == {f"{post}/a/b": 7, post: -5}
    free = carry_over(f"{post}/a", 3, free=True)
    assert carried_on_lines([carry_over(post, 10), free]) == {}, "the post's free money tells it"
    assert carried_on_lines([free]) == {post: 3}, "nothing is released on the post to take it off"
