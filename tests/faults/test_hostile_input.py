"""S5: hostile values in every field, path and query parameter of the real service, generated from its description.

No answer is 5xx, nothing is coerced into something lawful, nothing sent comes back, and nothing is recorded.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from services.grants.web import LIMITS
from tests.conftest import Database
from tests.faults.hostile import CANARY, Place, sort_of
from tests.faults.hostile_input import Attacked, Attacker
from tests.faults.lots import ONE_IN, drawn, lot_of

Kind = tuple[str, str, str]
"""Where a place stands (body, query or path), what it takes, and a value."""

NOT_READ = {
    "body": {"document-unreadable", "request-invalid"},
    "query": {"query-invalid", "request-invalid", "cursor-invalid", "min-position-invalid"},
    "path": {"request-invalid"},
}
# What is well formed here can be done on a service where nothing has happened yet.
WOULD_RECORD = {
    ("POST", "/v1/calendars"),
    ("POST", "/v1/cases"),
    ("POST", "/v1/organisations/{organisation_number}/ties"),
    ("POST", "/v1/pay-out-deadlines/tellings"),
    ("POST", "/v1/publications"),
    ("POST", "/v1/reports/reminders"),
    ("POST", "/v1/staff"),
    ("POST", "/v1/webhook-endpoints"),
}
TWO_READINGS = [
    b'{"amount_ore":1,"amount_ore":2}',
    b"\xef\xbb\xbf{}",
    "{}".encode("utf-16"),
    b'{"a":"\xff"}',
    b'{"a":NaN}',
    b"[" * 20_000 + b"]" * 20_000,
    b'{"\\ud800":1}',
    b"{",
]
NOWHERE = "00000000-0000-4000-8000-000000000404"


def chosen(places: Sequence[Place]) -> list[tuple[Place, str]]:
    """What a quick run tries where: what is drawn at each place, and a value that is drawn at no place of its kind at
    the one of them where its lot is the least."""
    tried = [(place, value) for place in places for value in drawn(place, place.list_hostile())]
    places_of: dict[Kind, list[Place]] = {}
    for place in places:
        for value in place.list_hostile():
            places_of.setdefault(kind_of(place, value), []).append(place)
    for place, value in tried:
        places_of.pop(kind_of(place, value), None)
    return tried + [(min(its, key=lambda it: lot_of(it, of[2])), of[2]) for of, its in places_of.items()]


def kind_of(place: Place, value: str) -> Kind:
    return place.kind, sort_of(place.schema), value


@pytest.fixture(params=["grants", "notifications"])
def attack(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> Attacked:
    """Each service in turn."""
    return Attacked(request.param, database, tmp_path)


def test_what_is_well_formed_is_read(attack: Attacked) -> None:
    """The control of all that follows: the same requests without anything hostile in them are not refused unread."""

    async def visit(attacker: Attacker) -> None:
        unread = {*NOT_READ["body"], *NOT_READ["query"]}
        for method, path, operation in attacker.description.operations():
            if (method, path) in WOULD_RECORD:
                continue
            answer = await attacker.ask(method, path, operation)
            if answer.status_code >= 400 and not path.startswith("/v1/letters"):
                assert answer.json()["code"] not in unread, f"{method} {path}: {answer.text}"
        if attack.name != "grants":
            return
        opened = next(each for each in attacker.description.operations() if each[:2] == ("POST", "/v1/cases"))
        refused = await attacker.ask(
            *opened, Place("POST", "/v1/cases", "body", ("amount_ore",), {}, optional=False), "2"
        )
        assert refused.json()["code"] == "award-incomplete"

    attack(visit)


def test_no_place_takes_a_hostile_value(attack: Attacked, long: bool) -> None:
    async def visit(attacker: Attacker) -> None:
        operations = {(method, path): told for method, path, told in attacker.description.operations()}
        places = list(attacker.description.places())
        every = [(place, hostile) for place in places for hostile in place.list_hostile()]
        for place, hostile in every if long else chosen(places):
            told = operations[place.method, place.path]
            answer = await attacker.ask(place.method, place.path, told, place, hostile)
            assert answer.status_code in (400, 422), f"{place} takes {hostile[:60]}: {answer.text[:200]}"
            problem = answer.json()
            assert problem["code"] in NOT_READ[place.kind], f"{place} takes {hostile[:60]}: {answer.text[:200]}"
            if place.name != "body" and problem["code"] == "request-invalid":
                # In a shape that is one of several, the fault may be told of what the place stands in.
                stands_in = [place.kind, *place.steps[:-1]]
                assert any(
                    set(place.steps) & set(fault["where"]) or fault["where"] == stands_in for fault in problem["errors"]
                ), f"{place} {answer.text}"
        least = {"grants": (1_000, 300, 300), "notifications": (300, 50, 100)}[attack.name]
        reached = tuple(attacker.asked[kind] * (1 if long else ONE_IN) for kind in ("body", "query", "path"))
        assert all(count > few for count, few in zip(reached, least, strict=True)), reached

    attack(visit)


def test_each_value_is_tried_at_a_place_of_each_kind_and_a_new_place_changes_nothing_at_the_others() -> None:
    def day_of(number: int) -> Place:
        return Place(
            "POST", f"/v1/acts/{number}", "body", ("day",), {"type": "string", "format": "date"}, optional=False
        )

    def text_in(number: int) -> Place:
        return Place("GET", f"/v1/lists/{number}", "query", ("text",), {"type": "string"}, optional=True)

    new = day_of(99)
    for few in range(1, 8):
        places = [of(number) for number in range(few) for of in (day_of, text_in)]
        tried = chosen(places)
        every = {kind_of(place, value) for place in places for value in place.list_hostile()}
        assert {kind_of(place, value) for place, value in tried} == every
        at_others = {(str(place), value) for place, value in chosen([new, *places]) if place != new}
        assert at_others <= {(str(place), value) for place, value in tried}
        assert at_others >= {(str(place), value) for place in places for value in drawn(place, place.list_hostile())}


def test_every_whole_number_has_a_least_and_a_largest(attack: Attacked) -> None:
    async def visit(attacker: Attacker) -> None:
        for place in attacker.description.places():
            if place.schema.get("type") == "integer" and "const" not in place.schema:
                assert place.schema.keys() & {"minimum", "exclusiveMinimum"}, place
                assert "maximum" in place.schema, place
            if place.schema.get("type") == "string" and not place.schema.keys() & {"enum", "const", "format"}:
                assert "maxLength" in place.schema, place
            if place.schema.get("type") == "array":
                assert "maxItems" in place.schema, place
            if place.kind == "body" and place.schema.get("type") == "object":
                assert place.schema["additionalProperties"] is False, place

    attack(visit)


def test_no_body_is_read_that_two_readers_could_read_differently(attack: Attacked, long: bool) -> None:
    async def visit(attacker: Attacker) -> None:
        for method, path, operation in attacker.description.operations():
            schema = attacker.description.body_schema(operation)
            if schema is None:
                continue
            address = path.replace("{case_id}", "00000000-0000-4000-8000-000000000001").replace("{year}", "2020")
            address = address.replace("{number}", "1").replace("{contradiction_id}", "x")
            address = address.replace("{notice_id}", "00000000-0000-4000-8000-000000000001").replace("{objection}", "1")
            for body in TWO_READINGS if long else drawn(f"{method} {path}", TWO_READINGS):
                answer = await attacker.send(method, address, body)
                assert answer.json()["code"] == "document-unreadable", f"{method} {path} {body[:40]!r}"
            incomplete = [b"{}"] if attacker.description.of(schema)[0].get("required") else []
            for body in (b"", b"null", b"[]", *incomplete, f'{{"<{CANARY}>":1}}'.encode()):
                answer = await attacker.send(method, address, body)
                assert answer.json()["code"] == "request-invalid", f"{method} {path} {body!r}"
            answer = await attacker.send(method, address, b"{}", Content_Type=f"text/{CANARY}")
            assert answer.status_code == 415, f"{method} {path}"
            answer = await attacker.send(method, address, b'"' + b"a" * LIMITS.body_bytes_for(address) + b'"')
            assert answer.status_code == 413, f"{method} {path}"

    attack(visit)


def test_nothing_is_said_to_an_address_that_takes_no_body(attack: Attacked) -> None:
    """It would be passed over, and whoever said it would believe it was heard. An empty object says nothing."""

    async def visit(attacker: Attacker) -> None:
        walked = 0
        for method, path, operation in attacker.description.operations():
            if "requestBody" in operation:
                continue
            walked += 1
            address = re.sub("{[a-z_]*(year|number|chapter|post|objection)}", "2020", path)
            address = re.sub("{[a-z_]+}", NOWHERE, address)
            for body in (b'{"revoke":true}', b"[]", b"null", b"{}{}", f"<{CANARY}>".encode()):
                for kind in ("application/json", "text/plain"):
                    answer = await attacker.send(method, address, body, Content_Type=kind)
                    assert answer.status_code == 422, f"{method} {path} {body!r}: {answer.status_code}"
                    if method != "HEAD":
                        assert answer.json()["code"] == "body-not-expected", f"{method} {path} {body!r}"
            if method not in ("GET", "HEAD") and (method, path) not in WOULD_RECORD:
                said = [(await attacker.send(method, address, body)).json() for body in (None, b"{}")]
                assert said[0]["code"] == said[1]["code"] != "body-not-expected", f"{method} {path}: {said}"
        assert walked > {"grants": 60, "notifications": 30}[attack.name], walked

    attack(visit)
