"""Reports, control and settlement over HTTP: one grant to its closed end, and reminders and draws over many cases."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx

from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.described import check_described
from tests.faults.service import open_funds, signed_in
from tests.grants.recipient_report.routes import ARRIVED, INTERIM, RIGHT
from tests.journeys.office import ANNE, KARI, LIV, PER, SIRI, Office, work
from tests.patience import until

FINAL = {"number": 2, "kind": "final", "due_on": "2021-03-01", "attested_accounts": True}
DRAW = {"seed": "Lotto 21.11.2020", "size": 2, "year": 2020, "drawn_on": "2020-11-23"}


async def granted(office: Office, *parts_ore: int) -> None:
    """A case with two reports owed, its letter out."""
    await office.grants(*parts_ore, reports=[INTERIM, FINAL])


async def reads(office: Office, path: str, **query: str) -> Any:
    headers = signed_in(office.settings, "reader", Role.auditor)
    answer = await office.client.get(path, params=query, headers=headers)
    assert answer.status_code == 200, answer.text
    check_described("grants", answer)
    return answer.json()


async def listed(office: Office, count: int, **query: str) -> list[dict[str, Any]]:
    """The list of reports, once it has caught up."""
    told = await until(lambda: reads(office, "/v1/reports", **query), lambda it: len(it["items"]) == count)
    return list(told["items"])


async def released(office: Office, count: int) -> None:
    """Waits until the list of cases, which a draw is taken from, has caught up."""
    await until(lambda: reads(office, "/v1/cases", year="2020", state="released"), lambda it: len(it["items"]) == count)


async def asks(office: Office, role: Role, key: str, path: str, **sent: Any) -> httpx.Response:
    headers = signed_in(office.settings, "somebody", role) | {"Idempotency-Key": key}
    return await office.client.post(path, headers=headers, **sent)


async def approve_report(office: Office, number: int, **arrived: Any) -> dict[str, Any]:
    await office.does(KARI, "POST", f"reports/{number}/versions", **ARRIVED | arrived)
    await office.does(SIRI, "PUT", f"reports/{number}/content-check", **RIGHT)
    return await office.does(ANNE, "PUT", f"reports/{number}/money-check", **RIGHT)


def test_a_grant_is_reported_on_controlled_settled_and_closed(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(office: Office) -> None:
        await granted(office, 500, 500)
        await office.pays(1, 500)
        await office.does(KARI, "POST", "reports/1/versions", **ARRIVED, received_on="2020-09-02")
        back = {"reasons": ["Resultatene mangler."], "reply_by": "2020-09-21", "returned_on": "2020-09-07"}
        case = await office.does(SIRI, "POST", "reports/1/content-check/returns", **back)
        assert case["recipient_report"]["reports"][0]["state"] == "returned"
        more = {"due_on": "2020-10-01", "reason": "Sykdom.", "moved_on": "2020-09-20"}
        await office.does(KARI, "PUT", "reports/1/deadline", **more)
        case = await approve_report(office, 1, results="Tolv kurs, 240 deltakere.", received_on="2020-09-28")
        first, _ = case["recipient_report"]["reports"]
        assert (first["state"], first["version"], first["due_on"]) == ("approved", 2, "2020-10-01")
        told = await office.refused(KARI, "PUT", "settlement", used_ore=300, proposed_on="2021-04-01")
        assert (told["code"], told["reports"]) == ("reports-outstanding", [2])
        await office.does(KARI, "POST", "reports/2/versions", **ARRIVED | {"used_ore": 500}, received_on="2021-02-20")
        told = await office.refused(ANNE, "PUT", "reports/2/money-check", **RIGHT)
        assert told["code"] == "accounts-not-attested"
        without = {"reasons": ["Attestert regnskap mangler."], "reply_by": "2021-03-20", "returned_on": "2021-03-01"}
        await office.does(ANNE, "POST", "reports/2/money-check/returns", **without)
        await approve_report(office, 2, used_ore=500, accounts_attested=True, received_on="2021-03-10")

        control = {"risks": ["late-report"], "basis": "Rapporten kom for sent.", "selected_on": "2021-03-11"}
        await office.does(ANNE, "POST", "controls", **control)
        told = await office.refused(KARI, "PUT", "settlement", used_ore=500, proposed_on="2021-04-01")
        assert told["code"] == "control-open"
        found = {"found": "I orden.", "in_order": True, "concluded_on": "2021-03-30"}
        await office.does(PER, "PUT", "controls/1/conclusion", **found)

        case = await office.does(KARI, "PUT", "settlement", used_ore=500, proposed_on="2021-04-01")
        assert case["recipient_report"]["settlement_proposed"]["reductions"][0]["amount_ore"] == 500
        await office.does(LIV, "PUT", "settlement/return", reason="Se på datoen.")
        await office.does(KARI, "PUT", "settlement", used_ore=500, proposed_on="2021-04-02")
        told = await office.refused(KARI, "PUT", "settlement/approval", settled_on="2021-04-03")
        assert told["code"] == "same-person-twice"
        case = await office.does(LIV, "PUT", "settlement/approval", settled_on="2021-04-03")
        assert (case["committed_ore"], case["disbursed_ore"], case["outstanding_ore"]) == (500, 500, 0)
        case = await office.does(KARI, "PUT", "closing", closed_on="2021-04-04")
        assert case["state"] == "closed"
        post = await reads(office, "/v1/posts/2020/291/71", valid_at="2021-04-03")
        assert (post["committed_ore"], post["remaining_ore"]) == (500, 500)

    work(database, tmp_path, story)


def test_everybody_who_is_due_a_reminder_gets_one_in_one_go_and_none_twice(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(office: Office) -> None:
        await granted(office, 100)
        reminded = await office.does(KARI, "POST", "reports/1/reminders", reminded_on="2020-08-18")
        assert reminded["recipient_report"]["reports"][0]["next_reminder_on"] == "2020-09-02"
        first = reminded["case_number"]
        await granted(office, 100)
        await listed(office, 4, state="awaited")
        answer = await asks(office, Role.caseworker, "a", "/v1/reports/reminders", params={"on": "2020-08-20"})
        assert answer.status_code == 200, answer.text
        (sent,) = answer.json()["reminded"]
        assert office.case.endswith(sent["case_id"])
        second = sent["case_number"]
        assert first != second
        again = await asks(office, Role.caseworker, "a", "/v1/reports/reminders", params={"on": "2020-08-20"})
        assert again.json() == answer.json()
        other = await asks(office, Role.caseworker, "b", "/v1/reports/reminders", params={"on": "2020-08-20"})
        assert other.json() == {"reminded": [], "remaining": False, "waiting_for_letter": []}
        later = await asks(office, Role.caseworker, "c", "/v1/reports/reminders", params={"on": "2020-09-02"})
        assert {each["case_number"] for each in later.json()["reminded"]} == {first, second}
        feed = await reads(office, "/v1/feed", after="0", limit="500")
        told = [each["data"] for each in feed if each["type"] == "no.tilsagn.report.reminded.v1"]
        assert [each["case_number"] for each in told] == [first, second, *(each["case_number"] for each in told[2:])]
        assert {each["case_number"] for each in told[2:]} == {first, second}
        overdue = await listed(office, 2, due_before="2020-09-02", state="awaited")
        assert {row["number"] for row in overdue} == {1}

    work(database, tmp_path, story)


def test_a_draw_can_be_repeated_from_what_it_answers(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(office: Office) -> None:
        answer = await asks(office, Role.controller, "0", "/v1/controls/draws", json=DRAW)
        assert (answer.status_code, answer.json()["code"]) == (409, "nothing-to-draw-from")
        cases = []
        for _ in range(4):
            await granted(office, 100)
            cases.append(office.case.removeprefix("/v1/cases/"))
        await office.proposes(100)
        await released(office, 4)
        answer = await asks(office, Role.controller, "2", "/v1/controls/draws", json=DRAW)
        drawn = answer.json()
        assert drawn["population"] == 4
        lots = sorted(cases, key=lambda case: sha256(f"{DRAW['seed']}:{case}".encode()).digest())
        assert drawn["drawn"] == lots[:2]
        digest = sha256("".join(f"{case}\n" for case in sorted(cases)).encode()).hexdigest()
        assert drawn["population_sha256"] == digest
        assert await reads(office, answer.headers["Location"]) == drawn
        case = await reads(office, f"/v1/cases/{lots[0]}")
        assert case["recipient_report"]["controls"][0]["method"] == "random"
        headers = signed_in(office.settings, "reader", Role.auditor)
        unknown = f"/v1/controls/draws/{cases[0]}"
        assert (await office.client.get(unknown, headers=headers)).status_code == 404

    work(database, tmp_path, story)
