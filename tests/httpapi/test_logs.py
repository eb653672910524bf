"""One log line a record, whatever is sent; no token, no personal data (faults.md S9)."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from services.httpapi.callers.caller import Role
from services.httpapi.correlation import correlation_id
from services.httpapi.watching.logs import JsonLines
from tests.httpapi.demo import CANARY, GRANT, ISSUER, client
from tests.httpapi.logged import logged_meanwhile


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What the process logs while the test runs, as it would stand in the file."""
    with logged_meanwhile() as stream:
        yield stream


def records(stream: io.StringIO) -> list[dict[str, Any]]:
    """Each line is one record; anything else would not parse."""
    return [json.loads(line) for line in stream.getvalue().split("\n")[:-1]]


def test_a_request_is_one_line_that_names_the_route_and_not_the_path(logged: io.StringIO) -> None:
    client().get(f"/v1/grants/2020/{GRANT['case']}", headers={"X-Correlation-Id": "abc-1"})
    (line,) = records(logged)
    assert (line["method"], line["route"], line["status"]) == ("GET", "/v1/grants/{year}/{case}", 200)
    assert (line["correlation_id"], line["level"], line["logger"]) == ("abc-1", "info", "access")
    assert line["ms"] > 0


@pytest.mark.parametrize("given", ["abc", "A.b_c-9", "x" * 64])
def test_a_plain_correlation_id_is_taken_up(given: str) -> None:
    assert client().get("/v1/open", headers={"X-Correlation-Id": given}).headers["x-correlation-id"] == given


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"x" * 65,
        b"a b",
        b"a\r\nSet-Cookie: x=1",
        b"a\nb",
        b"\x1b[31m",
        b'{"level":"error"}',
        b"a\x00b",
        b"\xc3\xb8",
        b"../x",
        b"${x}",
    ],
)
def test_any_other_is_replaced(given: bytes, logged: io.StringIO) -> None:
    answer = client().get("/v1/open", headers={b"X-Correlation-Id": given})
    made = answer.headers["x-correlation-id"]
    assert len(made) == 16
    assert int(made, 16) >= 0
    assert [line["correlation_id"] for line in records(logged)] == [made]


def test_each_request_without_one_gets_its_own() -> None:
    assert len({client().get("/v1/open").headers["x-correlation-id"] for _ in range(20)}) == 20


@pytest.mark.parametrize(
    "text", ["a\r\nb", "\x1b[2Jgone", '{"level":"error"}', "\u2028\u2029\x85", "\x00", "a" * 100_000]
)
def test_whatever_is_logged_stays_one_line(text: str, logged: io.StringIO) -> None:
    logging.getLogger("room").warning("said %s", text, extra={"fields": {"text": text}})
    (line,) = records(logged)
    assert line["text"] == text
    assert logged.getvalue().isascii()
    assert logged.getvalue().isprintable() is False
    assert logged.getvalue()[:-1].isprintable()


def test_half_a_surrogate_is_written_as_ascii() -> None:
    record = logging.makeLogRecord({"msg": "said \ud800", "fields": {"text": "\ud800"}})
    line = JsonLines().format(record)
    assert line.isascii()
    assert json.loads(line)["text"] == "\ud800"


def test_a_hostile_request_writes_one_line_and_none_of_itself(logged: io.StringIO) -> None:
    hostile = f"%0d%0a%1b[31m{CANARY}"
    client().get(
        f"/v1/grants/{hostile}/{hostile}?{hostile}={hostile}", headers={"User-Agent": CANARY, "Referer": CANARY}
    )
    client().get(f"/{hostile}")
    client().request(CANARY.upper(), "/v1/open")
    client().post("/v1/grants", json=GRANT | {"recipient": f"{CANARY}\0"})
    routes = [(line["method"], line["route"]) for line in records(logged)]
    assert routes == [
        ("GET", "/v1/grants/{year}/{case}"),
        ("GET", "unmatched"),
        ("OTHER", "/v1/open"),
        ("POST", "/v1/grants"),
    ]
    assert CANARY not in logged.getvalue().lower()


def test_a_failure_is_logged_by_kind_and_place_without_its_message(logged: io.StringIO) -> None:
    answer = client().get("/v1/failing/ours")
    failure, request = records(logged)
    assert (failure["failure"], failure["level"]) == ("ValueError", "error")
    assert failure["at"][-1].endswith(" failing")
    assert (request["status"], request["correlation_id"]) == (500, failure["correlation_id"])
    assert failure["correlation_id"] == answer.json()["correlation_id"]
    assert CANARY not in logged.getvalue()
    assert "01017012345" not in logged.getvalue()


def test_a_database_failure_is_logged_by_its_state(logged: io.StringIO) -> None:
    client().get("/v1/failing/deadlock")
    assert records(logged)[0] | {"kind": "DeadlockDetected", "sqlstate": "40P01"} == records(logged)[0]
    assert CANARY not in logged.getvalue()


def test_no_token_reaches_the_log(logged: io.StringIO) -> None:
    token = ISSUER.mint("kari", [Role.approver])
    client(headers={"Authorization": f"Bearer {token}x"}).get("/v1/grants")
    logging.getLogger("room").error(
        "sent %s and Bearer %s", token, "opaque-token-of-another-kind", extra={"fields": {"t": token}}
    )
    assert "token refused" in logged.getvalue()
    for secret in (token, token.split(".")[1], "opaque-token", "kari", "Nordmann"):
        assert secret not in logged.getvalue()


def test_outside_of_a_request_there_is_no_correlation() -> None:
    assert correlation_id() == "-"
