"""A service's log over HTTP: the feed other services follow, and the export an auditor verifies offline."""

from pathlib import Path
from typing import Annotated, Any

from fastapi import Query
from psycopg_pool import AsyncConnectionPool
from starlette.responses import JSONResponse, Response, StreamingResponse

from services.eventlog.checkpoints.checkpoint import Checkpoints
from services.eventlog.feeds.export import export_lines
from services.eventlog.feeds.feed import Feed
from services.eventlog.feeds.places import LONGEST, PATTERN, read
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import Caller, Role
from services.httpapi.paging import Limit
from services.httpapi.problem import NotFound
from services.httpapi.reading import of_the_primary
from services.httpapi.route import Router
from services.httpapi.strict.fields import Digits

BATCH, LINES, PEM = "application/cloudevents-batch+json", "application/jsonl", "application/x-pem-file"
AS_BATCH: dict[int | str, dict[str, Any]] = {
    200: {"description": "The messages, oldest first", "content": {BATCH: {"schema": {"type": "array"}}}}
}
AS_LINES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The log, one fact a line", "content": {LINES: {"schema": {"type": "string"}}}}
}
AS_KEY: dict[int | str, dict[str, Any]] = {
    200: {"description": "The key, in PEM", "content": {PEM: {"schema": {"type": "string"}}}}
}

Position = Annotated[int, Digits(0, 10**15)]
Seconds = Annotated[int, Digits(0, 30)]
Hash = Annotated[
    str | None,
    Query(
        alias="hash",
        min_length=64,
        max_length=64,
        pattern="^[0-9a-f]{64}$",
        description="The hash that stood at `after` when it was read.",
    ),
]
PlaceTold = Annotated[
    str | None,
    Query(
        max_length=LONGEST,
        pattern=PATTERN,
        description="`Next-Place` of the answer before, instead of `after` and `hash`.",
        examples=["412-5f2c5f2c5f2c5f2c.0b9c7c521d0c5f3a"],
    ),
]


def log_router(feed: Feed, pool: AsyncConnectionPool, checkpoint_dir: Path | None, *, schema: str) -> Router:
    router = Router(prefix="/v1", tags=["log"], dependencies=[of_the_primary])

    @router.get("/feed", response_class=Response, responses=AS_BATCH)
    async def read_feed(
        _: Annotated[Caller, allow(Role.administrator, Role.auditor, Role.service)],
        after: Position = 0,
        limit: Limit = 100,
        wait: Seconds = 0,
        after_hash: Hash = None,
        place: PlaceTold = None,
    ) -> Response:
        """Public messages recorded after a position, as a CloudEvents batch; `wait` (seconds) holds the answer until
        there is one. Ask next time with the header Next-Place as `place`: where this log has gone on otherwise since,
        the answer is 409, `log-diverged`, with the last position in common (`last_common`) and the `place` to go on
        from it with. Or ask after the position in the header Next-After, with the hash in Next-Hash: then that answer
        does not say from where."""
        if place is not None:
            stands = read(place)
            await feed.check(stands)
            after, after_hash = stands.number, None
        told = await feed.read(after, limit, float(wait), after_hash=after_hash)
        headers = {"Next-After": str(told.next_after), "Next-Place": told.next_place}
        if told.next_hash is not None:
            headers["Next-Hash"] = told.next_hash
        return JSONResponse(list(told.messages), headers=headers, media_type=BATCH)

    @router.get("/export", response_class=Response, responses=AS_LINES)
    async def export(_: Annotated[Caller, allow(Role.auditor)], after: Position = 0) -> Response:
        """The whole log as JSON lines with every byte the chain covers, and the signed checkpoints. Verified offline by
        contracts/verify_export.py."""
        checkpoints = Checkpoints(checkpoint_dir).contents() if checkpoint_dir else iter(())
        lines = export_lines(pool, after, schema=schema, checkpoints=checkpoints)
        return StreamingResponse(lines, media_type=LINES)

    @router.get("/export/public-key", response_class=Response, responses=AS_KEY)
    async def show_public_key(_: Annotated[Caller, allow(Role.auditor)]) -> Response:
        """The public key the checkpoints are signed with (PEM). Hold it against one from somebody other than us: who
        could write the log anew could also give another key."""
        pem = Checkpoints(checkpoint_dir).public_key() if checkpoint_dir else None
        if pem is None:
            raise NotFound("No checkpoints are signed here.")
        return Response(pem, media_type=PEM)

    return router
