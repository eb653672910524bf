"""Letters name caseworker and approver as the register of staff has them on their day; and a name can be erased."""

from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from dev.verifying.log import verify
from services.grants.settings import Settings
from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.faults.erased_person import TEXTS
from tests.faults.service import issuer_of
from tests.grants.award.grant_letters import DATED_ON
from tests.grants.award.letter_routes import DATED, Desk, at_work, text_of

KARI = {"subject": "kari", "name": "Kari Hansdatter", "title": "seniorrådgiver", "valid_from": "2019-01-01"}
OLA = {"subject": "ola", "name": "Ola Persønn", "title": "avdelingsdirektør", "valid_from": "2019-01-01"}
APPROVAL = {"approved_on": "2020-02-10", "disposal_authority": "Instruks 4.2"}
PREVIEW = f"letter/preview?dated_on={DATED_ON}"


async def names(desk: Desk, who: dict[str, Any], *, key: str = "") -> httpx.Response:
    more = {"Idempotency-Key": key} if key else {}
    return await desk.ask("POST", "/v1/staff", who, person="liv", **more)


def places(dsn: str, secret: str) -> set[str]:
    """Every column of every table in which the name can be read, as text or in bytes."""
    found = set()
    with psycopg.connect(dsn) as connection:
        for schema, table, column, kind in connection.execute(TEXTS).fetchall():
            as_text = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
            query = f'SELECT EXISTS (SELECT FROM {schema}."{table}" WHERE {as_text} ILIKE %s)'
            if connection.execute(query.encode(), (f"%{secret}%",)).fetchone() == (True,):
                found.add(f"{schema}.{table}.{column}")
    return found


def test_a_letter_names_who_prepared_and_who_is_to_approve_and_nobody_else_approves_it(
    database: Database, tmp_path: Path
) -> None:
    async def story(desk: Desk) -> None:
        case = await desk.open_case()
        before = await desk.ask("GET", f"{case}/{PREVIEW}")
        assert before.headers["letter-unnamed"] == "caseworker, approver"
        assert "kari" not in text_of(before.content).lower()
        assert (await names(desk, KARI)).status_code == 200
        told = await desk.ask("GET", f"{case}/letter/signatories?dated_on={DATED_ON}")
        assert told.json()["unnamed"] == ["approver"]
        assert told.json()["caseworker"] == {
            "subject": "kari", "name": "Kari Hansdatter", "title": "seniorrådgiver",
        }  # fmt: skip
        nobody = await desk.ask("PUT", f"{case}/letter", DATED | {"approver": "ola"}, seen='"1"')
        assert (nobody.status_code, nobody.json()["code"]) == (422, "approver-not-in-register")
        herself = await desk.ask("GET", f"{case}/{PREVIEW}&approver=kari")
        assert herself.json()["code"] == "same-person-twice"

        assert (await names(desk, OLA)).status_code == 200
        himself = await desk.ask("PUT", f"{case}/letter", DATED | {"approver": "ola"}, person="ola", seen='"1"')
        assert (himself.status_code, himself.json()["code"]) == (409, "same-person-twice")
        frozen = await desk.ask("PUT", f"{case}/letter", DATED | {"approver": "ola"}, seen='"1"')
        assert frozen.status_code == 200, frozen.text
        assert frozen.json()["letter"]["frozen"]["approver"] == "ola"
        letter = text_of((await desk.ask("GET", f"{case}/letter")).content)
        for told_of in ("OlaPersønn", "avdelingsdirektør", "KariHansdatter", "seniorrådgiver(saksbehandler)"):
            assert told_of in letter
        waiting = (await desk.ask("GET", f"{case}/waiting")).json()["items"]
        offered = [(each["task"], each["only_by"]) for each in waiting]
        assert offered == [("renew-letter", None), ("approve-award", "ola")]

        other = await desk.ask("PUT", f"{case}/award/approval", APPROVAL, person="eva", seen='"2"')
        assert (other.status_code, other.json()["code"]) == (409, "letter-names-other-approver")
        approved = await desk.ask("PUT", f"{case}/award/approval", APPROVAL, person="ola", seen='"2"')
        assert approved.status_code == 200, approved.text

    at_work(database, tmp_path, story)
    assert verify(database.reader_dsn, None, None)[1] == []


