"""A cursor is returned as it was given, or refused."""

import json
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.httpapi.paging import CursorInvalid, Listing, _seal
from tests.httpapi.demo import NUMBERS, client

GIVEN = NUMBERS.cursor(50, "x")


def test_pages_follow_each_other_to_the_end_without_gap_or_repeat() -> None:
    seen: list[int] = []
    query = "limit=50"
    for _ in range(3):
        answer = client().get(f"/v1/numbers?{query}").json()
        seen += answer["items"]
        query = f"limit=50&cursor={answer['next']}"
    assert answer["next"] is None
    assert seen == list(range(1, 121))


def test_a_page_holds_fifty_unless_asked_and_five_hundred_at_most() -> None:
    assert len(client().get("/v1/numbers").json()["items"]) == 50
    assert len(client().get("/v1/numbers?limit=500").json()["items"]) == 120
    for limit in ("0", "501", "-1", "1e2", "%D9%A5", ""):
        assert client().get(f"/v1/numbers?limit={limit}").status_code == 422, limit


def test_any_single_change_to_a_cursor_is_noticed() -> None:
    for index in range(len(GIVEN)):
        changed = GIVEN[:index] + ("A" if GIVEN[index] != "A" else "B") + GIVEN[index + 1 :]
        with pytest.raises(CursorInvalid):
            NUMBERS.after(changed)


CHANGED = [
    "",
    "a",
    "%00",
    "=",
    "AAAA",
    GIVEN[:-3],
    GIVEN[1:],
    f"{GIVEN}AAAA",
    f"{GIVEN}==",
    f"{GIVEN}!",
    "%C3%B8",
    "a" * 900,
]
OF_OTHER_LISTS = [
    Listing("others", int, str).cursor(50, "x"),
    Listing("numbers", int).cursor(50),
    Listing("numbers", str, str).cursor("50", "x"),
]
SEALED_BY_SOMEBODY_WHO_READ_OUR_CODE = [
    _seal(content)
    for content in (
        b'["numbers",true,"x"]',
        b'["numbers",1e400,"x"]',
        b'["numbers",50,"a\\u0000"]',
        b'["numbers",50,"\\ud800"]',
        b'["numbers",99999999999999999999,"x"]',
        b"{}",
        b"[]",
        b"5",
        b"\xff",
    )
]


@pytest.mark.parametrize("cursor", [*CHANGED, *OF_OTHER_LISTS, *SEALED_BY_SOMEBODY_WHO_READ_OUR_CODE])
def test_a_cursor_we_did_not_give_is_refused(cursor: str) -> None:
    answer = client().get(f"/v1/numbers?cursor={cursor}")
    assert answer.status_code == 400, answer.text
    assert answer.json()["code"] == "cursor-invalid"


@pytest.mark.parametrize(
    ("day", "id"), [("2020-02-30", None), ("20200229", None), (5, None), (None, "x"), (None, "{}"), (None, "A" * 32)]
)
def test_a_day_or_id_that_is_none_is_refused_whoever_sealed_it(day: Any, id: str | None) -> None:
    """A forger who reads our code makes a good checksum; what is under it is read no less strictly."""
    listing, whose = Listing("days", date, UUID), UUID("00000000-0000-4000-8000-00000000000a")
    given = listing.cursor(date(2020, 2, 29), whose)
    assert listing.after(given) == (date(2020, 2, 29), whose)
    content = json.dumps(["days", day or "2020-02-29", id or str(whose)], separators=(",", ":"))
    with pytest.raises(CursorInvalid):
        listing.after(_seal(content.encode()))


def test_an_endless_or_repeated_cursor_is_refused() -> None:
    assert client().get(f"/v1/numbers?cursor={'a' * 2_000}").status_code == 422
    assert client().get(f"/v1/numbers?cursor={GIVEN}&cursor={GIVEN}").status_code == 400
