"""S1: every route, every role, generated from the routes themselves. Who is not served is told so before what they
send is read."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from fastapi.routing import APIRoute

from services.httpapi.app import Service, list_routes
from services.httpapi.callers.caller import Role
from services.httpapi.issuer import DevelopmentIssuer
from tests.conftest import Database
from tests.faults.service import Settings, issuer_of, notifications_settings_of, serving, settings_of, signed_in

ANYWHERE = {"case_id": "00000000-0000-4000-8000-000000000001", "year": "2020", "chapter": "291", "post": "71"}
ANYWHERE |= {"notice_id": ANYWHERE["case_id"]}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
OPEN = {
    ("GET", "/v1/calendars/{calendar_id}/{token}.ics"): "a calendar program sends no header; the token in it opens it",
    ("HEAD", "/v1/calendars/{calendar_id}/{token}.ics"): "as GET, for a program that asks first whether it is there",
    ("GET", "/internal/isalive"): "a probe carries no token",
    ("GET", "/internal/isready"): "a probe carries no token",
    ("GET", "/internal/metrics"): "the platform's own network; no personal data, no amounts of a case",
    ("GET", "/problems"): "what refusals mean, which says nothing of anybody",
    ("GET", "/problems/{code}"): "where the type of a problem leads whoever got it, signed in or not",
    ("GET", "/problems/problems.css"): "what those pages look like",
    ("GET", "/internal/development-issuer/jwks.json"): "public keys, in development and tests only",
}
NOT_ROUTES = {
    "/openapi.json": "the description of the service holds no data",
}


def open_in(service: str) -> set[tuple[str, str]]:
    """Grants has no calendars."""
    elsewhere = "/v1/calendars/{calendar_id}/{token}.ics"
    return {(method, path) for method, path in OPEN if path != elsewhere or service == "notifications"}


Walk = Callable[[Service, "Visitor"], Awaitable[None]]


class Visitor:
    """Calls any route as anybody, and tells whether the body was read before the answer came."""

    def __init__(self, client: httpx.AsyncClient, settings: Settings) -> None:
        self.client = client
        self.settings = settings

    async def call(self, method: str, path: str, headers: dict[str, str]) -> tuple[httpx.Response, bool]:
        read = False

        async def body() -> AsyncIterator[bytes]:
            nonlocal read
            read = True
            yield b"{}"

        address = re.sub(r"{(\w+)}", lambda name: ANYWHERE.get(name[1], "1"), path)
        sent = {"Content-Type": "application/json"} | headers
        answer = await self.client.request(
            method, address, headers=sent, content=body() if method in ("POST", "PUT") else None
        )
        return answer, read

    def as_(self, *roles: Role) -> dict[str, str]:
        return signed_in(self.settings, "somebody", *roles)

    def forged(self) -> dict[str, str]:
        """Every role, under our issuer's name, by another key."""
        stranger = DevelopmentIssuer.generate(issuer=self.settings.dev_issuer, audience=self.settings.audience)
        return {"Authorization": f"Bearer {stranger.mint('somebody', list(Role))}"}


class Walking:
    """One service, walked through by a visitor."""

    def __init__(self, name: str, database: Database, folder: Path) -> None:
        self.name = name
        self._settings: Settings = settings_of(database, folder)
        if name == "notifications":
            self._settings = notifications_settings_of(database, folder)

    def __call__(self, visit: Walk, *, environment: str = "test") -> None:
        settings = replace(self._settings, environment=environment)

        async def go() -> None:
            async with serving(settings) as (app, client):
                await visit(app, Visitor(client, settings))

        asyncio.run(go())


