"""Nothing hostile is accepted, guessed at, echoed, or answered with a failure of ours (faults.md S5).

The corpus is kept by hand: generators found the integers in paths but none of the rest.
"""

import json
import unicodedata
from typing import Any
from urllib.parse import quote

import pytest

from tests.httpapi.demo import CANARY, GRANT, client
from tests.httpapi.hostile_input import CORPUS


def sent(field: str, literal: str) -> bytes:
    members = {name: json.dumps(value) for name, value in GRANT.items()} | {field: literal}
    return ("{" + ",".join(f'"{name}":{value}' for name, value in members.items()) + "}").encode()


def post(body: bytes, content_type: str = "application/json") -> Any:
    return client().post("/v1/grants", content=body, headers={"Content-Type": content_type})


def test_what_is_well_formed_is_taken_as_it_stands() -> None:
    answer = post(json.dumps(GRANT).encode())
    assert answer.status_code == 200, answer.text
    assert "amount_ore=600000000, spare_ore=0, moved_ore=-1" in answer.json()["repr"]
    assert "datetime.datetime(2020, 11, 2, 11, 0, tzinfo=datetime.timezone.utc)" in answer.json()["repr"]


@pytest.mark.parametrize("field", CORPUS)
def test_no_field_takes_a_hostile_value(field: str) -> None:
    for literal in CORPUS[field]:
        answer = post(sent(field, literal))
        assert answer.status_code in (400, 422), (literal[:40], answer.text)
        assert answer.headers["content-type"] == "application/problem+json", literal[:40]


@pytest.mark.parametrize("field", CORPUS)
def test_each_field_is_required_and_none_may_be_added(field: str) -> None:
    without = {name: value for name, value in GRANT.items() if name != field}
    assert client().post("/v1/grants", json=without).json()["errors"][0]["where"] == ["body", field]
    extra = client().post("/v1/grants", json=GRANT | {f"{field}_": 1})
    assert extra.json()["errors"] == [{"where": ["body", f"{field}_"], "what": "Extra inputs are not permitted"}]


@pytest.mark.parametrize(
    "body",
    [
        b'{"amount_ore":1,"amount_ore":2}',
        b'{"a":{"b":1,"b":1}}',
        b'{"amount_ore":NaN}',
        b'{"amount_ore":1e400}',
        b'{"a":-Infinity}',
        b"\xef\xbb\xbf{}",
        '{"amount_ore":1}'.encode("utf-16"),
        '{"amount_ore":1}'.encode("utf-16-le"),
        '{"amount_ore":1}'.encode("utf-32"),
        b'{"recipient":"\xff"}',
        b'{"recipient":"\xed\xa0\x80"}',
        b'{"recipient":"\xc0\xaf"}',
        b'{"recipient":"\x00"}',
        b"[" * 30_000 + b"]" * 30_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b"[" * 40 + b"]" * 40,
        b'{"\\ud800":1}',
        b'{"a":' + b"1" * 60_000 + b"}",
        b"{",
        b"{} {}",
        b"{}//x",
        b"{'a':1}",
        b'{"a":1,}',
        b"\x1f\x8b\x08",
    ],
)
def test_what_two_readers_could_read_differently_is_not_read(body: bytes) -> None:
    answer = post(body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["code"] == "document-unreadable"


@pytest.mark.parametrize("body", [b"[]", b"null", b"5", b'"x"', b"true", b"{}", b""])
def test_json_of_another_shape_is_refused(body: bytes) -> None:
    answer = post(body)
    assert answer.status_code == 422, answer.text


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=utf-16",
        "application/xml",
        "",
        "json",
    ],
)
def test_json_must_say_that_it_is_json(content_type: str) -> None:
    assert post(json.dumps(GRANT).encode(), content_type).status_code == 415
    assert post(json.dumps(GRANT).encode(), "Application/JSON; charset=UTF-8").status_code == 200


BAD_QUERIES = [
    "year=%EF%BC%91",
    "year=%D9%A5",
    "year=2020.0",
    "year=1e3",
    "year=%202020",
    "year=2020%20",
    "year=02020",
    "year=%2B2020",
    "year=-1",
    "year=2_020",
    "year=9999999999999999999999",
    "year=",
    "year=true",
    "year=2020%00",
    "year=%ED%A0%80",
    "year=1899",
    "year=2200",
    "year=2020&year=2020",
    "yeer=2020",
    "year=2020&Year=2020",
    "post=1",
    "post=001",
    "post=%EF%BC%90%EF%BC%91",
    "post=-1",
    "valid_at=2020-13-01",
    "valid_at=2020-1-1",
    "valid_at=1577836800",
    "valid_at=",
    "valid_at=2020-01-01T00:00:00Z",
    "valid_at=9999-12-31",
    "known_at=2020-01-01",
    "known_at=2020-01-01T00:00:00",
    "known_at=2020-01-01T00:00:00+01:00",
    "known_at=0",
    "name=%00",
    "name=%ED%A0%80",
    "name=%FF",
    "name=a%0d%0ab",
    "name=%1b%5b31m",
    "name=",
    "name=%20a",
    "name=" + "a" * 201,
    "=1",
    "%00=1",
]


