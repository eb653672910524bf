"""The letters of 2020 as their pages tell them: every line with its section, what it moved, and what it asks for.
Nothing that is transcribed is left out, and every total that is printed is reached."""

from collections import Counter
from dataclasses import fields
from datetime import date

import pytest

from services.dashboard.pages.letter_tables import _WHAT
from services.grants.budget_year.letter import Letter
from services.grants.budget_year.reconciliation import reconcile
from services.grants.overview.letter_lines import whole_letter
from services.grants.overview.letter_moves import list_demands, list_moves, list_touching
from tests.grants.allocation.letters import KRONE, letter_of, since, year_2020

NUMBERS = range(9)
IN_LINES = {
    "chapters", "posts", "earmarks", "splits", "changes", "stated", "keywords", "restrictions", "liftings",
    "authorities", "remarks", "renumberings",
}  # fmt: skip
ELSEWHERE = {
    "year": "in the address", "number": "in the address", "title": "the heading", "reference": "the heading",
    "dated": "the heading", "contradictions": "a section of their own", "pay_outs": "deadlines",
    "calendar": "deadlines", "assignments": "a table of their own",
}  # fmt: skip


def test_every_part_of_a_letter_is_shown_somewhere() -> None:
    assert {field.name for field in fields(Letter)} == IN_LINES | ELSEWHERE.keys()


@pytest.mark.parametrize("number", NUMBERS)
def test_every_line_is_there_with_its_section(number: int) -> None:
    letter, said = letter_of(number), whole_letter(year_2020(), number)
    whats = Counter(row["what"] for row in said["lines"])
    assert whats["post"] == len(letter.posts)
    assert whats["earmark"] == len(letter.earmarks)
    assert whats["stated"] == sum(each.at_disposal is not None for each in letter.stated)
    assert whats["change"] + whats["transfer"] + whats["carry-over"] == len(letter.changes)
    assert whats["remark"] == len(letter.remarks)
    assert whats["authority"] == len(letter.authorities)
    assert whats.keys() <= _WHAT.keys(), "each is said in words"
    assert all(row["cite"] for row in said["lines"])
    assert [row["line"] for row in said["lines"]] == sorted(row["line"] for row in said["lines"])
    moved = [row for row in said["lines"] if row["what"] in ("change", "transfer", "carry-over")]
    assert sorted(row["amount_ore"] for row in moved) == sorted(each.amount_ore for each in letter.changes)
    assert len(said["due"]) == len(letter.pay_outs) + len(letter.calendar)
    assert {row["cite"] for row in said["tasks"]} == {each.cite for each in letter.assignments}
    frames = [frame.amount.amount_ore for each in letter.assignments for frame in each.frames]
    assert sum(row["frame_ore"] or 0 for row in said["tasks"]) == sum(frames)


@pytest.mark.parametrize("number", NUMBERS)
def test_what_it_changed_is_what_the_ledger_has_of_it(number: int) -> None:
    year = year_2020()
    moved: Counter[str] = Counter()
    for each in year.postings:
        if each.letter_number == number:
            moved[each.fund_id] += each.at_disposal_ore
    shown: Counter[str] = Counter()
    for row in whole_letter(year, number)["changes"]:
        shown[row["fund_id"]] += row["amount_ore"]
        assert row["name"]
        assert row["cite"]
    assert {fund: amount for fund, amount in moved.items() if amount} == {f: a for f, a in shown.items() if a}


def test_every_total_that_is_printed_is_reached_by_the_moves_before_it() -> None:
    year, totals, kinds = year_2020(), 0, Counter[str]()
    posts = {each.fund_id for number in NUMBERS for each in letter_of(number).posts}
    for post in posts:
        reached = 0
        for row in list_moves(year, post, date(2020, 12, 31)):
            if row["what"] == "stated":
                assert row["amount_ore"] == reached, (post, row)
                totals += 1
            else:
                reached += row["amount_ore"]
                kinds[row["kind"] or row["what"]] += 1
        assert reached == year.at_disposal_ore(post, date(2020, 12, 31))
    assert totals == sum(each.at_disposal is not None for n in NUMBERS for each in letter_of(n).stated)
    items = [item for number in NUMBERS for item in reconcile(year, number).items if item.difference_ore]
    assert kinds["unexplained"] + kinds["rounding"] == len(items)


def test_the_sixty_one_millions_nobody_has_explained_are_a_move_of_their_own() -> None:
    moves = list_moves(year_2020(), "2020/292/60", date(2020, 12, 31))
    assert [(row["letter_number"], row["what"], row["amount_ore"] // KRONE, row["kind"]) for row in moves] == [
        (0, "moved", 1_234_850_000, None),
        (4, "moved", 161_000_000, None),
        (4, "difference", -61_577_000, "unexplained"),
        (4, "stated", 1_334_273_000, None),
        (8, "moved", -47_771_000, None),
        (8, "stated", 1_286_502_000, None),
    ]
    assert not any(row["settled"] for row in moves)
    assert [row["letter_number"] for row in list_moves(year_2020(), "2020/292/60", date(2020, 6, 21))] == [0]


def test_what_letters_demand_paid_is_told_from_the_day_they_count() -> None:
    [demand] = list_demands(year_2020(), "2020/292/60", date(2020, 6, 22))
    assert demand == {"letter_number": 4, "pay_by": date(2020, 10, 31), "amount_ore": 161_000_000 * KRONE}
    assert list_demands(year_2020(), "2020/292/60", date(2020, 6, 21)) == []
    assert list_demands(year_2020(), "2020/292/6", date(2020, 12, 31)) == []


def test_an_assignment_that_was_renumbered_bears_the_number_in_force_and_says_what_it_was() -> None:
    rows = {row["number"]: row for row in whole_letter(year_2020(), 3)["tasks"]}
    assert (rows["2020-016"]["given_number"], rows["2020-016"]["renumbered_by"]) == ("2020-012", 4)
    before = since(*(letter_of(number) for number in range(4)))
    assert "2020-016" not in {row["number"] for row in whole_letter(before, 3)["tasks"]}


def test_letters_that_touch_a_post_are_those_that_say_anything_of_it_or_below_it() -> None:
    year = year_2020()

    def touching(post: str, until: date = date(2020, 12, 31)) -> list[int]:
        return [row["number"] for row in list_touching(year, post, until)]

    assert touching("2020/292/60") == [0, 4, 8]
    assert touching("2020/292/60", date(2020, 6, 21)) == [0]
    assert touching("2020/291/71") == [0, 2, 4, 8], "the second names recipients below it, and moves nothing on it"
    assert touching("2020/291/7") == []
    moved = {(each.letter_number, "/".join(each.fund_id.split("/")[:3])) for each in year.postings}
    assert all(number in touching(post) for number, post in moved)
