"""An award on no scheme that was approved without a letter has one afterwards: held and let out as any other."""

from pathlib import Path
from typing import Any

from dev.verifying.heard import check_heard
from dev.verifying.log import verify
from tests.conftest import Database
from tests.faults.service import open_funds
from tests.grants.award.letter_routes import PROPOSAL
from tests.grants.fodt_fri import MILLION
from tests.journeys.more_after_the_letter import blocks_of, lets_out, told_and_received
from tests.journeys.two_services import DATED_ANEW, Clock, Town, town

OWN = {"title": "Smittevern", "control": "Vi kontrollerer bruken.", "reactions": "Vi kan kreve pengene tilbake."}
ALONE: dict[str, Any] = {
    "scheme_id": None, "amount_ore": MILLION, "instalments": [{"number": 1, "amount_ore": MILLION}],
}  # fmt: skip


def test_every_approved_award_has_a_way_to_its_letter(
    database: Database, tmp_path: Path, free_ports: tuple[int, int]
) -> None:
    open_funds(database, post_ore=100 * MILLION, fodt_fri=100 * MILLION)

    async def story(here: Town, clock: Clock) -> None:
        opened = await here.ask("kari", "POST", f"{here.grants}/v1/cases", PROPOSAL | ALONE)
        assert opened.status_code == 201, opened.text
        path = opened.headers["Location"]
        case, award = f"{here.grants}{path}", f"{here.notifications}{path.replace('cases', 'awards')}"
        approval = {"approved_on": "2020-03-02", "disposal_authority": "Instruks 4.2"}
        assert (await here.acts_on("ola", "PUT", case, "award/approval", approval)).is_success

        def asked_for(tasks: Any) -> bool:
            return any(task["task"] == "freeze-letter" and task["case_id"] in path for task in tasks["items"])

        await here.comes(f"{here.grants}/v1/inbox", asked_for)
        own = await here.acts_on("ola", "PUT", case, "letter", DATED_ANEW | {"own": OWN})
        assert own.json()["code"] == "same-person-twice"
        frozen = await here.acts_on("kari", "PUT", case, "letter", DATED_ANEW | {"own": OWN})
        assert frozen.is_success, frozen.text
        assert "letter-not-released" in await blocks_of(here, case, 1)
        held = await here.comes(award, lambda it: it["state"] == "held")
        assert held["manifest"]["amount_ore"] == MILLION
        assert held["blocked"]["code"] == "notice-missing"
        await told_and_received(here, clock, award)
        left = await lets_out(here, award)
        await here.comes(case, lambda it: (it["letter"]["left"] or {}).get("sha256") == left)
        assert "letter-not-released" not in await blocks_of(here, case, 1)

    town(database, tmp_path, story, free_ports)
    faults = check_heard({"grants": database.admin_dsn, "notifications": database.admin_dsn})
    assert [fault for _, found in faults.values() for fault in found] == []
    gate = verify(database.notifications_reader_dsn, None, None, schema="notifications")[1]
    assert [fault for fault in gate if "log_clock" not in fault.detail] == []
