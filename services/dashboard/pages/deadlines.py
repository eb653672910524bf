"""Deadlines and assignments: what letters ask for, notices, calls, payments and complaints, by day or as a month.

They are those of the register, as it answers the API. It keeps what a deadline is now and all that happened to it, and
no state of the whole for each day: the page says that it shows what stands now.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Protocol, Self
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from services.dashboard.charts.letter_names import letter_in_full
from services.dashboard.pages import asked, left_out
from services.dashboard.pages.answering import Shown, answer, page_router, side_of
from services.dashboard.pages.asked import Asked, NotUnderstood
from services.dashboard.pages.deadline_words import KINDS, ROLES, STATES, deadline_in_words
from services.dashboard.pages.explained_at import deadline_amount
from services.dashboard.pages.month import WEEKDAYS, Month, month_of
from services.dashboard.pages.seen_deadlines import of_awards
from services.dashboard.pages.source import seen_by
from services.dashboard.pages.tables import Column, Link, Row, Table, Tag, paged
from services.dashboard.sign_in.access import DEADLINES
from services.dashboard.sign_in.reader import Reader, reader_of
from services.dashboard.words.spoken import N_, gettext
from services.httpapi.route import Router

TOGETHER = 500
_MONTH = re.compile(r"(?:0?[1-9]|1[0-2])\.[0-9]{4}", re.ASCII)
ON_A_SIDE = 15
COLUMNS = (
    Column("what", N_("Hva")),
    Column("due_on", N_("Frist"), "day", missing=N_("ingen dag er nevnt")),
    Column("state", N_("Tilstand")),
    Column("kind", N_("Slag")),
    Column("roles", N_("Hvem")),
    Column("case", N_("Sak"), "code", missing=N_("ingen sak")),
    Column("letter", N_("Brev"), missing=N_("ikke av et brev")),
    Column("post", N_("Post"), "code", missing=N_("ingen post")),
    Column("amount", N_("Beløp"), "money", missing=N_("ikke oppgitt")),
)


class Register(Protocol):
    """The register of deadlines, as the notifications service answers of it."""

    async def list_some(self, *, after: tuple[date, UUID] = ..., limit: int = ..., **wanted: Any) -> Sequence[Any]:
        """Deadlines by day, those without a day last."""
        ...


class Awards(Protocol):
    """Which awards a reader sees."""

    def told(self) -> Self:
        """The same for a reader who sees an award from when the ministry is told of it."""
        ...

    async def years(self) -> Sequence[int]:
        """The budget years that have a letter of allocation."""
        ...

    async def untold_cases(self) -> frozenset[UUID]:
        """The cases that this reader does not see, or not all of."""
        ...

    async def unpromised(self, case_ids: Iterable[UUID]) -> frozenset[UUID]:
        """Those of the cases in which nothing is promised, and of which this reader is told nothing."""
        ...


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What of the register is asked for: words of the register's own, all of which must fit."""

    question: Asked
    kind: str
    state: str
    day: date | None
    month: tuple[int, int] | None

    @property
    def wanted(self) -> dict[str, Any]:
        """As the register is asked. What has no day is of no year, and asked for by itself."""
        year = self.question.year
        since, until = (self.day, self.day) if self.day else (date(year, 1, 1), date(year, 12, 31))
        days = {} if self.state == "undated" else {"since": since, "until": until}
        if self.month:
            days = dict(zip(("since", "until"), month_of(*self.month, today=date.min).shown, strict=True))
        overdue = {"overdue": True} if self.state == "overdue" else {"state": self.state or None}
        return {"kind": self.kind or None, **overdue, **days}


def deadlines_router(register: Register, awards: Awards, *, today: Callable[[], date]) -> Router:
    """`/frister`, for those the table of pages lets in."""
    router = page_router(sides=True)

    @router.get(DEADLINES.address)
    async def see_deadlines(
        request: Request,
        reader: Annotated[Reader, reader_of(DEADLINES)],
        aar: str = "",
        gjelder: str = "",
        kjent: str = "",
        slag: str = "",
        tilstand: str = "",
        dag: str = "",
        maaned: str = "",
    ) -> Response:
        seen = seen_by(reader, awards)
        years = await seen.years()
        question = asked.read(aar=aar, gjelder=gjelder, kjent=kjent, years=years, today=today())
        choice = read_choice(question, kind=slag, state=tilstand, day=dag, month=maaned)
        hidden = await seen.untold_cases()
        rows, untold = await of_awards(seen, await list_all(register, choice), hidden)
        facts: dict[str, Any] = {"question": question, "choice": choice, "left_out": left_out.of_deadlines(untold)}
        facts |= {"years": asked.selectable(years, question), "kinds": KINDS, "states": STATES, "month": None}
        table = deadlines_table(rows, question)
        if choice.month:
            month = month_of(*choice.month, today=today())
            facts |= {"month": filled(month, rows), "weekdays": WEEKDAYS}
            return answer(Shown("deadlines_month.html", (table,), facts), request, reader)
        undated = await list_all(register, read_choice(question, kind=slag, state="undated"))
        facts["undated"] = len((await of_awards(seen, undated, hidden))[0])
        shown = paged(table, side_of(request), size=ON_A_SIDE)
        return answer(Shown("deadlines.html", (shown,), facts), request, reader)

    return router


