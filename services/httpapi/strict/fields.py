"""The kinds of field a request may hold. Each takes one spelling of one value; nothing is guessed or rounded.

`"1E5"`, `" 5 "`, `true`, `5.0` and `"٥"` are not amounts; `0` is not a date; half a surrogate is not text. The same
kinds serve bodies (JSON values) and paths and queries (text).
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar, TypeVar
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, Strict
from pydantic_core import CoreSchema, PydanticKnownError, core_schema

from services.text.folding import is_blank

LARGEST_ORE = 10**15
FIRST_YEAR, LAST_YEAR = 1900, 2199

# Control characters, line separators, marks that turn the direction of text, surrogates and non-characters: none of
# them is ever meant, and each has fooled a log, a letter or a database.
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\uffff\ud800-\udfff]"
)
_UNPRINTABLE_IN_LINES = re.compile(_UNPRINTABLE.pattern.replace("\x00-\x1f", "\x00-\x09\x0b-\x1f"))
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})", re.ASCII)
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Body(BaseModel):
    """What a command is asked with: exactly these fields, exactly these kinds, never changed after. `described_as` is
    the name it keeps in the service's description, wherever its class stands."""

    described_as: ClassVar[str | None] = None

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False, hide_input_in_errors=True)


class DatedBody(Body):
    """What is asked with of something done on a day that the body names. Where that day lies before today,
    `back_dating_reason` says why; it says so to whoever guards the days, and is no part of what is done."""

    back_dating_reason: Annotated["Prose | None", Field(exclude=True)] = None


@dataclass(frozen=True)
class Text:
    """Text of `shortest` to `longest` characters (code points), normalised to NFC. One line without space at its ends,
    or with `lines` several lines ended by LF."""

    shortest: int
    longest: int
    lines: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        assert source is str, "Text describes a str"
        text = core_schema.str_schema(strict=True, min_length=self.shortest, max_length=self.longest)
        return core_schema.no_info_after_validator_function(self.read, text)

    def read(self, text: str) -> str:
        if (_UNPRINTABLE_IN_LINES if self.lines else _UNPRINTABLE).search(text):
            raise ValueError("holds characters that cannot be printed")
        if not self.lines and text != text.strip():
            raise ValueError("begins or ends with space")
        if self.shortest and is_blank(text):
            raise ValueError("is blank")
        normal = unicodedata.normalize("NFC", text)
        if len(normal) > self.longest:
            raise ValueError(f"is longer than {self.longest} characters")
        return normal


@dataclass(frozen=True)
class Digits:
    """A whole number in a path or query, `smallest` to `largest`, in ASCII digits without sign, space or leading zeros;
    with `width` exactly so many digits (post "01")."""

    smallest: int
    largest: int
    width: int | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        assert source is int, "Digits describes an int"
        number = core_schema.int_schema(strict=True, ge=self.smallest, le=self.largest)
        return core_schema.no_info_before_validator_function(self.read, number)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.smallest, "maximum": self.largest}

    def read(self, given: object) -> object:
        if not isinstance(given, str):
            return given
        spelling = r"0|[1-9]\d{0,17}" if self.width is None else rf"\d{{{self.width}}}"
        if not re.fullmatch(spelling, given, re.ASCII):
            raise ValueError(f"is not a whole number in {self.width or 'plain'} digits")
        return int(given)


def _read_day(given: object) -> object:
    if not isinstance(given, str):
        return given
    if not _DAY.fullmatch(given):
        raise ValueError("is not a day as YYYY-MM-DD")
    try:
        day = date.fromisoformat(given)
    except ValueError:
        raise ValueError("is not a day of the calendar") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"is not between {FIRST_YEAR} and {LAST_YEAR}")
    return day


def _read_instant(given: object) -> object:
    if not isinstance(given, str):
        return given
    if not _INSTANT.fullmatch(given):
        raise ValueError("is not an instant as YYYY-MM-DDThh:mm:ssZ (or with an offset such as +01:00)")
    try:
        instant = datetime.fromisoformat(given)
    except ValueError:
        raise ValueError("is not an instant of the calendar") from None
    if not FIRST_YEAR < instant.year < LAST_YEAR:
        raise ValueError(f"is not between {FIRST_YEAR} and {LAST_YEAR}")
    return instant.astimezone(UTC)


def _read_id(given: object) -> object:
    if not isinstance(given, str):
        return given
    if not _ID.fullmatch(given):
        raise ValueError("is not a UUID in lower case with hyphens")
    return UUID(given)


T = TypeVar("T")

Ore = Annotated[int, Strict(), Field(gt=0, le=LARGEST_ORE)]
"""Whole øre above nothing, at most ten thousand billion kroner."""
OreOrZero = Annotated[int, Strict(), Field(ge=0, le=LARGEST_ORE)]
SignedOre = Annotated[int, Strict(), Field(ge=-LARGEST_ORE, le=LARGEST_ORE)]

Ordinal = Annotated[int, Strict(), Field(ge=1, le=1_000)]
"""Which one of several, counted from 1."""
CalendarYear = Annotated[int, Strict(), Field(ge=FIRST_YEAR, le=LAST_YEAR)]

Line = Annotated[str, Text(1, 200)]
Prose = Annotated[str, Text(1, 10_000, lines=True)]

AddressLines = Annotated[tuple[Annotated[str, Text(1, 100)], ...], Strict(False), Field(max_length=5)]
"""An organisation's postal address, line by line as it is written on an envelope."""

Sha256 = Annotated[str, Strict(), Field(min_length=64, max_length=64, pattern="^[0-9a-f]{64}$")]
"""A SHA-256 in 64 hexadecimal digits, lower case."""

Day = Annotated[date, Strict(), BeforeValidator(_read_day)]
"""A day, YYYY-MM-DD; which zone's day is the field's own matter (law days: Europe/Oslo)."""
Instant = Annotated[datetime, Strict(), BeforeValidator(_read_instant)]
"""An instant with its offset, kept in UTC."""
Id = Annotated[UUID, Strict(), BeforeValidator(_read_id)]

DatedBody.model_rebuild()


def _at_most(most: int) -> BeforeValidator:
    """Told of too many things, nobody wants to hear what is wrong with each: counted before they are looked at."""

    def count(given: object) -> object:
        if isinstance(given, list) and len(given) > most:
            told = {"field_type": "Tuple", "max_length": most, "actual_length": len(given)}
            raise PydanticKnownError("too_long", told)
        return given

    return BeforeValidator(count)


Many = Annotated[tuple[T, ...], Strict(False), Field(max_length=1_000), _at_most(1_000)]
"""A JSON array, kept as a tuple."""
Some = Annotated[tuple[T, ...], Strict(False), Field(min_length=1, max_length=1_000), _at_most(1_000)]
"""The same, with one thing at least."""
MOST_CHOSEN = 10_000
Chosen = Annotated[tuple[T, ...], Strict(False), Field(min_length=1, max_length=MOST_CHOSEN), _at_most(MOST_CHOSEN)]
"""One thing at least, of all that a round can hold."""
