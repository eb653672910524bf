"""What needs somebody's attention: notices that open within the week, deadlines, pay-out deadlines, posts that are
overdrawn, what is amiss and differences nobody has settled. Each leads to the page that tells of it.

Nothing is worked out here: the register of deadlines and the year's own queries say what there is, and how urgent each
is follows from what it is and its day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol
from uuid import UUID

from services.dashboard.pages.asked import Asked
from services.dashboard.pages.deadline_words import deadline_in_words
from services.dashboard.pages.differences import Letter
from services.dashboard.pages.explained import address_of
from services.dashboard.pages.figures import PostLine
from services.dashboard.pages.tables import Cell, Column, Link, Row, Table, Tag
from services.dashboard.pages.words import N_, count, gettext
from services.dashboard.sign_in.access import DEADLINES, NOTICES

WEEK, PAY_OUT_DAYS, MOST = 7, 31, 200
OPENS, PAY_OUT = "notice-opens", "pay-out"
COLUMNS = (
    Column("what", N_("Hva")),
    Column("kind", N_("Slag")),
    Column("day", N_("Dag"), "day", missing=N_("ingen dag")),
    Column("amount", N_("Beløp"), "money", missing=N_("ikke et beløp")),
)
OVERDRAWN, AMISS = Tag(N_("overtrukket"), "danger"), Tag(N_("må rettes"), "danger")
LATE, SOON = Tag(N_("over fristen"), "danger"), Tag(N_("frist"), "warning")
OPENING, PAYING = Tag(N_("åpner"), "info"), Tag(N_("utbetalingsfrist"), "warning")
OPEN = Tag(N_("åpent avvik"), "warning")


class Register(Protocol):
    """The register of deadlines, as the notifications service answers of it."""

    async def list_some(self, *, limit: int = ..., **wanted: Any) -> Sequence[Any]:
        """Deadlines by day."""
        ...


@dataclass(frozen=True, kw_only=True)
class Found:
    """What there is to look at, of a year on a day. `deviations` that nobody has settled are counted by post."""

    posts: Sequence[PostLine]
    letters: Sequence[Letter]
    deviations: Mapping[str, int]
    deadlines: Sequence[Any]


async def due_soon(register: Register, day: date, *, hidden: frozenset[UUID], past: int = 30) -> list[Any]:
    """The deadlines that stand as due from a month before the day: a week ahead, and a month for money that must be
    paid out. Without those of the cases this reader is not told of."""
    since = day - timedelta(days=past)
    near = await register.list_some(state="due", since=since, until=day + timedelta(days=WEEK), limit=MOST)
    ahead = day + timedelta(days=WEEK + 1), day + timedelta(days=PAY_OUT_DAYS)
    paying = await register.list_some(state="due", kind=PAY_OUT, since=ahead[0], until=ahead[1], limit=MOST)
    return [row for row in (*near, *paying) if not hidden.intersection(row.case_ids)]


def attention_table(found: Found, question: Asked) -> Table:
    """The most urgent first: what is broken, what is late, what comes, what is open."""
    rows = [
        *_overdrawn(found.posts, question),
        *_amiss(found, question),
        *sorted(_deadlines(found.deadlines, question), key=lambda row: (row["day"], str(row["kind"]))),
        *_differences(found.letters, question),
    ]
    return Table(
        "oppmerksomhet",
        N_("Det som krever oppmerksomhet"),
        COLUMNS,
        rows,
        empty=N_("Ingenting krever oppmerksomhet denne dagen."),
    )


def _overdrawn(posts: Iterable[PostLine], question: Asked) -> Iterable[Row]:
    for post in posts:
        if post.overdrawn:
            what = gettext(N_("Post %(code)s er overtrukket"), code=post.code)
            explained = address_of("remaining_ore", f"{question.year}/{post.code}", question)
            left = Link(post.amounts["remaining_ore"], explained)
            yield _row(Link(what, post_address(question, post.code)), OVERDRAWN, amount=left)


def _amiss(found: Found, question: Asked) -> Iterable[Row]:
    for post in found.posts:
        if number := found.deviations.get(post.code, 0):
            amiss = count(number, "forhold å rette", "forhold å rette")
            what = gettext(N_("Post %(code)s: %(amiss)s"), code=post.code, amiss=amiss)
            yield _row(Link(what, post_address(question, post.code)), AMISS)


def _deadlines(rows: Iterable[Any], question: Asked) -> Iterable[dict[str, Any]]:
    for row in rows:
        kind = {OPENS: OPENING, PAY_OUT: PAYING}.get(row.kind, SOON)
        late = row.due_on < question.valid_at and row.kind != OPENS
        yield dict(_row(_deadline(row, question), LATE if late else kind, day=row.due_on, amount=row.amount_ore))


def _deadline(row: Any, question: Asked) -> Cell:
    """Where it is told of: its letter, its post, the notices, or the deadlines of that day."""
    what = deadline_in_words(row)
    if row.letter_number is not None and row.year is not None:
        return Link(what, question.link(f"/brev/{row.year}/{row.letter_number}"))
    if row.posts and row.kind == PAY_OUT:
        return Link(what, post_address(question, row.posts[0].replace(".", "/")))
    if row.notice_id is not None:
        return Link(what, question.link(NOTICES.address))
    return Link(what, question.link(DEADLINES.address, dag=row.due_on.isoformat()))


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
