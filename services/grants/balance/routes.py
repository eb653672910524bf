"""Posts, funds and ledgers over HTTP. Whole øre; `valid_at` is a day in Europe/Oslo, `known_at` an instant."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import Depends
from starlette.responses import Response

from services.eventlog.refusal import Refusal
from services.grants.balance.responses import Entry, Fund, ListedPost, Post
from services.grants.balance.view import AsOf, Balances, Row
from services.grants.case_number.view import CaseNumbers, case_of_fund
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller
from services.httpapi.paging import Cursor, Limit, Listing, Page
from services.httpapi.route import Router
from services.httpapi.strict.fields import Day, Digits, Instant


class PostUnknown(Refusal):
    """No letter had opened the post by then."""

    code = "post-unknown"
    status = 404
    title = "Posten finnes ikke på dette tidspunktet"


class PostDigits(Digits):
    """A post's number as people write it: "01" or "1"."""

    def read(self, given: object) -> object:
        return (
            super().read(given.removeprefix("0") or "0")
            if isinstance(given, str) and len(given) == 2
            else super().read(given)
        )


Year = Annotated[int, Digits(1900, 2199)]
Chapter = Annotated[int, Digits(1, 9999)]
PostNumber = Annotated[int, PostDigits(0, 99)]


POSTS = Listing("posts", int, int)
FUNDS = Listing("funds", str)
ENTRIES = Listing("entries", int, int)
EVERYONE = allow(*STAFF)


def posts_router(
    balances: Balances, today: Callable[[], date], count_open: Callable[[int, AsOf], Awaitable[Mapping[str, int]]]
) -> Router:
    """`today` is the day in Europe/Oslo asked for without `valid_at`; `count_open` each post's open deviations."""
    router, numbers = Router(prefix="/v1/posts", tags=["posts"]), CaseNumbers(balances.pool)

    async def as_of(valid_at: Day | None = None, known_at: Instant | None = None) -> AsOf:
        return AsOf(valid_at=valid_at or today(), known_at=known_at)

    async def known_post(year: int, chapter: int, post: int, asked: AsOf) -> Row:
        found = await balances.find_post(year, chapter, post, asked)
        if found is None:
            raise PostUnknown(f"No letter had opened {chapter}/{post:02} of {year} by {asked.valid_at}.")
        return found

    @router.get("", response_model=Page[ListedPost])
    async def list_posts(
        year: Year,
        asked: Annotated[AsOf, Depends(as_of)],
        _: Annotated[Caller, EVERYONE],
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Response:
        """The posts of a budget year as they stood, each with how many deviations nobody had settled by then."""
        chapter, post = POSTS.after(cursor) or (0, -1)
        listed = await balances.list_posts(year, asked, after=(int(chapter), int(post)), limit=limit + 1)
        amiss = await count_open(year, asked)
        rows = [{**row, "open_deviations": amiss.get(row["fund_id"], 0)} for row in listed]
        return _page(rows, limit, lambda row: POSTS.cursor(row["chapter"], row["post"]))

    @router.get("/{year}/{chapter}/{post}", response_model=Post)
    async def show_post(
        year: Year,
        chapter: Chapter,
        post: PostNumber,
        asked: Annotated[AsOf, Depends(as_of)],
        _: Annotated[Caller, EVERYONE],
    ) -> Response:
        """One post as it stood."""
        if asked.known_at is None and (now := await balances.post_now(year, chapter, post, asked.valid_at)):
            return Response(now, media_type="application/json")
        return _json(await known_post(year, chapter, post, asked))

    @router.get("/{year}/{chapter}/{post}/funds", response_model=Page[Fund])
    async def list_funds(
        year: Year,
        chapter: Chapter,
        post: PostNumber,
        asked: Annotated[AsOf, Depends(as_of)],
        _: Annotated[Caller, EVERYONE],
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Response:
        """The post's tree of funds, each after the one above it."""
        await known_post(year, chapter, post, asked)
        after = FUNDS.after(cursor) or ("",)
        found = await balances.list_funds(year, chapter, post, asked, after=str(after[0]), limit=limit + 1)
        rows = await numbers.numbered(found, case_of_fund)
        return _page(rows, limit, lambda row: FUNDS.cursor(row["place"]), hidden="place")

    @router.get("/{year}/{chapter}/{post}/entries", response_model=Page[Entry])
    async def list_entries(
        year: Year,
        chapter: Chapter,
        post: PostNumber,
        asked: Annotated[AsOf, Depends(as_of)],
        _: Annotated[Caller, EVERYONE],
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Response:
        """The post's ledger in the order it was recorded. Its sums are the post's balance."""
        known = await known_post(year, chapter, post, asked)
        position, line = ENTRIES.after(cursor) or (0, 0)
        found = await balances.list_entries(known["fund_id"], asked, after=(int(position), int(line)), limit=limit + 1)
        rows = await numbers.numbered(found)
        return _page(rows, limit, lambda row: ENTRIES.cursor(row["position"], row["line"]))

    return router


def _page(rows: Sequence[Row], limit: int, cursor: Callable[[Row], str], *, hidden: str = "") -> Response:
    following = cursor(rows[limit - 1]) if len(rows) > limit else None
    shown = [{name: value for name, value in row.items() if name != hidden} for row in rows[:limit]]
    return _json({"items": shown, "next": following})


def _json(content: Any) -> Response:
    return Response(json.dumps(content, ensure_ascii=False, default=_plain), media_type="application/json")


def _plain(value: Any) -> str:
    return str(value.isoformat())
