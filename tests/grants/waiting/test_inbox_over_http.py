"""The inbox of each role over HTTP, and what a case tells of who has approved and who is still to."""

from pathlib import Path
from typing import Any

from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.faults.service import DECIDED_OUTSIDE, open_funds, signed_in
from tests.grants.disbursement.payments_over_http import ACCOUNT
from tests.journeys.office import ANNE, APPROVED, FUND, KARI, LETTER_OUT, LIV, OLA, PER, SIRI, Office, work
from tests.journeys.two_duties import COMPLAIN, FORWARD, withheld
from tests.patience import until

MONA, RITA = "mona", "rita"
CASEWORKER, APPROVER, ATTESTOR = Role.caseworker, Role.approver, Role.attestor


async def reads(office: Office, person: str, role: Role, path: str) -> Any:
    answer = await office.client.get(path, headers=signed_in(office.settings, person, role))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def inbox(office: Office, person: str, role: Role, expected: list[str], query: str = "") -> list[dict[str, Any]]:
    """What waits for somebody in one role, once the list has caught up with the log."""
    told = await until(
        lambda: reads(office, person, role, f"/v1/inbox{query}"),
        lambda it: [item["task"] for item in it["items"]] == expected,
    )
    return list(told["items"])


async def still_to(office: Office) -> list[tuple[str, str, list[str]]]:
    """What is still to be done in the case: the task, the role, and who may not be the one."""
    items = (await reads(office, RITA, Role.auditor, f"{office.case}/waiting"))["items"]
    return [(item["task"], item["role"], sorted(item["not_by"])) for item in items]


def test_a_proposal_waits_in_every_approvers_inbox_but_its_preparers(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(office: Office) -> None:
        await office.proposes(500, 500)
        (item,) = await inbox(office, OLA, APPROVER, ["approve-award"])
        assert (item["case_id"], item["fund_id"]) == (office.case.removeprefix("/v1/cases/"), FUND)
        assert (item["recipient"], item["amount_ore"]) == ("Stiftelsen Født Fri", 1_000)
        await inbox(office, KARI, APPROVER, [])
        await inbox(office, OLA, CASEWORKER, [])
        await inbox(office, OLA, APPROVER, [], "?task=attest-payment")

        await office.does(OLA, "PUT", "award/approval", **APPROVED)
        await inbox(office, LIV, APPROVER, [])

    work(database, tmp_path, story)


def test_a_case_tells_who_has_approved_and_who_is_still_to(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(office: Office) -> None:
        await office.proposes(500, 500)
        assert await still_to(office) == [("approve-award", "approver", [KARI])]
        assert (await reads(office, RITA, Role.auditor, office.case))["state"] == "proposed"
        shown = await office.does(OLA, "PUT", "award/approval", **APPROVED)
        assert shown["approved"]["approved_by"] == OLA
        assert "approve-award" not in [task for task, _, _ in await still_to(office)]
        approvals = await reads(office, RITA, Role.auditor, f"{office.case}/timeline?what=award.approved.v1")
        assert [(line["actor"], line["version"]) for line in approvals["items"]] == [(OLA, 2)]

    work(database, tmp_path, story)


def test_what_waits_moves_from_inbox_to_inbox_until_the_money_is_attested(database: Database, tmp_path: Path) -> None:
    """Caseworker, approver, controller and attestor: each sees what is theirs, and not what clashes with their own."""
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(office: Office) -> None:
        await office.does(KARI, "POST", "imports", **office.plan([500], FUND), **DECIDED_OUTSIDE)
        await inbox(office, OLA, APPROVER, ["confirm-award-import"])
        await inbox(office, KARI, APPROVER, [])
        await office.does(OLA, "PUT", "award/import/confirmation")
        await office.does(KARI, "PUT", "letter-release", **LETTER_OUT)
        await inbox(office, LIV, APPROVER, ["confirm-letter-release"])
        await inbox(office, KARI, APPROVER, [])
        await office.does(LIV, "PUT", "letter-release/confirmation")
        await inbox(office, KARI, CASEWORKER, ["register-account"])

        account = (await office.does(KARI, "PUT", "payee-account", **ACCOUNT))["disbursement"]["account"]
        await inbox(office, SIRI, Role.controller, ["verify-account"])
        await inbox(office, KARI, Role.controller, [])
        looked_at = {"account_id": account["account_id"], "source": "Brev fra banken", "verified_on": "2020-02-12"}
        await office.does(SIRI, "PUT", "payee-account/verification", **looked_at)

        (item,) = await inbox(office, PER, ATTESTOR, ["attest-payment"], "?on=2020-03-02")
        assert (item["part"], item["amount_ore"], item["until_on"]) == (1, 500, "2020-12-31")
        await inbox(office, PER, ATTESTOR, [])  # the year it could be paid in has ended
        for clashing in (OLA, KARI, SIRI):  # who approved it, and who keeps the account
            await inbox(office, clashing, ATTESTOR, [], "?on=2020-03-02")
        await inbox(office, RITA, Role.auditor, [])  # an auditor only reads

    work(database, tmp_path, story)


def test_a_complaint_waits_for_the_caseworker_and_once_forwarded_for_the_ministry(
    database: Database, tmp_path: Path
) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(office: Office) -> None:
        await withheld(office)
        await office.does(PER, *COMPLAIN[:2], **COMPLAIN[2])
        await inbox(office, ANNE, CASEWORKER, ["handle-complaint"], "?task=handle-complaint")
        await inbox(office, MONA, Role.ministry, [])
        await office.does(LIV, *FORWARD[:2], **FORWARD[2])
        await inbox(office, MONA, Role.ministry, ["decide-complaint"])
        await inbox(office, ANNE, CASEWORKER, [], "?task=handle-complaint")

    work(database, tmp_path, story)


def test_the_timeline_is_asked_by_room_kind_person_and_day_over_http(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(office: Office) -> None:
        await office.grants(500, 500)
        await office.pays(1, 500)

        async def versions(query: str) -> list[int]:
            found = await reads(office, RITA, Role.auditor, f"{office.case}/timeline?{query}")
            return [line["version"] for line in found["items"]]

        assert await versions("") == [1, 2, 3, 4, 5, 6]
        assert await versions("room=disbursement") == [6]
        assert await versions("what=award.imported.v1") == [3]
        assert await versions(f"actor={KARI}") == [1, 2, 4]
        assert await versions("until=2000-01-01") == []
        assert await versions("since=2000-01-01&room=award") == [1, 2, 3, 4, 5]

    work(database, tmp_path, story)


def test_what_an_organisation_waits_for_is_not_offered_to_who_is_tied_to_it(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(office: Office) -> None:
        number = "974760673"
        plan = office.plan([500], FUND)
        plan["recipient"] = {"name": "Stiftelsen Født Fri", "organisation_number": number}
        await office.does(KARI, "POST", "", **plan)
        await inbox(office, OLA, APPROVER, ["approve-award"])
        tie = {"person": OLA, "kind": "board-member", "recorded_on": "2020-02-01"}
        headers = signed_in(office.settings, LIV, APPROVER) | {"Idempotency-Key": "tie-1"}
        said = await office.client.post(f"/v1/organisations/{number}/ties", headers=headers, json=tie)
        assert said.is_success, said.text
        await inbox(office, OLA, APPROVER, [])
        (item,) = await inbox(office, LIV, APPROVER, ["approve-award"])
        assert item["organisations"] == [number]

    work(database, tmp_path, story)
