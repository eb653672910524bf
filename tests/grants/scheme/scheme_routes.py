"""What the tests of scheme routes build, for other tests to use as well."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx

from dev.schemes import SchemeFile, read_schemes
from services.grants.settings import Settings
from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.described import check_described
from tests.faults.service import ANNE, INGRID, KARI, PER, ROOT, serving, settings_of, signed_in

LETTERS = sorted((ROOT / "data" / "letters" / "2020").glob("*.yaml"))
FILES = list(read_schemes())
OLA, RITA = "ola", "rita"
ROLES = {
    KARI: Role.caseworker,
    OLA: Role.caseworker,
    INGRID: Role.approver,
    PER: Role.attestor,
    ANNE: Role.controller,
    RITA: Role.auditor,
}

Answered = httpx.Response


class Office:
    """The people at their desks. Each act has a key of its own, or the one it is told to use again."""

    def __init__(self, client: httpx.AsyncClient, settings: Settings) -> None:
        self.client = client
        self.settings = settings
        self.acts = 0

    async def sends(self, person: str, method: str, path: str, *, seen: str | None = None, **sent: Any) -> Answered:
        self.acts += 1
        headers = {"Idempotency-Key": f"act {self.acts}"} | sent.pop("headers", {})
        headers |= {"If-Match": seen} if seen else {}
        headers |= signed_in(self.settings, person, ROLES[person])
        return await self.client.request(method, path, headers=headers, **sent)

    async def does(self, person: str, method: str, path: str, **sent: Any) -> Answered:
        answer = await self.sends(person, method, path, **sent)
        assert answer.is_success, answer.text
        check_described("grants", answer)
        return answer

    async def refused(self, person: str, method: str, path: str, **sent: Any) -> tuple[int, str]:
        answer = await self.sends(person, method, path, **sent)
        assert answer.is_client_error, answer.text
        return answer.status_code, answer.json()["code"]

    async def registers_letters(self, files: list[Path]) -> None:
        for file in files:
            yaml = {"Content-Type": "application/yaml"}
            await self.does(ANNE, "POST", "/v1/letters", content=file.read_bytes(), headers=yaml)

    async def reads(self, path: str) -> Any:
        return (await self.does(RITA, "GET", path)).json()


def at_the_office(database: Database, folder: Path, story: Callable[[Office], Awaitable[None]]) -> None:
    settings = settings_of(database, folder)

    async def go() -> None:
        async with serving(settings) as (_, client):
            await story(Office(client, settings))

    asyncio.run(go())


def scheme_file(name: str) -> SchemeFile:
    return next(file for file in FILES if file.scheme["scheme_id"] == f"{name}-2020")


JOBBSJANSEN = scheme_file("jobbsjansen")
AT = "/v1/schemes/jobbsjansen-2020"
