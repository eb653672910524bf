"""Commitment authorities over HTTP: a controller registers what a letter gives, everybody reads it, and a promise
across the year leans on it."""

from pathlib import Path
from typing import Any

import httpx

from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.faults.service import open_funds, proposal, signed_in
from tests.journeys.office import ANNE, APPROVED, FUND, KARI, LIV, OLA, Office, work

AUTHORITIES = "/v1/authorities/2020/commitment"
POST = "2020/291/71"
ASKED: dict[str, Any] = {
    "fund_id": POST, "until_year": 2021, "limit_ore": 500, "letter_number": 0, "cite": "5.1",
}  # fmt: skip

WRONG: tuple[tuple[str, Any, str], ...] = (
    ("fund_id", f"{POST}/fodt_fri", "post-not-opened"),
    ("letter_number", 7, "letter-unknown"),
    ("until_year", 2020, "commitment-authority-ends-too-soon"),
)


async def asks(office: Office, key: str, role: Role = Role.controller, **other: Any) -> httpx.Response:
    headers = signed_in(office.settings, ANNE, role) | {"Idempotency-Key": key}
    return await office.client.post(AUTHORITIES, json=ASKED | other, headers=headers)


async def listed(office: Office, role: Role = Role.auditor) -> list[dict[str, Any]]:
    answer = await office.client.get(AUTHORITIES, headers=signed_in(office.settings, LIV, role))
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def test_a_controller_registers_it_everybody_reads_it_and_the_same_again_is_nothing(
    database: Database, tmp_path: Path
) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(office: Office) -> None:
        assert await listed(office) == []
        for key in ("1", "1", "2"):
            answer = await asks(office, key)
            assert answer.status_code == 200, answer.text
        for role in (Role.caseworker, Role.approver, Role.attestor, Role.controller, Role.ministry, Role.auditor):
            (item,) = await listed(office, role)
            assert {name: item[name] for name in ASKED} == ASKED
            assert (item["effective_on"], item["registered_by"]) == ("2020-01-01", ANNE)

        unexplained = await asks(office, "3", limit_ore=600)
        assert unexplained.json()["code"] == "reason-missing"
        assert (await asks(office, "4", limit_ore=600, reason="Lest feil.")).is_success
        assert [(item["limit_ore"], item["reason"]) for item in await listed(office)][-1] == (600, "Lest feil.")

    work(database, tmp_path, story)


def test_what_no_letter_gives_is_refused_and_nobody_but_a_controller_registers(
    database: Database, tmp_path: Path
) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(office: Office) -> None:
        for name, wrong, code in WRONG:
            refused = await asks(office, name, **{name: wrong})
            assert refused.is_client_error
            assert refused.json()["code"] == code
        for role in (Role.caseworker, Role.approver, Role.attestor, Role.ministry, Role.auditor):
            assert (await asks(office, f"role {role}", role)).status_code == 403
        assert await listed(office) == []

    work(database, tmp_path, story)


def test_a_promise_across_the_year_leans_on_it_to_its_limit(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    def promise(ore: int) -> dict[str, Any]:
        return proposal(FUND, ore) | {"instalments": [{"number": 1, "amount_ore": ore, "due_on": "2021-02-01"}]}

    async def story(office: Office) -> None:
        without = await office.refused(KARI, "POST", "", **promise(500))
        assert (without["status"], without["code"]) == (409, "commitment-across-years")
        assert (await asks(office, "1")).is_success
        await office.does(KARI, "POST", "", **promise(500))
        approved = await office.does(OLA, "PUT", "award/approval", **APPROVED)
        assert (approved["state"], approved["committed_ore"]) == ("approved", 500)

        office.case, office.version = "", '"0"'
        beyond = await office.refused(KARI, "POST", "", **promise(1))
        assert (beyond["code"], beyond["days"]) == ("commitment-across-years", ["2021-02-01"])

    work(database, tmp_path, story)
