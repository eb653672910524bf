"""What the tests of letter routes build, for other tests to use as well."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
from pypdf import PdfReader

from services.calendar import clock
from services.eventlog.command import Command, Write
from services.eventlog.events import Event
from services.eventlog.log import Log
from services.grants.scheme.events import SchemeRegistered
from services.grants.settings import Settings
from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.faults.service import issuer_of, open_funds, serving, settings_of
from tests.grants.award.grant_letters import DATED_ON, TERMS
from tests.grants.fodt_fri import MILLION

FUND = "2020/291/71/fodt_fri"
SCHEME = "nasjonale-ressursmiljo-2020"
DATED = {"dated_on": str(DATED_ON)}
PROPOSAL = {
    "fund_id": FUND,
    "scheme_id": SCHEME,
    "recipient": {"name": "Stiftelsen Født Fri", "organisation_number": "974760673"},
    "amount_ore": 6 * MILLION,
    "purpose": "Tilskuddet skal styrke arbeidet mot negativ sosial kontroll.",
    "terms": ["Midlene brukes til formålet."],
    "instalments": [{"number": 1, "amount_ore": 6 * MILLION}],
    "reports": [{"number": 1, "kind": "final", "due_on": "2020-12-01"}],
    "basis": {"year": 2020, "letter": 0, "section": "5.1"},
}


def record(database: Database, **streams: tuple[Event, ...]) -> None:
    """These facts as if they had come about by the other rooms' own acts."""
    log = Log(database.service_dsn, None, schema="grants")  # type: ignore[arg-type]
    try:
        writes = [Write(stream.replace("_", "-"), 0, events) for stream, events in streams.items()]
        assert log.append_now(Command(actor="anne"), *writes).outcome == "recorded"
    finally:
        log.close()


class Desk:
    """People at their desks, each with every role but those given."""

    def __init__(self, client: httpx.AsyncClient, settings: Settings) -> None:
        self.client, self.settings, self.acts = client, settings, 0

    async def ask(
        self, method: str, path: str, body: Any = None, *, person: str = "kari", seen: str = '"0"', **headers: str
    ) -> httpx.Response:
        self.acts += 1
        token = issuer_of(self.settings).mint(person, list(Role))
        sent = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"{self.acts}", "If-Match": seen, **headers}
        if method == "GET":
            del sent["Idempotency-Key"], sent["If-Match"]
        return await self.client.request(method, path, json=body, headers=sent)

    async def open_case(self, **more: Any) -> str:
        opened = await self.ask("POST", "/v1/cases", PROPOSAL | more)
        assert opened.status_code == 201, opened.text
        return str(opened.headers["Location"])


def at_work(database: Database, folder: Path, story: Callable[[Desk], Awaitable[None]], **settings: Any) -> None:
    """`now`, if given, is the service's clock."""
    now = settings.pop("now", clock.now)
    open_funds(database, 100 * MILLION, fodt_fri=50 * MILLION)
    terms = replace(TERMS, fund_ids=(FUND,))
    scheme = SchemeRegistered(scheme_id=SCHEME, year=2020, terms=terms, registered_on=DATED_ON, registered_by="anne")
    record(database, **{f"scheme-{SCHEME}": (scheme,)})
    told = replace(settings_of(database, folder), **settings)

    async def go() -> None:
        async with serving(told, now=now) as (_, client):
            await story(Desk(client, told))

    asyncio.run(go())


def text_of(pdf: bytes) -> str:
    return "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages)
