"""Of whoever a command names that is then refused nothing is stored: no row of a person or an account is written before
the rule, the version, the door and the guards have agreed to the fact that is to refer to it."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from services.grants.case.events.recipient_report import CaseClosed
from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.grants.application.desk import APPLICATION, CONTACT, KARI, ROLES, VERSION, Desk, at_the_desk, record
from tests.probing_days import left_alone

LONG_AGO = "1900-01-01"
SOMEBODY = CONTACT | {"name": "Olga Olsdatter"}
ERASABLE = (
    "SELECT table_name FROM information_schema.columns WHERE table_schema = 'grants' AND column_name = 'erased_at'"
)
LIV = "liv"
REFUSED = {"before-what-it-builds-on", "municipality-unknown", "not-committed"}
"""Before an award there is no account, and in 1900 not the municipality; the guard of days refuses the others. An
account that it refuses: tests/grants/disbursement/test_payments_over_http.py."""
ACCOUNT = {"account_number": "86011117947", "organisation_number": "974760673"}
NAMED = {"subject": "ola", "name": "Ola Persønn", "title": "avdelingsdirektør"}
APPLIED, CHANGED = APPLICATION | {"contact": SOMEBODY}, VERSION | {"contact": SOMEBODY}
PAID = {"account_number": "86011117947", "organisation_number": "974760673"}
NAMED = {"subject": "ola", "name": "Ola Persønn", "title": "avdelingsdirektør"}
# Who asks where for what, the day it is asked with, and the table that a row would stand in.
ASKED: Mapping[str, tuple[str, str, str, dict[str, Any], str, str]] = {
    "an application's contact": (KARI, "POST", "/v1/applications", APPLIED, "arrived_on", "contact"),
    "a version's contact": (KARI, "POST", "{case}/application/versions", CHANGED, "arrived_on", "contact"),
    "another contact": (KARI, "PUT", "{case}/contact", {"contact": SOMEBODY}, "named_on", "contact"),
    "an account": (KARI, "PUT", "{case}/payee-account", PAID, "registered_on", "payee_account"),
    "a member of staff": (LIV, "POST", "/v1/staff", NAMED, "valid_from", "staff"),
}


def rows_of(database: Database, table: str) -> int:
    with psycopg.connect(database.admin_dsn) as owner:
        found = owner.execute(f"SELECT count(*) FROM grants.{table}".encode()).fetchone()
    assert found is not None
    return int(found[0])


@pytest.mark.parametrize("what", ASKED)
def test_nothing_is_stored_of_whom_a_refused_command_names(
    database: Database, tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, method, address, body, day, table = ASKED[what]
    monkeypatch.setitem(ROLES, LIV, Role.administrator)

    async def story(desk: Desk) -> None:
        await desk.opens()
        before, right = rows_of(database, table), desk.version
        asked = address.format(case=desk.case)
        refused = await desk.sends(person, method, asked, body | {day: LONG_AGO})
        assert refused.json()["code"] in REFUSED, refused.text
        if address.startswith("{case}"):
            desk.version = '"99"'
            assert (await desk.sends(person, method, asked, body | {day: "2020-03-02"})).status_code == 412
            desk.version = right
        assert rows_of(database, table) == before

    with left_alone():
        at_the_desk(database, tmp_path, story)


def test_in_a_closed_case_nobody_is_named_not_even_who_is_the_contact_and_what_was_answered_is_answered_again(
    database: Database, tmp_path: Path
) -> None:
    named = {"contact": SOMEBODY, "named_on": "2020-03-02"}

    async def story(desk: Desk) -> None:
        await desk.opens()
        address, before = f"{desk.case}/contact", desk.version
        first = await desk.sends(KARI, "PUT", address, named, key="once")
        assert first.is_success, first.text
        closed = CaseClosed(closed_on=date(2020, 3, 3), closed_by=LIV)
        record(database, f"case-{desk.case.rpartition('/')[2]}", closed, expected=2)
        stored = rows_of(database, "contact")
        desk.version = '"3"'
        for who in (SOMEBODY, CONTACT, SOMEBODY | {"name": "Nils Nilsen"}):
            refused = await desk.sends(KARI, "PUT", address, named | {"contact": who})
            assert (refused.status_code, refused.json()["code"]) == (409, "case-closed"), refused.text
        desk.version = before
        again = await desk.sends(KARI, "PUT", address, named, key="once")
        assert (again.status_code, again.json()) == (first.status_code, first.json())
        assert rows_of(database, "contact") == stored

    at_the_desk(database, tmp_path, story)


def test_every_table_of_rows_that_can_be_erased_is_tried(database: Database) -> None:
    with psycopg.connect(database.admin_dsn) as owner:
        erasable = {table for (table,) in owner.execute(ERASABLE)}
    assert erasable == {table for *_, table in ASKED.values()}
