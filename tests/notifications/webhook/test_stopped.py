"""Nothing is sent once a pause, a change or a deletion has been answered, however long ago its try was begun."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from services.notifications.webhook.sending.reaching import Answered, Reaching
from tests.conftest import Database
from tests.notifications.webhook.receiver import receiving
from tests.notifications.webhook.works import EveryPort, Works, at_work, message
from tests.patience import a_while

STATE = "SELECT d.state, d.turns FROM notifications.delivery d WHERE d.kind = 'message'"
TRIED = (
    "SELECT o.outcome FROM notifications.attempt_outcome o JOIN notifications.attempt a ON a.id = o.attempt_id"
    " JOIN notifications.delivery d ON d.id = a.delivery_id WHERE d.kind = 'message' ORDER BY a.begun_at"
)
BEGUN = "SELECT state FROM notifications.delivery WHERE kind = 'message'"


class Late(Reaching):
    """Takes its time before the first message, as a name that is looked up slowly does: until it is let go on."""

    waited = False
    go_on: asyncio.Event

    async def post(self, url: str, body: bytes, *rest: Any, **more: Any) -> Answered:
        if b"notice.received" in body and not self.waited:
            self.waited = True
            await self.go_on.wait()
        return await super().post(url, body, *rest, **more)


def late() -> Reaching:
    Late.go_on = asyncio.Event()
    return Late(EveryPort())


@pytest.mark.parametrize(("verb", "act"), [("DELETE", ""), ("PUT", "/pause")])
def test_what_was_begun_and_not_sent_is_stopped(database: Database, tmp_path: Path, verb: str, act: str) -> None:
    async def go(works: Works) -> None:
        async with receiving() as receiver:
            at = await works.register(receiver.url)
            await works.put(message("one"))
            await works.is_so(BEGUN, [("begun",)])
            await works.act(verb, at + act)  # which does not wait for what is under way
            Late.go_on.set()
            await works.is_so(TRIED, [("stopped",)])
            assert not receiver.of_type("notice.received")
            await works.is_so(STATE, [("cancelled", 1) if verb == "DELETE" else ("waiting", 0)])
            if verb == "PUT":
                await works.act("PUT", at + "/resume")
                await receiver.comes(1, "notice.received")
                await works.is_so(STATE, [("delivered", 1)])

    at_work(database, tmp_path, go, reaching=late)


def test_after_a_rotation_is_answered_nothing_is_sent_without_the_new_signature(
    database: Database, tmp_path: Path
) -> None:
    async def go(works: Works) -> None:
        async with receiving() as receiver:
            at = await works.register(receiver.url)
            await works.put(message("one"))
            await works.is_so(BEGUN, [("begun",)])
            await works.act("POST", at + "/rotate")
            Late.go_on.set()
            [told] = await receiver.comes(1, "notice.received")
            assert len(told.headers["webhook-signature"].split()) == 4

    at_work(database, tmp_path, go, reaching=late)


def test_what_waits_at_an_endpoint_that_is_deleted_is_cancelled(database: Database, tmp_path: Path) -> None:
    async def go(works: Works) -> None:
        async with receiving() as receiver:
            at = await works.register(receiver.url)
            await works.act("PUT", at + "/pause")
            await works.put(message("one"))
            await works.is_so(BEGUN, [("waiting",)])
            await works.act("DELETE", at)
            listed = (await works.ask("GET", at + "/deliveries")).json()["items"]
            assert {each["state"] for each in listed} == {"delivered", "cancelled"}
            assert [each["sequence"] for each in listed if each["state"] == "cancelled"] == [1]

    at_work(database, tmp_path, go)


def test_nothing_is_said_on_a_connection_that_took_too_long() -> None:
    class No(Exception):
        pass

    async def go() -> None:
        asked = []

        async def admit() -> None:
            asked.append(1)
            if len(asked) > 1:
                raise No

        async with receiving() as receiver:
            reaching = Reaching(EveryPort())
            with pytest.raises(No):
                await reaching.post(receiver.url, b"{}", {}, admit=admit)
            await a_while()
            assert (len(asked), receiver.arrived) == (2, [])
            assert (await reaching.post(receiver.url, b'{"type": "x"}', {})).status == 204
            await reaching.close()

    asyncio.run(go())
