"""An award whose letter is held: nothing is asked, said or taken of a recipient who does not know of it. Over HTTP."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from services.eventlog.command import Command, Write
from services.eventlog.events import Event
from services.eventlog.log import Log
from services.grants.balance.movements import effects
from services.grants.case.events.complaint import ComplaintReceived
from services.grants.main import create_app
from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.faults.service import issuer_of, open_funds, settings_of
from tests.grants.acts_on_a_case import (
    CASE,
    ELSEWHERE,
    FREE,
    HEARD,
    INVALID,
    LESS,
    OF_THE_RECIPIENT,
    TOGETHER,
    WAITING,
    WAITING_OF_ITS_OWN,
    Free,
    Waits,
    complained,
    controlled,
    letter_out,
    may_leave,
    promised,
)
from tests.journeys.office import KARI, LIV, OLA, Office, work
from tests.patience import until

CHANGES = "award/changes"
MORE: dict[str, Any] = {
    "kind": "supplementary",
    "added": [{"number": 3, "amount_ore": 50}],
    "ground": {"code": "more-granted", "text": "Mer."},
}
NONE: dict[str, Any] = {"kind": "annulment", "ground": INVALID}


class Planted:
    """Cases planted in the log as an earlier release left them."""

    def __init__(self, database: Database) -> None:
        self.log = Log(database.service_dsn, None, schema="grants", effects=effects)  # type: ignore[arg-type]
        self.versions: dict[UUID, int] = {}

    def plant(self, events: Sequence[Event]) -> UUID:
        """A new case with these facts."""
        case_id = UUID(int=1_000 + len(self.versions))
        self.versions[case_id] = 0
        self.add(case_id, events)
        return case_id

    def add(self, case_id: UUID, events: Sequence[Event], *, after: int | None = None) -> None:
        before = self.versions[case_id] if after is None else after
        outcome = self.log.append_now(Command(actor="liv"), Write(f"case-{case_id}", before, tuple(events)))
        assert outcome.outcome == "recorded", outcome
        self.versions[case_id] = before + len(events)


async def asks(office: Office, case_id: UUID, version: int, name: str, act: Waits | Free) -> httpx.Response:
    """One act on that case as it stands. The number in its path is that of the instalment it is about, mostly 1."""
    method, path = name.split(" ")
    number = 2 if path.endswith(("/warning", "/warning/omission", "/condition")) else 1
    office.case, office.version = path.split("/{case_id}")[0] + f"/{case_id}", f'"{version}"'
    rest = path.removeprefix(CASE + "/").replace("{number}", str(number))
    return await office.send(act.who, method, rest, act.body or {})


def test_every_act_on_a_case_is_said_to_wait_for_the_letter_or_not(database: Database, tmp_path: Path) -> None:
    paths = create_app(settings_of(database, tmp_path)).openapi()["paths"]
    acts = {f"{verb.upper()} {path}" for path, verbs in paths.items() for verb in verbs if verb not in ("get", "head")}
    on_cases = {name for name in acts if name.split(" ")[1].startswith(f"{CASE}/")}
    assert on_cases == WAITING.keys() | FREE.keys()
    beside = {name for name in acts - on_cases if name not in TOGETHER}
    assert {name for name in beside if not name.split(" ")[1].startswith(ELSEWHERE)} == set()
    assert TOGETHER.keys() <= acts


def test_what_presupposes_that_the_recipient_knows_is_refused_until_the_letter_is_out(
    database: Database, tmp_path: Path
) -> None:
    open_funds(database, post_ore=10_000, fodt_fri=10_000)
    planted = Planted(database)

    async def story(office: Office) -> None:
        for name, act in WAITING.items():
            assert isinstance(act, Waits)
            facts = (*promised, *act.given)
            case_id = planted.plant(facts)
            for since in (0, 1):  # held back; and let out, and with no channel to leave by
                before = await asks(office, case_id, len(facts) + since, name, act)
                assert (before.status_code, before.json().get("code")) == (409, act.code), f"{name}: {before.text}"
                planted.add(case_id, [(may_leave, letter_out)[since]])
            after = await asks(office, case_id, len(facts) + 2, name, act)
            assert after.is_success, f"{name}: {after.text}"

    work(database, tmp_path, story)


def test_what_presupposes_nothing_is_done_before_the_letter_is_out(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=10_000, fodt_fri=10_000)
    planted = Planted(database)

    async def story(office: Office) -> None:
        for name, act in FREE.items():
            assert isinstance(act, Free)
            if act.body is None:
                continue
            facts = (*promised, *act.given)
            answer = await asks(office, planted.plant(facts), len(facts), name, act)
            assert answer.is_success, f"{name}: {answer.text}"

    work(database, tmp_path, story)


def test_what_tells_the_recipient_of_its_own_complaint_waits_and_the_rest_does_not(
    database: Database, tmp_path: Path
) -> None:
    """A complaint of its own award, made before the letter: received, asked about, suspended and more, as one."""
    open_funds(database, post_ore=10_000, fodt_fri=10_000)
    planted = Planted(database)

    async def story(office: Office) -> None:
        own = f"POST {CASE}/complaints"
        received = FREE[own]
        assert isinstance(received, Free)
        assert received.body
        by_itself = replace(received, body=received.body | {"party": {"name": OF_THE_RECIPIENT.name}})
        assert (await asks(office, planted.plant(promised), len(promised), own, by_itself)).is_success
        for name, act in FREE.items():
            assert isinstance(act, Free)
            if not act.given or not isinstance(act.given[0], ComplaintReceived):
                continue
            facts = (*promised, replace(act.given[0], party=OF_THE_RECIPIENT), *act.given[1:])
            case_id = planted.plant(facts)
            before = await asks(office, case_id, len(facts), name, act)
            if name not in WAITING_OF_ITS_OWN:
                assert before.is_success, f"{name}: {before.text}"
                continue
            assert (before.status_code, before.json().get("code")) == (409, "letter-not-out"), f"{name}: {before.text}"
            planted.add(case_id, [may_leave])
            before = await asks(office, case_id, len(facts) + 1, name, act)
            assert before.json().get("code") == "letter-not-out", f"{name}: {before.text}"
            planted.add(case_id, [letter_out])
            after = await asks(office, case_id, len(facts) + 2, name, act)
            assert after.is_success, f"{name}: {after.text}"

    work(database, tmp_path, story)


def test_what_was_annulled_before_its_letter_left_can_be_ended(database: Database, tmp_path: Path) -> None:
    """An award that nobody will be told of, with a control and a complaint of the recipient's own open in it."""
    open_funds(database, post_ore=10_000, fodt_fri=10_000)
    planted = Planted(database)
    own = replace(complained, party=OF_THE_RECIPIENT, lodged_on=date(2020, 3, 10))
    facts = (*promised, controlled)

    async def story(office: Office) -> None:
        case_id = planted.plant(facts)
        office.case, office.version = f"/v1/cases/{case_id}", f'"{len(facts)}"'
        await office.does(KARI, "POST", CHANGES, **NONE)
        await office.does(OLA, "PUT", f"{CHANGES}/approval", approved_on="2020-03-10")
        planted.add(case_id, [own], after=len(facts) + 2)
        office.version = f'"{len(facts) + 3}"'
        await office.does(
            LIV, "PUT", "controls/1/conclusion", found="Opphevet.", in_order=True, concluded_on="2020-03-11"
        )
        await office.does(LIV, "PUT", "complaints/1/dismissal", reason="For sent.", dismissed_on="2020-03-11")
        await office.does(KARI, "PUT", "closing", closed_on="2020-03-12")

    work(database, tmp_path, story)


