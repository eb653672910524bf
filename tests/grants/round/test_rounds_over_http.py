"""A round over HTTP, from opening to closing: lines, what-if, return, approval, all in one transaction."""

from pathlib import Path

from tests.conftest import Database
from tests.grants.round.rounds import (
    BY_NAME,
    DAY,
    EAST,
    INGRID,
    KARI,
    LIV,
    NAMED,
    WEST,
    Office,
    at_work,
    line,
    open_year,
)  # fmt: skip

FUNDS = {NAMED: 1_000, EAST: 400, WEST: 300}


def test_a_round_is_filled_seen_returned_approved_and_closed(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        await office.opens(BY_NAME)
        filled = await office.proposes(line(EAST, 200), line(EAST, 150, "Skeiv verden"), line(WEST, 300, "Norsk folk"))
        assert (filled["proposed"], filled["proposed_ore"], filled["approved"]) == (3, 650, 0)
        cases = await office.list_cases()

        seen = await office.reads("/funds", approved_on=DAY)
        assert (seen["fits"], seen["lines"], seen["planned_ore"]) == (True, 3, 650)
        after = {fund["fund_id"]: (fund["planned_ore"], fund["remaining_after_ore"]) for fund in seen["funds"]}
        assert after == {NAMED: (650, 350), EAST: (350, 50), WEST: (300, 0)}

        back = {"reason": "Beløpet er feil.", "case_ids": cases[:1]}
        returned = await office.does(INGRID, "POST", "/returns", json=back)
        assert (returned["proposed"], returned["returned"]) == (2, 1)
        assert (await office.reads(f"/../../cases/{cases[0]}"))["state"] == "returned"

        approved = await office.approves()
        assert approved.status_code == 200, approved.text
        office.version = approved.headers["ETag"]
        assert (approved.json()["approved"], approved.json()["approved_ore"]) == (2, 450)
        assert (await office.reads(f"/../../cases/{cases[1]}"))["committed_ore"] == 150

        closed = await office.does(KARI, "PUT", "/closing", json={"closed_on": "2020-06-30"})
        assert closed["state"] == "closed"
        refused = await office.refused(KARI, "POST", "/lines", json={"lines": [line(EAST, 1)]})
        assert refused["code"] == "round-closed"
        listed = (await office.client.get("/v1/rounds?year=2020", headers=office.headers(LIV))).json()["items"]
        assert [(each["state"], each["approved_ore"]) for each in listed] == [("closed", 450)]

    open_year(database, FUNDS)
    at_work(database, tmp_path, story)
