"""What comes with every service: guarded routes, its description, health, metrics, and headers for careful browsers."""

import asyncio
import json
from typing import Annotated

import pytest
from fastapi import APIRouter
from prometheus_client import CollectorRegistry, Gauge
from starlette.responses import Response

from services.eventlog.projections.followed import Followed
from services.eventlog.refusal import Refusal
from services.httpapi.app import list_routes, service
from services.httpapi.callers.admission import RouteWithoutRoles, allow, open_to_all
from services.httpapi.callers.bearer import Callers
from services.httpapi.callers.caller import Caller, Role
from services.httpapi.problem import NotFound, Unavailable, problem
from services.httpapi.route import Router
from tests.httpapi.demo import DEMO, ISSUER, client, demo, signed_in

OPEN = {
    ("GET", "/internal/development-issuer/jwks.json"),
    ("GET", "/internal/isalive"),
    ("GET", "/internal/isready"),
    ("GET", "/internal/metrics"),
    ("GET", "/v1/failing/{kind}"),
    ("GET", "/v1/open"),
    ("GET", "/v1/refused"),
}


def guarded() -> list[tuple[str, str, frozenset[Role]]]:
    return [(method, path, roles) for method, path, roles in list_routes(DEMO) if roles is not None]


def test_every_route_is_known_and_only_the_listed_are_open() -> None:
    assert {(method, path) for method, path, roles in list_routes(DEMO) if roles is None} == OPEN
    assert len(guarded()) == 7


def test_every_guarded_route_refuses_no_token_a_wrong_token_and_every_other_role() -> None:
    for method, path, roles in guarded():
        assert client(headers={}).request(method, path).status_code == 401, path
        assert client(headers={"Authorization": "Bearer x.y.z"}).request(method, path).status_code == 401, path
        for role in Role:
            answer = client(headers=signed_in(role)).request(method, path)
            assert (answer.status_code == 403) == (role not in roles), (method, path, role)
            assert answer.status_code != 401
        assert client(headers=signed_in(*(set(Role) - roles))).request(method, path).status_code == 403


def test_who_asks_is_settled_before_what_is_asked() -> None:
    for content in (b"{", b"[" * 30_000, b"\xff"):
        for headers, status in (({}, 401), (signed_in(Role.ministry), 403), (signed_in(), 400)):
            answer = client(headers=headers | {"Content-Type": "application/json"}).post("/v1/grants", content=content)
            assert answer.status_code == status
    assert client(headers={}).get("/v1/grants?yeer=2020").status_code == 401


def test_a_route_that_names_no_roles_keeps_the_service_from_starting() -> None:
    router = Router()

    @router.get("/forgotten")
    async def forgotten() -> None: ...

    with pytest.raises(RouteWithoutRoles, match="/forgotten"):
        service("x", "1", routers=[router], callers=Callers([ISSUER.trusted()]))


def test_a_route_that_is_not_strict_keeps_the_service_from_starting() -> None:
    lax = APIRouter(dependencies=[open_to_all])

    @lax.get("/lax")
    async def route() -> None: ...

    with pytest.raises(AssertionError, match="/lax"):
        service("x", "1", routers=[lax], callers=Callers([ISSUER.trusted()]))  # type: ignore[list-item]


def test_a_route_of_a_guarded_router_serves_only_the_roles_both_name() -> None:
    router = Router(dependencies=[allow(Role.auditor, Role.ministry)])

    @router.get("/both")
    async def both(caller: Annotated[Caller, allow(Role.ministry, Role.approver)]) -> str:
        return caller.subject

    app = service("x", "1", routers=[router], callers=Callers([ISSUER.trusted()]))
    assert list_routes(app)[0] == ("GET", "/both", frozenset({Role.ministry}))
    assert client(app, headers=signed_in(Role.ministry)).get("/both").json() == "kari"
    for role in (Role.auditor, Role.approver):
        assert client(app, headers=signed_in(role)).get("/both").status_code == 403


def test_the_description_says_how_we_refuse_and_whom_we_serve() -> None:
    described = client(headers={}).get("/openapi.json").json()
    operation = described["paths"]["/v1/grants"]["post"]
    assert operation["x-roles"] == ["approver"]
    assert operation["security"] == [{"bearer": []}]
    assert described["components"]["securitySchemes"] == {
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    }
    assert "security" not in described["paths"]["/v1/open"]["get"]
    assert operation["responses"]["default"]["content"].keys() == {"application/problem+json"}
    assert "Problem" in described["components"]["schemas"]
    assert "HTTPValidationError" not in json.dumps(described)
    names = [each["operationId"] for path in described["paths"].values() for each in path.values()]
    assert len(names) == len(set(names))


