"""An award by agreement, and one on an application whose scheme gives its plan, over HTTP."""

from pathlib import Path
from typing import Any

from tests.conftest import Database
from tests.faults.service import open_funds, proposal
from tests.grants.application.desk import (
    APPLICATION,
    ASSESSMENT,
    FIRST_ROUND,
    FUND,
    IMPARTIAL,
    KARI,
    SOUGHT_ORE,
    Desk,
    at_the_desk,
)
from tests.journeys.office import APPROVED, OLA, Office, work
from tests.journeys.office import FUND as AGREED_ON

AGREED = {"kind": "agreement", "document": "20/00456-1", "agreed_on": "2020-01-15"}
APPLIED = {"kind": "applied", "call_id": FIRST_ROUND.call_id, "version": 1}
AWARD: dict[str, Any] = {
    "fund_id": FUND,
    "scheme_id": "jobbsjansen-2020",
    "recipient": {name: value for name, value in APPLICATION["applicant"].items() if name != "kind"},
    "amount_ore": SOUGHT_ORE - 1,
    "purpose": "Kvalifisering.",
    "basis": APPLIED,
    "terms": ["Midlene brukes til formålet."],
}


def test_an_award_by_agreement_stands_on_its_document_and_day(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(office: Office) -> None:
        await office.proposes(400, basis=AGREED)
        approved = await office.does(OLA, "PUT", "award/approval", **APPROVED)
        assert (approved["state"], approved["proposed"]["basis"]) == ("approved", AGREED)

        for lacking in ("document", "agreed_on"):
            basis = {name: value for name, value in AGREED.items() if name != lacking}
            office.case, office.version = "", '"0"'
            told = await office.refused(OLA, "POST", "", **proposal(AGREED_ON, 400) | {"basis": basis})
            assert told["status"] == 422
            assert lacking in str(told["errors"])

    work(database, tmp_path, story)


async def assessed(desk: Desk) -> None:
    await desk.opens()
    await desk.does(KARI, "PUT", "impartiality", IMPARTIAL)
    await desk.does(KARI, "POST", "assessments", ASSESSMENT)


def test_an_award_on_an_application_takes_its_instalments_and_reports_from_the_scheme(
    database: Database, tmp_path: Path
) -> None:
    async def story(desk: Desk) -> None:
        await assessed(desk)
        proposed = (await desk.does(KARI, "PUT", "award", AWARD))["proposed"]
        assert proposed["basis"] == APPLIED
        half_ore = (SOUGHT_ORE - 1) // 2
        parts = [(part["number"], part["amount_ore"], part["due_on"]) for part in proposed["instalments"]]
        assert parts == [(1, half_ore, None), (2, half_ore + 1, "2020-09-15")]
        assert [(report["kind"], report["due_on"]) for report in proposed["reports"]] == [("final", "2021-03-01")]

    at_the_desk(database, tmp_path, story)


def test_a_plan_the_caseworker_states_stands_instead_of_the_schemes(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        await assessed(desk)
        own = {"instalments": [{"number": 1, "amount_ore": SOUGHT_ORE - 1, "due_on": "2020-05-01"}]}
        proposed = (await desk.does(KARI, "PUT", "award", AWARD | own))["proposed"]
        assert [part["due_on"] for part in proposed["instalments"]] == ["2020-05-01"]

    at_the_desk(database, tmp_path, story)


def test_an_award_on_an_application_is_on_its_latest_version_to_its_applicant_and_no_more_than_was_sought(
    database: Database, tmp_path: Path
) -> None:
    async def story(desk: Desk) -> None:
        await assessed(desk)
        for other, code in (
            ({"basis": APPLIED | {"version": 2}}, "basis-not-of-case"),
            ({"basis": AGREED}, "basis-not-of-scheme"),
            ({"recipient": {"name": "En annen kommune"}}, "basis-not-of-case"),
            ({"amount_ore": SOUGHT_ORE + 1}, "award-beyond-sought"),
        ):
            assert await desk.refused(KARI, "PUT", "award", AWARD | other) == code

    at_the_desk(database, tmp_path, story)
