"""What whoever runs us asks: do you live, can you serve, how are you doing.

`/internal/` is for the platform's own network; the addresses are open to all because a probe carries no token.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal, TypeVar

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from pydantic import BaseModel
from starlette.responses import Response

from services.calendar.patience import at_most
from services.eventlog.node import Kind, Server
from services.eventlog.projections.followed import Followed
from services.eventlog.refusal import Refusal
from services.httpapi.callers.admission import open_to_all
from services.httpapi.checks import Check
from services.httpapi.problem import HttpRefusal
from services.httpapi.route import Router

AS_TEXT: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}
CHECK_SECONDS = at_most(2)

Count = Callable[[], Awaitable[int]]
FollowUp = Callable[[], Awaitable[Followed]]

log = logging.getLogger(__name__)


Answer = TypeVar("Answer")


class Behind(BaseModel):
    """A read model that cannot follow some streams. They are tried again, and its other rows are served."""

    projection: str
    streams: int


class NodeRead(BaseModel):
    """The server this process stands on: how far its log has come there, and for a standby how far behind it is."""

    kind: Kind
    position: int
    behind_seconds: float | None = None


class Ready(BaseModel):
    """It serves. `node` is the server it reads. `parked` tells which read models stand still for some streams; an empty
    list where none does, and `behind_seconds` how long ago the first fact was recorded that one of them lacks: it grows
    while no worker runs. `filled_anew` are those that were filled from a log that went on otherwise, until they have
    caught up. None is told by a service without read models. `waiting_for_somebody` counts what stands still until a
    person acts, by what it is. What cannot be told now is left out."""

    status: Literal["ready"] = "ready"
    node: NodeRead | None = None
    parked: list[Behind] | None = None
    behind_seconds: float | None = None
    filled_anew: list[str] | None = None
    waiting_for_somebody: dict[str, int] | None = None


class NotReady(HttpRefusal):
    code = "not-ready"
    status = 503
    title = "Tjenesten er ikke klar"
    headers = (("Retry-After", "2"),)


def health(
    checks: Mapping[str, Check],
    registry: CollectorRegistry,
    followed: FollowUp | None = None,
    waiting: Mapping[str, Count] | None = None,
    server: Server | None = None,
) -> Router:
    """Alive when it answers, ready when every check passes within two seconds; metrics as Prometheus reads them.
    `followed` tells how far the read models have come, and `waiting` counts what waits for somebody to act: that is
    told of, and no reason to be taken out of service."""
    router = Router(prefix="/internal", tags=["internal"], dependencies=[open_to_all])

    @router.get("/isalive")
    async def is_alive() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/isready", response_model_exclude_none=True)
    async def is_ready() -> Ready:
        names = sorted(checks)
        told = await asyncio.gather(*(_problem_of(name, checks[name]) for name in names))
        node = await _node_of(server) if server is not None else None
        failing = {name: problem for name, problem in zip(names, told, strict=True) if problem is not None}
        if failing:
            because = {name: problem for name, problem in failing.items() if problem}
            known = {} if node is None else {"node": node.model_dump(exclude_none=True)}
            raise NotReady("Not ready to serve; see failing.", failing=list(failing), because=because, **known)
        ready = Ready(node=node)
        if followed is not None and (now := await _told("read models", followed)) is not None:
            ready.parked = [Behind(projection=name, streams=count) for name, count in sorted(now.parked.items())]
            ready.behind_seconds = round(now.behind_seconds, 1)
            ready.filled_anew = list(now.filled_anew) or None
        if waiting is not None:
            counted = {name: await _told(name, count) for name, count in sorted(waiting.items())}
            ready.waiting_for_somebody = {name: count for name, count in counted.items() if count is not None}
        return ready

    @router.get(
        "/metrics",
        response_class=Response,
        responses=AS_TEXT,
    )
    async def metrics() -> Response:
        return Response(generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    return router


async def _node_of(server: Server) -> NodeRead | None:
    node = await _told("server", server.now)
    if node is None:
        return None
    behind = round(node.lag.total_seconds(), 1) if node.kind == "standby" else None
    return NodeRead(kind=node.kind, position=node.position, behind_seconds=behind)


async def _told(name: str, ask: Callable[[], Awaitable[Answer]]) -> Answer | None:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await ask()
    except Exception:
        log.exception("could not be told", extra={"fields": {"of": name}})
        return None


async def _problem_of(name: str, check: Check) -> str | None:
    """None if all is well; else the code of what refuses, or nothing more. It is not waited for longer than was said:
    what asks a server that is frozen may not even let itself be called off."""
    asked = asyncio.ensure_future(check())
    done, _ = await asyncio.wait([asked], timeout=CHECK_SECONDS)
    if not done:
        asked.cancel()
        log.error("not ready", extra={"fields": {"check": name, "kind": "no answer in time"}})
        return ""
    try:
        asked.result()
    except Refusal as refusal:
        log.error("not ready: %s", refusal.detail, extra={"fields": {"check": name, "code": refusal.code}})
        return refusal.code
    except Exception as failure:
        log.error("not ready", exc_info=failure, extra={"fields": {"check": name}})
        return ""
    return None
