"""What is worked out once for all services of a run is what FastAPI works out for each of them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI, Query, routing
from fastapi import utils as fields_of_fastapi
from fastapi.dependencies import utils as signatures_of_fastapi
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from services.grants import main as grants
from services.grants.settings import Settings as GrantsSettings
from services.httpapi import app as putting_together
from services.httpapi.callers.admission import RouteWithoutRoles, allow
from services.httpapi.callers.bearer import Callers
from services.httpapi.callers.caller import Role
from services.httpapi.route import Route, Router
from services.notifications import main as notifications
from services.notifications.settings import Settings as NotificationsSettings
from tests import built_once
from tests.built_once import Found

NOWHERE = "postgresql://nobody@/nowhere"


def grants_app(folder: Path) -> FastAPI:
    told = GrantsSettings(environment="test", database_url=NOWHERE, dev_issuer_key=folder / "issuer.json")
    return grants.create_app(told)


def notifications_app(folder: Path) -> FastAPI:
    told = NotificationsSettings(
        environment="test", database_url=NOWHERE, outbox=folder, dev_issuer_key=folder / "issuer.json"
    )
    return notifications.create_app(told)


def whole(dependant: Dependant) -> Iterator[object]:
    """All that FastAPI found of a signature, and of what stands behind it."""
    call: Any = dependant.call
    yield getattr(call, "__qualname__", type(call).__name__), getattr(call, "roles", None)
    for name in ("path_params", "query_params", "header_params", "cookie_params", "body_params"):
        yield name, [(each.name, each.alias, each.mode, repr(each.field_info)) for each in getattr(dependant, name)]
    for name in Dependant.__slots__:
        if not name.endswith("_params") and name not in ("call", "dependencies"):
            yield name, getattr(dependant, name)
    for inner in dependant.dependencies:
        yield list(whole(inner))


def found(app: FastAPI) -> list[object]:
    """Every route with what was found of it, and the document."""
    routes = [route for route in routing.iter_route_contexts(app.routes) if isinstance(route.original_route, APIRoute)]
    assert len(routes) > 20
    return [*((route.path, route.methods, list(whole(route.dependant))) for route in routes), app.openapi()]


@pytest.mark.parametrize("put_together", [grants_app, notifications_app])
def test_a_service_is_the_same(
    put_together: Callable[[Path], FastAPI], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = [found(put_together(tmp_path)) for _ in range(2)]
    monkeypatch.setattr(routing, "get_dependant", signatures_of_fastapi.get_dependant)
    monkeypatch.setattr(routing, "create_model_field", fields_of_fastapi.create_model_field)
    monkeypatch.setattr(Route, "__init__", built_once.made_at_once)
    monkeypatch.setattr(putting_together, "_refuse_unguarded_routes", built_once.looked_at_whole)
    anew = found(put_together(tmp_path))
    assert known == [anew, anew]


def promised(app: FastAPI) -> list[str]:
    """Routes that nobody has looked at."""
    return [each.path for each in app.routes if isinstance(each, Route) and "told" in vars(each)]


def test_a_route_that_was_there_before_is_made_when_it_is_looked_at(tmp_path: Path) -> None:
    grants_app(tmp_path)
    app = grants_app(tmp_path)
    many = len(promised(app))
    assert many > 150
    path = promised(app)[0]
    route = next(each for each in app.routes if isinstance(each, Route) and each.path == path)
    assert route.dependant.call is route.endpoint
    assert len(promised(app)) == many - 1
    assert not hasattr(route, "such_thing")


def test_a_route_that_says_not_whom_it_serves_is_refused_each_time() -> None:
    for _ in range(3):
        with pytest.raises(RouteWithoutRoles):
            putting_together.service("Ingen", "1", routers=[open_to_nobody()], callers=Callers([]))


def open_to_nobody() -> Router:
    router = Router()

    @router.get("/v1/nothing")
    def nothing() -> None: ...

    return router


def endpoints(app: FastAPI) -> set[Any]:
    """The functions that answer, of those that are made with the service."""
    routes = (each.original_route for each in routing.iter_route_contexts(app.routes))
    answering = {route.dependant.call for route in routes if isinstance(route, APIRoute)}
    return {each for each in answering if getattr(each, "__closure__", None)}


def test_each_service_answers_by_its_own_functions(tmp_path: Path) -> None:
    one, other = endpoints(grants_app(tmp_path)), endpoints(grants_app(tmp_path))
    assert len(one) == len(other) > 100
    assert one.isdisjoint(other)


def made(number: int) -> Callable[[], int]:
    return lambda: number


EQUAL: list[Callable[[], Any]] = [
    lambda: Annotated[int, Query(ge=1, description="hva")],
    lambda: Annotated[str | None, allow(Role.approver)],
    lambda: dict[str, int],
    lambda: [("a", 1, None)],
]
UNEQUAL: list[tuple[Any, Any]] = [
    (Annotated[int, Query(ge=1)], Annotated[int, Query(ge=2)]),
    (Annotated[int, Query(ge=1)], Annotated[int, Query(gt=1)]),
    (Annotated[int, Query(alias="a")], Annotated[int, Query(alias="b")]),
    (Annotated[int, Query()], Annotated[str, Query()]),
    (Annotated[int, allow(Role.approver)], Annotated[int, allow(Role.attestor)]),
    (Annotated[int, Depends(made(1))], Annotated[int, Depends(made(1))]),
    (made(1), made(1)),
    (1, True),
    (1, 1.0),
    (dict[str, int], dict[str, bool]),
    (("a", 1), ["a", 1]),
    (int | None, int | str),
]


@pytest.mark.parametrize("write", EQUAL)
def test_what_is_written_twice_is_found_once(write: Callable[[], Any]) -> None:
    known, times = Found(), []
    for _ in range(3):
        known.of(write(), lambda: times.append(1))
    assert times == [1]


@pytest.mark.parametrize(("one", "other"), UNEQUAL)
def test_what_is_not_the_same_is_found_for_itself(one: Any, other: Any) -> None:
    known = Found()
    assert known.of(one, lambda: "one") == "one"
    assert known.of(other, lambda: "other") == "other"
    assert known.of(one, lambda: "another") == "one"
