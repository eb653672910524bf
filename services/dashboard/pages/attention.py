"""What needs somebody's attention: posts that are overdrawn, notices that are stopped or open this week, money that
must be paid out, what is amiss, deadlines, complaints that wait for the ministry and differences nobody has settled.
Each leads to the page that tells of it.

Nothing is worked out here: the pages' own queries of the same day say what there is (`looked_at.py`), and how urgent
each is follows from what it is and its day.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.calendar.days import day_of
from services.dashboard.pages.asked import Asked
from services.dashboard.pages.awards import award_address
from services.dashboard.pages.deadline_words import deadline_in_words
from services.dashboard.pages.differences import Letter
from services.dashboard.pages.explained import address_of
from services.dashboard.pages.explained_at import deadline_amount, of_notice, of_part
from services.dashboard.pages.figures import PostLine
from services.dashboard.pages.notices import about, when
from services.dashboard.pages.tables import Cell, Column, Link, Row, Table, Tag
from services.dashboard.sign_in.access import DEADLINES, DISPUTES, NOTICES
from services.dashboard.words.spoken import N_, count, gettext, kroner
from services.notifications.overview.view import NoticeRow

PAY_OUT = "pay-out"
COLUMNS = (
    Column("what", N_("Hva")),
    Column("kind", N_("Slag")),
    Column("day", N_("Dag"), "day", missing=N_("ingen dag")),
    Column("amount", N_("Beløp"), "money", missing=N_("ikke et beløp")),
)
OVERDRAWN, AMISS = Tag(N_("overtrukket"), "danger"), Tag(N_("må rettes"), "danger")
LATE, SOON = Tag(N_("over fristen"), "danger"), Tag(N_("frist"), "warning")
STOPPED, OPENING = Tag(N_("stanset"), "danger"), Tag(N_("åpner denne uken"), "warning")
UNPAID, PAYING = Tag(N_("utbetaling over fristen"), "danger"), Tag(N_("utbetalingsfrist"), "warning")
COMPLAINED, OPEN = Tag(N_("venter på departementet"), "warning"), Tag(N_("åpent avvik"), "warning")
OF_SEVERAL: Mapping[Tag, str] = {
    OVERDRAWN: N_("overtrukne"),
    SOON: N_("frister"),
    UNPAID: N_("utbetalinger over fristen"),
    PAYING: N_("utbetalingsfrister"),
    OPEN: N_("åpne avvik"),
}
"""What a kind is called where there are several of it; the others are called the same."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What there is to look at, of a year on a day. `deviations` that nobody has settled are counted by post."""

    posts: Sequence[PostLine]
    letters: Sequence[Letter]
    deviations: Mapping[str, int]
    deadlines: Sequence[Any] = ()
    notices: Sequence[NoticeRow] = ()
    complaints: Sequence[Mapping[str, Any]] = ()


def attention_table(found: Found, question: Asked) -> Table:
    """The most urgent first: what is broken or stopped, what waits, what is open and what comes; and last what has been
    late for long, the latest of it first."""
    late = [row for row in found.deadlines if row.due_on < question.reached]
    paying = [row for row in found.deadlines if row.kind == PAY_OUT]
    coming = [row for row in found.deadlines if row not in late and row not in paying]
    rows = [
        *_overdrawn(found.posts, question),
        *_notices(found.notices, question),
        *(_paying(row, found.posts, question) for row in paying),
        *_complaints(found.complaints, question),
        *_amiss(found, question),
        *_differences(found.letters, question),
        *(_due(row, SOON, question) for row in coming),
        *(_due(row, LATE, question) for row in reversed(late) if row not in paying),
    ]  # fmt: skip
    return Table(
        "oppmerksomhet",
        N_("Det som krever oppmerksomhet"),
        COLUMNS,
        rows,
        note=N_("Frister står her slik registeret har dem nå, regnet mot dagen som vises."),
        empty=N_("Ingenting krever oppmerksomhet denne dagen."),
    )


def kinds_of(table: Table) -> list[tuple[Tag, int]]:
    """How many there are of each kind, in the order they are shown, each called as so many are."""
    counted = Counter(tag for row in table.rows if isinstance(tag := row["kind"], Tag))
    return [(tag if many == 1 else of_several(tag), many) for tag, many in counted.items()]


def of_several(kind: Tag) -> Tag:
    """What several of a kind are called."""
    return replace(kind, value=OF_SEVERAL.get(kind, kind.value))


