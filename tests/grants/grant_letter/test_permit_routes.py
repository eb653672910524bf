"""The permit over HTTP: asked by a machine, kept out of everybody's way, and written off by two people."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg

from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.faults.service import issuer_of
from tests.grants.award.letter_routes import DATED, Desk, at_work

ANNULMENT = {"kind": "annulment", "ground": {"code": "reversal-invalid", "text": "Vedtaket var ugyldig."}}
APPROVED = {"approved_on": "2020-02-12", "disposal_authority": "Instruks 4.2"}


async def approved_case(desk: Desk) -> tuple[str, dict[str, Any]]:
    """A case whose letter may be sent: its address, and what a permit is asked with."""
    case = await desk.open_case()
    frozen = await desk.ask("PUT", f"{case}/letter", DATED, seen='"1"')
    told = frozen.json()["letter"]["frozen"]
    approval = {"approved_on": "2020-02-10", "disposal_authority": "Instruks 4.2"}
    assert (await desk.ask("PUT", f"{case}/award/approval", approval, person="ola", seen='"2"')).is_success
    asked = {"attempt": 1, "letter_sha256": told["sha256"], "manifest_sha256": "ef" * 32, "decision_version": 1}
    return case, asked


async def asks(desk: Desk, case: str, asked: dict[str, Any], *, role: Role = Role.service) -> httpx.Response:
    """The notifications service asks."""
    desk.acts += 1
    token = issuer_of(desk.settings).mint("machine", [role])
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"permit {desk.acts}"}
    return await desk.client.put(f"{case}/letter/permit", json=asked, headers=headers)


def test_a_machine_is_given_one_and_the_case_keeps_its_version(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        case, asked = await approved_case(desk)
        before = (await desk.ask("GET", case)).headers["ETag"]
        given = await asks(desk, case, asked)
        assert given.status_code == 200, given.text
        told = given.json()
        assert (told["attempt"], told["letter_sha256"]) == (1, asked["letter_sha256"])
        life = datetime.fromisoformat(told["until"]) - datetime.fromisoformat(told["granted_at"])
        assert life == timedelta(seconds=120)
        with psycopg.connect(database.reader_dsn) as reader:
            query = "SELECT encode(hash, 'hex'), recorded_at FROM grants.event WHERE position = %s AND topic = %s"
            row = reader.execute(query, (told["position"], "permit.granted.v1")).fetchone()
            assert row == (told["hash"], datetime.fromisoformat(told["granted_at"]))
        assert (await asks(desk, case, asked)).json() == told
        assert (await desk.ask("GET", case)).headers["ETag"] == before

    at_work(database, tmp_path, story)


def test_what_it_may_not_be_asked_for_is_refused_and_writes_nothing(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        case, asked = await approved_case(desk)
        other = await asks(desk, case, asked | {"letter_sha256": "ab" * 32})
        assert (other.status_code, other.json()["code"]) == (409, "letter-superseded")
        unknown = await asks(desk, "/v1/cases/00000000-0000-4000-8000-000000000001", asked)
        assert unknown.status_code == 404
        for wrong in ({"attempt": 0}, {"letter_sha256": "AB" * 32}, {"decision_version": "1"}, {"more": 1}):
            assert (await asks(desk, case, asked | wrong)).status_code == 422
        for role in Role:
            if role is not Role.service:
                assert (await asks(desk, case, asked, role=role)).status_code == 403
        assert (await desk.ask("GET", f"{case}/letter/permit")).status_code == 404
        with psycopg.connect(database.reader_dsn) as reader:
            assert reader.execute("SELECT count(*) FROM grants.event WHERE topic ^@ 'permit.'").fetchone() == (0,)

    at_work(database, tmp_path, story)


def test_while_it_runs_the_case_is_not_changed_and_other_acts_go_on(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        case, asked = await approved_case(desk)
        told = (await asks(desk, case, asked)).json()
        proposed = await desk.ask("POST", f"{case}/award/changes", ANNULMENT, seen='"3"')
        assert proposed.is_success, proposed.text
        refused = await desk.ask("PUT", f"{case}/award/changes/approval", APPROVED, person="ola", seen='"4"')
        assert (refused.status_code, refused.json()["code"]) == (409, "letter-being-sent"), refused.text
        assert refused.headers["Retry-After"] == "30"
        until = datetime.fromisoformat(told["until"]).astimezone(UTC)
        assert refused.json()["until"] == f"{until:%Y-%m-%dT%H:%M:%SZ}"

    at_work(database, tmp_path, story)


def test_two_people_write_it_off_when_no_answer_will_come(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        case, asked = await approved_case(desk)
        assert (await asks(desk, case, asked)).is_success
        address = f"{case}/letter/permit"
        why = {"reason": "Varslingstjenesten er tatt ut av drift."}
        early = await desk.ask("POST", f"{address}/write-off", why, seen='"7"')
        assert (early.status_code, early.json()["code"]) == (412, "stale-version")
        early = await desk.ask("POST", f"{address}/write-off", why, seen='"1"')
        assert (early.status_code, early.json()["code"]) == (409, "permit-still-runs")
        ahead.append(later(database, seconds=180))
        proposed = await desk.ask("POST", f"{address}/write-off", why, seen='"1"')
        assert proposed.json()["write_off"] == {**why, "proposed_by": "kari"}
        own = await desk.ask("PUT", f"{address}/write-off/confirmation", seen='"2"')
        assert own.json()["code"] == "same-person-twice"
        done = await desk.ask("PUT", f"{address}/write-off/confirmation", person="ola", seen='"2"')
        assert (done.json()["outcome"], done.json()["written_off_by"]) == ("unknown", "ola")
        shown = await desk.ask("GET", address)
        assert (shown.json(), shown.headers["ETag"]) == (done.json(), '"3"')
        assert (await desk.ask("GET", case)).headers["ETag"] == '"4"', "the case knows it too"
        unheard = await desk.ask("POST", f"{case}/award/changes", ANNULMENT, seen='"4"')
        assert unheard.json()["code"] == "prior-warning-missing", "the recipient may know of the award"
        warned = {**ANNULMENT, "hearing": {"warned_on": "2020-02-10", "reply_by": "2020-02-11"}}
        proposed = await desk.ask("POST", f"{case}/award/changes", warned, seen='"4"')
        assert proposed.is_success, proposed.text
        too_soon = {**APPROVED, "approved_on": "2020-02-11"}
        early = await desk.ask("PUT", f"{case}/award/changes/approval", too_soon, person="ola", seen='"5"')
        assert early.json()["code"] == "reply-period-open"
        annulled = await desk.ask("PUT", f"{case}/award/changes/approval", APPROVED, person="ola", seen='"5"')
        assert (annulled.status_code, annulled.json()["state"]) == (200, "annulled"), annulled.text

    ahead = [timedelta()]
    at_work(database, tmp_path, story, now=lambda: datetime.now(UTC) + ahead[-1])


def later(database: Database, *, seconds: int) -> timedelta:
    """The log's clock goes so much ahead; the service's must go with it."""
    with psycopg.connect(database.migrator_dsn, autocommit=True) as owner:
        owner.execute("SET ROLE tilsagn_owner")
        owner.execute(
            "CREATE OR REPLACE FUNCTION grants.log_clock() RETURNS timestamptz LANGUAGE sql VOLATILE"
            f" SET search_path = pg_catalog, pg_temp AS $$ SELECT clock_timestamp() + interval '{seconds} seconds' $$"
        )
    return timedelta(seconds=seconds)
