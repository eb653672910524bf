"""Payment requests leave by the folder the log knows: a worker that was given another hands no batch over."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from services.grants.settings import Settings
from tests.conftest import Database
from tests.faults.service import open_funds, serving, settings_of
from tests.grants.disbursement.payments_over_http import Paying
from tests.patience import a_while, until

NOT_KNOWN = {"facts whose ground the other log has lost": 0, "outbox_not_known": 1}


def play(settings: Settings, story: Callable[[Paying], Awaitable[None]]) -> None:
    async def go() -> None:
        async with serving(settings) as (_, client):
            await story(Paying(client, settings))

    asyncio.run(go())


def test_another_folder_gets_no_batch_and_the_one_in_use_gets_it(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=10_000, fodt_fri=10_000)
    other = tmp_path / "another-host"
    other.mkdir()
    one = tmp_path / "outbox"
    one.mkdir()
    settings = replace(settings_of(database, tmp_path), accounting_outbox=one, ledger_accounts={"291/71": "8500"})
    batches: list[str] = []

    async def first(office: Paying) -> None:
        await office.attests()
        answer = await office.makes_batch()
        await office.hands_over(answer.headers["Location"])

    async def on_another_host(office: Paying) -> None:
        office.acts = 1_000  # keys of its own
        await office.attests()
        answer = await office.makes_batch("second")
        assert answer.status_code == 201, answer.text
        batches.append(answer.headers["Location"])
        await until(lambda: ready(office), lambda told: told["waiting_for_somebody"] == NOT_KNOWN)
        await a_while()
        assert (await office.reads(batches[0]))["handed_over_on"] is None

    async def ready(office: Paying) -> dict[str, Any]:
        return dict((await office.client.get("/internal/isready")).json())

    async def handed_over(office: Paying) -> None:
        await until(lambda: office.reads(batches[0]), lambda it: it["handed_over_on"])

    play(settings, first)
    play(replace(settings, accounting_outbox=other), on_another_host)
    assert list(other.iterdir()) == []
    play(settings, handed_over)
    assert len(list(one.glob("[!.]*"))) == 2
