"""Clashing duties on an application and on an account, tried over HTTP by one person who holds every role."""

from pathlib import Path
from typing import Any

from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.faults.service import open_funds, signed_in
from tests.grants.application.desk import APPLICATION, Desk, at_the_desk
from tests.grants.disbursement.payments_over_http import ACCOUNT
from tests.journeys.office import ANNE, KARI, SIRI, Office, work

LATE = APPLICATION | {"arrived_on": "2020-02-29"}
PROPOSAL = {"ground": "late", "reason": "Kom etter fristen.", "proposed_on": "2020-03-02"}
DECISION = {"dismissed_on": "2020-03-03"}


async def tries(desk: Desk, person: str, method: str, address: str, body: dict[str, Any]) -> str:
    """Done, or the code it is refused with."""
    desk.acts += 1
    headers = signed_in(desk.settings, person, *Role) | {"Idempotency-Key": f"{desk.acts}", "If-Match": desk.version}
    answer = await desk.client.request(method, address, json=body, headers=headers)
    if answer.is_success:
        desk.version = answer.headers.get("ETag", desk.version)
        return "done"
    return str(answer.json()["code"])


def test_who_prepares_the_answer_to_an_application_does_not_decide_it(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        await desk.opens(LATE)
        assert await tries(desk, SIRI, "PUT", f"{desk.case}/application/dismissal-proposal", PROPOSAL) == "done"
        address = f"{desk.case}/application/dismissal"
        assert await tries(desk, SIRI, "PUT", address, DECISION) == "same-person-twice"
        assert await tries(desk, ANNE, "PUT", address, DECISION) == "done"

    at_the_desk(database, tmp_path, story)


def test_who_is_tied_to_an_organisation_does_not_end_the_tie(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        address = "/v1/organisations/974760673/ties"
        tie = {"person": SIRI, "kind": "board-member", "recorded_on": "2020-01-02"}
        ending = {"person": SIRI, "reason": "Gikk ut av styret.", "ended_on": "2020-03-01"}
        assert await tries(desk, SIRI, "POST", address, tie) == "done"
        assert await tries(desk, SIRI, "POST", f"{address}/endings", ending) == "same-person-twice"
        assert await tries(desk, ANNE, "POST", f"{address}/endings", ending) == "done"

    at_the_desk(database, tmp_path, story)


def test_who_registers_an_account_does_not_verify_it(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(office: Office) -> None:
        await office.grants(500)
        account = (await office.does(KARI, "PUT", "payee-account", **ACCOUNT))["disbursement"]["account"]
        seen = {"account_id": account["account_id"], "source": "Brev fra banken", "verified_on": "2020-02-12"}
        told = await office.refused(KARI, "PUT", "payee-account/verification", **seen)
        assert (told["code"], told["person"]) == ("same-person-twice", KARI)
        await office.does(SIRI, "PUT", "payee-account/verification", **seen)

    work(database, tmp_path, story)
