"""A service put together, the same way each time, in one place.

Nothing a room does is needed to be safe here: callers, strict reading, limits, refusals and logs come with the service.
A route that says nothing about whom it serves keeps the service from starting.
"""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from prometheus_client import CollectorRegistry
from starlette.types import Lifespan

from services.eventlog.connections.rights import CannotStart
from services.eventlog.refusal import Refusal
from services.httpapi.callers.admission import route_roles
from services.httpapi.callers.bearer import Callers
from services.httpapi.callers.caller import Role
from services.httpapi.checks import Check
from services.httpapi.compressed import CompressedPages
from services.httpapi.description.described import headers_of
from services.httpapi.description.examples import make_whole
from services.httpapi.description.kept_names import keep_names
from services.httpapi.description.problem_schema import PROBLEM_SCHEMA
from services.httpapi.limits import Bounded, Limits
from services.httpapi.middleware import Doorway
from services.httpapi.problem import HANDLERS
from services.httpapi.reading import API, PARAMETER, Reading
from services.httpapi.route import Route, Router
from services.httpapi.watching.health import Count, FollowUp, health
from services.httpapi.watching.metrics import RequestMetrics
from services.process.schema import Schemas
from services.sandbox import Sandbox
from services.tracing import spans
from services.tracing.sending import TracesTo, Tracing

CONVERTED = re.compile(r"{(\w+):\w+}")
"""A part of an address that may hold slashes, as routes name it; descriptions name it as any other."""


class Service(FastAPI):
    """FastAPI whose description also says how we refuse and, for each operation, which roles it serves and which
    headers it demands. `at_stop` is called when it is asked to end, before it waits for those who are being served.
    `refused_to_start` is why it did not begin, where it refuses the database."""

    at_stop: Sequence[Callable[[], None]] = ()
    refused_to_start: CannotStart | Refusal | None = None

    def openapi(self) -> dict[str, Any]:
        description = super().openapi()
        description.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
        make_whole(description["components"]["schemas"])
        for route in _api_routes(self):
            roles, headers = route_roles(route), headers_of(route.dependant)
            for method in sorted(route.methods or ()):
                operation = description["paths"].get(CONVERTED.sub(r"{\1}", str(route.path)), {}).get(method.lower())
                if operation is not None and roles is not None:
                    operation["x-roles"] = sorted(roles)
                    operation["parameters"] = [*operation.get("parameters", ()), *headers]
                    if method == "GET" and self.state.reading is not None and str(route.path).startswith(API):
                        operation["parameters"].append(dict(PARAMETER))
        return keep_names(description)


def service(
    title: str,
    version: str,
    *,
    routers: Sequence[Router],
    callers: Callers,
    checks: Mapping[str, Check] | None = None,
    limits: Limits | None = None,
    registry: CollectorRegistry | None = None,
    lifespan: Lifespan[Any] | None = None,
    traces: TracesTo | None = None,
    at_stop: Sequence[Callable[[], None]] = (),
    followed: FollowUp | None = None,
    waiting: Mapping[str, Count] | None = None,
    sandbox: Sandbox | None = None,
    schemas: Schemas | None = None,
    reading: Reading | None = None,
    description: str = "",
    described: bool = True,
) -> Service:
    """The whole service. `checks` say whether it is ready; `registry` holds the gauges of the rooms, if any; `at_stop`
    lets go those who only wait; `followed` tells how far its read models have come, `waiting` counts what waits for a
    person; `sandbox` is where large bodies are looked through; `schemas` are asked whether they serve this code;
    `traces` is where it is told what each request led to, if anywhere; `reading` is how requests that only read are
    served, and which server readiness tells of. `described`: it is an API, and tells what it takes at
    `/openapi.json`.

    Routes are taken over as they are instead of included: FastAPI looks through an included router twice for each
    request, and a strict route carries everything it needs.
    """
    registry = registry or CollectorRegistry()
    told_at = "/openapi.json" if described else None
    begins = noted(lifespan) if lifespan else None
    if begins is not None and traces is not None:
        begins = traced(begins, traces, version, registry)
    app = _bare(title=title, version=version, description=description, lifespan=begins, openapi_url=told_at)
    app.state.callers, app.state.sandbox, app.state.reading, app.at_stop = callers, sandbox, reading, at_stop
    app.add_middleware(CompressedPages)
    app.add_middleware(Bounded, limits=limits or Limits(), registry=registry)
    app.add_middleware(Doorway, metrics=RequestMetrics(registry), schemas=schemas)
    for router in (*routers, health(checks or {}, registry, followed, waiting, reading.server if reading else None)):
        app.router.routes.extend(router.routes)
    _refuse_unguarded_routes(app)
    return app


def noted(lifespan: Lifespan[Any]) -> Lifespan[Any]:
    """The same, with what kept it from beginning noted on the service, for whoever says so."""

    @contextlib.asynccontextmanager
    async def begun(app: Any) -> AsyncIterator[Any]:
        try:
            async with lifespan(app) as state:
                yield state
        except (CannotStart, Refusal) as refused:
            app.refused_to_start = refused
            raise

    return begun


def traced(lifespan: Lifespan[Any], to: TracesTo, version: str, registry: CollectorRegistry) -> Lifespan[Any]:
    """The same, traced from before anything is opened until all is closed. What a process traces to is one place."""

    @contextlib.asynccontextmanager
    async def begun(app: Any) -> AsyncIterator[Any]:
        tracing = None if spans.is_on() else Tracing(to, version, registry)
        try:
            async with lifespan(app) as state:
                yield state
        finally:
            if tracing is not None:
                await asyncio.to_thread(tracing.end)

    return begun


def _bare(**told: Any) -> Service:
    return Service(
        **told,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        exception_handlers={**HANDLERS},
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )


def list_routes(app: FastAPI) -> list[tuple[str, str, frozenset[Role] | None]]:
    """Every operation: method, path template, and the roles it serves (None: open to all)."""
    return [
        (method, str(route.path), route_roles(route))
        for route in _api_routes(app)
        for method in sorted(route.methods or ())
    ]


def _api_routes(app: FastAPI) -> Iterator[RouteContext]:
    return (route for route in iter_route_contexts(app.routes) if isinstance(route.original_route, APIRoute))


def _refuse_unguarded_routes(app: FastAPI) -> None:
    """Raises `RouteWithoutRoles`, or fails the assertion, before the first request is served."""
    for route in _api_routes(app):
        route_roles(route)
        assert isinstance(route.original_route, Route), f"{route.path}: use services.httpapi.route.Router"
