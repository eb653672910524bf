"""What whoever runs us asks: do you live, can you serve, how are you doing.

`/internal/` is for the platform's own network; the addresses are open to all because a probe carries no token.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Literal

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from pydantic import BaseModel
from starlette.responses import Response

from services.httpapi.admission import open_to_all
from services.httpapi.problem import HttpRefusal
from services.httpapi.route import Router

CHECK_SECONDS = 2.0

Check = Callable[[], Awaitable[None]]
"""Returns when what it looks at is well, raises when not."""

Count = Callable[[], Awaitable[int]]

log = logging.getLogger(__name__)


class Behind(BaseModel):
    """A read model that cannot follow some streams. They are tried again, and its other rows are served."""

    projection: str
    streams: int


class Ready(BaseModel):
    """It serves. `parked` tells which read models stand still for some streams; an empty list where none does, and no
    such member in a service without read models. `waiting_for_somebody` counts what stands still until a person acts,
    by what it is; what cannot be counted now is left out."""

    status: Literal["ready"] = "ready"
    parked: list[Behind] | None = None
    waiting_for_somebody: dict[str, int] | None = None


class NotReady(HttpRefusal):
    code = "not-ready"
    status = 503
    title = "Tjenesten er ikke klar"
    headers = (("Retry-After", "2"),)


def health(
    checks: Mapping[str, Check],
    registry: CollectorRegistry,
    parked: Callable[[], Mapping[str, int]] | None = None,
    waiting: Mapping[str, Count] | None = None,
) -> Router:
    """Alive when it answers, ready when every check passes within two seconds; metrics as Prometheus reads them.
    `parked` counts the streams that each read model cannot follow, and `waiting` what waits for somebody to act: told
    of, and no reason to be taken out of service."""
    router = Router(prefix="/internal", tags=["internal"], dependencies=[open_to_all])

    @router.get("/isalive")
    async def is_alive() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/isready", response_model_exclude_none=True)
    async def is_ready() -> Ready:
        names = sorted(checks)
        passed = await asyncio.gather(*(_passes(name, checks[name]) for name in names))
        failing = [name for name, well in zip(names, passed, strict=True) if not well]
        if failing:
            raise NotReady("Not ready to serve; see failing.", failing=failing)
        ready = Ready()
        if parked is not None:
            ready.parked = [Behind(projection=name, streams=count) for name, count in sorted(parked().items())]
        if waiting is not None:
            counted = {name: await _counted(name, count) for name, count in sorted(waiting.items())}
            ready.waiting_for_somebody = {name: count for name, count in counted.items() if count is not None}
        return ready

    @router.get("/metrics", response_class=Response)
    async def metrics() -> Response:
        return Response(generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    return router


async def _counted(name: str, count: Count) -> int | None:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await count()
    except Exception:
        log.exception("could not be counted", extra={"fields": {"count": name}})
        return None


async def _passes(name: str, check: Check) -> bool:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check()
    except Exception:
        log.exception("not ready", extra={"fields": {"check": name}})
        return False
    return True