@pytest.fixture(params=["grants", "notifications"])
def walk(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> Walking:
    """Each service in turn."""
    return Walking(request.param, database, tmp_path)


def test_who_brings_no_token_or_a_wrong_one_is_asked_to_sign_in_before_anything_is_read(walk: Walking) -> None:
    async def visit(app: Service, visitor: Visitor) -> None:
        for method, path, roles in list_routes(app):
            if roles is None:
                continue
            for headers, code in (({}, "token-missing"), (visitor.forged(), "token-invalid")):
                answer, read = await visitor.call(method, path, headers)
                assert (answer.status_code, answer.json()["code"], read) == (401, code, False), f"{method} {path}"
                assert answer.headers["WWW-Authenticate"].startswith("Bearer"), f"{method} {path}"

    walk(visit)


def test_every_role_a_route_does_not_serve_is_refused_before_anything_is_read(walk: Walking) -> None:
    async def visit(app: Service, visitor: Visitor) -> None:
        refused = 0
        for method, path, roles in list_routes(app):
            others = set(Role) - (roles if roles is not None else set(Role))
            for strangers in ({*others}, *({other} for other in others)):
                if not strangers:
                    continue
                answer, read = await visitor.call(method, path, visitor.as_(*strangers))
                told = answer.status_code, answer.json()["code"], read
                assert told == (403, "role-missing", False), f"{method} {path} as {strangers}"
                refused += 1
        assert refused > 100

    walk(visit)


def test_each_role_a_route_serves_is_let_in(walk: Walking) -> None:
    """The other half of the same walk: a route that refuses everybody would pass the two above."""

    async def visit(app: Service, visitor: Visitor) -> None:
        for method, path, roles in list_routes(app):
            for role in roles or Role:
                answer, read = await visitor.call(method, path, visitor.as_(role))
                assert answer.status_code not in (401, 403), f"{method} {path} as {role}"
                assert answer.status_code < 500, f"{method} {path} as {role}: {answer.text}"
                assert read or method not in ("POST", "PUT") or answer.status_code != 422, f"{method} {path} as {role}"

    walk(visit)


def test_somebody_without_any_role_is_served_nothing_that_asks_for_one(walk: Walking) -> None:
    async def visit(app: Service, visitor: Visitor) -> None:
        token = issuer_of(visitor.settings).mint("somebody", [])
        for method, path, roles in list_routes(app):
            answer, _ = await visitor.call(method, path, {"Authorization": f"Bearer {token}"})
            assert (answer.status_code == 403) == (roles is not None), f"{method} {path}"

    walk(visit)


def test_what_is_open_to_all_is_named_here_with_its_reason(walk: Walking) -> None:
    async def visit(app: Service, visitor: Visitor) -> None:
        assert {(method, path) for method, path, roles in list_routes(app) if roles is None} == open_in(walk.name)
        beside = {getattr(route, "path", "?") for route in app.routes if not isinstance(route, APIRoute)}
        assert beside == NOT_ROUTES.keys()
        for path in beside:
            answer, _ = await visitor.call("POST", path, {})
            assert answer.status_code in (404, 405), path

    walk(visit)


def test_nothing_more_is_open_in_development(walk: Walking) -> None:
    async def visit(app: Service, _: Visitor) -> None:
        assert {(method, path) for method, path, roles in list_routes(app) if roles is None} - OPEN.keys() == set()

    walk(visit, environment="development")


def test_no_address_takes_a_method_nobody_gave_it(walk: Walking) -> None:
    async def visit(app: Service, visitor: Visitor) -> None:
        given: dict[str, set[str]] = {}
        for method, path, _ in list_routes(app):
            given.setdefault(path, set()).add(method)
        for path, methods in given.items():
            for method in set(METHODS) - methods:
                answer, read = await visitor.call(method, path, visitor.as_(*Role))
                assert (answer.status_code, read) == (405, False), f"{method} {path}"
                assert methods <= set(answer.headers["Allow"].split(", ")), f"{method} {path}"

    walk(visit)


def test_the_description_tells_whom_each_operation_serves(walk: Walking) -> None:
    async def visit(app: Service, _: Visitor) -> None:
        described = app.openapi()["paths"]
        for method, path, roles in list_routes(app):
            operation = described.get(path, {}).get(method.lower())
            if operation is not None:
                assert operation.get("x-roles") == (None if roles is None else sorted(roles)), f"{method} {path}"

    walk(visit)
