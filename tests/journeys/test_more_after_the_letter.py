"""More is promised after the letter has left: it owes a letter of its own, and the ministry is told of it.
Nothing of it is paid before that letter is out. Through both services over HTTP."""

from pathlib import Path
from typing import Any

from dev.verifying.heard import check_heard
from dev.verifying.log import verify
from tests.conftest import Database
from tests.faults.service import open_funds
from tests.grants.award.change_routes import DECIDED, MORE
from tests.grants.award.letter_routes import SCHEME, record
from tests.grants.fodt_fri import MILLION
from tests.journeys.more_after_the_letter import blocks_of, lets_out, told_and_received
from tests.journeys.two_services import DATED_ANEW, OWED, Clock, Town, confirmed, scheme, town
from tests.notifications.publication.over_http import verified

ONE: dict[str, Any] = {"instalments": [{"number": 1, "amount_ore": MILLION}]}
ADDED = {"kind": "supplementary", "added": [{"number": 2, "amount_ore": MILLION}], "ground": MORE}


def test_what_is_added_after_the_letter_waits_for_a_letter_of_the_change(
    database: Database, tmp_path: Path, free_ports: tuple[int, int]
) -> None:
    open_funds(database, post_ore=100 * MILLION, fodt_fri=100 * MILLION)
    record(database, **{f"scheme_{SCHEME}": (scheme(OWED), confirmed(OWED))})

    async def story(here: Town, clock: Clock) -> None:
        case, award = await here.approved_award(**ONE)
        await here.comes(award, lambda it: it["state"] == "held")
        await told_and_received(here, clock, award)
        first = await lets_out(here, award)
        await here.comes(case, lambda it: it["letter"]["left"])
        await here.comes(f"{case}/letter/permit", lambda it: it["outcome"] == "sent")  # told in the same command

        put = await here.acts_on("kari", "POST", case, "award/changes", ADDED)
        assert put.is_success, put.text
        more = await here.acts_on("berit", "PUT", case, "award/changes/approval", DECIDED)
        assert more.is_success, more.text
        assert more.json()["letter"]["of_change"] == {"owed": True, "frozen": None}
        assert "letter-not-released" not in await blocks_of(here, case, 1)
        assert "letter-not-released" in await blocks_of(here, case, 2)

        frozen = await here.acts_on("kari", "PUT", case, "letter", DATED_ANEW)
        assert frozen.is_success, frozen.text
        anew = await here.comes(award, lambda it: it["state"] == "held" and it["letter_sha256"] != first)
        assert anew["manifest"]["amount_ore"] == 2 * MILLION
        assert anew["blocked"]["code"] in ("notice-missing", "notice-changed")
        refused = await here.acts_on("ola", "PUT", award, "release", {})
        assert refused.json()["code"] in ("notice-missing", "notice-changed")
        assert "letter-not-released" in await blocks_of(here, case, 2)

        await told_and_received(here, clock, award)
        second = await lets_out(here, award)
        assert second != first
        assert len(list((tmp_path / "outbox").glob("*/*.pdf"))) == 2
        known = await here.comes(case, lambda it: (it["letter"]["left"] or {}).get("sha256") == second)
        assert known["letter"]["of_change"] == {"owed": False, "frozen": None}
        assert "letter-not-released" not in await blocks_of(here, case, 2)
        certificate = (await here.ask("r", "GET", f"{award}/certificate")).json()
        certificates.append(certificate)

    certificates: list[Any] = []
    town(database, tmp_path, story, free_ports)
    faults = check_heard({"grants": database.admin_dsn, "notifications": database.admin_dsn})
    assert [fault for _, found in faults.values() for fault in found] == []
    gate = verify(database.notifications_reader_dsn, None, None, schema="notifications")[1]
    assert [fault for fault in gate if "log_clock" not in fault.detail] == []
    code, said = verified(certificates[0], tmp_path)
    assert code == 0, said
