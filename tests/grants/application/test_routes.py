"""Applications over HTTP: from arrival to an answer, by the people who may."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

import psycopg
import pytest

from tests.conftest import Database
from tests.grants.application.desk import (
    ANNE,
    APPLICATION,
    ASSESSMENT,
    CONTACT,
    EXTRA,
    FIRST_ROUND,
    FUND,
    IMPARTIAL,
    INGRID,
    KARI,
    LIV,
    MONA,
    OLA,
    RITA,
    SOUGHT_ORE,
    VERSION,
    Desk,
    at_the_desk,
    record,
)
from tests.grants.application.story import award, granted, received
from tests.paged import in_pages
from tests.probing_days import left_alone

LATE = APPLICATION | {"arrived_on": "2020-02-29"}
DISMISSAL = {"ground": "late", "reason": "Kom etter fristen.", "proposed_on": "2020-03-02"}
REJECTION = {"ground": "not-prioritised", "reason": "Andre er bedre.", "proposed_on": "2020-03-20"}
OF_THE_SECOND = ASSESSMENT | {"version": 2, "assessed_on": "2020-03-20"}
REQUEST = {"asks": ["Signert budsjett."], "reply_by": "2020-03-20", "requested_on": "2020-03-02"}
EXTRA_CALL = f"{EXTRA}.mai"
NUMBER = "974760673"


def contacts(database: Database) -> list[tuple[object, ...]]:
    with psycopg.connect(database.admin_dsn) as connection:
        return connection.execute("SELECT name, email, phone FROM grants.contact").fetchall()


def test_an_application_goes_from_arrival_to_rejection(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        opened = (await desk.opens()).json()
        assert opened["state"] == opened["application"]["state"] == "received"
        first = opened["application"]["versions"][0]
        assert (first["late"], first["year"], first["applicant"]["municipality_number"]) == (False, 2020, "3005")
        assert [finding["met"] for finding in first["findings"]] == [True]

        asked = await desk.does(KARI, "POST", "application/supplement-requests", REQUEST)
        assert asked["application"]["state"] == "supplement-requested"
        better = VERSION | {"summary": "Med signert budsjett.", "arrived_on": "2020-03-20"}
        answered = await desk.does(KARI, "POST", "application/versions", better)
        assert [each["answers"] for each in answered["application"]["versions"]] == [None, 1]

        assert await desk.refused(KARI, "POST", "assessments", ASSESSMENT) == "impartiality-missing"
        await desk.does(KARI, "PUT", "impartiality", IMPARTIAL)
        assert await desk.refused(KARI, "POST", "assessments", ASSESSMENT) == "application-version-superseded"
        await desk.does(OLA, "PUT", "impartiality", IMPARTIAL | {"impartial": False})
        assert await desk.refused(OLA, "POST", "assessments", OF_THE_SECOND) == "not-impartial"
        assessed = await desk.does(KARI, "POST", "assessments", OF_THE_SECOND)
        assert assessed["application"]["assessments"][0]["total_basis_points"] == 7_200

        await desk.does(KARI, "PUT", "application/rejection-proposal", REJECTION)
        await desk.does(INGRID, "POST", "application/rejection-proposal/returns", {"reason": "Begrunn bedre."})
        decision = {"rejected_on": "2020-03-23"}
        assert await desk.refused(LIV, "PUT", "application/rejection", decision) == "no-such-proposal"
        await desk.does(KARI, "PUT", "application/rejection-proposal", REJECTION | {"reason": "Planen er for svak."})
        assert await desk.refused(KARI, "PUT", "application/rejection", decision) == "role-missing"
        rejected = await desk.does(LIV, "PUT", "application/rejection", decision)
        assert (rejected["state"], rejected["application"]["state"]) == ("rejected", "rejected")
        assert rejected["application"]["answer"]["reason"] == "Planen er for svak."

        feed = await desk.reads(RITA, "/v1/feed?after=0&limit=100")
        told = [each for each in feed if each["type"].startswith("no.tilsagn.application.")]
        assert [each["type"].split(".")[-2] for each in told] == [
            "received", "supplement-requested", "received", "ended"
        ]  # fmt: skip
        assert told[-1]["data"]["ending"] == "rejected"
        assert not [each for each in told if KARI in str(each["data"]) or LIV in str(each["data"])]

    at_the_desk(database, tmp_path, story)


def test_a_late_application_is_registered_and_waits_for_an_exception_or_a_dismissal(
    database: Database, tmp_path: Path
) -> None:
    async def story(desk: Desk) -> None:
        assert (await desk.opens(LATE)).json()["application"]["state"] == "late"
        await desk.does(KARI, "PUT", "impartiality", IMPARTIAL)
        assert await desk.refused(KARI, "POST", "assessments", ASSESSMENT) == "late-not-taken-in"
        accepted = {"version": 1, "ground": "directorate-error", "reason": "Nede.", "accepted_on": "2020-03-02"}
        assert await desk.refused(KARI, "PUT", "application/late-acceptance", accepted) == "role-missing"
        await desk.does(LIV, "PUT", "application/late-acceptance", accepted)
        assert (await desk.does(KARI, "POST", "assessments", ASSESSMENT))["application"]["state"] == "assessed"

        await desk.opens(LATE | {"title": "Enda en"})
        await desk.does(KARI, "PUT", "application/dismissal-proposal", DISMISSAL)
        await desk.does(LIV, "POST", "application/dismissal-proposal/returns", {"reason": "Si hvorfor."})
        await desk.does(KARI, "PUT", "application/dismissal-proposal", DISMISSAL)
        dismissed = await desk.does(LIV, "PUT", "application/dismissal", {"dismissed_on": "2020-03-03"})
        assert (dismissed["state"], dismissed["application"]["answer"]["ground"]) == ("dismissed", "late")
        withdrawal = {"withdrawn_on": "2020-03-04"}
        assert await desk.refused(KARI, "PUT", "application/withdrawal", withdrawal) == "application-ended"

        await desk.opens(APPLICATION | {"title": "Den tredje"})
        assert (await desk.does(KARI, "PUT", "application/withdrawal", withdrawal))["state"] == "withdrawn"

    at_the_desk(database, tmp_path, story)


def test_the_extra_money_is_for_those_granted_in_the_first_round(database: Database, tmp_path: Path) -> None:
    """Domain rule 8, over HTTP: others are refused with the reason, and are taken once they are granted."""

    async def story(desk: Desk) -> None:
        extra = APPLICATION | {"call_id": EXTRA_CALL}
        refused = await desk.sends(KARI, "POST", "/v1/applications", extra | {"established_project": False})
        assert (refused.status_code, refused.json()["code"]) == (409, "not-eligible")
        assert refused.json()["reasons"] == [
            "Only an established project may be applied for.",
            f"Only those granted in {FIRST_ROUND.call_id} may apply. The applicant was not.",
        ]
        promised = replace(award, fund_id=FUND, amount_ore=SOUGHT_ORE)
        record(database, f"case-{UUID(int=7)}", received, promised, replace(granted, fund_id=FUND))
        address = "/v1/cases?year=2020"
        await desk.reads_until(address, lambda told: any(each["state"] == "approved" for each in told["items"]))
        opened = (await desk.opens(extra)).json()
        assert all(finding["met"] for finding in opened["application"]["versions"][0]["findings"])

    at_the_desk(database, tmp_path, story)


def test_the_list_of_a_call_tells_how_far_each_application_is(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        await desk.opens()
        await desk.does(KARI, "PUT", "impartiality", IMPARTIAL)
        await desk.does(KARI, "POST", "assessments", ASSESSMENT | {"recommended_ore": 100})
        first = desk.case
        await desk.opens(LATE | {"title": "Noe helt annet"})
        address = f"/v1/applications?call_id={FIRST_ROUND.call_id}"
        told = await desk.reads_until(address, lambda told: [each["assessments"] for each in told["items"]] == [1, 0])
        one, other = told["items"]
        assert (one["state"], one["mean_basis_points"], one["counting"]) == ("assessed", 7_200, 1)
        assert (one["recommended_min_ore"], one["recommended_max_ore"]) == (100, 100)
        assert (other["state"], other["counting"], other["mean_basis_points"]) == ("late", None, None)

        page = await desk.reads(MONA, f"{address}&limit=1")
        assert [each["case_id"] for each in page["items"]] == [one["case_id"]]
        rest = await desk.reads(MONA, f"{address}&limit=1&cursor={page['next']}")
        assert ([each["case_id"] for each in rest["items"]], rest["next"]) == ([other["case_id"]], None)
        assert len((await desk.reads(MONA, f"{address}&state=late"))["items"]) == 1
        assert CONTACT["name"] not in str(told)

        overlaps = (await desk.reads(KARI, f"{first}/overlaps"))["items"]
        assert overlaps == await in_pages(lambda page: desk.reads(KARI, f"{first}/overlaps?{urlencode(page)}"))
        assert [(each["kinds"], each["other"]["case_id"]) for each in overlaps] == [(["duplicate"], other["case_id"])]

    at_the_desk(database, tmp_path, story)


def test_who_is_tied_to_the_applicant_decides_nothing_until_somebody_else_ends_it(
    database: Database, tmp_path: Path
) -> None:
    async def story(desk: Desk) -> None:
        await desk.opens()
        address = f"/v1/organisations/{NUMBER}/ties"
        tie = {"person": OLA, "kind": "board-member", "recorded_on": "2020-01-02"}
        recorded = await desk.sends(OLA, "POST", address, tie)
        assert [each["person"] for each in recorded.json()["items"]] == [OLA]
        assert await desk.refused(OLA, "POST", "application/supplement-requests", REQUEST) == "tied-to-organisation"
        assert [each["kind"] for each in (await desk.reads(RITA, address))["items"]] == ["board-member"]
        assert (await desk.sends(MONA, "GET", address)).status_code == 403

        ending = {"person": OLA, "reason": "Gikk ut av styret.", "ended_on": "2020-03-01"}
        assert (await desk.sends(KARI, "POST", f"{address}/endings", ending)).status_code == 403
        assert (await desk.sends(LIV, "POST", f"{address}/endings", ending)).json()["items"] == []
        await desk.does(OLA, "POST", "application/supplement-requests", REQUEST)
        wrong = await desk.sends(OLA, "POST", "/v1/organisations/974760674/ties", tie)
        assert (wrong.status_code, wrong.json()["code"]) == (422, "organisation-number-invalid")

    at_the_desk(database, tmp_path, story)


def test_the_contact_person_is_for_those_who_work_with_the_case(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        opened = await desk.opens()
        assert CONTACT["name"] not in opened.text
        address = f"{desk.case}/contact"
        for person in (KARI, LIV):
            told = await desk.reads(person, address)
            assert {name: told[name] for name in CONTACT} == CONTACT
        for person in (ANNE, MONA, RITA):
            assert (await desk.sends(person, "GET", address)).status_code == 403

        other = {"name": "Ole Olsen", "email": None, "phone": None}
        changed = await desk.does(KARI, "PUT", "contact", {"contact": other, "named_on": "2020-04-01"})
        assert "Ole Olsen" not in str(changed)
        told = await desk.reads(KARI, address)
        assert (told["name"], told["id"]) == ("Ole Olsen", changed["application"]["contact_id"])
        same = await desk.does(KARI, "PUT", "contact", {"contact": other, "named_on": "2020-04-02"})
        assert (same["application"]["contact_id"], len(contacts(database))) == (told["id"], 2)
        await desk.opens({name: value for name, value in APPLICATION.items() if name != "contact"})
        assert (await desk.sends(KARI, "GET", f"{desk.case}/contact")).status_code == 404

    with left_alone():  # what is refused leaves a contact behind until the sweep
        at_the_desk(database, tmp_path, story)


@pytest.mark.parametrize(
    ("contact", "where"),
    [
        ({"name": "Petra Hemmelig", "email": "petra.hemmelig"}, "email"),
        ({"name": "Petra Hemmelig", "phone": "ring meg"}, "phone"),
        ({"email": "petra@hemmelig.example"}, "name"),
        ({"name": "Petra Hemmelig", "fax": "1"}, "fax"),
    ],
)
def test_a_contact_that_is_wrong_is_refused_without_being_repeated(
    database: Database, tmp_path: Path, contact: dict[str, str], where: str
) -> None:
    async def story(desk: Desk) -> None:
        refused = await desk.sends(KARI, "POST", "/v1/applications", APPLICATION | {"contact": contact})
        assert (refused.status_code, refused.json()["code"]) == (422, "request-invalid")
        assert refused.json()["errors"][0]["where"][-1] == where
        assert "emmelig" not in refused.text.lower()

    at_the_desk(database, tmp_path, story)
    assert contacts(database) == []


def test_one_key_is_one_case_and_one_contact_person(database: Database, tmp_path: Path) -> None:
    """A8, where part of the request is kept out of the hash."""

    async def story(desk: Desk) -> None:
        first = await desk.opens(key="once")
        again = await desk.opens(key="once")
        assert (again.content, again.headers["Location"]) == (first.content, first.headers["Location"])
        for other in (CONTACT | {"name": "Ole Olsen"}, CONTACT | {"phone": None}, None):
            refused = await desk.sends(KARI, "POST", "/v1/applications", APPLICATION | {"contact": other}, key="once")
            assert (refused.status_code, refused.json()["code"]) == (422, "idempotency-key-reused")
        elsewhere = await desk.sends(KARI, "POST", f"{desk.case}/application/versions", VERSION, key="once")
        assert (elsewhere.status_code, elsewhere.json()["code"]) == (422, "idempotency-key-reused")

    at_the_desk(database, tmp_path, story)
    assert set(contacts(database)) == {tuple(CONTACT.values())}


def test_what_the_api_refuses_of_applications(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        nowhere = await desk.sends(KARI, "POST", "/v1/applications", APPLICATION | {"call_id": "ingen-2020.var"})
        assert (nowhere.status_code, nowhere.json()["code"]) == (422, "no-such-call")
        moved = APPLICATION["applicant"] | {"municipality_number": "0602"}
        old = await desk.sends(KARI, "POST", "/v1/applications", APPLICATION | {"applicant": moved})
        assert (old.status_code, old.json()["code"]) == (422, "municipality-unknown")
        assert (await desk.sends(MONA, "POST", "/v1/applications", APPLICATION)).status_code == 403
        desk.case = f"/v1/cases/{UUID(int=9)}"
        assert await desk.refused(KARI, "POST", "application/versions", VERSION) == "not-found"
        assert await desk.refused(KARI, "GET", "overlaps") == "not-found"
        record(database, f"case-{UUID(int=9)}", replace(award, fund_id=FUND))
        desk.version = '"1"'
        assert await desk.refused(KARI, "POST", "application/versions", VERSION) == "no-application"
        assert await desk.refused(KARI, "GET", "overlaps") == "no-application"
        assert await desk.refused(KARI, "POST", "assessments", ASSESSMENT) == "no-application"
        unknown = await desk.sends(ANNE, "DELETE", f"/v1/contacts/{UUID(int=3)}")
        assert (unknown.status_code, unknown.json()["code"]) == (404, "not-found")

    at_the_desk(database, tmp_path, story)
