"""What each letter of a budget year moved: on one post, letter by letter, and by one letter, line by line.

An unexplained difference between what a letter states and what it adds up to is a move of its own, never hidden in the
letter's. Whole øre.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from services.grants.budget_year.differences import year_standings
from services.grants.budget_year.letter import Letter
from services.grants.budget_year.state import BudgetYear

Row = dict[str, Any]
MOVED, AUTHORITY, DIFFERENCE, STATED = "moved", "authority", "difference", "stated"
_ORDER = (MOVED, AUTHORITY, DIFFERENCE, STATED)
_KINDS = {"difference": DIFFERENCE, "authority": AUTHORITY}


def list_moves(year: BudgetYear, post_id: str, until: date) -> list[Row]:
    """What is at the post's disposal, move by move, to the end of that day: each with its `letter_number`, its day
    (`effective_on`), its `what` and `amount_ore`. A difference tells its `kind` (rounding or unexplained) and whether
    anybody has settled it. `stated` is no move but the total that the letter prints after those above it."""
    rows = [*_moved(year, post_id, until), *_stated(year, post_id, until)]
    return sorted(rows, key=lambda row: (row["effective_on"], row["letter_number"], _ORDER.index(row["what"])))


def list_changes(year: BudgetYear, number: int) -> list[Row]:
    """What one letter moved on each fund, in the order it says so: post, fund, ground, cite and `amount_ore`."""
    sums: dict[tuple[str, str, str, date], int] = {}
    for each in year.postings:
        if each.letter_number == number and each.ground != "authority":
            key = (each.fund_id, each.ground, each.cite, each.effective_on)
            sums[key] = sums.get(key, 0) + each.at_disposal_ore
    return [
        {
            "fund_id": fund_id,
            "name": year.funds[fund_id].name if fund_id in year.funds else fund_id,
            "chapter": int(fund_id.split("/")[1]),
            "post": int(fund_id.split("/")[2]),
            "ground": ground,
            "cite": cite,
            "effective_on": on,
            "amount_ore": amount_ore,
        }
        for (fund_id, ground, cite, on), amount_ore in sums.items()
        if amount_ore
    ]


def list_demands(year: BudgetYear, post_id: str, until: date) -> list[Row]:
    """What letters that count by that day want paid of the post's money, and by when: the only plan of a post that
    anybody has approved."""
    return [
        {"letter_number": each.letter.number, "pay_by": paid.pay_by, "amount_ore": paid.amount.amount_ore}
        for each in year.in_order
        if each.letter.dated.on <= until
        for paid in each.letter.pay_outs
        if f"{paid.fund_id}/".startswith(f"{post_id}/")
    ]


def list_touching(year: BudgetYear, post_id: str, until: date) -> list[Row]:
    """The letters that count by that day and say or move anything of the post or of what lies below it."""
    return [
        {"number": letter.number, "title": letter.title, "effective_on": letter.dated.on}
        for letter in (each.letter for each in year.in_order)
        if letter.dated.on <= until and any(f"{fund}/".startswith(f"{post_id}/") for fund in _funds_of(letter))
    ]


def _funds_of(letter: Letter) -> Iterator[str]:
    """Every fund that a letter names."""
    places = (
        *(letter.posts + letter.earmarks + letter.splits + letter.changes + letter.stated + letter.keywords),
        *(letter.pay_outs + letter.restrictions),
        *(frame for each in letter.assignments for frame in each.frames),
    )
    yield from (each.fund_id for each in places)
    yield from (each.fund_id for each in letter.contradictions if each.fund_id)


def _moved(year: BudgetYear, post_id: str, until: date) -> Iterator[Row]:
    sums: dict[tuple[date, int, str], int] = {}
    for each in year.postings:
        if each.fund_id == post_id and each.effective_on <= until:
            key = (each.effective_on, each.letter_number, _KINDS.get(each.ground, MOVED))
            sums[key] = sums.get(key, 0) + each.at_disposal_ore
    standing = {
        each.difference.letter_number: each
        for each in year_standings(year)
        if each.difference.sort == "total" and each.difference.fund_id == post_id
    }
    for (on, number, what), amount_ore in sums.items():
        if not amount_ore:
            continue
        of = standing.get(number) if what == DIFFERENCE else None
        yield {
            "effective_on": on,
            "letter_number": number,
            "what": what,
            "amount_ore": amount_ore,
            "kind": of.difference.kind if of else None,
            "settled": bool(of and of.settled),
        }


def _stated(year: BudgetYear, post_id: str, until: date) -> Iterator[Row]:
    for each in year.in_order:
        letter = each.letter
        for said in letter.stated:
            if said.fund_id == post_id and said.at_disposal and letter.dated.on <= until:
                yield {
                    "effective_on": letter.dated.on,
                    "letter_number": letter.number,
                    "what": STATED,
                    "amount_ore": said.at_disposal.amount_ore,
                    "kind": None,
                    "settled": False,
                }
