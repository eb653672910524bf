"""The people who work with applications, at the real service, and a call of Jobbsjansen that stands open."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
from psycopg_pool import AsyncConnectionPool

from services.eventlog.command import Command, Write
from services.eventlog.events import Event
from services.eventlog.log import Log
from services.grants.balance.movements import effects
from services.grants.scheme.events import (
    CallPublished,
    EstablishedProject,
    GrantedBefore,
    SchemeRegistered,
    WithinDates,
)
from services.grants.settings import Settings
from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.described import check_described
from tests.faults.service import open_funds, serving, settings_of, signed_in
from tests.grants.scheme.schemes import PUBLISHED, REGISTERED, TERMS
from tests.patience import until

KARI, OLA, INGRID, LIV, ANNE, MONA, RITA = "kari", "ola", "ingrid", "liv", "anne", "mona", "rita"
ROLES = {
    KARI: Role.caseworker,
    OLA: Role.caseworker,
    INGRID: Role.approver,
    LIV: Role.approver,
    ANNE: Role.controller,
    MONA: Role.ministry,
    RITA: Role.auditor,
}
FUND = "2020/291/71/jobbsjansen"
SOUGHT_ORE = 2_000_000_00
CONTACT = {"name": "Petra Kontakt Persdatter", "email": "petra.persdatter@drammen.example", "phone": "+47 987 65 432"}
EXTRA = "jobbsjansen-ekstra-2020"

FIRST_ROUND = replace(PUBLISHED, fund_id=FUND, terms=replace(TERMS, fund_ids=(FUND,)))
EXTRA_TERMS = replace(
    FIRST_ROUND.terms,
    eligibility=(
        *TERMS.eligibility,
        EstablishedProject(),
        GrantedBefore(call_id=FIRST_ROUND.call_id),
        WithinDates(),
    ),
)
SCHEMES: dict[str, tuple[SchemeRegistered, CallPublished]] = {
    "jobbsjansen-2020": (replace(REGISTERED, terms=FIRST_ROUND.terms), FIRST_ROUND),
    EXTRA: (
        replace(REGISTERED, scheme_id=EXTRA, terms=EXTRA_TERMS),
        replace(FIRST_ROUND, call_id=f"{EXTRA}.mai", title="Ekstra midler", terms=EXTRA_TERMS),
    ),
}

APPLICATION: dict[str, Any] = {
    "call_id": FIRST_ROUND.call_id,
    "applicant": {
        "kind": "municipality",
        "name": "Drammen kommune",
        "organisation_number": "974760673",
        "municipality_number": "3005",
    },
    "title": "Jobbsjansen i Drammen",
    "summary": "Kvalifisering av hjemmeværende kvinner.",
    "amount_sought_ore": SOUGHT_ORE,
    "budget": [{"what": "Lønn", "amount_ore": SOUGHT_ORE}],
    "established_project": True,
    "form": "nb",
    "arrived_on": "2020-02-20",
    "contact": CONTACT,
}
VERSION = {name: value for name, value in APPLICATION.items() if name != "call_id"}
SCORES = [
    {"criterion_id": "behov", "score": 4, "reason": "Godt dokumentert."},
    {"criterion_id": "gjennomforing", "score": 3, "reason": "Planen er kort."},
]
ASSESSMENT: dict[str, Any] = {
    "version": 1,
    "scores": SCORES,
    "summary": "Bør innvilges.",
    "recommended_ore": SOUGHT_ORE,
    "assessed_on": "2020-03-10",
}
IMPARTIAL = {"impartial": True, "stated_on": "2020-03-02"}


class Desk:
    """One application at a time, as the last act left it."""

    def __init__(self, client: httpx.AsyncClient, settings: Settings) -> None:
        self.client = client
        self.settings = settings
        self.case = ""
        self.version = '"0"'
        self.acts = 0

    async def sends(
        self, person: str, method: str, address: str, body: Any = None, *, key: str | None = None
    ) -> httpx.Response:
        """One request, with a key of its own unless it has one, and the version that was last seen."""
        self.acts += 1
        headers = {"Idempotency-Key": key or f"act {self.acts}", "If-Match": self.version}
        headers |= signed_in(self.settings, person, ROLES[person])
        sent = {} if body is None else {"json": body}
        return await self.client.request(method, address, headers=headers, **sent)

    async def opens(self, application: dict[str, Any] = APPLICATION, *, key: str | None = None) -> httpx.Response:
        """Kari registers what arrived."""
        answer = await self.sends(KARI, "POST", "/v1/applications", application, key=key)
        assert answer.status_code == 201, answer.text
        self.case, self.version = answer.headers["Location"], answer.headers["ETag"]
        return answer

    async def does(self, person: str, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """An act on the case that goes well, and the case after it."""
        answer = await self.sends(person, method, f"{self.case}/{path}", body)
        assert answer.is_success, f"{method} {path}: {answer.text}"
        check_described("grants", answer)
        self.version = answer.headers["ETag"]
        return dict(answer.json())

    async def refused(self, person: str, method: str, path: str, body: Any = None) -> str:
        """An act on the case that does not, and its code."""
        answer = await self.sends(person, method, f"{self.case}/{path}", body)
        assert answer.is_client_error, f"{method} {path}: {answer.text}"
        return str(answer.json()["code"])

    async def reads(self, person: str, address: str) -> Any:
        answer = await self.sends(person, "GET", address)
        assert answer.status_code == 200, answer.text
        check_described("grants", answer)
        return answer.json()

    async def reads_until(self, address: str, seen: Callable[[Any], bool]) -> Any:
        """What a list says once it has caught up with the log."""
        return await until(lambda: self.reads(RITA, address), seen)


def record(database: Database, stream: str, *events: Event, expected: int = 0) -> None:
    """Facts from before the story, on a stream that holds `expected` already."""
    log = Log(
        database.service_dsn, AsyncConnectionPool(database.service_dsn, open=False), schema="grants", effects=effects
    )
    try:
        outcome = log.append_now(Command(actor=ANNE), Write(stream, expected, events))
        assert outcome.outcome == "recorded", outcome
    finally:
        log.close()


def at_the_desk(database: Database, folder: Path, story: Callable[[Desk], Awaitable[None]]) -> None:
    """The service on funds and schemes that are there, and people at work in it."""
    open_funds(database, post_ore=100 * SOUGHT_ORE, jobbsjansen=100 * SOUGHT_ORE)
    for scheme_id, facts in SCHEMES.items():
        record(database, f"scheme-{scheme_id}", *facts)
    settings = settings_of(database, folder)

    async def go() -> None:
        async with serving(settings) as (_, client):
            await story(Desk(client, settings))

    asyncio.run(go())
