"""Back-dating over HTTP: every act a person dates says why, is bounded, and shows on the timeline."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from dev.at_its_day import on
from services.grants.back_dating.acts import ACTS
from services.grants.back_dating.guard import REASON
from services.grants.main import create_app
from services.grants.settings import Settings
from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.faults.service import APPROVAL, open_funds, serving, settings_of, signed_in
from tests.journeys.office import KARI, OLA, Office

ANNE, LIV = "anne", "liv"
RULE = "/v1/rules/back-dating"
TODAY = date(2020, 3, 4)
WHY = "Protokollen fra møtet kom først nå."
WIDER = {"days": 60, "valid_from": "2020-03-04", "reason": "Vedtak fra nyttår registreres."}


def at_work(database: Database, folder: Path, story: Any) -> None:
    settings = settings_of(database, folder)

    async def go() -> None:
        async with serving(settings) as (_, client):
            with on(TODAY):
                await story(client, settings)

    asyncio.run(go())


async def rule(client: httpx.AsyncClient, settings: Settings, person: str, role: Role, path: str, **sent: Any) -> Any:
    """An act on the bound, as it was last seen."""
    headers = signed_in(settings, person, role)
    seen = (await client.get(RULE, headers=headers)).headers["ETag"]
    headers |= {"If-Match": seen, "Idempotency-Key": str(uuid4())}
    return await client.put(f"{RULE}{path}", headers=headers, **sent)


def test_a_decision_dated_back_is_bounded_reasoned_and_shown(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(client: httpx.AsyncClient, settings: Settings) -> None:
        office = Office(client, settings)
        await office.proposes(1_000)
        told = await office.refused(OLA, "PUT", "award/approval", **APPROVAL | {"approved_on": "2020-02-03"})
        assert told["code"] == "back-dating-reason-missing"
        reasoned = {REASON: WHY, "disposal_authority": "Instruks 4.2"}
        told = await office.refused(OLA, "PUT", "award/approval", approved_on="2020-02-02", **reasoned)
        assert (told["code"], told["bound_days"], told["first_day_on"]) == ("back-dated-too-far", 30, "2020-02-03")
        told = await office.refused(OLA, "PUT", "award/approval", approved_on="2020-03-05", **reasoned)
        assert told["code"] == "dated-ahead"
        await office.does(OLA, "PUT", "award/approval", approved_on="2020-02-03", **reasoned)
        assert office.version == '"3"'
        signed = office.signed(OLA)
        lines = (await client.get(f"{office.case}/timeline", headers=signed)).json()["items"]
        assert [line["what"] for line in lines] == ["award.proposed.v1", "award.approved.v1", "decision.back-dated.v1"]
        assert (lines[-1]["title"], lines[-1]["why"]) == ("Avgjørelse datert tilbake", {"reason": WHY})
        assert lines[-1]["data"] | {} == {
            "decisions": ["award.approved.v1"],
            "day": "2020-02-03",
            "today": "2020-03-04",
            "bound_days": 30,
            "reason": WHY,
            "dated_by": OLA,
        }

    at_work(database, tmp_path, story)


def test_a_decision_of_today_needs_no_reason_and_leaves_no_trace(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(client: httpx.AsyncClient, settings: Settings) -> None:
        office = Office(client, settings)
        await office.proposes(1_000)
        await office.does(OLA, "PUT", "award/approval", **APPROVAL | {"approved_on": str(TODAY)})
        assert office.version == '"2"'

    at_work(database, tmp_path, story)


def test_the_bound_is_set_by_two_people_and_counts_at_once(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(client: httpx.AsyncClient, settings: Settings) -> None:
        office = Office(client, settings)
        await office.proposes(1_000)
        early = APPROVAL | {"approved_on": "2020-01-10", REASON: WHY}
        assert (await office.refused(OLA, "PUT", "award/approval", **early))["code"] == "back-dated-too-far"

        async def told(person: str, role: Role, path: str, **sent: Any) -> Any:
            return (await rule(client, settings, person, role, path, **sent)).json()

        assert (await told(LIV, Role.approver, "", json=WIDER))["code"] == "role-missing"
        past = WIDER | {"valid_from": "2020-03-03"}
        assert (await told(ANNE, Role.controller, "", json=past))["code"] == "bound-reaches-back"
        assert (await told(ANNE, Role.controller, "", json=WIDER | {"days": -1}))["code"] == "request-invalid"
        assert (await told(LIV, Role.approver, "/confirmation"))["code"] == "no-bound-proposed"
        proposed = await told(ANNE, Role.controller, "", json=WIDER)
        assert (proposed["days_today"], proposed["proposed"]["by"]) == (30, ANNE)
        assert (await office.refused(OLA, "PUT", "award/approval", **early))["code"] == "back-dated-too-far"
        assert (await told(ANNE, Role.controller, "/confirmation"))["code"] == "same-person-twice"
        confirmed = await told(LIV, Role.approver, "/confirmation")
        assert (confirmed["days_today"], confirmed["proposed"], confirmed["confirmed"][0]["by"]) == (60, None, LIV)
        await office.does(OLA, "PUT", "award/approval", **early)

    at_work(database, tmp_path, story)


def test_reminders_that_are_dated_back_say_why_in_the_address(database: Database, tmp_path: Path) -> None:
    async def story(client: httpx.AsyncClient, settings: Settings) -> None:
        signed = signed_in(settings, KARI) | {"Idempotency-Key": "remind"}
        answer = await client.post(f"/v1/reports/reminders?on=2020-03-03&{REASON}=Ferie", headers=signed)
        assert answer.status_code == 200, answer.text
        answer = await client.post(f"/v1/reports/reminders?on=2020-03-03&{REASON}=", headers=signed)
        assert answer.status_code == 422

    at_work(database, tmp_path, story)


def bodies(paths: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every act that takes JSON, and what it takes."""
    for path, verbs in paths.items():
        for verb, operation in verbs.items():
            if content := operation.get("requestBody", {}).get("content", {}).get("application/json"):
                yield f"{verb.upper()} {path}", content["schema"]


