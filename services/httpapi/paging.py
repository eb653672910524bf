"""Lists in pages: where the next one begins is a cursor, which the client returns as it got it.

A cursor names its list, holds the place after which to go on, and ends in a checksum: one that was cut, edited or taken
from another list is refused, not guessed at. It is no secret and grants nothing; what it leads to is checked anew.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Generic, TypeVar, get_type_hints
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, ConfigDict, create_model

from services.httpapi.problem import HttpRefusal
from services.httpapi.strict.document import DocumentUnreadable, read_json
from services.httpapi.strict.fields import Digits, Text

LONGEST_CURSOR = 1_000
CHECKSUM_BYTES = 8
_PLACE_TEXT = Text(0, 500, lines=True)

Kind = type[int] | type[str] | type[date] | type[UUID]
Place = tuple[Any, ...]  # of the kinds its list was made with
Item = TypeVar("Item")

Limit = Annotated[int, Digits(1, 500), Query(description="How many items at most.")]
WHOLE_UNTIL = 500
"""What a list that was given whole before it had pages gives where no `limit` is said: whoever asks as before gets all
of it, until there is more than a page may hold."""
Cursor = Annotated[str | None, Query(max_length=LONGEST_CURSOR, description="`next` of the page before.")]


class CursorInvalid(HttpRefusal):
    code = "cursor-invalid"
    status = 400
    title = "Listen kan ikke fortsettes herfra"


class Page(BaseModel, Generic[Item]):
    """Some items of a list. `next` is null on the last page."""

    model_config = ConfigDict(frozen=True)

    items: Sequence[Item]
    next: str | None


def page_of(row: type, **more: Any) -> type[BaseModel]:
    """The page of a list whose items are rows of this dataclass, described by its own fields, and what stands beside
    them in each item (`more`: a name and its type)."""
    fields: dict[str, Any] = {name: (kind, ...) for name, kind in (get_type_hints(row) | more).items()}
    item: Any = create_model(row.__name__, __config__=ConfigDict(extra="forbid"), __doc__=row.__doc__, **fields)
    listed: type[BaseModel] = Page[item]
    return listed


def page(items: Sequence[Item], next: str | None) -> Page[Item]:
    return Page(items=items, next=next)


class Listing:
    """One list that is read in pages, by name, and the kinds its places are made of: `Listing("posts", int, str)`."""

    def __init__(self, name: str, *kinds: Kind) -> None:
        self._name, self._kinds = name, kinds

    def cursor(self, *place: int | str | date | UUID) -> str:
        """The cursor to go on after `place`."""
        assert tuple(map(type, place)) == self._kinds, f"{self._name}: a place is {self._kinds}"
        return _seal(json.dumps([self._name, *place], separators=(",", ":"), default=str).encode())

    def part(self, items: Sequence[Item], place: Place | None, limit: int) -> tuple[Sequence[Item], str | None]:
        """Some of a list that only grows, at its end, and the cursor of the next part: its place is how many came
        before."""
        assert self._kinds == (int,), f"{self._name}: such a place is a number"
        begins = place[0] if place else 0
        ends = begins + limit
        return items[begins:ends], self.cursor(ends) if len(items) > ends else None

    def after(self, cursor: str | None) -> Place | None:
        """The place a cursor stands for; None without one. Refuses with `CursorInvalid`."""
        if cursor is None:
            return None
        try:
            sealed = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            content = sealed[CHECKSUM_BYTES:]
            name, *place = read_json(content)
            if cursor != _seal(content) or name != self._name or len(place) != len(self._kinds):
                raise ValueError("a cursor of another list, or changed")
            return tuple(_part(kind, part) for kind, part in zip(self._kinds, place, strict=True))
        except (ValueError, TypeError, binascii.Error, DocumentUnreadable):
            raise CursorInvalid("This cursor was not given by this list. Begin again without it.") from None


def _part(kind: Kind, part: Any) -> int | str | date | UUID:
    """One part of a place as `cursor` wrote it; anything else is a ValueError."""
    if kind is int and type(part) is int:
        return part
    if kind is int or not isinstance(part, str):
        raise ValueError(f"not of kind {kind.__name__}")
    if kind is str:
        return _PLACE_TEXT.read(part)
    read: date | UUID = date.fromisoformat(part) if kind is date else UUID(part)
    if str(read) != part:
        raise ValueError(f"not a {kind.__name__} as it was given")
    return read


def _seal(content: bytes) -> str:
    checksum = hashlib.sha256(b"cursor\0" + content).digest()[:CHECKSUM_BYTES]
    return base64.urlsafe_b64encode(checksum + content).rstrip(b"=").decode("ascii")