@pytest.mark.parametrize("query", BAD_QUERIES)
def test_no_query_takes_a_hostile_value(query: str) -> None:
    answer = client().get(f"/v1/grants?{query}")
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_query_in_order_is_answered() -> None:
    query = "year=2020&post=01&valid_at=2020-12-31&known_at=2020-12-31T00:00:00%2B01:00&name=F%C3%B8dt"
    assert client().get(f"/v1/grants?{query}").json()["asked"] == "2020 1 2020-12-31 2020-12-30 23:00:00+00:00 Født"


def test_only_what_is_a_list_may_be_repeated() -> None:
    assert client().get("/v1/kinds?kind=a&kind=b&order=desc").json() == ["a", "b"]
    assert client().get("/v1/kinds?kind=a&order=asc&order=desc").json()["code"] == "query-invalid"
    assert client().get("/v1/kinds?kind=a&sort=asc").json()["known"] == ["kind", "order"]


@pytest.mark.parametrize(
    "path",
    [
        f"/v1/grants/{year}/{GRANT['case']}"
        for year in ("%EF%BC%91", "2147483648", "9" * 30, "1e3", "%00", "02020", "-1", "x")
    ]
    + [
        f"/v1/grants/2020/{case}" for case in ("1", "%00", "%ED%A0%80", "x" * 500, "{}", GRANT["case"].replace("-", ""))
    ],
)
def test_no_path_takes_a_hostile_value(path: str) -> None:
    assert client().get(path).status_code == 422
    assert client().get(f"/v1/grants/2020/{GRANT['case']}").status_code == 200


def test_text_is_kept_in_one_normal_form() -> None:
    apart = unicodedata.normalize("NFD", "Blå Ås")
    assert apart != "Blå Ås"
    assert client().post("/v1/grants", json=GRANT | {"recipient": apart}).json()["recipient"] == "Blå Ås"


@pytest.mark.parametrize(
    "text", ["Født Fri", "Ünïcode – «sitat»", "日本語", "😀", "👩‍👩‍👧", "=1+1", "<script>", "'; DROP TABLE x; --"]
)
def test_unusual_text_is_not_hostile(text: str) -> None:
    assert client().post("/v1/grants", json=GRANT | {"recipient": text}).json()["recipient"] == text


def test_nothing_sent_comes_back() -> None:
    quoted = quote(f"<{CANARY}>")
    answers = [
        *(post(sent(field, json.dumps(f"<{CANARY}>\0"))) for field in GRANT if field not in ("recipient", "reason")),
        *(post(sent(field, json.dumps(f"{CANARY}\0"))) for field in ("recipient", "reason")),
        post(json.dumps(GRANT | {f"<{CANARY}>": CANARY}).encode()),
        post(f'{{"{CANARY}":1,"{CANARY}":2}}'.encode()),
        post(f"{CANARY}".encode()),
        post(f"{CANARY}".encode(), f"text/{CANARY}"),
        client().get(f"/v1/grants?year={quoted}&valid_at={quoted}&known_at={quoted}&name={quoted}%00&limit={quoted}"),
        client().get(f"/v1/grants?cursor={quoted}"),
        client().get(f"/v1/grants?{quoted}=1"),
        client().get(f"/v1/grants/{quoted}/{quoted}"),
        client().get(f"/v1/{quoted}"),
        client().request(CANARY.upper(), "/v1/grants"),
        client().get("/v1/grants", headers={"X-Correlation-Id": f"<{CANARY}>"}),
        client().put("/v1/grants/1/approval", json={"amount_ore": 1}, headers={"If-Match": CANARY}),
        client().put(
            "/v1/grants/1/approval",
            json={"amount_ore": 1},
            headers={"If-Match": '"1"', "Idempotency-Key": f"{CANARY}\t"},
        ),
        client().get("/v1/grants", headers={"Authorization": f"Bearer {CANARY}"}),
        client().get("/v1/grants/", headers={"Host": CANARY}),
    ]
    assert all(answer.status_code >= 400 for answer in answers[:-5])
    for answer in answers:
        assert CANARY not in (answer.text + str(answer.headers)).lower(), answer.text
