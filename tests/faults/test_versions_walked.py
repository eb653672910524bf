"""Every address that changes something already read asks for its version (428) and builds on that very version (412):
walked from the services' own descriptions, so that no route is left out."""

import asyncio
import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from starlette.responses import Response

from services.httpapi.callers.caller import Role
from services.httpapi.commands.command_handler import CommandHandler, StaleVersion
from services.httpapi.commands.etag import ExpectedVersion
from tests.conftest import Database
from tests.faults.service import notifications_settings_of, serving, settings_of, signed_in
from tests.faults.versions_walked import names_read_in
from tests.faults.walked import list_asking_for
from tests.probing_days import left_alone

LOOKS_FIRST = {"grants": 30, "notifications": 12}
"""At most so many read what they act on before the version is looked at, and find nothing here: they are held to
handing the version on, in `test_every_version_asked_for_is_handed_on`."""


@pytest.mark.parametrize("service", ["grants", "notifications"])
def test_no_change_is_made_without_a_version_or_on_another_one(
    service: str, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    async def overtaken(*_: Any, expected: Any = None, **__: Any) -> Response:
        """Somebody has always been there before."""
        asked.append(expected)
        raise StaleVersion("It has changed since.")

    monkeypatch.setattr(CommandHandler, "carry_out", overtaken)
    monkeypatch.setattr(CommandHandler, "carry_out_all", overtaken)
    settings = settings_of(database, tmp_path)
    told: Any = settings if service == "grants" else notifications_settings_of(database, tmp_path)
    without: dict[str, int] = {}
    otherwise: dict[str, Any] = {}
    weakened: dict[str, Any] = {}
    looks_first = []

    async def go() -> None:
        async with serving(told) as (app, client):
            for of in list_asking_for("If-Match", app.openapi()):
                headers = signed_in(told, "siri", *Role) | {"Idempotency-Key": of.name}
                without[of.name] = (
                    await client.request(of.verb, of.address, headers=headers, json=of.body)
                ).status_code
                asked.clear()
                answer = await client.request(of.verb, of.address, headers=headers | {"If-Match": '"7"'}, json=of.body)
                if not asked:
                    looks_first.append(of.name)
                elif answer.status_code != 412 or [7 in versions_in(expected) for expected in asked] != [True]:
                    otherwise[of.name] = (answer.status_code, list(asked))
                strong = (answer.status_code, list(asked))
                asked.clear()
                answer = await client.request(
                    of.verb, of.address, headers=headers | {"If-Match": 'W/"7"'}, json=of.body
                )
                if (answer.status_code, list(asked)) != strong:
                    weakened[of.name] = (answer.status_code, list(asked), *strong)

    with left_alone():  # each address is asked once, and what it asks for in turn is counted
        asyncio.run(go())
    assert {name: status for name, status in without.items() if status != 428} == {}
    assert otherwise == {}
    assert weakened == {}, "a tag that a proxy made weak names the same version, at every address alike"
    assert len(looks_first) <= LOOKS_FIRST[service], looks_first
    assert len(without) > len(looks_first)


def versions_in(expected: int | Mapping[str, int] | None) -> set[int | None]:
    """The versions a command builds on: its own stream's, or each of several."""
    return set(expected.values()) if isinstance(expected, Mapping) else {expected}


@pytest.mark.parametrize("service", ["grants", "notifications"])
def test_every_version_asked_for_is_handed_on(service: str, database: Database, tmp_path: Path) -> None:
    settings = settings_of(database, tmp_path)
    told: Any = settings if service == "grants" else notifications_settings_of(database, tmp_path)
    dropped, seen, described = [], 0, 0

    async def go() -> None:
        nonlocal seen, described
        async with serving(told) as (app, _):
            described = len(list(list_asking_for("If-Match", app.openapi())))
            for route in app.routes:
                if isinstance(route, APIRoute):
                    for name in versions_of(route):
                        seen += 1
                        if name not in names_read_in(route):
                            dropped.append(f"{route.methods} {route.path}")

    asyncio.run(go())
    assert dropped == []
    assert seen == described > 10


def versions_of(route: APIRoute) -> list[str]:
    hints = inspect.signature(route.endpoint).parameters.values()
    return [each.name for each in hints if each.annotation == ExpectedVersion]