def read_choice(question: Asked, *, kind: str = "", state: str = "", day: str = "", month: str = "") -> Choice:
    """What was asked for. Raises `NotUnderstood`."""
    if kind and kind not in KINDS:
        raise NotUnderstood("slag", gettext(N_("Velg et av slagene i listen.")))
    if state and state not in STATES:
        raise NotUnderstood("tilstand", gettext(N_("Velg en av tilstandene i listen.")))
    return Choice(
        question=question,
        kind=kind,
        state=state,
        day=asked.read_day(day, "dag") if day else None,
        month=_month(month) if month else None,
    )


def _month(text: str) -> tuple[int, int]:
    """`06.2020`, as people write a month."""
    month, _, year = text.partition(".")
    if not (_MONTH.fullmatch(text)):
        raise NotUnderstood("maaned", gettext(N_("Måneden skrives som måned og år, for eksempel 06.2020.")))
    if not 1901 <= int(year) <= 2198:
        raise NotUnderstood("maaned", gettext(N_("Måneden skrives som måned og år, for eksempel 06.2020.")))
    return int(year), int(month)


async def list_all(register: Register, choice: Choice) -> list[Any]:
    """All that was asked for, whoever may see it."""
    found: list[Any] = []
    after: dict[str, Any] = {}
    while len(some := await register.list_some(**after, limit=TOGETHER, **choice.wanted)) == TOGETHER:
        found += some
        after = {"after": (some[-1].due_on or date.max, some[-1].deadline_id)}
    found += some
    if choice.state == "undated":
        found = [row for row in found if row.year in (None, choice.question.year)]
    return found


def deadlines_table(rows: Sequence[Any], question: Asked) -> Table:
    """As a reader would say them. A kind or a state that is not listed here is shown as it is, never left out."""
    return Table(
        "frister",
        N_("Frister og oppdrag"),
        COLUMNS,
        [_row(row, question) for row in rows],
        empty=N_("Ingen frister passer til det du har valgt."),
    )


def _row(row: Any, question: Asked) -> Row:
    post = next(iter(row.posts), None)
    return {
        "what": deadline_in_words(row),
        "due_on": row.due_on,
        "state": STATES["overdue"] if row.overdue else STATES.get(row.state, Tag(str(row.state))),
        "kind": gettext(KINDS.get(row.kind, row.kind)),
        "roles": ", ".join(gettext(ROLES.get(each, each)) for each in row.roles),
        "case": ", ".join(row.case_numbers) or None,
        "letter": _letter(row, question),
        "post": ", ".join(each.replace(".", "/") for each in row.posts) if len(row.posts) > 1 else _post(post, row),
        "amount": deadline_amount(row, question),
    }


def _letter(row: Any, question: Asked) -> Link | None:
    if row.year is None or row.letter_number is None:
        return None
    number = row.letter_number
    name = letter_in_full(number)
    return Link(name, question.link(f"/brev/{row.year}/{number}"))


def _post(post: str | None, row: Any) -> Link | str | None:
    """A post is a page where it is known of which year it is."""
    if post is None:
        return None
    chapter, _, number = post.partition(".")
    return Link(f"{chapter}/{number}", f"/poster/{row.year}/{chapter}/{number}") if row.year else f"{chapter}/{number}"


def filled(month: Month, rows: Sequence[Any]) -> Month:
    """The month with what is due on each of its days."""
    due: dict[date, list[Mapping[str, Any]]] = {}
    for row in rows:
        state = STATES["overdue"] if row.overdue else STATES.get(row.state, Tag(str(row.state)))
        due.setdefault(row.due_on, []).append({"what": deadline_in_words(row), "state": state})
    return month.with_entries(due)
