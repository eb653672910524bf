"""Endpoints over HTTP, with the database: registered, shown, changed, rotated, deleted; and what no answer keeps."""

import base64
from pathlib import Path
from typing import Any

import psycopg

from dev.verifying.endpoints import check_endpoints
from services.calendar import clock
from services.httpapi.callers.caller import Role
from services.notifications.webhook.shown_once import SHOWN_FOR
from tests.conftest import Database
from tests.faults.service import notifications_settings_of, signed_in
from tests.notifications.webhook.endpoints import ASKED, ENDPOINTS, HERE, Office, in_the_office


def verified(database: Database) -> list[str]:
    with psycopg.connect(database.notifications_reader_dsn) as connection:
        return [fault.detail for fault in check_endpoints(connection)[1]]


def test_one_is_registered_and_its_secret_is_shown_once(database: Database, tmp_path: Path) -> None:
    async def go(office: Office) -> None:
        answer = await office.ask("POST", ENDPOINTS, ASKED, key="one")
        assert answer.status_code == 201, answer.text
        told = answer.json()
        assert (told["state"], told["subscription"]["url"]) == ("pending", HERE)
        assert told["secret"].startswith("whsec_")
        assert told["public_key"].startswith("whpk_")
        assert answer.headers["Cache-Control"] == "no-store"
        shown = (await office.ask("GET", answer.headers["Location"])).json()
        assert "secret" not in shown
        assert shown == {name: value for name, value in told.items() if name != "secret"}
        again = await office.ask("POST", ENDPOINTS, ASKED, key="one")
        assert (again.status_code, again.json()) == (201, told)
        other = await office.ask("POST", ENDPOINTS, ASKED | {"ordered": True}, key="one")
        assert other.json()["code"] == "idempotency-key-reused"
        with psycopg.connect(database.admin_dsn) as connection:
            kept = connection.execute(
                "SELECT answer FROM notifications.command UNION SELECT data FROM notifications.event"
            )
            assert not [row for row in kept if told["secret"].encode() in bytes(row[0])]
            secret = base64.b64decode(told["secret"].removeprefix("whsec_"))
            sealed = connection.execute("SELECT sealed FROM notifications.endpoint_secret").fetchall()
            assert all(secret not in bytes(row[0]) for row in sealed)

    in_the_office(database, tmp_path, go)
    assert verified(database) == []


def test_a_secret_is_not_shown_again_once_another_signs_or_it_is_deleted_or_time_has_passed(
    database: Database, tmp_path: Path
) -> None:
    async def go(office: Office) -> None:
        async def shown(key: str) -> Any:
            answer = await office.ask("POST", ENDPOINTS, ASKED, key=key)
            assert answer.status_code == 201
            return answer.json()["secret"]

        first = await office.ask("POST", ENDPOINTS, ASKED, key="one")
        assert await shown("one") == first.json()["secret"]
        await office.act("POST", first.headers["Location"] + "/rotate")
        assert await shown("one") is None
        second = await office.ask("POST", ENDPOINTS, ASKED, key="two")
        await office.act("DELETE", second.headers["Location"])
        assert await shown("two") is None
        assert await shown("three")

    async def later(office: Office) -> None:
        answer = await office.ask("POST", ENDPOINTS, ASKED, key="three")
        assert (answer.status_code, answer.json()["secret"]) == (201, None)

    in_the_office(database, tmp_path, go)
    in_the_office(database, tmp_path, later, now=lambda: clock.now() + SHOWN_FOR)


def test_it_lives_through_everything_and_its_row_follows(database: Database, tmp_path: Path) -> None:
    async def go(office: Office) -> None:
        at = (await office.ask("POST", ENDPOINTS, ASKED)).headers["Location"]
        first = (await office.ask("GET", at)).json()
        for verb, act, body, state in (
            ("PUT", "/pause", None, "paused"),
            ("PUT", "/resume", None, "pending"),
            ("PUT", "", ASKED | {"types": ["*"], "ordered": True, "pulled_by": "klient"}, "pending"),
            ("POST", "/rotate", None, "pending"),
        ):
            answer = await office.act(verb, at + act, body)
            assert answer.status_code == 200, answer.text
            assert answer.json()["state"] == state
            assert verified(database) == []
        assert answer.json()["previous_public_key"] == first["public_key"] != answer.json()["public_key"]
        second = answer.json()
        third = (await office.act("POST", at + "/rotate")).json()
        assert third["previous_public_key"] == second["public_key"] != third["public_key"]
        assert verified(database) == []
        fourth = (await office.act("POST", at + "/rotate", {"revoke": True})).json()
        assert (fourth["previous_public_key"], fourth["previous_until"]) == (None, None)
        assert fourth["public_key"] != third["public_key"]
        assert verified(database) == []
        listed = (await office.ask("GET", ENDPOINTS)).json()["items"]
        assert [each["id"] for each in listed] == [first["id"]]
        gone = await office.act("DELETE", at, reason="Lagt ned.")
        assert gone.json()["state"] == "deleted"
        assert (await office.ask("GET", ENDPOINTS)).json()["items"] == []
        assert (await office.act("PUT", at + "/pause")).json()["code"] == "endpoint-deleted"

    in_the_office(database, tmp_path, go)
    assert verified(database) == []


INSIDE = (
    "http://127.0.0.1:9010/",
    "http://localhost:9010/",
    "https://169.254.169.254/",
    "https://2130706433/",
    "https://10.0.0.1/",
)


def test_an_address_inside_is_refused_on_registering_and_on_changing(database: Database, tmp_path: Path) -> None:
    async def go(office: Office) -> None:
        at = (await office.ask("POST", ENDPOINTS, ASKED)).headers["Location"]
        for url in INSIDE:
            refused = await office.ask("POST", ENDPOINTS, ASKED | {"url": url})
            assert (refused.status_code, refused.json()["code"]) == (422, "endpoint-address-refused")
            refused = await office.act("PUT", at, ASKED | {"url": url})
            assert (refused.status_code, refused.json()["code"]) == (422, "endpoint-address-refused")

    in_the_office(database, tmp_path, go)


def test_without_a_key_none_is_registered(database: Database, tmp_path: Path) -> None:
    async def go(office: Office) -> None:
        refused = await office.ask("POST", ENDPOINTS, ASKED)
        assert (refused.status_code, refused.json()["code"]) == (503, "webhooks-not-set-up")

    in_the_office(database, tmp_path, go, key=None)


def test_a_type_nobody_tells_is_refused_and_nobody_else_registers_one(database: Database, tmp_path: Path) -> None:
    async def go(office: Office) -> None:
        refused = await office.ask("POST", ENDPOINTS, ASKED | {"types": ["letter.lost"]})
        assert (refused.status_code, refused.json()["code"]) == (422, "message-type-unknown")
        settings = notifications_settings_of(database, tmp_path)
        for role in Role:
            if role is not Role.administrator:
                office.who = signed_in(settings, "kari", role)
                assert (await office.ask("POST", ENDPOINTS, ASKED)).status_code == 403

    in_the_office(database, tmp_path, go)
