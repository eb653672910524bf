"""Answers are encoded in one pass, and say what FastAPI's own encoder, which walks them first, would have said."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum, StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

import pytest
from fastapi.encoders import jsonable_encoder
from hypothesis import given
from hypothesis import strategies as some
from pydantic import BaseModel

from services.httpapi.commands.answer import Answer, respond
from services.httpapi.commands.encoding import as_json


class Colour(StrEnum):
    red = "rød"


class Grade(Enum):
    one = 1


@dataclass(frozen=True, slots=True)
class Held:
    value: object
    on: date | None = None


class Shown(BaseModel):
    on: date
    at: datetime
    amount_ore: int


PLAIN = (
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats(allow_nan=False, allow_infinity=False)
    | some.text()
    | some.dates()
    | some.datetimes(timezones=some.just(UTC))
    | some.times()
    | some.uuids()
    | some.sampled_from([Colour.red, Grade.one])
    | some.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12)
    | some.builds(
        Shown, on=some.dates(), at=some.datetimes(timezones=some.just(UTC)), amount_ore=some.integers(0, 10**15)
    )
)
ANSWERS = some.recursive(
    PLAIN,
    lambda inner: (
        some.lists(inner, max_size=4)
        | some.lists(inner, max_size=4).map(tuple)
        | some.dictionaries(some.text(), inner, max_size=4)
        | some.dictionaries(some.text(), inner, max_size=4).map(MappingProxyType)
        | some.builds(Held, inner, some.none() | some.dates())
        | some.frozensets(some.integers(), max_size=1)
    ),
    max_leaves=20,
)


@given(ANSWERS)
def test_an_answer_says_what_it_would_say_walked_value_by_value(answer: object) -> None:
    if isinstance(answer, MappingProxyType):
        answer = dict(answer)
    walked = json.loads(json.dumps(jsonable_encoder(plain(answer))))
    assert json.loads(as_json(answer)) == walked


def plain(value: Any) -> Any:
    """Mappings as dictionaries and dataclasses as theirs: FastAPI's encoder knows no other."""
    match value:
        case MappingProxyType() | dict():
            return {name: plain(each) for name, each in value.items()}
        case list() | tuple():
            return [plain(each) for each in value]
        case Held():
            return {"value": plain(value.value), "on": plain(value.on)}
        case time():
            return value.isoformat()
        case _:
            return value


@given(ANSWERS)
def test_what_is_sent_is_what_a_repeat_gets_to_the_last_byte(body: object) -> None:
    answer = Answer(body={"stands": body}, location="/v1/cases/1")
    first, again = answer.response(3), respond(answer.kept(3))
    assert (first.body, first.status_code) == (again.body, again.status_code)
    assert dict(first.headers) == dict(again.headers)


def test_a_day_an_instant_and_an_id_have_their_standard_text() -> None:
    told = {"id": UUID(int=7), "on": date(2020, 2, 29), "at": datetime(2020, 2, 29, 12, tzinfo=UTC), "of": Decimal("3")}
    assert json.loads(as_json(told)) == {
        "id": "00000000-0000-0000-0000-000000000007",
        "on": "2020-02-29",
        "at": "2020-02-29T12:00:00+00:00",
        "of": 3,
    }


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_is_not_sent_as_one(value: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_json({"share": value})