def test_an_award_is_changed_without_a_hearing_before_the_letter_and_with_one_after(
    database: Database, tmp_path: Path
) -> None:
    open_funds(database, post_ore=10_000, fodt_fri=10_000)
    planted = Planted(database)
    decided = {"approved_on": "2020-02-06", "disposal_authority": "Instruks 4.2"}

    async def opens(office: Office, *more: Event) -> None:
        facts = (*promised, *more)
        office.case, office.version = f"/v1/cases/{planted.plant(facts)}", f'"{len(facts)}"'

    async def story(office: Office) -> None:
        for change in (MORE, LESS, NONE):
            await opens(office)
            await office.does(KARI, "POST", CHANGES, **change)
            case = await office.does(OLA, "PUT", f"{CHANGES}/approval", **decided)
            assert case["informed_on"] is None
        await office.does(KARI, "PUT", "closing", closed_on="2020-02-07")
        for change in (LESS, NONE):
            await opens(office)
            warned = await office.refused(KARI, "POST", CHANGES, **change, hearing=HEARD)
            assert warned["code"] == "letter-not-out"
            assert "§ 35" in warned["detail"]
            await opens(office, letter_out)
            unheard = await office.refused(KARI, "POST", CHANGES, **change)
            assert unheard["code"] == "prior-warning-missing"
            await office.does(KARI, "POST", CHANGES, **change, hearing=HEARD)

    work(database, tmp_path, story)


