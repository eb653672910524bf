"""How fresh the pages are, in words on each; and word, to whoever has a page open, that there is newer.

The database is asked at most once a second by one process, however many read and however many wait. A page that is open
hears a number and nothing else: it grows when something is recorded.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Annotated

import psycopg
from psycopg_pool import AsyncConnectionPool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from services.dashboard.pages.asked import SETTLED_AT
from services.dashboard.sign_in.access import NEWS
from services.dashboard.sign_in.reader import Reader, look_at_session, waiting_reader_of
from services.dashboard.sign_in.refusals import PageRefusal
from services.dashboard.words.spoken import N_, gettext
from services.eventlog.connections.freshness import Freshness, read_freshness
from services.eventlog.connections.pool import INSTEAD
from services.eventlog.node import StandbyBehind, told_of
from services.httpapi.limits import TooBusy
from services.httpapi.reading import Reading
from services.httpapi.route import Router

LOGS = ("grants", "notifications")
EVERY_SECONDS = 1.0
QUIET_SECONDS = 5.0
"""How often a line that says nothing is sent at least. No line is sent before it is seen that the session is still in
force: whoever was signed out hears nothing more, and is let go within this."""
MOST, MOST_OF_ONE = 200, 6


class CopyBehind(PageRefusal):
    """The pages are read of a copy of the database, which lags too far behind, and there is no other to read."""

    code = "pages-behind"
    status = 503
    title = N_("Kopien av databasen henger etter")
    headers = (("Retry-After", "10"),)


@dataclass(frozen=True)
class Fresh:
    """Of both logs. The first is the one that money is in."""

    logs: Sequence[Freshness]

    @property
    def number(self) -> int:
        """What grows with each fact, whichever log it stands in."""
        return sum(each.position for each in self.logs)

    @property
    def of_money(self) -> Freshness | None:
        return next((each for each in self.logs if each.log == LOGS[0]), None)

    @property
    def late(self) -> list[Freshness]:
        return [each for each in self.logs if each.is_late]

    @property
    def behind(self) -> int:
        return sum(each.behind for each in self.logs)

    @property
    def lag(self) -> timedelta:
        return max((each.lag for each in self.logs), default=timedelta(0))


class News:
    """The newest that is known of both logs, for all who ask."""

    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._pool = pool
        self._known: dict[bool, tuple[float, Fresh]] = {}
        self._asking = asyncio.Lock()
        self._waiting: dict[str, int] = {}
        self.over = asyncio.Event()

    async def now(self) -> Fresh:
        """As it stood a second ago at most."""
        async with self._asking:
            asked_at, known = self._known.get(INSTEAD.get(), (float("-inf"), Fresh(())))
            if monotonic() - asked_at >= EVERY_SECONDS:
                async with self._pool.connection() as connection:
                    known = Fresh(await read_freshness(connection, LOGS))
                self._known[INSTEAD.get()] = monotonic(), known
            return known

    def let_go(self) -> None:
        """The process ends: whoever waits goes now."""
        self.over.set()

    def take_place(self, of: str) -> None:
        """A place among those who wait. Refuses `TooBusy` where all are taken, or all that one reader may have."""
        if sum(self._waiting.values()) >= MOST or self._waiting.get(of, 0) >= MOST_OF_ONE:
            raise TooBusy("More wait here than there is room for.")
        self._waiting[of] = self._waiting.get(of, 0) + 1

    def leave_place(self, of: str) -> None:
        """Somebody else may have it."""
        self._waiting[of] -= 1
        if not self._waiting[of]:
            del self._waiting[of]

    async def tell(self, request: Request) -> AsyncIterator[str]:
        """The number, again each time it has grown, and now and then a line that says nothing. It ends with the
        process, with the session, when the reader leaves, and when the database is away: a browser comes back."""
        told, looked_at = -1, monotonic()
        with suppress(psycopg.Error):
            while not self.over.is_set():
                number = (await self.now()).number
                if number != told or monotonic() - looked_at >= QUIET_SECONDS:
                    if await look_at_session(request) is None:
                        return
                    looked_at = monotonic()
                    yield ":\n\n" if number == told else f"id: {number}\ndata: {number}\n\n"
                    told = number
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.over.wait(), EVERY_SECONDS)


async def note_freshness(request: Request) -> None:
    """Before a page is made: which server it is read of, and how fresh it is, for `fresh_of`. Refuses CopyBehind where
    there is none that may be read."""
    told = request.scope.setdefault("state", {})
    told["read"] = await choose_server(request)
    news: News | None = getattr(request.app.state, "news", None)
    if news is not None:
        told["fresh"] = await news.now()


async def choose_server(request: Request) -> Mapping[str, str]:
    """From here on the page is read of a server that is not too far behind, and no later than nothing more can come to
    it. The headers that say which. Refuses CopyBehind."""
    reading: Reading | None = getattr(request.app.state, "reading", None)
    if reading is None:
        return {}
    try:
        node = await reading.choose()
    except StandbyBehind as behind:
        raise CopyBehind(
            gettext(N_("Kopien som sidene leses fra, henger for langt etter. Prøv igjen om litt."))
        ) from behind
    SETTLED_AT.set(node.settled_at)
    return told_of(node)


def read_of(request: Request) -> Mapping[str, str]:
    """What was noted of where this page is read."""
    read: Mapping[str, str] = request.scope.get("state", {}).get("read", {})
    return read


def fresh_of(request: Request) -> Fresh | None:
    """What was noted of this page, if anything is recorded yet."""
    fresh: Fresh | None = request.scope.get("state", {}).get("fresh")
    return fresh if fresh is not None and fresh.of_money is not None else None


class Waits(StreamingResponse):
    """A stream to one who waits, whose place is free again however it ends."""

    def __init__(self, news: News, lines: AsyncIterator[str], reader: Reader) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(lines, media_type="text/event-stream", headers=headers)
        self._news, self._of = news, reader.proof
        news.take_place(self._of)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._news.leave_place(self._of)


def news_router(news: News) -> Router:
    """`/nytt`: a stream of numbers (Server-Sent Events) for pages that are open."""
    router = Router(include_in_schema=False)

    @router.get(NEWS.address)
    async def hear(request: Request, reader: Annotated[Reader, waiting_reader_of(NEWS)]) -> Response:
        await choose_server(request)
        return Waits(news, news.tell(request), reader)

    return router