def test_the_days_of_the_register_are_the_letters(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        case = await desk.open_case()
        assert (await names(desk, KARI)).status_code == 200
        assert (await names(desk, KARI | {"title": "fagdirektør", "valid_from": "2020-02-11"})).status_code == 200
        assert (await names(desk, KARI | {"valid_from": "2020-01-01"})).json()["code"] == "staff-named-already"
        titles = []
        for day in ("2018-12-31", "2020-02-10", "2020-02-11"):
            told = await desk.ask("GET", f"{case}/letter/signatories?dated_on={day}")
            titles.append(told.json()["caseworker"]["title"])
        assert titles == [None, "seniorrådgiver", "fagdirektør"]
        items = (await desk.ask("GET", "/v1/staff")).json()["items"]
        assert sorted((row["valid_from"], row["valid_until"]) for row in items) == [
            ("2019-01-01", "2020-02-10"), ("2020-02-11", None),
        ]  # fmt: skip
        last = next(row for row in items if row["valid_until"] is None)
        end = await desk.ask("PUT", f"/v1/staff/{last['entry_id']}/end", {"valid_until": "2020-03-01"}, person="liv")
        assert end.json()["valid_until"] == "2020-03-01"
        first = (await desk.ask("GET", "/v1/staff?limit=1")).json()
        second = (await desk.ask("GET", f"/v1/staff?limit=1&cursor={first['next']}")).json()
        assert [len(first["items"]), len(second["items"]), second["next"]] == [1, 1, None]

    at_work(database, tmp_path, story)


def test_who_is_named_on_a_day_that_cannot_be_is_refused_and_not_stored(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        for days, code in (
            ({"valid_from": "1900-01-01"}, "before-what-it-builds-on"),
            ({"valid_from": "2199-12-31"}, "too-far-ahead"),
            ({"valid_until": "2199-12-31"}, "too-far-ahead"),
        ):
            refused = await names(desk, KARI | days)
            assert (refused.status_code, refused.json()["code"]) == (422, code)
        assert (await desk.ask("GET", "/v1/staff")).json()["items"] == []
        assert places(database.admin_dsn, "Hansdatter") == set()

    at_work(database, tmp_path, story)


def test_an_erased_member_of_staff_is_nowhere_but_in_the_letters_that_are_frozen(
    database: Database, tmp_path: Path
) -> None:
    """The letter's bytes are archival; the PDF holds the name compressed, and a copy is looked at as text."""

    async def story(desk: Desk) -> None:
        case = await desk.open_case()
        made = await names(desk, KARI, key="once")
        assert (await names(desk, KARI, key="once")).json() == made.json()
        another = await names(desk, KARI | {"name": "Kari Olsdatter"}, key="once")
        assert (another.status_code, another.json()["code"]) == (422, "idempotency-key-reused")
        frozen = await desk.ask("PUT", f"{case}/letter", DATED, seen='"1"')
        assert frozen.json()["letter"]["frozen"]["names"] == [made.json()["entry_id"]]
        letter = (await desk.ask("GET", f"{case}/letter")).content
        assert places(database.admin_dsn, "Hansdatter") == {"grants.staff.name"}

        row = f"/v1/staff/{made.json()['entry_id']}"
        gone = await desk.ask("DELETE", f"{row}?reason=Har%20sluttet.", person="liv")
        assert gone.status_code == 200
        assert "archival" in gone.json()["stays"]
        assert places(database.admin_dsn, "Hansdatter") == set()
        assert (await desk.ask("GET", f"{case}/letter")).content == letter
        assert "KariHansdatter" in text_of(letter)
        (shown,) = (await desk.ask("GET", "/v1/staff")).json()["items"]
        assert [shown["name"], shown["title"], shown["subject"]] == [None, None, "kari"]
        unknown = await desk.ask("DELETE", f"/v1/staff/{case.rpartition('/')[2]}?reason=x", person="liv")
        assert (unknown.status_code, unknown.json()["code"]) == (404, "staff-entry-unknown")

    at_work(database, tmp_path, story)
    counts, faults = verify(database.reader_dsn, None, None)
    assert (faults, counts["staff bound by a digest"], counts["staff erased"]) == ([], 1, 1)


def test_the_register_is_an_administrators_to_keep_and_not_the_ministrys_to_read(
    database: Database, tmp_path: Path
) -> None:
    async def story(desk: Desk) -> None:
        async def answer(role: Role, method: str, path: str, settings: Settings = desk.settings) -> int:
            token = issuer_of(settings).mint("liv", [role])
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"{role}{path}"}
            return (await desk.client.request(method, path, json=KARI, headers=headers)).status_code

        assert {role for role in Role if await answer(role, "POST", "/v1/staff") != 403} == {Role.administrator}
        barred = {role for role in Role if await answer(role, "GET", "/v1/staff") == 403}
        assert barred == {Role.ministry, Role.auditor, Role.service}

    at_work(database, tmp_path, story)


def test_a_sign_no_letter_has_is_refused_where_the_name_is_written(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        refused = await names(desk, KARI | {"name": "Kari 山"})
        assert (refused.status_code, refused.json()["code"]) == (422, "letter-unsettable")

    at_work(database, tmp_path, story)


def test_only_the_service_reads_the_register_and_it_writes_by_functions_alone(database: Database) -> None:
    write = (
        "INSERT INTO grants.staff (id, subject, name, title) VALUES (gen_random_uuid(), 'x', 'x', 'x')",
        "UPDATE grants.staff SET name = 'x'",
        "DELETE FROM grants.staff",
        "TRUNCATE grants.staff",
    )
    with psycopg.connect(database.service_dsn, autocommit=True) as service:
        assert service.execute("SELECT name FROM grants.staff").fetchall() == []
        for statement in write:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                service.execute(statement.encode())
    with psycopg.connect(database.reader_dsn, autocommit=True) as reader:
        for statement in ("SELECT name FROM grants.staff", "SELECT grants.keep_staff(NULL, '', '', '')", *write):
            with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)):
                reader.execute(statement.encode())
    with psycopg.connect(database.admin_dsn, autocommit=True) as owner:
        owner.execute(write[0].encode())
        for change in ("name = 'Ole'", "name = NULL", "subject = 'ole'"):
            with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.CheckViolation)):
                owner.execute(f"UPDATE grants.staff SET {change}".encode())