def properties(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The properties of a body: of each, where it is one of several."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    for each in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
        yield from properties(each, schemas)
    if "properties" in schema:
        yield schema["properties"]


NO_ACT = {
    "accepted_on": "PUT /v1/cases/{case_id}/award/acceptance",
    "decided_on": "PUT /v1/cases/{case_id}/complaints/{number}/outcome",
    "ended_on": "POST /v1/organisations/{organisation_number}/ties/endings",
    "approved_on": "POST /v1/rounds/{round_id}/funds",
    "released_on": "PUT /v1/cases/{case_id}/letter-release",
    "answered_on": "PUT /v1/payment-batches/{batch_id}/receipts",
}
"""Days that are called as an act's, and are none: what happened elsewhere or before, and what is only looked at."""
IMPORTED = ("POST /v1/award-imports", "PUT /v1/cases/{case_id}/award/import")


def test_whoever_is_asked_for_the_day_of_an_act_may_say_why_it_is_dated_back(
    database: Database, tmp_path: Path
) -> None:
    """Every body of the API: one that names the day of an act takes the reason, and one that names none does not."""
    description = create_app(settings_of(database, tmp_path)).openapi()
    names = {path.rpartition(".")[2] for path in ACTS.values()} | {"taken_back_on"}
    with_day: set[str] = set()
    without: set[str] = set()
    for act, schema in bodies(description["paths"]):
        for body in properties(schema, description["components"]["schemas"]):
            days = {name for name in body if name in names and NO_ACT.get(name) != act}
            if "hearing" in body:
                days.add("hearing.warned_on")
            if act in IMPORTED:
                days -= {"decided_on"}
            (with_day if days else without).add(act)
            assert bool(days) == (REASON in body), f"{act}: {days or 'no day of an act'}"
    assert len(with_day) > 50
    assert len(without) > 10
