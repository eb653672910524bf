"""Complaints over HTTP: Født Fri's from arrival to outcome, who may do what, and the list over all cases."""

from pathlib import Path
from typing import Any

from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.faults.service import open_funds, signed_in
from tests.journeys.office import KARI, LIV, MISUSED, OLA, SIRI, Office, work
from tests.patience import until

COMPLAINT = {
    "disputed": "withholding", "decision_number": 1, "decision_arrived_on": "2020-11-02", "lodged_on": "2020-11-23",
    "grounds": "Regnskapet viser hva pengene er brukt til.",
}  # fmt: skip
ESTATE = {"name": "Stiftelsen Født Fri, konkursbo"}
FORWARDING = {"statement": "Vi opprettholder vedtaket.", "forwarded_on": "2020-12-10"}
OUTCOME = {"outcome": "upheld", "document": "21/456-3", "decided_on": "2021-04-15"}


async def withheld(office: Office) -> None:
    warning = {"amount_ore": 500, "reasons": MISUSED, "reply_by": "2020-09-01", "warned_on": "2020-08-11"}
    decision = {"instalment": 2, "amount_ore": 500, "reasons": MISUSED, "decided_on": "2020-11-02"}
    await office.grants(500, 500)
    await office.does(KARI, "PUT", "instalments/2/warning", **warning)
    await office.does(OLA, "POST", "withholdings", **decision)


async def listed(office: Office, **query: str) -> list[dict[str, Any]]:
    """The list once it has caught up with the case."""
    headers = signed_in(office.settings, "reader", Role.auditor)
    answer = await until(
        lambda: office.client.get("/v1/complaints", params=query, headers=headers),
        lambda it: it.status_code != 200 or it.json()["items"],
    )
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def test_the_complaint_of_23_november_goes_to_the_ministry_and_the_estate_gets_its_answer(
    database: Database, tmp_path: Path
) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(office: Office) -> None:
        await withheld(office)
        case = await office.does(SIRI, "POST", "complaints", **COMPLAINT)
        (complaint,) = case["complaint"]["complaints"]
        assert (complaint["last_day_on"], complaint["late"], complaint["state"]) == ("2020-11-23", False, "received")
        await office.does(SIRI, "PUT", "complaints/1/forwarding", **FORWARDING)
        change = {"capacity": "bankruptcy-estate", "document": "21/456-1", "changed_on": "2021-01-20"}
        await office.does(SIRI, "PUT", "party", party=ESTATE, **change)
        told = await office.refused(SIRI, "PUT", "complaints/1/outcome", **OUTCOME)
        assert (told["status"], told["code"]) == (409, "same-person-twice")
        case = await office.does(LIV, "PUT", "complaints/1/outcome", **OUTCOME)
        (complaint,) = case["complaint"]["complaints"]
        assert (complaint["state"], complaint["outcome"]) == ("decided", "upheld")
        assert complaint["party"]["name"] == ESTATE["name"]
        assert case["withheld_ore"] == 500
        (row,) = await listed(office, state="decided", year="2020")
        assert (row["party"], row["outcome"], row["number"]) == (ESTATE["name"], "upheld", 1)

    work(database, tmp_path, story)


def test_a_complaint_with_defects_is_asked_completed_suspended_and_reversed(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(office: Office) -> None:
        await withheld(office)
        await office.does(SIRI, "POST", "complaints", **COMPLAINT, defects=["not-signed"])
        asked = {"reply_by": "2020-12-07", "asked_on": "2020-11-25"}
        await office.does(SIRI, "PUT", "complaints/1/completion-request", **asked)
        told = await office.refused(SIRI, "PUT", "complaints/1/forwarding", **FORWARDING)
        assert (told["code"], told["defects"]) == ("complaint-incomplete", ["not-signed"])
        await office.does(SIRI, "PUT", "complaints/1/completion", completed_on="2020-12-01")
        suspension = {"suspends": "payment", "reason": "Uavklart.", "granted_on": "2020-12-01"}
        await office.does(LIV, "PUT", "complaints/1/suspension", **suspension)
        await office.does(LIV, "PUT", "complaints/1/suspension/end", reason="Avklart.", ended_on="2020-12-02")
        reversal = {"wholly": True, "reason": "Medhold.", "reversed_on": "2020-12-03"}
        case = await office.does(LIV, "POST", "complaints/1/reversals", **reversal)
        (complaint,) = case["complaint"]["complaints"]
        assert complaint["follow_ups"] == [{"act": "release-withholding", "number": 1, "done": False}]
        release = {"amount_ore": 500, "reason": "Medhold i klage.", "released_on": "2020-12-04"}
        case = await office.does(OLA, "POST", "withholdings/1/releases", **release)
        assert case["complaint"]["complaints"][0]["follow_ups"][0]["done"] is True

    work(database, tmp_path, story)


def test_a_late_complaint_is_taken_up_or_turned_away_and_one_may_be_taken_back(
    database: Database, tmp_path: Path
) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)
    late = COMPLAINT | {"lodged_on": "2020-11-24"}
    taking_up = {"ground": "special-reasons", "reason": "Viktig.", "accepted_on": "2020-11-26"}

    async def story(office: Office) -> None:
        await withheld(office)
        await office.does(SIRI, "POST", "complaints", **late)
        dismissal = {"reason": "For sent.", "dismissed_on": "2020-11-26"}
        case = await office.does(LIV, "PUT", "complaints/1/dismissal", **dismissal)
        assert case["complaint"]["complaints"][0]["state"] == "dismissed"
        await office.does(SIRI, "POST", "complaints", **late | {"grounds": "Vi ber om oppreisning."})
        case = await office.does(LIV, "PUT", "complaints/2/late-acceptance", **taking_up)
        assert case["complaint"]["complaints"][1]["state"] == "received"
        case = await office.does(SIRI, "PUT", "complaints/2/withdrawal", withdrawn_on="2020-12-01")
        assert case["complaint"]["complaints"][1]["state"] == "withdrawn"
        told = await office.refused(SIRI, "POST", "complaints", **COMPLAINT | {"disputed": "reclaim"})
        assert (told["status"], told["code"]) == (404, "unknown-decision")

    work(database, tmp_path, story)


def test_the_ministry_records_its_own_outcome_and_nothing_else(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(office: Office) -> None:
        await withheld(office)
        await office.does(SIRI, "POST", "complaints", **COMPLAINT)
        await office.does(SIRI, "PUT", "complaints/1/forwarding", **FORWARDING)
        ministry = signed_in(office.settings, "mona", Role.ministry)
        headers = ministry | {"Idempotency-Key": "mona 1", "If-Match": office.version}
        path = f"{office.case}/complaints/1"
        withdrawal = {"withdrawn_on": "2021-01-01"}
        answer = await office.client.put(f"{path}/withdrawal", headers=headers, json=withdrawal)
        assert (answer.status_code, answer.json()["code"]) == (403, "role-missing")
        answer = await office.client.put(f"{path}/outcome", headers=headers, json=OUTCOME)
        assert answer.status_code == 200, answer.text

    work(database, tmp_path, story)
