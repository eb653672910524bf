"""The same messages as Server-Sent Events, for pages that cannot be called: in the order they were handed on, resumed
from the last that was seen, for roles that may know of them. The id of each is a place: its number, and what stands
there, so that whoever has heard what this log no longer says is told so.

One task of the process asks whether there is more, whoever listens. A stream ends after a while and begins anew where
it was, so that whoever has lost their rights listens no longer than that; and at once when the service stops.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Annotated, Any

from fastapi import Query
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from services.eventlog.connections.standby import CONFIRMED_WITHIN_SECONDS, confirm_aside
from services.eventlog.feeds.head import Head
from services.eventlog.feeds.places import LONGEST, PATTERN, Place, check_place, earlier, read, written
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller, Role
from services.httpapi.limits import TooBusy
from services.httpapi.problem import HttpRefusal
from services.httpapi.reading import of_the_primary
from services.httpapi.route import Router
from services.notifications.receiver.outbox import TYPES
from services.notifications.webhook.delivery_log.hearing import may_hear, named_in, of_awards
from services.notifications.webhook.refusals import FurtherThanThere
from services.notifications.webhook.rules import check_types
from services.notifications.webhook.sending.composing import CannotCompose, Content, compose

HEARTBEAT_SECONDS, RETRY_MILLISECONDS = 15.0, 2_000
MOST_STREAMS, TOGETHER = 200, 100
_NEXT = """
    SELECT n.number, encode(n.hash, 'hex') AS hash, m.id, m.type, m.occurred_at, m.subject, m.data,
        coalesce(m.expires_at <= notifications.log_clock(), false) AS over,
        EXISTS (SELECT FROM notifications.notice t
            WHERE t.notice = 'notice-' || (m.subject ->> 'notice_id') AND t.received_at IS NOT NULL)
        -- What is told of a notice that another takes over from lists what that other one tells of.
        AND (m.data ->> 'by' IS NULL OR EXISTS (SELECT FROM notifications.notice t
            WHERE t.notice = 'notice-' || (m.data ->> 'by') AND t.received_at IS NOT NULL)) AS received
    FROM notifications.message_number n JOIN notifications.message m ON m.id = n.id
    WHERE n.number > %s ORDER BY n.number LIMIT %s
