"""A receiver's page: what it was told, each try, and sending again, as the notifications service does it."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

import psycopg

from services.notifications.webhook.sending.reaching import Reaching
from tests.browser.reading import read_page
from tests.conftest import Database
from tests.dashboard.forms import signed_in
from tests.dashboard.office import Itself, opened, settings_of
from tests.dashboard.through import Through
from tests.notifications.webhook import works
from tests.notifications.webhook.receiver import receiving, say

BY_HAND = "SELECT count(*), min(asked_by), max(asked_by) FROM notifications.delivery_request WHERE asked = 'resend'"

PUT_OFF = """
    UPDATE notifications.delivery SET next_at = next_at + interval '1 hour'
    WHERE sequence = 1 AND state = 'waiting' RETURNING state
"""
"""What is under way, or due at this moment, is not sent again by hand: its next try is an hour off."""


def test_what_failed_is_shown_with_what_was_answered_and_is_sent_again_once(database: Database, tmp_path: Path) -> None:
    async def go() -> None:
        async with AsyncExitStack() as stack:
            office, settings = await stack.enter_async_context(works.opened(database, tmp_path))
            await stack.enter_async_context(works.working(settings, reaching=Reaching(works.EveryPort())))
            receiver = await stack.enter_async_context(receiving())
            at = await office.register(receiver.url)
            receiver.answer = lambda _, writer: say(writer, 503, b"<script>alert('svar')</script>")
            await office.put(works.message("notice.received"))
            await office.is_so("SELECT count(*) > 0 FROM notifications.attempt_outcome WHERE status = 503", [(True,)])
            way = Through(office.client)
            dashboard = await stack.enter_async_context(
                opened(settings_of(database, tmp_path), Itself(notifications=way))
            )
            browser, proof = await signed_in(dashboard, "administrator")
            address = f"/mottakere/{works.id_in(at)}"
            page = read_page((await browser.open(address)).text)
            rows = page.one("table", id="tabell-leveringer").one("tbody").all("tr")
            failed = next(row for row in rows if row.one("th").text == "1")
            assert "svarkode 503" in failed.text
            assert "Har ikke tatt imot noe siden" in page.one("main").text
            tries = read_page((await browser.open(failed.one("a").attributes["href"])).text)
            assert "503" in tries.one("table", id="tabell-forsok").text
            assert "alert('svar')" not in tries.one("main").text

            form = {"bevis": proof, "nummer": "1", "skjema": page.one("input", name="skjema").attributes["value"]}
            receiver.answer = None
            await office.is_so(PUT_OFF, [("waiting",)])
            sent = await browser.send(f"{address}/send-igjen", form)
            assert (sent.status_code, sent.headers["location"]) == (303, f"{address}?sendt=1")
            again = await browser.send(f"{address}/send-igjen", form)
            assert again.status_code == 303, "the same form sent twice is done once"
            assert "sendes igjen" in (await browser.open(sent.headers["location"])).text
            with psycopg.connect(database.admin_dsn) as owner:
                assert owner.execute(BY_HAND.encode()).fetchone() == (1, "administrator", "administrator")
            await office.is_so("SELECT state FROM notifications.delivery WHERE sequence = 1", [("delivered",)])

            unknown = await browser.send(f"{address}/send-igjen", form | {"nummer": "99", "skjema": str(uuid4())})
            assert unknown.status_code == 422
            assert read_page(unknown.text).one("h1").text != "Vi fant ikke siden", "the service's own words"
            for wrong in ("0", "-1", "1e3", "\u0661", "9" * 10, ""):
                assert (await browser.send(f"{address}/send-igjen", form | {"nummer": wrong})).status_code == 400
            other, theirs = await signed_in(dashboard, "controller")
            assert "send-igjen" not in (await other.open(address)).text
            assert (await other.send(f"{address}/send-igjen", form | {"bevis": theirs})).status_code == 403

    asyncio.run(go())
