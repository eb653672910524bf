"""The same messages as Server-Sent Events, for pages that cannot be called: in the order they were handed on, resumed
from the last that was seen, for roles that may know of them.

One task of the process asks whether there is more, whoever listens. A stream ends after a while and begins anew where
it was, so that whoever has lost their rights listens no longer than that; and at once when the service stops.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any

from fastapi import Query
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from services.eventlog.head import Head
from services.httpapi.caller import STAFF, Caller, Role, allow
from services.httpapi.limits import TooBusy
from services.httpapi.problem import HttpRefusal
from services.httpapi.route import Router
from services.notifications.webhook.composing import CannotCompose, Content, compose

HEARTBEAT_SECONDS, RETRY_MILLISECONDS = 15.0, 2_000
MOST_STREAMS, TOGETHER = 200, 100
LONGEST_PLACE = 15
_NEXT = """
    SELECT n.number, m.id, m.type, m.occurred_at, m.subject, m.data,
        coalesce(m.expires_at <= notifications.log_clock(), false) AS over
    FROM notifications.message_number n JOIN notifications.message m ON m.id = n.id
    WHERE n.number > %s ORDER BY n.number LIMIT %s
"""
_TOLD = "SELECT told FROM notifications.message_turn"
OF_THE_MINISTRY = ("notice.",)
OF_WHO_RUNS_IT = ("endpoint.",)
RUNS_IT = frozenset({Role.administrator, Role.controller, Role.auditor})
EVENT_STREAM = "text/event-stream"
EXAMPLE = 'id: 412\nevent: notice.received\ndata: {"specversion":"1.0","type":"notice.received"}\n\n'
AS_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-Sent Events: each a message, with its number as id; a comment every 15 seconds",
        "content": {EVENT_STREAM: {"schema": {"type": "string"}, "example": EXAMPLE}},
    }
}


class PlaceUnreadable(HttpRefusal):
    """Last-Event-ID is the id of an event of this stream."""

    code = "last-event-id-unreadable"
    status = 400
    title = "Strømmen kan ikke fortsettes herfra"


class MessageHead(Head):
    """How many messages have been handed on."""

    def __init__(self, pool: AsyncConnectionPool) -> None:
        super().__init__(pool, schema="notifications")
        self._query = _TOLD


class MessageStream:
    """Everybody who listens in this process."""

    def __init__(
        self,
        pool: AsyncConnectionPool,
        *,
        stream_seconds: float,
        heartbeat_seconds: float = HEARTBEAT_SECONDS,
    ) -> None:
        self._pool, self.head = pool, MessageHead(pool)
        self._heartbeat_seconds, self._stream_seconds = heartbeat_seconds, stream_seconds
        self.listening = 0

    async def newest(self) -> int:
        """The number of the last message there is."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_TOLD)).fetchone()
        assert row is not None
        return int(row[0])

    async def events(self, after: int, roles: frozenset[Role], types: Sequence[str]) -> AsyncIterator[bytes]:
        """The lines, as they are sent."""
        clock = asyncio.get_running_loop().time
        over_at = clock() + self._stream_seconds
        self.listening += 1
        try:
            yield f"retry: {RETRY_MILLISECONDS}\n\n".encode()
            while not self.head.over and (left := over_at - clock()) > 0:
                rows = await self._next(after)
                for row in rows:
                    after = row["number"]
                    if may_hear(roles, row["type"]) and (not types or row["type"] in types) and not row["over"]:
                        yield told(row)
                if len(rows) == TOGETHER:
                    continue
                await self.head.beyond(after, min(self._heartbeat_seconds, left))
                yield b": still here\n\n"
        finally:
            self.listening -= 1

    async def _next(self, after: int) -> list[dict[str, Any]]:
        async with self._pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
            return await (await cursor.execute(_NEXT, (after, TOGETHER))).fetchall()


def may_hear(roles: frozenset[Role], kind: str) -> bool:
    """Whether somebody with these roles is told of such messages: the ministry of notices alone, and of endpoints only
    who runs them or looks at how that is done."""
    if kind.startswith(OF_WHO_RUNS_IT):
        return bool(roles & RUNS_IT)
    return bool(roles - {Role.ministry}) or kind.startswith(OF_THE_MINISTRY)


def told(row: dict[str, Any]) -> bytes:
    """One event. A message that cannot be made keeps its number and says no more."""
    content = Content(
        id=row["id"],
        type=row["type"],
        occurred_at=row["occurred_at"],
        sequence=None,
        subject=row["subject"],
        data=row["data"],
    )
    try:
        body = compose(content, 1)
    except CannotCompose:
        body = json.dumps({"id": str(row["id"]), "type": row["type"], "withheld": "cannot be made"}).encode()
    return f"id: {row['number']}\nevent: {row['type']}\ndata: ".encode() + body + b"\n\n"


def stream_router(stream: MessageStream) -> Router:
    router = Router(prefix="/v1/message-stream", tags=["webhook-endpoints"])

    @router.get("", response_class=Response, responses=AS_EVENTS)
    async def listen(
        request: Request,
        caller: Annotated[Caller, allow(*STAFF)],
        types: Annotated[
            str | None,
            Query(
                max_length=1_000,
                pattern=r"^[a-z_]+\.[a-z_]+(,[a-z_]+\.[a-z_]+)*$",
                description="Types of messages, with commas between; all without.",
                examples=["notice.received,letter.released"],
            ),
        ] = None,
    ) -> Response:
        """What endpoints are told, as Server-Sent Events: from now on, or after the event that Last-Event-ID names. It
        ends after a quarter of an hour; whoever listens goes on from where it was."""
        place = request.headers.get("last-event-id")
        if place is not None and not (place.isascii() and place.isdecimal() and len(place) <= LONGEST_PLACE):
            raise PlaceUnreadable("Send the id of the last event, as it was given.")
        if stream.listening >= MOST_STREAMS:
            raise TooBusy("More are listening than there is room for. Try again.")
        after = await stream.newest() if place is None else int(place)
        wanted = tuple(types.split(",")) if types else ()
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        lines = stream.events(after, caller.roles, wanted)
        return StreamingResponse(lines, headers=headers, media_type=EVENT_STREAM)

    return router