"""
_HASHES = "SELECT number, hash FROM notifications.message_number WHERE number = ANY (%s)"
_TOLD = "SELECT told FROM notifications.message_turn"
EVENT_STREAM = "text/event-stream"
EXAMPLE_ID = "412-5f2c5f2c5f2c5f2c.0b9c7c521d0c5f3a"
EXAMPLE = f'id: {EXAMPLE_ID}\nevent: notice.received\ndata: {{"specversion":"1.0","type":"notice.received"}}\n\n'
AS_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-Sent Events: each a message, with its place as id; a comment every 15 seconds",
        "content": {EVENT_STREAM: {"schema": {"type": "string"}, "example": EXAMPLE}},
    }
}
_PLACE = re.compile(PATTERN, re.ASCII)
LAST_EVENT_ID: dict[str, Any] = {
    "in": "header",
    "name": "Last-Event-ID",
    "required": False,
    "description": "The id of the last event that was heard, as it was given: what came after it is told. Without,"
    " from now on. One that these messages lack is refused (409, `log-diverged`), with the last they have in common.",
    "schema": {"type": "string", "maxLength": LONGEST, "pattern": PATTERN},
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

    async def hashes_at(self, numbers: Sequence[int]) -> Mapping[int, bytes]:
        """What stands at these numbers, each chained to those before it."""
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(_HASHES, (list(numbers),))).fetchall()
        return {number: bytes(stands) for number, stands in rows}

    async def check(self, place: Place) -> None:
        """Refuses LogDiverged where these messages lack the place."""

        async def confirm() -> None:
            async with self._pool.connection() as connection:
                await confirm_aside(connection, CONFIRMED_WITHIN_SECONDS)

        await check_place(place, self.hashes_at, confirm)

    async def events(self, after: int, roles: frozenset[Role], types: Sequence[str]) -> AsyncIterator[bytes]:
        """The lines, as they are sent."""
        clock = asyncio.get_running_loop().time
        over_at = clock() + self._stream_seconds
        self.listening += 1
        try:
            yield f"retry: {RETRY_MILLISECONDS}\n\n".encode()
            while not self.head.over and (left := over_at - clock()) > 0:
                rows = await self._next(after)
                named = {each for row in rows for each in earlier(row["number"])}
                stands = await self.hashes_at(sorted(named)) if rows else {}
                for row in rows:
                    after = row["number"]
                    heard = may_hear(
                        roles, row["type"], named=named_in(row), told=row["received"] or not of_awards(row)
                    )
                    if heard and (not types or row["type"] in types) and not row["over"]:
                        yield told(row, written(after, stands))
                if len(rows) == TOGETHER:
                    continue
                await self.head.beyond(after, min(self._heartbeat_seconds, left))
                yield b": still here\n\n"
        finally:
            self.listening -= 1

    async def _next(self, after: int) -> list[dict[str, Any]]:
        async with self._pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
            return await (await cursor.execute(_NEXT, (after, TOGETHER))).fetchall()


def told(row: dict[str, Any], place: str) -> bytes:
    """One event, at its place. A message that cannot be made keeps its number and says no more."""
    content = Content(
        id=row["id"],
        type=row["type"],
        occurred_at=row["occurred_at"],
        sequence=None,
        subject=row["subject"],
        data=row["data"],
        hash=row["hash"],
    )
    try:
        body = compose(content, 1)
    except CannotCompose:
        body = json.dumps({"id": str(row["id"]), "type": row["type"], "withheld": "cannot be made"}).encode()
    return f"id: {place}\nevent: {row['type']}\ndata: ".encode() + body + b"\n\n"


def stream_router(stream: MessageStream) -> Router:
    router = Router(prefix="/v1/message-stream", tags=["webhook-endpoints"], dependencies=[of_the_primary])

    @router.get("", response_class=Response, responses=AS_EVENTS, openapi_extra={"parameters": [LAST_EVENT_ID]})
    async def listen(
        request: Request,
        caller: Annotated[Caller, allow(*STAFF)],
        types: Annotated[
            str | None,
            Query(
                max_length=1_000,
                pattern=r"^[a-z_]+\.[a-z_]+(,[a-z_]+\.[a-z_]+)*$",
                description="Types of messages, with commas between; all without. One that there is none of is refused"
                " (422, `message-type-unknown`).",
                examples=["notice.received,letter.released"],
            ),
        ] = None,
    ) -> Response:
        """What endpoints are told, as Server-Sent Events: from now on, or after the event that Last-Event-ID names. An
        id that these messages lack is refused (409, `log-diverged`): they were brought back to an earlier instant. Its
        `last_common` is the number of the last event that was heard and stands here too, and `place` what to send as
        Last-Event-ID to go on after that one. A number alone, which is an id of before there were hashes, is taken at
        its word, and refused where no event has it yet (422, `further-than-there-is`). It ends after a quarter of an
        hour; whoever listens goes on from where it was.

        Who works in the directorate hears everything, but of endpoints (`endpoint.*`) only administrator, controller
        and auditor do. The ministry hears of notices (`notice.*`), and whatever names it in `roles`, such as the
        deadlines of its own letters; of what is about awards only once it has received the notice that tells of them,
        as it stands when it is heard."""
        wanted = tuple(types.split(",")) if types else ()
        check_types(wanted, TYPES)
        place = request.headers.get("last-event-id")
        if place is not None and not (len(place) <= LONGEST and _PLACE.fullmatch(place)):
            raise PlaceUnreadable("Send the id of the last event, as it was given.")
        if stream.listening >= MOST_STREAMS:
            raise TooBusy("More are listening than there is room for. Try again.")
        newest = await stream.newest()
        stands = Place(newest) if place is None else read(place)
        await stream.check(stands)
        after = stands.number
        if after > newest:
            raise FurtherThanThere(
                f"There is no event {after}; the last is {newest}. Begin again without Last-Event-ID."
            )
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        lines = stream.events(after, caller.roles, wanted)
        return StreamingResponse(lines, headers=headers, media_type=EVENT_STREAM)

    return router
