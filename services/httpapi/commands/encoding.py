"""Answers as JSON: encoded in one pass, each value that JSON has no word for as its standard text."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time
from decimal import Decimal
from enum import Enum
from typing import Any

from pydantic import BaseModel
from starlette.responses import Response


def as_json(value: object) -> str:
    """The text, without spaces. Refuses (ValueError) what is not a number, which JSON cannot say."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=encode)


def encode(value: object) -> Any:
    """What stands for a value that JSON has no word for: an object for a model, a dataclass and a mapping, a list
    for a set, ISO 8601 for a day and an instant, and its text for everything else, such as a UUID."""
    match value:
        case date() | time():
            return value.isoformat()
        case Enum():
            return value.value
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case BaseModel():
            return value.model_dump(mode="json", by_alias=True)
        case Mapping():
            return dict(value)
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {field.name: getattr(value, field.name) for field in fields(value)}
        case Iterable():
            return list(value)
        case _:
            return str(value)


class JsonResponse(Response):
    """An answer whose content may hold dataclasses, days, instants and UUIDs."""

    media_type = "application/json"

    def render(self, content: object) -> bytes:
        return as_json(content).encode()
