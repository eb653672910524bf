"""Endpoints listed by how they stand: what an administrator looks for is what fails or is disabled."""

from pathlib import Path
from typing import Any

from tests.conftest import Database
from tests.notifications.webhook.receiver import receiving, say
from tests.notifications.webhook.works import ENDPOINTS, Works, at_work, id_in, message

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
            of = {state: str(id_in(at[state])) for state in STATES}
            for state in STATES:
                ids = [each["id"] for each in await listed(works, state)]
                also = [of["failing"]] if state == "active" else []
                assert ids == sorted([of[state], *also]), state
            assert {each["id"] for each in await listed(works, None)} == set(of.values()) - {of["deleted"]}
            since = {each["id"]: each["failing_since"] for each in await listed(works, None)}
            assert {id for id, at in since.items() if at} == {of["failing"], of["disabled"], of["pending"]}
            two = (await works.ask("GET", f"{ENDPOINTS}?state=active&limit=1")).json()
            rest = await works.ask("GET", f"{ENDPOINTS}?state=active&limit=1&cursor={two['next']}")
            assert [*two["items"], *rest.json()["items"]] == await listed(works, "active")
            assert rest.json()["next"] is None
            unknown = await works.ask("GET", f"{ENDPOINTS}?state=asleep")
            assert (unknown.status_code, unknown.json()["code"]) == (422, "request-invalid")

    at_work(database, tmp_path, go)
