"""A year with two posts, three schemes and people who make rounds of awards, over HTTP."""

import asyncio
import csv
import io
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from openpyxl import Workbook

from services.eventlog.command import Command, Write
from services.eventlog.events import Event
from services.eventlog.log import Log
from services.grants.balance.movements import effects
from services.grants.budget_year.events.allocation import FundOpened
from services.grants.scheme.events import NoticePolicy, SchemeRegistered, SchemeTerms, Source
from services.grants.scheme.notice_policy.events import NoticePolicyConfirmed
from services.grants.settings import Settings
from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.described import check_described
from tests.eventlog.played import letter
from tests.faults.service import issuer_of, serving, settings_of

KARI, OLA, INGRID, LIV = "kari", "ola", "ingrid", "liv"
ROLES = {KARI: Role.caseworker, OLA: Role.caseworker, INGRID: Role.approver, LIV: Role.approver}
SETTLING, NAMED = "2020/291/60", "2020/291/71"
EAST, WEST = f"{NAMED}/ost", f"{NAMED}/vest"
PER_CAPITA, BY_NAME = "integreringstilskudd-2020", "ressursmiljo-2020"
NEW_YEAR = date(2020, 1, 1)
DAY = "2020-03-02"
AUTHORITY = "Instruks 4.2"
OSLO, BERGEN, DRAMMEN = ("0301", "Oslo", "958935420"), ("4601", "Bergen", "964338531"), ("3005", "Drammen", "921234554")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

SOURCE = Source(document="Tildelingsbrev 2020", section="5.1")


def scheme(scheme_id: str, basis: str, *fund_ids: str) -> SchemeRegistered:
    """A scheme whose grants need no letter from here."""
    terms = SchemeTerms(
        name="Tilskudd",
        fund_ids=fund_ids,
        basis=basis,  # type: ignore[arg-type]
        notice=NoticePolicy(rule="exempt", source=SOURCE, valid_from=NEW_YEAR),
        source=SOURCE,
        aim="Integrering",
        target_group="Kommuner",
        criteria_text="Satser",
        follow_up="Avstemming",
        control="Kontroll",
        letter_template=None,
        acceptance_required=False,
    )
    return SchemeRegistered(scheme_id=scheme_id, year=2020, terms=terms, registered_on=NEW_YEAR, registered_by=LIV)


def exempted(registered: SchemeRegistered) -> NoticePolicyConfirmed:
    """Two people found that it owes no notice, and so that it needs no letters."""
    policy = replace(registered.terms.notice, document_sha256="cd" * 32)
    return NoticePolicyConfirmed(policy=policy, written_by=(LIV,), confirmed_by="ola")


def fund(fund_id: str) -> FundOpened:
    """The post of that path, or an earmark below one."""
    _, chapter, post, *below = fund_id.split("/")
    kind = "earmark" if below else "post"
    return FundOpened(fund_id=fund_id, kind=kind, name=fund_id, year=2020, chapter=int(chapter), post=post)  # type: ignore[arg-type]


def record(database: Database, stream: str, *facts: Event) -> None:
    """Facts at the beginning of a stream."""
    log = Log(database.service_dsn, None, schema="grants", effects=effects)  # type: ignore[arg-type]
    try:
        outcome = log.append_now(Command(actor=LIV), Write(stream, 0, facts))
        assert outcome.outcome == "recorded", outcome
    finally:
        log.close()


def open_year(database: Database, funds_ore: Mapping[str, int]) -> None:
    """One letter that opens these funds with these amounts, and the schemes that pay from them."""
    funds = tuple(fund(fund_id) for fund_id in funds_ore)
    record(database, "allocation-2020", letter(0, NEW_YEAR, *funds_ore.items(), funds=funds))
    for registered in (scheme(PER_CAPITA, "per-capita", SETTLING), scheme(BY_NAME, "named", NAMED)):
        record(database, f"scheme-{registered.scheme_id}", registered, exempted(registered))