def _overdrawn(posts: Iterable[PostLine], question: Asked) -> Iterable[Row]:
    for post in posts:
        if post.overdrawn:
            what = gettext(N_("Post %(code)s er overtrukket"), code=post.code)
            explained = address_of("remaining_ore", f"{question.year}/{post.code}", question)
            left = Link(post.amounts["remaining_ore"], explained)
            yield _row(Link(what, post_address(question, post.code)), OVERDRAWN, amount=left)


def _notices(rows: Sequence[NoticeRow], question: Asked) -> Iterable[Row]:
    """As the page of notices counts them on that day."""
    for wanted, tag in (("stopped", STOPPED), ("week", OPENING)):
        for row in rows:
            if when(row, question.reached) == wanted:
                what = gettext(N_("Varsel: %(about)s"), about=about(row))
                day = day_of(row.opens_at) if row.opens_at else None
                yield _row(Link(what, question.link(NOTICES.address)), tag, day=day, amount=_of_notice(row, question))


def _paying(row: Any, posts: Iterable[PostLine], question: Asked) -> Row:
    """Money a letter wants paid out by a day, and what is paid of its post."""
    codes = [each.replace(".", "/") for each in row.posts]
    paid_ore = sum(post.amounts["disbursed_ore"] or 0 for post in posts if post.code in codes)
    said = N_("Post %(code)s: %(wanted)s kroner skal være utbetalt, %(paid)s er det")
    wanted = kroner(row.amount_ore) if row.amount_ore is not None else "–"
    what = gettext(said, code=", ".join(codes), wanted=wanted, paid=kroner(paid_ore)) if codes else _said(row)
    address = post_address(question, codes[0]) if codes else question.link(DEADLINES.address)
    tag = UNPAID if row.due_on < question.reached else PAYING
    return _row(Link(what, address), tag, day=row.due_on, amount=deadline_amount(row, question))


def _due(row: Any, tag: Tag, question: Asked) -> Row:
    return _row(_deadline(row, question), tag, day=row.due_on, amount=deadline_amount(row, question))


def _deadline(row: Any, question: Asked) -> Cell:
    """Where it is told of: its letter, its case, its notice, or the deadlines of that day."""
    if row.letter_number is not None and row.year is not None:
        return Link(_said(row), question.link(f"/brev/{row.year}/{row.letter_number}"))
    if len(row.case_numbers) == 1:
        return Link(_said(row), award_address(row.case_numbers[0], question))
    if row.notice_id is not None:
        return Link(_said(row), question.link(NOTICES.address))
    return Link(_said(row), question.link(DEADLINES.address, dag=row.due_on.isoformat()))


def _said(row: Any) -> str:
    return deadline_in_words(row)


def _complaints(rows: Iterable[Mapping[str, Any]], question: Asked) -> Iterable[Row]:
    for row in rows:
        if row["is_open"] and row["state"] == "forwarded":
            what = gettext(N_("Klage i sak %(number)s"), number=row["case_number"])
            address = question.link(DISPUTES.address, aar=question.year)
            yield _row(Link(what, address), COMPLAINED, day=row["forwarded_on"], amount=_of_complaint(row, question))


def _of_notice(row: NoticeRow, question: Asked) -> Cell:
    return Link(row.amount_ore, of_notice(row.number, question)) if row.amount_ore else None


def _of_complaint(row: Mapping[str, Any], question: Asked) -> Cell:
    if row["about_ore"] is None:
        return None
    return Link(row["about_ore"], of_part("complaint", row["number"], "about_ore", row["case_number"], question))


def _amiss(found: Found, question: Asked) -> Iterable[Row]:
    for post in found.posts:
        if number := found.deviations.get(post.code, 0):
            amiss = count(number, "forhold å rette", "forhold å rette")
            what = gettext(N_("Post %(code)s: %(amiss)s"), code=post.code, amiss=amiss)
            yield _row(Link(what, post_address(question, post.code)), AMISS)


def _differences(letters: Iterable[Letter], question: Asked) -> Iterable[Row]:
    for letter in letters:
        if letter.open_count:
            address = question.link(f"/brev/{letter.year}/{letter.number}")
            yield _row(Link(f"{letter.name}: {letter.open_in_words}", address), OPEN, day=letter.effective_on)


def _row(what: Cell, kind: Tag, *, day: date | None = None, amount: Cell = None) -> Row:
    return {"what": what, "kind": kind, "day": day, "amount": amount}


def post_address(question: Asked, code: str) -> str:
    """The page of a post, written as `291/71`."""
    return question.link(f"/poster/{question.year}/{code}")