def test_a_change_prepared_unheard_is_not_decided_once_the_letter_is_out(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=10_000, fodt_fri=10_000)
    planted = Planted(database)

    async def story(office: Office) -> None:
        case_id = planted.plant(promised)
        office.case, office.version = f"/v1/cases/{case_id}", f'"{len(promised)}"'
        await office.does(KARI, "POST", CHANGES, **LESS)
        planted.add(case_id, [letter_out], after=len(promised) + 1)
        office.version = f'"{len(promised) + 2}"'
        refused = await office.refused(OLA, "PUT", f"{CHANGES}/approval", approved_on="2020-02-12")
        assert refused["code"] == "prior-warning-missing"
        await office.does(OLA, "POST", f"{CHANGES}/returns", reason="Brevet er sendt.")
        await office.does(KARI, "POST", CHANGES, **LESS, hearing=HEARD)
        await office.does(OLA, "PUT", f"{CHANGES}/approval", approved_on="2020-03-03")

    work(database, tmp_path, story)


def test_bulk_reminders_skip_who_has_no_letter_and_say_so(database: Database, tmp_path: Path) -> None:
    """Both recipients of held letters were once reminded."""
    open_funds(database, post_ore=10_000, fodt_fri=10_000)
    planted = Planted(database)
    untold, told = planted.plant(promised), planted.plant((*promised, letter_out))

    async def reminded(office: Office) -> dict[str, Any]:
        headers = office.signed(KARI)
        answer = await office.client.post("/v1/reports/reminders", params={"on": "2020-09-02"}, headers=headers)
        assert answer.is_success, answer.text
        return dict(answer.json())

    async def listed(office: Office, state: str, count: int) -> list[str]:
        answer = await until(
            lambda: office.client.get("/v1/reports", params={"state": state}, headers=office.signed(LIV)),
            lambda it: len(it.json()["items"]) == count,
        )
        return [each["case_id"] for each in answer.json()["items"]]

    async def story(office: Office) -> None:
        assert await listed(office, "untold", 1) == [str(untold)]
        assert await listed(office, "awaited", 1) == [str(told)]
        answer = await reminded(office)
        assert [each["case_id"] for each in answer["reminded"]] == [str(told)]
        assert answer["waiting_for_letter"] == [{"case_id": str(untold), "case_number": None, "report": 1}]
        lost = planted.plant(promised)
        await listed(office, "untold", 2)
        office.case, office.version = f"/v1/cases/{lost}", f'"{len(promised)}"'
        await office.does(KARI, "POST", CHANGES, **NONE)
        await office.does(OLA, "PUT", f"{CHANGES}/approval", approved_on="2020-02-06")
        assert await listed(office, "untold", 1) == [str(untold)]
        planted.add(untold, [letter_out])
        await listed(office, "untold", 0)
        answer = await reminded(office)
        assert [each["case_id"] for each in answer["reminded"]] == [str(untold)]
        assert answer["waiting_for_letter"] == []

    work(database, tmp_path, story)


def test_the_case_says_what_an_earlier_release_let_happen_before_the_letter(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=10_000, fodt_fri=10_000)
    planted = Planted(database)
    release = FREE[f"POST {CASE}/withholdings/{{number}}/releases"]
    assert isinstance(release, Free)

    async def story(office: Office) -> None:
        token = issuer_of(office.settings).mint(LIV, [Role.auditor])
        case_id = planted.plant((*promised, *release.given))
        answer = await office.client.get(f"/v1/cases/{case_id}", headers={"Authorization": f"Bearer {token}"})
        assert answer.json()["before_letter"] == [
            {"version": 3, "fact": "withholding.prior-warning-given.v1"},
            {"version": 4, "fact": "withholding.decided.v1"},
        ]
        waiting = await office.client.get(f"/v1/cases/{case_id}/waiting", headers=office.signed(LIV))
        # Nothing but the letter itself, which an award that was approved without one still owes.
        assert [each["task"] for each in waiting.json()["items"]] == ["freeze-letter"]

    work(database, tmp_path, story)
