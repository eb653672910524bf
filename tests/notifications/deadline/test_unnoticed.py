"""A letter that owes the ministry a notice, and of which none has been sent, waits for one: from when it is held until
a notice of it as it is held is ordered, or it waits no more."""

from pathlib import Path

from services.notifications.facts.release import AwardEnded
from tests.conftest import Database
from tests.notifications.deadline.registered import Registry, at_the_registry
from tests.notifications.office import INGRID, KARI
from tests.notifications.world import FREE, freed, held, letter, policy
from tests.notifications.world import id_of as named

ENDED = AwardEnded(change="annulled", version=3)
KIND = "?kind=letter-unnoticed"


async def states(registry: Registry) -> dict[str, str]:
    """Of each case whose letter is or was without a notice: how that stands."""
    return {each["case_ids"][0]: each["state"] for each in await registry.list(KIND)}


def test_a_letter_is_without_a_notice_until_one_of_it_is_ordered(database: Database, tmp_path: Path) -> None:
    async def story(registry: Registry) -> None:
        case = str(named("a"))
        registry.world.record(letter("a"), held("a"))
        assert await states(registry) == {case: "due"}
        (shown,) = await registry.list(KIND)
        assert (shown["waiting"], shown["overdue"], shown["roles"]) == (1, False, ["caseworker", "approver"])
        assert shown["due_on"] == "2020-03-01", "the last day, which counts"
        registry.move(hours=14, minutes=59)
        assert (await registry.list(KIND))[0]["overdue"] is False
        registry.move(minutes=1)
        assert (await registry.list(KIND))[0]["overdue"] is True
        prepared = await registry.does(KARI, "POST", "/v1/notices", {"about": {"kind": "letter", "id": case}})
        assert await states(registry) == {case: "due"}, "it is not sent"
        at = f"/v1/notices/{prepared['notice_id']}"
        await registry.does(INGRID, "PUT", f"{at}/order", {"channel": "file-outbox"})
        assert await states(registry) == {case: "met"}
        await registry.until(at, "dispatched")
        await registry.does(INGRID, "PUT", f"{at}/withdrawal", {"reason": "Feil brev."})
        assert await states(registry) == {case: "due"}, "the ministry is told of nothing any more"

    at_the_registry(database, tmp_path, story)


def test_a_changed_letter_waits_for_a_notice_of_its_own_and_one_that_is_gone_for_none(
    database: Database, tmp_path: Path
) -> None:
    async def story(registry: Registry) -> None:
        for name in ("a", "b"):
            registry.world.record(letter(name), held(name))
        await registry.notifies("letter", str(named("a")))
        registry.world.record(letter("a"), held("a", amount_ore=90))
        registry.world.record(letter("b"), ENDED)
        registry.world.record(f"scheme-{FREE}", policy())
        registry.world.record(letter("c"), *freed("c"))
        assert await states(registry) == {str(named("a")): "due", str(named("b")): "fallen"}

    at_the_registry(database, tmp_path, story)


def test_a_notice_of_what_waits_no_more_is_not_sent(database: Database, tmp_path: Path) -> None:
    async def story(registry: Registry) -> None:
        registry.world.record(letter("a"), held("a"))
        about = {"about": {"kind": "letter", "id": str(named("a"))}}
        prepared = await registry.does(KARI, "POST", "/v1/notices", about)
        registry.world.record(letter("a"), ENDED)
        order = f"/v1/notices/{prepared['notice_id']}/order"
        refused = await registry.refused(INGRID, "PUT", order, {"channel": "file-outbox"})
        assert (refused["status"], refused["code"]) == (409, "nothing-to-tell")
        registry.world.record(letter("a"), held("a"))
        assert (await registry.does(INGRID, "PUT", order, {"channel": "file-outbox"}))["state"] == "ordered"

    at_the_registry(database, tmp_path, story)
