"""What one letter says, line by line in the order its transcription was read: each with its section, what it is about,
and the amount as it is printed. Nothing is worked out here but which post a line is of. Whole øre.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from services.eventlog.log import History
from services.grants.budget_year.duties import list_assignments, of_letter, of_task
from services.grants.budget_year.events.allocation import LetterRegistered
from services.grants.budget_year.letter import Letter
from services.grants.budget_year.printed_figure import Figure, Place
from services.grants.budget_year.state import BudgetYear
from services.grants.overview.letter_moves import list_changes

Row = dict[str, Any]


def whole_letter(year: BudgetYear, number: int) -> Row:
    """All that is shown of one letter but its reconciliation."""
    return {
        "lines": list_lines(year, number),
        "changes": list_changes(year, number),
        "tasks": list_tasks(year, number),
        "due": list_due(year, number),
    }


def publication_key(history: History, number: int, *, known_at: datetime | None) -> str:
    """What the deadline of its publication is called (`deadline/year.py`): by its number, and how often a letter was
    registered under it."""
    known = [fact.event for fact in history.recorded if known_at is None or fact.recorded_at <= known_at]
    registered = [each for each in known if isinstance(each, LetterRegistered) and each.letter.number == number]
    return f"letter-publication-{number}-{len(registered)}"


def list_lines(year: BudgetYear, number: int) -> list[Row]:
    """Each line: its `cite`, `what` it does, `about` in the letter's own words, the fund and post it is of, its
    `amount_ore` with a sign where it moves money, and the amount as `printed`."""
    letter = year.letters[number].letter
    rows = [*_money(letter), *_moves(letter), *_rules(letter)]
    return [row | _of(year, row["fund_id"]) for row in sorted(rows, key=lambda row: row["line"])]


def list_tasks(year: BudgetYear, number: int) -> list[Row]:
    """The assignments the letter gives, under the numbers in force: a row for each thing that is due of one, and one
    for an assignment of which nothing is. Its frame stands in the first of its rows."""
    rows: list[Row] = []
    for task in list_assignments(year):
        if task.letter_number != number:
            continue
        frames = sum(each.amount.amount_ore for each in task.assignment.frames)
        of_all: Row = {
            "number": task.number,
            "given_number": task.given_number,
            "renumbered_by": task.renumbered_by,
            "title": task.assignment.title,
            "cite": task.assignment.cite,
            "frame_ore": frames if task.assignment.frames else None,
            "funding": task.assignment.funding,
        }
        due: list[Row] = [
            {"what": deadline.what, "on": deadline.on, "printed": deadline.printed, "every": deadline.every}
            for deadline in task.assignment.deadlines
        ]
        assert len(due) == len(list(of_task(task)))
        first, *more = due or [{"what": None, "on": None, "printed": None, "every": None}]
        rows += [of_all | first, *(of_all | {"frame_ore": None} | each for each in more)]
    return rows


def list_due(year: BudgetYear, number: int) -> list[Row]:
    """What else the letter sets a day for: money to be paid out, and its calendar."""
    return [
        {
            "kind": due.kind,
            "what": due.what,
            "on": due.on,
            "printed": due.printed,
            "amount_ore": due.amount_ore,
            "cite": due.cite,
            **_of(year, due.fund_id),
        }
        for due in of_letter(year.letters[number].letter)
    ]


def _money(letter: Letter) -> Iterator[Row]:
    """What the letter puts in its tables."""
    for chapter in letter.chapters:
        yield _row("chapter", chapter, about=chapter.name, figure=chapter.sum)
    for post in letter.posts:
        yield _row("post", post, about=post.name, fund_id=post.fund_id, figure=post.at_disposal)
        for what, figure in (("appropriated", post.appropriated), ("held-back", post.held_back)):
            if figure is not None:
                yield _row(what, figure, about=post.name, fund_id=post.fund_id, figure=figure, line=post.line)
        for keyword in post.keywords:
            yield _row(f"given-{keyword}", post, about=post.name, fund_id=post.fund_id)
    for earmark in letter.earmarks:
        yield _row("earmark", earmark, about=earmark.name, fund_id=earmark.fund_id, figure=earmark.amount)
    for split in letter.splits:
        what = "split-whole" if split.whole else "split-part"
        yield _row(what, split, fund_id=split.fund_id, figure=split.sum)
    for stated in letter.stated:
        named = (("stated", stated.at_disposal), ("appropriated", stated.appropriated), ("held-back", stated.held_back))
        for what, figure in named:
            if figure is not None:
                yield _row(what, figure, fund_id=stated.fund_id, figure=figure, line=stated.line)


def _moves(letter: Letter) -> Iterator[Row]:
    """What the letter changes."""
    for change in letter.changes:
        row = _row(change.ground, change, about=change.why, fund_id=change.fund_id, figure=change.figure)
        yield row | {"amount_ore": change.amount_ore, "outside_table": change.outside_table}
    for keyword in letter.keywords:
        what = f"{'given' if keyword.given else 'taken'}-{keyword.keyword}"
        yield _row(what, keyword, about=keyword.why, fund_id=keyword.fund_id)


def _rules(letter: Letter) -> Iterator[Row]:
    """What the letter binds, allows and tells."""
    for restriction in letter.restrictions:
        about = f"{restriction.what} {restriction.until}"
        yield _row("restriction", restriction, about=about, fund_id=restriction.fund_id)
    for lifting in letter.liftings:
        yield _row("lifting", lifting, about=lifting.restriction_id)
    for authority in letter.authorities:
        yield _row("authority", authority, about=f"{authority.name} ({authority.paragraph})")
    for new in letter.renumberings:
        yield _row("renumbering", new, about=f"{new.old} → {new.new}")
    for remark in letter.remarks:
        yield _row("remark", remark, about=remark.text)


def _row(
    what: str,
    place: Place,
    *,
    about: str | None = None,
    fund_id: str | None = None,
    figure: Figure | None = None,
    line: int | None = None,
) -> Row:
    return {
        "line": place.line if line is None else line,
        "cite": place.cite,
        "what": what,
        "about": about,
        "fund_id": fund_id,
        "amount_ore": figure.amount_ore if figure else None,
        "printed": figure.printed if figure else None,
        "outside_table": False,
    }


def _of(year: BudgetYear, fund_id: str | None) -> Row:
    """The post a fund is of, and what the fund is called."""
    if fund_id is None or len(fund_id.split("/")) < 3:
        return {"fund_id": fund_id, "chapter": None, "post": None, "fund": None}
    chapter, post = fund_id.split("/")[1:3]
    fund = year.funds.get(fund_id)
    return {"fund_id": fund_id, "chapter": int(chapter), "post": int(post), "fund": fund.name if fund else None}
