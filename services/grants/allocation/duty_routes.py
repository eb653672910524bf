"""What the letters ask for, over HTTP: assignments, deadlines, restrictions, and a post's line through the years."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi.encoders import jsonable_encoder
from starlette.responses import JSONResponse, Response

from services.grants.allocation.duties import list_assignments, list_deadlines, list_restrictions
from services.grants.allocation.series import list_series, succeed_post
from services.grants.allocation.view import Letters
from services.grants.allocation.year_file import YearFile
from services.grants.balance.view import AsOf, Balances, post_id
from services.httpapi.caller import STAFF, Caller, Role, allow
from services.httpapi.fields import Body, Day, Digits, Instant, Line, Prose
from services.httpapi.idempotency import Idempotency
from services.httpapi.route import Router

Year = Annotated[int, Digits(1900, 2199)]
Anybody = Annotated[Caller, allow(*STAFF)]


class Succession(Body):
    """Another year's post that this line of money goes on from."""

    fund_id: Line
    predecessor_id: Line
    reason: Prose


def duties_router(years: YearFile, letters: Letters, balances: Balances, today: Callable[[], date]) -> Router:
    """`today` gives the day in Europe/Oslo that a series is read at when `valid_at` is left out."""
    router = Router(prefix="/v1", tags=["duties"])

    @router.get("/assignments")
    async def assignments(
        year: Year, _: Anybody, valid_at: Day | None = None, known_at: Instant | None = None
    ) -> Response:
        """The assignments (oppdrag) of the year by the number in force, with parts, frames and deadlines."""
        return _items(list_assignments(await letters.year(year, valid_at=valid_at, known_at=known_at)))

    @router.get("/deadlines")
    async def deadlines(
        year: Year, _: Anybody, valid_at: Day | None = None, known_at: Instant | None = None
    ) -> Response:
        """Everything due: pay-outs, assignments, reports, meetings. Days in Europe/Oslo, the day included."""
        return _items(list_deadlines(await letters.year(year, valid_at=valid_at, known_at=known_at)))

    @router.get("/restrictions")
    async def restrictions(
        year: Year, _: Anybody, valid_at: Day | None = None, known_at: Instant | None = None
    ) -> Response:
        """Money that may not be used for anything else until the ministry clears it. Only a letter lifts one."""
        return _items(list_restrictions(await letters.year(year, valid_at=valid_at, known_at=known_at)))

    @router.put("/successions")
    async def succeed(
        succession: Succession, caller: Annotated[Caller, allow(Role.controller)], key: Idempotency
    ) -> Response:
        """Records that a line of money goes on under another chapter or number, so that a series spans the years."""
        asked = {**succession.model_dump(), "recorded_by": caller.subject}
        year = succession.fund_id.partition("/")[0]
        shown = succession.model_dump()
        return await years.act(
            int(year) if year.isdecimal() else 0, succeed_post, asked, show=lambda _: shown, caller=caller, key=key
        )

    @router.get("/series/{year}/{chapter}/{post}")
    async def series(
        year: Year,
        chapter: Annotated[int, Digits(1, 9999)],
        post: Annotated[int, Digits(0, 99, width=2)],
        _: Anybody,
        valid_at: Day | None = None,
        known_at: Instant | None = None,
    ) -> Response:
        """The same line of money through the years, oldest first, each year as it stood."""
        folded = {each: await letters.year(each, known_at=known_at) for each in await balances.list_years()}
        as_of = AsOf(valid_at=valid_at or today(), known_at=known_at)
        rows: list[Any] = []
        for fund_id in list_series(folded, post_id(year, chapter, post)):
            of_year, of_chapter, of_post = (int(part) for part in fund_id.split("/")[:3])
            found = await balances.find_post(of_year, of_chapter, of_post, as_of)
            rows += [found] if found else []
        return _items(rows)

    return router


def _items(items: Sequence[Any]) -> Response:
    return JSONResponse(jsonable_encoder({"items": items, "next": None}))
