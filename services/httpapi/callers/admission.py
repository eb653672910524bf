"""Which roles an address serves, and who is let in.

Every route says `allow(Role.approver, ...)` or, loudly, `open_to_all`; a service with a route that says neither does
not start. The roles stand on the route, so that one test can walk all routes and try every caller on each.
"""

from collections.abc import Iterator
from typing import Any

from fastapi import Depends
from fastapi.dependencies.models import Dependant
from fastapi.openapi.models import HTTPBearer
from fastapi.routing import APIRoute, RouteContext
from fastapi.security.base import SecurityBase
from starlette.requests import Request

from services.httpapi.callers.bearer import Callers
from services.httpapi.callers.caller import Caller, Role, TokenInvalid
from services.httpapi.problem import HttpRefusal


class TokenMissing(HttpRefusal):
    code = "token-missing"
    status = 401
    title = "Du må logge inn"
    headers = (("WWW-Authenticate", "Bearer"),)


class RoleMissing(HttpRefusal):
    code = "role-missing"
    status = 403
    title = "Du har ikke tilgang til dette"
    headers = (("WWW-Authenticate", 'Bearer error="insufficient_scope"'),)


class Allow(SecurityBase):
    """Admits callers with at least one of the roles, and hands the route its `Caller`."""

    def __init__(self, roles: frozenset[Role]) -> None:
        assert roles, "a route that serves nobody"
        self.roles = roles
        self.model = HTTPBearer(bearerFormat="JWT")
        self.scheme_name = "bearer"

    async def __call__(self, request: Request) -> Caller:
        caller = await identify(request)
        if self.roles.isdisjoint(caller.roles):
            needed = sorted(self.roles)
            raise RoleMissing(f"This needs the role {' or '.join(needed)}.", roles=needed)
        return caller


class OpenToAll:
    """The mark of a route that anybody may call without a token."""

    async def __call__(self) -> None: ...


def allow(*roles: Role) -> Any:
    """A dependency for `Annotated[Caller, allow(...)]`, or for `dependencies=[...]` of a route or router.
    Refuses with 401 `token-missing` / `token-invalid` and 403 `role-missing`."""
    return Depends(Allow(frozenset(roles)))


open_to_all: Any = Depends(OpenToAll())


async def identify(request: Request) -> Caller:
    """The caller of this request, worked out once."""
    state: dict[str, Any] = request.scope.setdefault("state", {})
    known = state.get("caller")
    if known is None:
        callers: Callers = request.app.state.callers
        known = state["caller"] = await callers.caller_of(_bearer_token(request))
    assert isinstance(known, Caller)
    return known


def _bearer_token(request: Request) -> str:
    given = request.headers.getlist("authorization")
    if not given:
        raise TokenMissing("Send Authorization: Bearer with an access token.")
    scheme, _, token = given[0].partition(" ")
    if len(given) > 1 or scheme.lower() != "bearer" or not token:
        raise TokenInvalid("Send exactly one Authorization header: Bearer and an access token.")
    return token


class RouteWithoutRoles(Exception):
    """A route that says neither whom it serves nor that it is open. The service must not start."""


def route_roles(route: APIRoute | RouteContext) -> frozenset[Role] | None:
    """The roles the route serves, or None when it is open to all. A caller must satisfy every `allow` on the way, so
    several of them leave the roles they share. Raises `RouteWithoutRoles`."""
    marks = list(_marks(route.dependant))
    allowed = [mark.roles for mark in marks if isinstance(mark, Allow)]
    if allowed:
        return frozenset.intersection(*allowed)
    if any(isinstance(mark, OpenToAll) for mark in marks):
        return None
    raise RouteWithoutRoles(f"{route.path} says neither allow(...) nor open_to_all")


def gatekeepers(dependant: Dependant) -> tuple[Allow, ...]:
    """The checks a request to this route must pass before anything else of it is read."""
    return tuple(mark for mark in _marks(dependant) if isinstance(mark, Allow))


def _marks(dependant: Dependant) -> Iterator[object]:
    for inner in dependant.dependencies:
        yield inner.call
        yield from _marks(inner)
