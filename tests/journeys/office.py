"""An office where everybody holds every role, so that only the rules keep people apart. Cases are worked over HTTP."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from services.grants.settings import Settings
from services.httpapi.callers.bearer import Issuer
from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.described import check_described
from tests.faults.service import DECIDED_OUTSIDE, issuer_of, proposal, serving, settings_of

KARI, OLA, LIV, PER, ANNE, SIRI = "kari", "ola", "liv", "per", "anne", "siri"
FUND = "2020/291/71/fodt_fri"
MISUSED = [{"code": "misuse", "text": "Midlene er brukt til annet enn formålet."}]
APPROVED = {"approved_on": "2020-02-03", "disposal_authority": "Instruks 4.2"}
OPENING = {"": "/v1/cases", "imports": "/v1/award-imports"}
LETTER_OUT = {"released_on": "2020-02-10", "document": "20/00123-4"}


class Office:
    """One case at a time, as the last act left it."""

    def __init__(self, client: httpx.AsyncClient, settings: Settings) -> None:
        self.client = client
        self.settings = settings
        self.case = ""
        self.version = '"0"'
        self.acts = 0

    def signed(self, person: str) -> dict[str, str]:
        """The headers of somebody's next act, which has a key of its own."""
        self.acts += 1
        token = issuer_of(self.settings).mint(person, list(Role))
        return {"Authorization": f"Bearer {token}", "Idempotency-Key": f"{self.acts}"}

    async def send(self, person: str, method: str, path: str, body: dict[str, Any]) -> httpx.Response:
        """One act on the case as it was last seen, with a key of its own."""
        headers = self.signed(person) | {"If-Match": self.version}
        address = OPENING.get(path, f"{self.case}/{path}")
        return await self.client.request(method, address, headers=headers, json=body)

    async def does(self, person: str, method: str, path: str, **body: Any) -> dict[str, Any]:
        """An act that goes well, and the case after it."""
        answer = await self.send(person, method, path, body)
        assert answer.is_success, f"{method} {path}: {answer.text}"
        self.version = answer.headers["ETag"]
        if path in OPENING:
            self.case = answer.headers["Location"]
        check_described("grants", answer)
        return dict(answer.json())

    async def refused(self, person: str, method: str, path: str, **body: Any) -> dict[str, Any]:
        """An act that does not, and what is told of it."""
        answer = await self.send(person, method, path, body)
        assert answer.is_client_error, f"{method} {path}: {answer.text}"
        return dict(answer.json())

    async def proposes(self, *parts_ore: int, fund_id: str = FUND, **more: Any) -> None:
        """A new case, with an award in these instalments."""
        self.case, self.version = "", '"0"'
        await self.does(KARI, "POST", "", **(self.plan(parts_ore, fund_id) | more))

    async def imports(self, *parts_ore: int, fund_id: str = FUND, **more: Any) -> None:
        """A new case, with an award that was decided before this system, and that a second person has confirmed."""
        self.case, self.version = "", '"0"'
        await self.does(KARI, "POST", "imports", **(self.plan(parts_ore, fund_id) | DECIDED_OUTSIDE | more))
        await self.does(OLA, "PUT", "award/import/confirmation")

    @staticmethod
    def plan(parts_ore: Sequence[int], fund_id: str) -> dict[str, Any]:
        """A proposal in these instalments."""
        instalments = [{"number": number, "amount_ore": ore} for number, ore in enumerate(parts_ore, 1)]
        return proposal(fund_id, sum(parts_ore)) | {"instalments": instalments}

    async def grants(self, *parts_ore: int, **more: Any) -> None:
        """A case whose award is made and whose letter is out, both before this system."""
        await self.imports(*parts_ore, **more)
        await self.does(KARI, "PUT", "letter-release", **LETTER_OUT)
        await self.does(LIV, "PUT", "letter-release/confirmation")

    async def pays(self, instalment: int, amount_ore: int, voucher: str = "B-1001") -> None:
        """What was paid before this system, recorded from the accounts."""
        paid = {"amount_ore": amount_ore, "paid_on": "2020-03-02", "reference": voucher}
        await self.does(PER, "POST", f"instalments/{instalment}/payments", **paid)


def work(
    database: Database,
    folder: Path,
    story: Callable[[Any], Awaitable[None]],
    *,
    kind: type[Office] = Office,
    issuers: tuple[Issuer, ...] = (),
) -> None:
    """The service put together, and people at work in it, who may come from these issuers beside our own."""
    settings = replace(settings_of(database, folder), issuers=issuers)

    async def go() -> None:
        async with serving(settings) as (_, client):
            await story(kind(client, settings))

    asyncio.run(go())
