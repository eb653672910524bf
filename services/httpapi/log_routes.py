"""A service's log over HTTP: the feed other services follow, and the export an auditor verifies offline."""

from pathlib import Path
from typing import Annotated

from psycopg_pool import AsyncConnectionPool
from starlette.responses import JSONResponse, Response, StreamingResponse

from services.eventlog.checkpoint import Checkpoints
from services.eventlog.export import export_lines
from services.eventlog.feed import Feed
from services.httpapi.caller import Caller, Role, allow
from services.httpapi.fields import Digits
from services.httpapi.paging import Limit
from services.httpapi.route import Router

Position = Annotated[int, Digits(0, 10**15)]
Seconds = Annotated[int, Digits(0, 30)]


def log_router(feed: Feed, pool: AsyncConnectionPool, checkpoint_dir: Path | None, *, schema: str) -> Router:
    router = Router(prefix="/v1", tags=["log"])

    @router.get("/feed")
    async def read_feed(
        _: Annotated[Caller, allow(Role.administrator, Role.auditor, Role.service)],
        after: Position = 0,
        limit: Limit = 100,
        wait: Seconds = 0,
    ) -> Response:
        """Public messages recorded after a position, as a CloudEvents batch; `wait` (seconds) holds the answer until
        there is one. Ask next time after the position in the header Next-After."""
        told = await feed.read(after, limit, float(wait))
        headers = {"Next-After": str(told.next_after)}
        return JSONResponse(list(told.messages), headers=headers, media_type="application/cloudevents-batch+json")

    @router.get("/export")
    async def export(_: Annotated[Caller, allow(Role.auditor)], after: Position = 0) -> Response:
        """The whole log as JSON lines with every byte the chain covers, and the signed checkpoints. Verified offline by
        contracts/verify_export.py."""
        checkpoints = Checkpoints(checkpoint_dir).contents() if checkpoint_dir else iter(())
        lines = export_lines(pool, after, schema=schema, checkpoints=checkpoints)
        return StreamingResponse(lines, media_type="application/jsonl")

    return router
