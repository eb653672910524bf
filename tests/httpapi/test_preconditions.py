"""Which version a change builds on, and which command a repeat repeats."""

from typing import Any

import httpx
import pytest

from services.httpapi.callers.caller import Role
from tests.httpapi.demo import GRANT, client, signed_in

ORDERLY = {"If-Match": '"3"', "Idempotency-Key": "a-key"}


def approve(
    headers: Any, *, number: int = 1, content: bytes = b'{"amount_ore": 1}', subject: str = "kari"
) -> httpx.Response:
    signed = [*signed_in(Role.approver, subject=subject).items(), ("Content-Type", "application/json")]
    sent = list(headers.items()) if isinstance(headers, dict) else headers
    return client(headers={}).put(f"/v1/grants/{number}/approval", content=content, headers=[*signed, *sent])


def request_hash(**changed: Any) -> str:
    answer = approve(ORDERLY, **changed)
    assert answer.status_code == 200, answer.text
    found = answer.json()["hash"]
    assert isinstance(found, str)
    return found


def test_a_command_in_order_knows_its_version_and_its_key() -> None:
    answer = approve(ORDERLY).json()
    assert (answer["said"], answer["key"]) == ("kari 1 1 on 3", "a-key")


def test_a_change_without_a_version_is_refused() -> None:
    answer = approve({"Idempotency-Key": "a-key"})
    assert (answer.status_code, answer.json()["code"]) == (428, "precondition-required")


@pytest.mark.parametrize(
    "tag",
    [
        "3",
        "*",
        'w/"3"',
        'W/ "3"',
        "W/3",
        '"3", "4"',
        '"x"',
        '"03"',
        '"-1"',
        '""',
        '"3',
        '"99999999999"',
        '"1e1"',
        "'3'",
        "",
    ],
)
def test_a_version_that_does_not_say_what_was_seen_is_refused(tag: str) -> None:
    answer = approve(ORDERLY | {"If-Match": tag})
    assert (answer.status_code, answer.json()["code"]) == (400, "precondition-malformed")


def test_a_tag_weakened_on_its_way_names_the_same_version() -> None:
    weakened = approve(ORDERLY | {"If-Match": 'W/"3"'}).json()
    assert weakened["said"] == approve(ORDERLY).json()["said"]
    assert weakened["hash"] == approve(ORDERLY).json()["hash"]


def test_two_versions_are_none() -> None:
    answer = approve([*ORDERLY.items(), ("If-Match", '"4"')])
    assert (answer.status_code, answer.json()["code"]) == (400, "precondition-malformed")


def test_a_command_without_a_key_is_refused() -> None:
    answer = approve({"If-Match": '"3"'})
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-missing")


@pytest.mark.parametrize("key", [b"", b"a" * 256, b"\xc3\xb8", b"a\tb", b"a\x7f"])
def test_a_key_that_cannot_be_kept_is_refused(key: bytes) -> None:
    answer = approve([("If-Match", '"3"'), (b"Idempotency-Key", key)])
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-malformed")


@pytest.mark.parametrize("key", ["a", "a" * 255, '"8e03978e-40d5-43dd-bc93-6894a57f9324"', "a b"])
def test_any_other_key_is_kept_as_it_is(key: str) -> None:
    assert approve(ORDERLY | {"Idempotency-Key": key}).json()["key"] == key


def test_two_keys_are_none() -> None:
    answer = approve([*ORDERLY.items(), ("Idempotency-Key", "another")])
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-malformed")


def test_the_same_request_has_the_same_hash_however_it_is_spaced() -> None:
    assert request_hash() == request_hash() == request_hash(content=b'{\n  "amount_ore":1 }')


@pytest.mark.parametrize("changed", [{"content": b'{"amount_ore": 2}'}, {"number": 2}, {"subject": "ola"}])
def test_another_request_has_another_hash(changed: dict[str, Any]) -> None:
    assert request_hash(**changed) != request_hash()


def test_a_reader_who_has_the_latest_is_told_so_in_a_word() -> None:
    address = f"/v1/grants/2020/{GRANT['case']}"
    for known in ('"7"', 'W/"7"', '"6", "7"', "*"):
        answer = client().get(address, headers={"If-None-Match": known})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", '"7"'), known
    for other in ('"6"', "7", '"77"', ""):
        assert client().get(address, headers={"If-None-Match": other}).status_code == 200, other
    assert client().get(address).headers["etag"] == '"7"'
