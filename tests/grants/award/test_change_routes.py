"""Changes, the recipient's word and the turn of the year over HTTP: what the fund then holds, and what is shown."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from services.calendar.clock import OSLO, now
from services.eventlog.command import Command, Write
from services.eventlog.log import Log
from services.grants.balance.movements import effects
from services.grants.budget_year.events.allocation import Statement
from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.eventlog.played import POST, letter
from tests.faults.service import issuer_of, open_funds
from tests.grants.award.change_routes import DECIDED, MORE
from tests.journeys.office import ANNE, FUND, KARI, LIV, OLA, PER, Office, work

HEARD = {"warned_on": "2020-08-01", "reply_by": "2020-08-22"}
UNMET = {"code": "condition-not-met", "text": "Vilkåret er ikke oppfylt."}
YES = {"granted": True, "reason": "Ja.", "answered_on": "2020-05-11"}


async def reads(office: Office, path: str, **query: str) -> dict[str, Any]:
    token = issuer_of(office.settings).mint(PER, [Role.auditor])
    answer = await office.client.get(path, params=query, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def committed_ore(office: Office) -> int:
    """What is promised on the post as of the year's last day."""
    return int((await reads(office, "/v1/posts/2020/291/71", valid_at="2020-12-31"))["committed_ore"])


def test_more_binds_the_fund_and_no_more_than_it_holds(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_500, fodt_fri=1_500)

    async def story(office: Office) -> None:
        await office.grants(500, 500)
        added = [{"number": 3, "amount_ore": 501}]
        shown = await office.does(KARI, "POST", "award/changes", kind="supplementary", added=added, ground=MORE)
        assert shown["award"]["change_waiting"]["proposed_by"] == KARI
        told = await office.refused(OLA, "PUT", "award/changes/approval", **DECIDED)
        assert told["code"] == "post-exhausted"
        await office.does(OLA, "POST", "award/changes/returns", reason="Det er ikke dekning.")
        added = [{"number": 3, "amount_ore": 500}]
        await office.does(KARI, "POST", "award/changes", kind="supplementary", added=added, ground=MORE)
        shown = await office.does(OLA, "PUT", "award/changes/approval", **DECIDED)
        assert (shown["committed_ore"], shown["award"]["change_waiting"]) == (1_500, None)
        assert await committed_ore(office) == 1_500

    work(database, tmp_path, story)


def test_less_frees_the_fund_and_an_annulment_frees_the_rest(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(office: Office) -> None:
        await office.grants(500, 500)
        await office.pays(1, 500)
        taken = [{"instalment": 2, "amount_ore": 200}]
        await office.does(
            KARI, "POST", "award/changes", kind="reduction", reductions=taken, ground=UNMET, hearing=HEARD
        )
        await office.does(OLA, "PUT", "award/changes/approval", approved_on="2020-09-01")
        assert await committed_ore(office) == 800
        await office.does(KARI, "POST", "award/changes", kind="annulment", ground=UNMET, hearing=HEARD)
        shown = await office.does(OLA, "PUT", "award/changes/approval", approved_on="2020-09-02")
        assert (shown["state"], shown["committed_ore"], shown["outstanding_ore"]) == ("annulled", 500, 0)
        assert await committed_ore(office) == 500

    work(database, tmp_path, story)


def test_a_recipient_asks_is_answered_accepts_and_refuses(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(office: Office) -> None:
        await office.grants(500, 500)
        await office.does(KARI, "PUT", "award/acceptance", accepted_on="2020-02-14", document="20/00123-5")
        await office.does(KARI, "POST", "award/change-requests", asks="Ny frist.", received_on="2020-05-04")
        told = await office.refused(OLA, "PUT", "award/change-requests/2/answer", **YES)
        assert told["code"] == "unknown-change-request"
        shown = await office.does(OLA, "PUT", "award/change-requests/1/answer", **YES)
        assert shown["award"]["change_requests"][0]["answer"]["granted"] is True
        shown = await office.does(KARI, "PUT", "award/refusal", reason="Avlyst.", declined_on="2020-10-01")
        assert (shown["state"], shown["committed_ore"]) == ("declined", 0)
        assert await committed_ore(office) == 0

    work(database, tmp_path, story)


def test_the_turn_of_the_year_holds_over_what_letters_let_follow(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(office: Office) -> None:
        await office.grants(500, 500)
        await office.pays(1, 500)
        listed = await reads(office, "/v1/turn-of-year", year="2020")
        assert listed["items"] == [
            {
                "case_id": office.case.removeprefix("/v1/cases/"),
                "fund_id": FUND,
                "year": 2020,
                "chapter": 291,
                "post": 71,
                "unpaid_ore": 500,
                "withheld_ore": 0,
                "transferable": True,
                "turned": False,
                "to_record_anew": False,
                "case_number": f"{now().astimezone(OSLO).year}/1",
            }
        ]
        shown = await office.does(ANNE, "POST", "turn-of-year", year=2020)
        assert shown["award"]["turns_of_year"][0]["ground"] == "transferable"
        assert await committed_ore(office) == 1_000
        assert (await reads(office, "/v1/turn-of-year", year="2020"))["items"][0]["turned"] is True

    work(database, tmp_path, story)


def test_the_turn_of_the_year_ends_what_cannot_follow(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)
    log = Log(database.service_dsn, None, schema="grants", effects=effects)  # type: ignore[arg-type]
    no_keyword = (Statement(fund_id=POST, effective_on=date(2020, 12, 31), name="transferable", amount=-1),)
    taken_away = replace(letter(1, date(2020, 12, 31)), statements=no_keyword)
    assert log.append_now(Command(actor=ANNE), Write("allocation-2020", 1, (taken_away,))).outcome == "recorded"
    log.close()

    async def story(office: Office) -> None:
        await office.grants(500, 500)
        await office.pays(1, 500)
        assert (await reads(office, "/v1/turn-of-year", year="2020"))["items"][0]["transferable"] is False
        shown = await office.does(ANNE, "POST", "turn-of-year", year=2020)
        assert (shown["committed_ore"], shown["outstanding_ore"]) == (500, 0)
        assert await committed_ore(office) == 500
        assert (await reads(office, "/v1/turn-of-year", year="2020"))["items"] == []

    work(database, tmp_path, story)


def test_a_basis_says_what_it_is_and_holds_nothing_else(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(office: Office) -> None:
        per_capita = {"kind": "per-capita", "count": 2, "rate_ore": 500, "rule": "Rundskriv 4/2020"}
        await office.proposes(1_000, basis=per_capita)
        await office.does(LIV, "PUT", "award/approval", approved_on="2020-02-03", disposal_authority="Instruks 4.2")
        wrong: list[object] = [{"kind": "gift"}, {"kind": ["named"]}, per_capita | {"section": "5.1"}, [], "named"]
        for basis in wrong:
            office.case, office.version = "", '"0"'
            told = await office.refused(KARI, "POST", "", **body(basis))
            assert told["status"] == 422

    work(database, tmp_path, story)


def body(basis: object) -> dict[str, Any]:
    return {
        "fund_id": FUND,
        "recipient": {"name": "Stiftelsen Født Fri"},
        "amount_ore": 1_000,
        "purpose": "Ressursmiljø",
        "terms": ["Regnskap leveres."],
        "instalments": [{"number": 1, "amount_ore": 1_000}],
        "basis": basis,
    }
