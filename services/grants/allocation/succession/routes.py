"""A post's line through the years over HTTP: what carries on what, and the figures of each year."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field, Strict
from starlette.responses import Response

from services.grants.allocation.command_handler import YearCommands
from services.grants.allocation.succession.rules import (
    How,
    Years,
    followers_of,
    succeed_post,
    withdraw_succession,
)
from services.grants.allocation.succession.view import Link, series_of
from services.grants.allocation.view import Letters
from services.grants.balance.view import AsOf, Balances, post_id
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller, Role
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.route import Router
from services.httpapi.strict.fields import Body, Day, Digits, Instant, Prose

Year = Annotated[int, Digits(1900, 2199)]
Controller = Annotated[Caller, allow(Role.controller)]


def _post(text: str) -> str:
    if not re.fullmatch(r"(19|20|21)\d{2}/[1-9]\d{0,3}/\d{2}", text, re.ASCII):
        raise ValueError("is not a post as year/chapter/post, such as 2020/291/71 (an earmark is none)")
    return text


PostId = Annotated[str, Field(max_length=12), AfterValidator(_post)]


class Succession(Body):
    """Another year's post that this line of money goes on from: the `whole` of it, a part of it (`split`), or it
    together with others (`join`). Sent again with another `how`, it is told anew. Of a split, `takes_claims` says that
    what was held over goes on to this part; without, it stays on the post of the same chapter and number."""

    fund_id: PostId
    predecessor_id: PostId
    how: How = "whole"
    takes_claims: Annotated[bool, Strict()] = False
    reason: Prose


class Withdrawal(Body):
    """A succession that should not have been recorded, and why."""

    fund_id: PostId
    predecessor_id: PostId
    reason: Prose


class SeriesShown(BaseModel):
    """One line of money over the years."""

    items: list[dict[str, Any]] = Field(description="The posts of the line as `GET /v1/posts` shows them, oldest first")
    links: list[Link] = Field(description="What carries on what: every link that touches a post of the line")
    one_line: bool = Field(description="Each post is the whole of the one before it; nothing was split or joined")
    next: None = None


CoveredElsewhere = Callable[[str, str], Awaitable[Sequence[str]]]
"""The cases held over from a post that are covered in a later year on another post than that follower."""


def successions_router(
    years: YearCommands,
    letters: Letters,
    balances: Balances,
    today: Callable[[], date],
    covered_elsewhere: CoveredElsewhere,
) -> Router:
    """`today` gives the day in Europe/Oslo that a series is read at when `valid_at` is left out."""
    router = Router(prefix="/v1", tags=["duties"])

    async def every_year(known_at: datetime | None = None) -> Years:
        return {each: await letters.year(each, known_at=known_at) for each in await balances.list_years()}

    async def covered(fund_id: str, predecessor_id: str) -> dict[str, Sequence[str]]:
        followers = followers_of(await letters.year(int(fund_id.partition("/")[0])), fund_id, predecessor_id)
        return {each: await covered_elsewhere(predecessor_id, each) for each in sorted(followers)}

    @router.put("/successions", response_model=Succession)
    async def succeed(succession: Succession, caller: Controller, key: Idempotency) -> Response:
        """Records that a line of money goes on under another chapter or number, so that a series spans the years. A
        second follower, or a second predecessor, is taken where each is recorded as `split` or `join`."""
        year = int(succession.fund_id.partition("/")[0])
        others = {each: known for each, known in (await every_year()).items() if each != year}
        elsewhere = await covered(succession.fund_id, succession.predecessor_id)
        return await years.act(
            year,
            lambda it: succeed_post(
                it,
                fund_id=succession.fund_id,
                predecessor_id=succession.predecessor_id,
                how=succession.how,
                takes_claims=succession.takes_claims,
                reason=succession.reason,
                recorded_by=caller.subject,
                others=others,
                covered=elsewhere,
            ),
            show=lambda _: succession,
            caller=caller,
            key=key,
        )

    @router.post("/successions/withdrawal", response_model=Withdrawal)
    async def withdraw(withdrawal: Withdrawal, caller: Controller, key: Idempotency) -> Response:
        """Takes back a succession that should not have been recorded, by a new fact."""
        elsewhere = await covered(withdrawal.fund_id, withdrawal.predecessor_id)
        return await years.act(
            int(withdrawal.fund_id.partition("/")[0]),
            lambda it: withdraw_succession(
                it,
                fund_id=withdrawal.fund_id,
                predecessor_id=withdrawal.predecessor_id,
                reason=withdrawal.reason,
                withdrawn_by=caller.subject,
                covered=elsewhere,
            ),
            show=lambda _: withdrawal,
            caller=caller,
            key=key,
        )

    @router.get("/series/{year}/{chapter}/{post}", response_model=SeriesShown)
    async def series(
        year: Year,
        chapter: Annotated[int, Digits(1, 9999)],
        post: Annotated[int, Digits(0, 99, width=2)],
        _: Annotated[Caller, allow(*STAFF)],
        valid_at: Day | None = None,
        known_at: Instant | None = None,
    ) -> Response:
        """The same line of money through the years, oldest first, each year as it stood; with the links between them,
        and whether it is one line throughout or was split or joined on the way."""
        found = series_of(await every_year(known_at), post_id(year, chapter, post))
        as_of = AsOf(valid_at=valid_at or today(), known_at=known_at)
        rows: list[Mapping[str, object]] = []
        for fund_id in found.posts:
            of_year, of_chapter, of_post = (int(part) for part in fund_id.split("/")[:3])
            row = await balances.find_post(of_year, of_chapter, of_post, as_of)
            rows += [row] if row else []
        told = {"links": [asdict(link) for link in found.links], "one_line": found.one_line}
        return JsonResponse({"items": rows, **told, "next": None})

    return router
