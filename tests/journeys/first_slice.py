"""What the tests of first slice build, for other tests to use as well."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx

from services.grants.settings import Settings
from tests.conftest import Database
from tests.faults.service import ANNE, KARI, PER, serving, settings_of, signed_in
from tests.paged import in_pages

MILLION_ORE, KRONE_ORE = 100_000_000, 100
AT_DISPOSAL_ORE = 12_544_000_000
YEARS_END = "2020-12-31"
FODT_FRI = "2020/291/71/nasjonale-ressursmiljo/fodt-fri"

Standing = tuple[int, int, int]


class Year:
    """The people of the year at their desks, and what they have read of 291/71 so far."""

    def __init__(self, client: httpx.AsyncClient, settings: Settings) -> None:
        self.client = client
        self.settings = settings
        self.case = ""
        self.seen = '"0"'
        self.acts = 0
        self.remembered: list[tuple[str, Standing]] = []

    async def sends(self, person: str, method: str, path: str, **sent: Any) -> httpx.Response:
        """One act with a key of its own, on the case as it was last seen."""
        self.acts += 1
        headers = {"Idempotency-Key": f"act {self.acts}", "If-Match": self.seen, **sent.pop("headers", {})}
        return await self.client.request(method, path, headers=headers | signed_in(self.settings, person), **sent)

    async def registers(self, letter: bytes) -> None:
        yaml = {"Content-Type": "application/yaml"}
        answer = await self.sends(ANNE, "POST", "/v1/letters", content=letter, headers=yaml)
        assert answer.is_success, answer.text

    async def opens(self, asked: dict[str, Any], path: str = "/v1/cases") -> None:
        opened = await self.sends(KARI, "POST", path, json=asked)
        assert opened.status_code == 201, opened.text
        self.case, self.seen = opened.headers["Location"], opened.headers["ETag"]

    async def does(self, person: str, method: str, path: str, **body: Any) -> None:
        """An act on the case that goes well."""
        answer = await self.sends(person, method, f"{self.case}/{path}", json=body)
        assert answer.is_success, answer.text
        self.seen = answer.headers["ETag"]

    async def refused(self, person: str, method: str, path: str, **body: Any) -> dict[str, Any]:
        """An act on the case that does not, and what is told of it."""
        answer = await self.sends(person, method, f"{self.case}/{path}", json=body)
        assert answer.is_client_error, answer.text
        return dict(answer.json())

    async def reads(self, address: str, **query: str) -> Any:
        answer = await self.client.get(address, params=query, headers=signed_in(self.settings, PER))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def standing(self, on: str, **known: str) -> Standing:
        """What stood on 291/71 on a day. What is withheld or paid is a part of what is committed, never beside it."""
        post = await self.reads("/v1/posts/2020/291/71", valid_at=on, **known)
        assert post["at_disposal_ore"] == AT_DISPOSAL_ORE
        assert post["remaining_ore"] == AT_DISPOSAL_ORE - post["committed_ore"]
        whole, rests = zip(
            *(divmod(post[f"{name}_ore"], MILLION_ORE) for name in ("committed", "disbursed", "withheld")), strict=True
        )
        assert rests == (0, 0, 0)
        return (whole[0], whole[1], whole[2])

    async def moves(self, day_before: str, before: Standing, day: str, after: Standing) -> None:
        """The last act counts from its day and not from the day before; the year's end follows, and is remembered."""
        assert await self.standing(day_before) == before
        assert await self.standing(day) == after
        assert await self.standing(YEARS_END) == after
        timeline = await self.reads(f"{self.case}/timeline")
        assert await in_pages(lambda page: self.reads(f"{self.case}/timeline", **page), 3) == timeline["items"]
        self.remembered.append((timeline["items"][-1]["recorded_at"], after))


def play(database: Database, folder: Path, story: Callable[[Year], Awaitable[None]]) -> None:
    settings = settings_of(database, folder)

    async def go() -> None:
        async with serving(settings) as (_, client):
            await story(Year(client, settings))

    asyncio.run(go())