def test_every_answer_keeps_a_browser_careful() -> None:
    for path in ("/v1/open", "/nothing", "/v1/failing/ours", "/openapi.json", "/v1/grants"):
        headers = client(headers={}).get(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'self'; ")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


def test_what_an_answer_says_of_itself_is_said_once() -> None:
    router = Router()

    @router.get("/page", dependencies=[open_to_all])
    async def page() -> Response:
        return Response("<p>å</p>" * 500, headers={"Referrer-Policy": "same-origin", "Content-Security-Policy": "x"})

    app = service("x", "1", routers=[router], callers=Callers([ISSUER.trusted()]))
    headers = client(app, headers={}).get("/page").headers
    assert headers.get_list("referrer-policy") == ["same-origin"]
    assert headers.get_list("content-security-policy") == ["x"]
    names = [name for name, _ in headers.multi_items()]
    assert sorted(names) == sorted(set(names))


def test_pages_are_compressed_for_whoever_can_take_that() -> None:
    router = Router(dependencies=[open_to_all])

    @router.get("/page")
    @router.get("/v1/page")
    async def page() -> Response:
        return Response("<p>å</p>" * 500, media_type="text/html")

    @router.get("/sheet")
    async def sheet() -> Response:
        return Response(b"x" * 5_000, media_type="application/vnd.ms-excel")

    app = service("x", "1", routers=[router], callers=Callers([ISSUER.trusted()]))
    compressed = client(app, headers={"Accept-Encoding": "gzip"}).get("/page")
    plain = client(app, headers={"Accept-Encoding": "identity"}).get("/page")
    assert (compressed.headers["content-encoding"], compressed.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert int(compressed.headers["content-length"]) < 200
    assert "content-encoding" not in plain.headers
    assert compressed.text == plain.text
    for path in ("/v1/page", "/sheet"):
        asked = client(app, headers={"Accept-Encoding": "gzip"}).get(path)
        assert "content-encoding" not in asked.headers, path


async def well() -> None: ...


async def broken() -> None:
    raise ConnectionError("postgresql://service:secret@host")


async def hanging() -> None:
    await asyncio.Event().wait()


def test_it_is_ready_when_every_check_passes() -> None:
    assert client(demo(checks={"database": well}), headers={}).get("/internal/isready").json() == {"status": "ready"}


def test_a_read_model_that_stands_still_is_told_of_and_stops_nothing() -> None:
    standing: dict[str, int] = {}

    async def follow_up() -> Followed:
        return Followed(parked=standing, behind_seconds=0.04 if not standing else 61.26)

    app = demo(checks={"database": well}, followed=follow_up)
    nothing = {"status": "ready", "parked": [], "behind_seconds": 0.0}
    assert client(app, headers={}).get("/internal/isready").json() == nothing
    standing |= {"waiting": 2, "cases": 1}
    answer = client(app, headers={}).get("/internal/isready")
    told = [{"projection": "cases", "streams": 1}, {"projection": "waiting", "streams": 2}]
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "parked": told, "behind_seconds": 61.3})


def test_what_cannot_be_told_of_read_models_now_is_left_out() -> None:
    async def follow_up() -> Followed:
        raise ConnectionError("postgresql://service:secret@host")

    app = demo(checks={"database": well}, followed=follow_up)
    assert client(app, headers={}).get("/internal/isready").json() == {"status": "ready"}


@pytest.fixture
def soon_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check that never ends is given up in a moment; one that needs no time has ended by then on any machine."""
    monkeypatch.setattr("services.httpapi.watching.health.CHECK_SECONDS", 0.01)


@pytest.mark.usefixtures("soon_given_up")
def test_it_says_which_checks_fail_and_still_lives() -> None:
    app = demo(checks={"log": broken, "database": well, "keys": hanging})
    answer = client(app, headers={}).get("/internal/isready")
    assert (answer.status_code, answer.json()["failing"]) == (503, ["keys", "log"])
    assert "secret" not in answer.text
    assert client(app, headers={}).get("/internal/isalive").json() == {"status": "alive"}


@pytest.mark.usefixtures("soon_given_up")
def test_it_says_why_where_a_refusal_says_it_and_waits_for_no_check_that_will_not_be_called_off() -> None:
    ended: list[str] = []

    async def frozen() -> None:
        try:
            await hanging()
        except asyncio.CancelledError:
            await hanging()
            ended.append("frozen")

    async def refusing() -> None:
        raise NotFound("There is nothing there.")

    app = demo(checks={"database": frozen, "writer": refusing})
    answer = client(app, headers={}).get("/internal/isready")
    assert (answer.status_code, answer.json()["failing"]) == (503, ["database", "writer"])
    assert answer.json()["because"] == {"writer": "not-found"}
    assert ended == []


def test_every_503_says_when_to_try_again() -> None:
    class Away(Refusal):
        code, status, title = "away", 503, "Borte"

    assert problem(Away("Not now.")).headers["Retry-After"] == "5"
    assert problem(Unavailable("Not now.")).headers["Retry-After"] == "2"


def test_requests_are_counted_by_route_and_never_by_path() -> None:
    registry = CollectorRegistry()
    Gauge("feed_lag_seconds", "How far behind", registry=registry).set(3)
    app = demo(registry=registry)
    for path in ("/v1/grants/2020/x", "/v1/grants/2021/y", "/v1/unknown-1", "/v1/unknown-2"):
        client(app).get(path)
    for method in ("BREW", "STEEP"):
        client(app).request(method, "/v1/open")
    shown = client(app, headers={}).get("/internal/metrics")
    assert shown.headers["content-type"].startswith("text/plain; version=0.0.4")
    counts = dict(line.rsplit(" ", 1) for line in shown.text.splitlines() if "seconds_count" in line)
    assert counts == {
        'http_request_seconds_count{method="GET",route="/v1/grants/{year}/{case}",status="422"}': "2.0",
        'http_request_seconds_count{method="GET",route="unmatched",status="404"}': "2.0",
        'http_request_seconds_count{method="OTHER",route="/v1/open",status="405"}': "2.0",
    }
    assert "feed_lag_seconds 3.0" in shown.text