class Office:
    """One round at a time, as the last act left it."""

    def __init__(self, client: httpx.AsyncClient, settings: Settings) -> None:
        self.client = client
        self.issuer = issuer_of(settings)
        self.people = {person: self.issuer.mint(person, (role,)) for person, role in ROLES.items()}
        self.keys: Iterator[int | str] = count(1)
        self.round = ""
        self.version = '"0"'

    def may_all(self, person: str) -> None:
        """This person holds every role from now on, so that only the rules hold them back."""
        self.people[person] = self.issuer.mint(person, list(Role))

    def headers(self, person: str, key: str | None = None) -> dict[str, str]:
        key = key or f"act-{next(self.keys)}"
        return {"Authorization": f"Bearer {self.people[person]}", "Idempotency-Key": key, "If-Match": self.version}

    async def asks(self, person: str, method: str, path: str, key: str | None = None, **sent: Any) -> httpx.Response:
        """Something asked of the round, which may be refused."""
        headers = self.headers(person, key) | sent.pop("headers", {})
        return await self.client.request(method, f"{self.round}{path}", headers=headers, **sent)

    async def does(self, person: str, method: str, path: str, **sent: Any) -> dict[str, Any]:
        """An act that goes well, and the round after it."""
        answer = await self.asks(person, method, path, **sent)
        assert answer.is_success, f"{method} {path}: {answer.text}"
        check_described("grants", answer)
        self.version = answer.headers["ETag"]
        return dict(answer.json())

    async def refused(self, person: str, method: str, path: str, **sent: Any) -> dict[str, Any]:
        """An act that does not, and what is told of it."""
        answer = await self.asks(person, method, path, **sent)
        assert answer.is_client_error, f"{method} {path}: {answer.status_code} {answer.text}"
        return dict(answer.json())

    async def reads(self, path: str = "", **query: Any) -> dict[str, Any]:
        answer = await self.client.get(f"{self.round}{path}", headers=self.headers(INGRID), params=query)
        assert answer.is_success, answer.text
        check_described("grants", answer)
        return dict(answer.json())

    async def case(self, case_id: str) -> dict[str, Any]:
        answer = await self.client.get(f"/v1/cases/{case_id}", headers=self.headers(INGRID))
        assert answer.is_success, answer.text
        return dict(answer.json())

    async def opens(self, scheme_id: str) -> None:
        """A new round of the scheme."""
        opening = {"scheme_id": scheme_id, "name": "Runde", "opened_on": "2020-01-15"}
        answer = await self.client.post("/v1/rounds", json=opening, headers=self.headers(KARI))
        assert answer.status_code == 201, answer.text
        self.round, self.version = answer.headers["Location"], answer.headers["ETag"]

    async def proposes(self, *lines: dict[str, Any]) -> dict[str, Any]:
        return await self.does(KARI, "POST", "/lines", json={"lines": lines})

    async def approves(self, *case_ids: str, approved_on: str = DAY, person: str = INGRID) -> httpx.Response:
        return await self.asks(person, "PUT", "/approval", json=approval(*case_ids, approved_on=approved_on))

    async def list_cases(self, state: str = "proposed") -> list[str]:
        return [line["case_id"] for line in (await self.reads("/lines", state=state, limit=500))["items"]]


def approval(*case_ids: str, approved_on: str = DAY) -> dict[str, Any]:
    """All that waits, or the chosen cases."""
    asked: dict[str, Any] = {"approved_on": approved_on, "disposal_authority": AUTHORITY}
    return asked | ({"case_ids": case_ids} if case_ids else {})


def line(fund_id: str, amount_ore: int, name: str = "Født Fri", **more: Any) -> dict[str, Any]:
    """An award to somebody a letter names."""
    named_in = {"year": 2020, "letter": 0, "section": "5.1"}
    return {"fund_id": fund_id, "amount_ore": amount_ore, "recipient": {"name": name}, "named_in": named_in} | more


COLUMNS = (
    "municipality_number", "name", "organisation_number", "fund", "period", "rule", "count", "rate", "amount", "due_on",
)  # fmt: skip


def batch_line(municipality: tuple[str, str, str] = OSLO, **said: Any) -> dict[str, Any]:
    """A whole line: two persons at 1,234.50 kroner in the first quarter."""
    number, name, organisation = municipality
    told = (number, name, organisation, SETTLING, "2020-Q1", "år 1", "2", "1234.50", "2469.00", "2020-04-01")
    return dict(zip(COLUMNS, told, strict=True)) | said


def as_csv(*lines: Mapping[str, Any], columns: Sequence[str] = (), delimiter: str = ";") -> bytes:
    """The lines as somebody's spreadsheet writes them."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns or tuple(lines[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue().encode()


def as_xlsx(*lines: dict[str, Any], sheets: int = 1) -> bytes:
    """The same as a workbook of so many sheets, with the lines on the first."""
    book, content = Workbook(), io.BytesIO()
    for _ in range(sheets - 1):
        book.create_sheet()
    sheet = book.worksheets[0]
    sheet.append(list(lines[0]))
    for line in lines:
        sheet.append(list(line.values()))
    book.save(content)
    return content.getvalue()


def at_work(database: Database, folder: Path, story: Callable[[Office], Awaitable[None]]) -> None:
    """The service put together, and people at work in it."""
    settings = settings_of(database, folder)

    async def go() -> None:
        async with serving(settings) as (_, client):
            await story(Office(client, settings))

    asyncio.run(go())
