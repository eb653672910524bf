"""Every no has one shape, and a failure of ours tells its correlation id and nothing else."""

import pytest

from tests.httpapi.demo import CANARY, FAILURES, client

MEMBERS = {"type", "title", "status", "detail", "instance", "code", "correlation_id"}


def test_a_refusal_is_a_problem_document_with_its_details() -> None:
    answer = client(headers={"X-Correlation-Id": "abc"}).get("/v1/refused")
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "/problems/fund-spent",
        "title": "Det er ikke nok igjen",
        "status": 409,
        "detail": "There is 1 øre left on the fund.",
        "instance": "/problems/fund-spent/abc",
        "code": "fund-spent",
        "correlation_id": "abc",
        "remaining_ore": 1,
    }


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing/here", 404, "not-found"),
        ("GET", "/v1/grants/", 404, "not-found"),
        ("GET", "/docs", 404, "not-found"),
        ("GET", "/redoc", 404, "not-found"),
        ("DELETE", "/v1/grants", 405, "method-not-allowed"),
        ("TRACE", "/v1/grants", 405, "method-not-allowed"),
    ],
)
def test_what_is_not_there_is_a_problem_too(method: str, path: str, status: int, code: str) -> None:
    answer = client().request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json().keys() == MEMBERS
    assert ("allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize("kind", ["ours", "other"])
def test_a_failure_of_ours_is_a_plain_500(kind: str) -> None:
    answer = client().get(f"/v1/failing/{kind}")
    assert answer.status_code == 500
    assert answer.json().keys() == MEMBERS
    assert answer.json()["code"] == "unexpected"
    assert answer.headers["x-correlation-id"] == answer.json()["correlation_id"]
    assert "default-src" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("away", "database-unavailable"),
        ("pool", "database-unavailable"),
        ("disk", "database-unavailable"),
        ("connections", "database-unavailable"),
        ("slow", "statement-timeout"),
        ("deadlock", "database-busy"),
        ("serialization", "database-busy"),
    ],
)
def test_when_the_database_fails_the_client_is_asked_to_come_back(kind: str, code: str) -> None:
    answer = client().get(f"/v1/failing/{kind}")
    assert (answer.status_code, answer.json()["code"]) == (503, code)
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("kind", FAILURES)
def test_no_failure_tells_what_it_was_about(kind: str) -> None:
    assert CANARY not in client().get(f"/v1/failing/{kind}").text


def test_many_faults_are_counted_and_the_first_fifty_told() -> None:
    answer = client().post("/v1/grants", json={f"unknown_{number}": 1 for number in range(100)})
    assert answer.json()["errors_total"] == 111
    assert len(answer.json()["errors"]) == 50
