"""Who was told nothing of a command, or that its outcome is not known, asks what became of it."""

import asyncio
from pathlib import Path
from urllib.parse import quote

import httpx

from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.faults.service import INGRID, KARI, open_funds, proposal, serving, settings_of, signed_in

EARMARK = "2020/291/71/ressursmiljo"
AWKWARD = "sak 7/2020?#%2F"


def address(key: str) -> str:
    return f"/v1/commands/{quote(key, safe='')}"


def test_whoever_sent_a_command_is_told_what_became_of_it_and_nobody_else(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, ressursmiljo=1_000)
    settings = settings_of(database, tmp_path)
    kari, ingrid = signed_in(settings, KARI), signed_in(settings, INGRID)

    async def story() -> None:
        async with serving(settings) as (_, client):

            async def post(key: str, amount_ore: int) -> httpx.Response:
                headers = kari | {"Idempotency-Key": key}
                return await client.post("/v1/cases", json=proposal(EARMARK, amount_ore), headers=headers)

            async def became(key: str, who: dict[str, str]) -> httpx.Response:
                return await client.get(address(key), headers=who)

            before = await became(AWKWARD, kari)
            assert (before.status_code, before.json()["code"]) == (404, "command-not-recorded")
            opened = await post(AWKWARD, 100)
            assert opened.status_code == 201
            told = await became(AWKWARD, kari)
            assert told.status_code == 200, told.text
            said = told.json()
            assert (said["status"], said["etag"], said["location"]) == (
                201, opened.headers["ETag"], opened.headers["Location"],
            )  # fmt: skip
            assert 1 < said["first_position"] <= said["last_position"]
            assert (await post(AWKWARD, 100)).text == opened.text
            assert (await became(AWKWARD, kari)).json() == said
            for other in (ingrid, signed_in(settings, "revisor", Role.auditor)):
                assert (await became(AWKWARD, other)).status_code == 404
            assert (await post("refused", 0)).status_code == 422
            assert (await became("refused", kari)).status_code == 404
            assert (await became("æøå", kari)).status_code == 422
            assert (await became("x" * 256, kari)).status_code == 422

    asyncio.run(story())
