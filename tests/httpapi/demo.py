"""A small service on the floor under test: one field of each kind, one route of each sort, and who calls it."""

import asyncio
import sqlite3
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import httpx
import psycopg
from fastapi import Query
from prometheus_client import CollectorRegistry
from psycopg import errors as pg
from psycopg_pool import PoolTimeout
from starlette.requests import Request
from starlette.responses import Response

from services.eventlog.refusal import Refusal
from services.httpapi.app import Service, service
from services.httpapi.callers.admission import allow, open_to_all
from services.httpapi.callers.bearer import Callers
from services.httpapi.callers.caller import Caller, Role
from services.httpapi.checks import Check
from services.httpapi.commands.etag import ExpectedVersion, etag, not_modified
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.issuer import DevelopmentIssuer
from services.httpapi.limits import Limits
from services.httpapi.paging import Cursor, Limit, Listing, Page, page
from services.httpapi.route import Router
from services.httpapi.strict.document import read_text, takes
from services.httpapi.strict.fields import Body, Day, Digits, Id, Instant, Line, Many, Ore, OreOrZero, Prose, SignedOre
from services.httpapi.watching.health import FollowUp
from tests.in_process import InProcess

CANARY = "kanarifugl"
ISSUER = DevelopmentIssuer.generate(issuer="https://people.test", audience="tilsagn")
NUMBERS = Listing("numbers", int, str)


class FundSpent(Refusal):
    code = "fund-spent"
    status = 409
    title = "Det er ikke nok igjen"


class Instalment(Body):
    amount_ore: Ore


class Grant(Body):
    amount_ore: Ore
    spare_ore: OreOrZero
    moved_ore: SignedOre
    recipient: Line
    reason: Prose
    paid_on: Day
    told_at: Instant
    case: Id
    kind: Literal["award", "release"]
    final: bool
    instalments: Many[Instalment]


class Kinds(Body):
    kind: list[Line]
    order: Literal["asc", "desc"] = "asc"


GRANT: dict[str, Any] = {
    "amount_ore": 600_000_000,
    "spare_ore": 0,
    "moved_ore": -1,
    "recipient": "Født Fri",
    "reason": "To linjer.\nDen andre.",
    "paid_on": "2020-02-29",
    "told_at": "2020-11-02T12:00:00+01:00",
    "case": "00000000-0000-4000-8000-000000000001",
    "kind": "award",
    "final": False,
    "instalments": [{"amount_ore": 300_000_000}],
}

router = Router(prefix="/v1", tags=["demo"])
Approver = Annotated[Caller, allow(Role.approver)]


@router.post("/grants")
async def grant(asked: Grant, _: Approver) -> dict[str, Any]:
    return {"repr": repr(asked), "recipient": asked.recipient}


@router.get("/grants")
async def grants(
    _: Approver,
    year: Annotated[int, Digits(1900, 2199)] = 2020,
    post: Annotated[int, Digits(0, 99, width=2)] = 1,
    valid_at: Day | None = None,
    known_at: Instant | None = None,
    name: Line | None = None,
) -> dict[str, str]:
    return {"asked": f"{year} {post} {valid_at} {known_at} {name}"}


@router.get("/numbers")
async def numbers(_: Approver, cursor: Cursor = None, limit: Limit = 50) -> Page[int]:
    place = NUMBERS.after(cursor)
    first = 1 if place is None else int(place[0]) + 1
    found = [number for number in range(first, first + limit) if number <= 120]
    return page(found, NUMBERS.cursor(found[-1], "x") if found[-1] < 120 else None)


@router.get("/kinds")
async def kinds(asked: Annotated[Kinds, Query()], _: Approver) -> list[str]:
    return asked.kind


@router.get("/grants/{year}/{case}")
async def one_grant(year: Annotated[int, Digits(1900, 2199)], case: Id, request: Request, _: Approver) -> Response:
    return not_modified(request, etag(7)) or Response(f"{year} {case}", headers={"ETag": etag(7)})


@router.put("/grants/{number}/approval")
async def approve(
    number: Annotated[int, Digits(1, 999)],
    caller: Approver,
    expected: ExpectedVersion,
    key: Idempotency,
    asked: Instalment,
) -> dict[str, Any]:
    said = f"{caller.subject} {number} {asked.amount_ore} on {expected}"
    return {"said": said, "key": key.key, "hash": key.request_hash.hex()}


@router.post("/letters", openapi_extra=takes("application/yaml"))
async def letter(request: Request, _: Approver) -> dict[str, int]:
    return {"characters": len(await read_text(request, "application/yaml"))}


@router.get("/open", dependencies=[open_to_all])
async def open_route() -> dict[str, str]:
    return {"open": "yes"}


@router.get("/refused", dependencies=[open_to_all])
def refused() -> None:
    raise FundSpent("There is 1 øre left on the fund.", remaining_ore=1, code="not-this-one")


FAILURES: Mapping[str, Exception] = {
    "ours": ValueError(f"{CANARY} 01017012345"),
    "other": sqlite3.OperationalError(CANARY),
    "away": psycopg.OperationalError(CANARY),
    "pool": PoolTimeout(CANARY),
    "slow": pg.QueryCanceled(CANARY),
    "deadlock": pg.DeadlockDetected(CANARY),
    "serialization": pg.SerializationFailure(CANARY),
    "disk": pg.DiskFull(CANARY),
    "connections": pg.TooManyConnections(CANARY),
}


@router.get("/failing/{kind}", dependencies=[open_to_all])
async def failing(kind: str) -> None:
    raise FAILURES[kind]


def demo(
    *,
    callers: Callers | None = None,
    limits: Limits | None = None,
    checks: Mapping[str, Check] | None = None,
    registry: CollectorRegistry | None = None,
    followed: FollowUp | None = None,
) -> Service:
    return service(
        "Demo",
        "1.0.0",
        routers=[router, ISSUER.router()],
        callers=callers or Callers([ISSUER.trusted()]),
        limits=limits or Limits(larger_bodies={"/v1/letters": 1024 * 1024}),
        checks=checks,
        registry=registry,
        followed=followed,
    )


class Client:
    """Calls the service over HTTP as ASGI carries it, signed in as an approver unless other headers are given."""

    def __init__(self, app: Service, headers: Mapping[str, str]) -> None:
        self.app, self.headers = app, dict(headers)

    def request(self, method: str, path: str, *, headers: Any = None, **sent: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = InProcess(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://demo", headers=self.headers) as http:
                return await http.request(method, path, headers=headers, **sent)

        return asyncio.run(send())

    def get(self, path: str, **sent: Any) -> httpx.Response:
        return self.request("GET", path, **sent)

    def post(self, path: str, **sent: Any) -> httpx.Response:
        return self.request("POST", path, **sent)

    def put(self, path: str, **sent: Any) -> httpx.Response:
        return self.request("PUT", path, **sent)


def signed_in(*roles: Role, subject: str = "kari") -> dict[str, str]:
    token = ISSUER.mint(subject, roles or (Role.approver,), name="Kari Nordmann")
    return {"Authorization": f"Bearer {token}"}


DEMO = demo()


def client(app: Service | None = None, *, headers: Mapping[str, str] | None = None) -> Client:
    return Client(app or DEMO, signed_in() if headers is None else headers)
