"""Explain this figure: what an amount on the pages is made of, down to each entry and each place in a letter.

What entries sum to is shown entry by entry with its sum so far; what is worked out of other figures by those, each with
an address of its own; what only letters say by the letters.
"""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from datetime import date
from typing import Annotated, Protocol

from starlette.requests import Request
from starlette.responses import Response

from services.dashboard.pages import asked, figures, left_out
from services.dashboard.pages import explained_tables as tables
from services.dashboard.pages.answering import NotThere, Shown, answer, page_router, side_of
from services.dashboard.pages.asked import Asked
from services.dashboard.pages.explained import CASE, PART, Figure, Look, Whole, read_figure
from services.dashboard.pages.source import Row, Source, seen_by
from services.dashboard.pages.tables import Table
from services.dashboard.sign_in.access import EXPLAINED
from services.dashboard.sign_in.reader import Reader, reader_of
from services.dashboard.words.spoken import N_, gettext
from services.grants.balance.view import AsOf
from services.grants.overview.explained.view import MOVED, Entries, Lines
from services.grants.overview.said.view import SAID
from services.httpapi.route import Router

NO_FIGURE = N_("Det er ikke noe slikt beløp på den valgte dagen. Velg en annen dag, eller følg lenken fra beløpet.")


class Behind(Protocol):
    """What a figure is made of, as the reader may see it."""

    async def entries(self, of: Lines, column: str, as_of: AsOf, *, start: int = 0, limit: int = 0) -> Entries:
        """Some of the entries, with how many there are and what they sum to."""
        ...

    def every_entry(self, of: Lines, column: str, as_of: AsOf) -> AsyncIterator[Row]:
        """All of them."""
        ...

    async def by_letter(self, of: Lines, column: str, as_of: AsOf) -> Sequence[Row]:
        """What entries sum to by the letter they stand on and what it did."""
        ...

    async def said(self, funds: Collection[str], column: str, as_of: AsOf) -> Sequence[Row]:
        """What letters say of posts."""
        ...

    async def line_of(self, year: int, number: int, into: int | None = None) -> tuple[str, int] | None:
        """A case's commitment and its budget year, by the case's number."""
        ...


class Beside(Protocol):
    """What explains figures that no post has: of awards, letters, notices and deadlines."""

    async def find(self, figure: str, look: Look) -> Shown | None:
        """The figure explained; None where it knows none by that address."""
        ...


def explained_router(
    source: Source, behind: Callable[[Source], Behind], *beside: Beside, today: Callable[[], date]
) -> Router:
    """`/forklar/…`, for those the table of pages lets in. `behind` gives what figures are made of, as a source sees
    it."""
    router = page_router(sides=True)

    @router.get(EXPLAINED.address)
    async def see_explained(
        request: Request,
        reader: Annotated[Reader, reader_of(EXPLAINED)],
        figure: str,
        gjelder: str = "",
        kjent: str = "",
    ) -> Response:
        which, seen = read_figure(figure), seen_by(reader, source)
        if which is None:
            look = Look(gjelder=gjelder, kjent=kjent, side=side_of(request), today=today(), reader=reader)
            for each in beside:
                if (shown := await each.find(figure, look)) is not None:
                    return answer(shown, request, reader)
            raise NotThere(gettext(NO_FIGURE))
        made_of = behind(seen)
        whole = await _find(which, seen, made_of, gjelder=gjelder, kjent=kjent, today=today())
        if whole is None:
            raise NotThere(gettext(NO_FIGURE))
        found = await _tables(whole, made_of, side=side_of(request))
        facts = {
            "asked": whole.question,
            "left_out": await left_out.of_year(seen, whole.question),
            "amount_ore": whole.amount_ore,
            "title": dict(figures.POST_COLUMNS)[which.column],
            "place": tables.name_of(whole),
            "how": tables.HOW[which.column],
            "post": whole.post,
        }
        return answer(Shown("explained.html", tables=found, facts=facts), request, reader)

    return router


async def _find(figure: Figure, seen: Source, behind: Behind, *, gjelder: str, kjent: str, today: date) -> Whole | None:
    if (case := CASE.fullmatch(figure.place)) is not None:
        into = int(case["into"]) if case["into"] else None
        line = await behind.line_of(int(case["opened"]), int(case["number"]), into)
        return None if line is None else await _fund(figure, seen, *line, gjelder=gjelder, kjent=kjent, today=today)
    part = PART.fullmatch(figure.place)
    assert part is not None, "a figure that was read has a place"
    if part["below"]:
        year = int(part["year"])
        return await _fund(figure, seen, figure.place, year, gjelder=gjelder, kjent=kjent, today=today)
    question = asked.read(aar=part["year"], gjelder=gjelder, kjent=kjent, years=(), today=today)
    rows = await seen.posts(question.year, valid_at=question.valid_at, known_at=question.known_at)
    rows = [row for row in rows if f"{row['fund_id']}/".startswith(f"{figure.place}/")]
    return _whole(figure, question, rows) if rows else None


async def _fund(
    figure: Figure, seen: Source, fund_id: str, year: int, *, gjelder: str, kjent: str, today: date
) -> Whole | None:
    question = asked.read(aar=str(year), gjelder=gjelder, kjent=kjent, years=(), today=today)
    row = await seen.fund(year, fund_id, valid_at=question.valid_at, known_at=question.known_at)
    if row is None or figure.column not in row:
        return None
    return _whole(figure, question, [row])


def _whole(figure: Figure, question: Asked, rows: Sequence[Row]) -> Whole:
    amounts = [row[figure.column] for row in rows]
    return Whole(
        figure=figure,
        question=question,
        rows=rows,
        lines=Lines([row["fund_id"] for row in rows], [question.year]),
        amount_ore=None if None in amounts else sum(amounts),
    )


async def _tables(whole: Whole, behind: Behind, *, side: int) -> list[Table]:
    """The tables that explain it: its parts, its terms, its entries, or what letters say."""
    column = whole.figure.column
    at = AsOf(valid_at=whole.question.valid_at, known_at=whole.question.known_at)
    found = [tables.parts(whole)] if whole.is_sum else []
    if column == "remaining_ore":
        found.append(tables.terms(whole))
    elif column in SAID:
        found.append(tables.said(whole, await behind.said(whole.lines.funds, column, at)))
    else:
        assert column in MOVED, "a column is moved by entries, said by letters or worked out"
        if column == "at_disposal_ore":
            found.append(tables.by_letter(whole, await behind.by_letter(whole.lines, column, at)))
        entries = await _side(behind, whole, at, side)
        if side > 1 and not entries.rows:
            side = tables.last_side((await _side(behind, whole, at, 1)).count)
            entries = await _side(behind, whole, at, side)
        found.append(tables.entries(whole, entries, side, lambda: behind.every_entry(whole.lines, column, at)))
    return found


async def _side(behind: Behind, whole: Whole, at: AsOf, side: int) -> Entries:
    """One side of the entries."""
    start = (side - 1) * tables.SIZE
    return await behind.entries(whole.lines, whole.figure.column, at, start=start, limit=tables.SIZE)
