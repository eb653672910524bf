"""Endpoints listed by how they stand: what an administrator looks for is what fails or is disabled."""

from pathlib import Path
from typing import Any

from psycopg_pool import AsyncConnectionPool

from services.notifications.webhook.view import EndpointList
from tests.conftest import Database
from tests.notifications.webhook.receiver import receiving, say
from tests.notifications.webhook.works import ENDPOINTS, Works, at_work, id_in, message

DISABLE = "UPDATE notifications.endpoint SET disabled = %s WHERE id = %s RETURNING id"
STATES = ("pending", "active", "failing", "paused", "disabled", "deleted")


def test_each_state_lists_those_that_stand_so(database: Database, tmp_path: Path) -> None:
    async def listed(works: Works, state: str | None, **more: str) -> list[dict[str, Any]]:
        query = "&".join(f"{name}={value}" for name, value in {**({"state": state} if state else {}), **more}.items())
        answer = await works.ask("GET", f"{ENDPOINTS}?{query}")
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def go(works: Works) -> None:
        async with (
            receiving(consents=False) as silent,
            receiving() as good,
            receiving(lambda _, writer: say(writer, 500)) as failing,
            receiving(lambda _, writer: say(writer, 410)) as gone,
        ):
            at = {
                "pending": await works.register(silent.url, active=False),
                "active": await works.register(good.url),
                "failing": await works.register(failing.url),
                "paused": await works.register(good.url),
                "disabled": await works.register(gone.url),
                "deleted": await works.register(good.url),
            }
            await works.act("PUT", at["paused"] + "/pause")
            await works.act("DELETE", at["deleted"])
            await works.put(message("one"))
            await works.becomes(at["disabled"], "disabled")
            await works.is_so(
                "SELECT count(*) FROM notifications.endpoint_count WHERE failing_since IS NOT NULL", [(3,)]
            )
            [challenge] = (await works.ask("GET", at["pending"] + "/deliveries")).json()["items"]
            assert challenge["next_at"] is not None
            of = {state: str(id_in(at[state])) for state in STATES}
            for state in STATES:
                ids = [each["id"] for each in await listed(works, state)]
                also = {"active": ["failing"], "failing": ["pending", "disabled"]}.get(state, [])
                assert ids == sorted([of[state], *(of[each] for each in also)]), state
            assert {each["id"] for each in await listed(works, None)} == set(of.values()) - {of["deleted"]}
            since = {each["id"]: each["failing_since"] for each in await listed(works, None)}
            assert {id for id, at in since.items() if at} == {of["failing"], of["disabled"], of["pending"]}
            assert {id for id, at in since.items() if at} == {each["id"] for each in await listed(works, "failing")}
            two = (await works.ask("GET", f"{ENDPOINTS}?state=active&limit=1")).json()
            rest = await works.ask("GET", f"{ENDPOINTS}?state=active&limit=1&cursor={two['next']}")
            assert [*two["items"], *rest.json()["items"]] == await listed(works, "active")
            assert rest.json()["next"] is None
            unknown = await works.ask("GET", f"{ENDPOINTS}?state=asleep")
            assert (unknown.status_code, unknown.json()["code"]) == (422, "request-invalid")

    at_work(database, tmp_path, go)


def test_nothing_is_said_to_be_tried_at_an_endpoint_that_is_told_nothing(database: Database, tmp_path: Path) -> None:
    async def next_ones(works: Works, at: str) -> set[tuple[str, bool]]:
        items = (await works.ask("GET", f"{at}/deliveries?state=waiting")).json()["items"]
        return {(each["kind"], each["next_at"] is not None) for each in items}

    async def go(works: Works) -> None:
        async with (
            receiving(consents=False) as silent,
            receiving(lambda _, writer: say(writer, 500)) as failing,
            receiving(lambda _, writer: say(writer, 500)) as elsewhere,
        ):
            pending = await works.register(silent.url, active=False)
            at = await works.register(failing.url)
            await works.put(message("one"))
            waits = "SELECT count(*) FROM notifications.delivery WHERE state = 'waiting' AND tries > 0"
            await works.is_so(waits, [(2,)])
            assert await next_ones(works, at) == {("message", True)}
            assert await next_ones(works, pending) == {("challenge", True)}
            for each, kind in ((pending, "challenge"), (at, "message")):
                await works.act("PUT", each + "/pause")
                assert await next_ones(works, each) == {(kind, False)}
                await works.act("PUT", each + "/resume")
                assert await next_ones(works, each) == {(kind, True)}
                await works.query(DISABLE, True, id_in(each))
                assert await next_ones(works, each) == {(kind, False)}
                await works.query(DISABLE, False, id_in(each))
            elsewhere.consents = False
            await works.act("PUT", at, {"url": elsewhere.url, "types": ["*"]})
            assert ("message", False) in await next_ones(works, at)
            async with AsyncConnectionPool(database.notifications_dsn, kwargs={"autocommit": True}) as pool:
                standing = {row["id"]: row for row in await EndpointList(pool).list_standing()}
            assert standing[id_in(at)]["waiting"] == 1
            assert standing[id_in(at)]["next_at"] is None

    at_work(database, tmp_path, go)
