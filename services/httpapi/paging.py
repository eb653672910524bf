"""Lists in pages: where the next one begins is a cursor, which the client returns as it got it.

A cursor names its list, holds the place after which to go on, and ends in a checksum: one that was cut, edited or taken
from another list is refused, not guessed at. It is no secret and grants nothing; what it leads to is checked anew.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, ConfigDict

from services.httpapi.document import DocumentUnreadable, read_json
from services.httpapi.fields import Digits, Text
from services.httpapi.problem import HttpRefusal

LONGEST_CURSOR = 1_000
CHECKSUM_BYTES = 8
_PLACE_TEXT = Text(0, 500, lines=True)

Place = tuple[int | str, ...]
Item = TypeVar("Item")

Limit = Annotated[int, Digits(1, 500), Query(description="How many items at most.")]
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


def page(items: Sequence[Item], next: str | None) -> Page[Item]:
    return Page(items=items, next=next)


class Listing:
    """One list that is read in pages, by name, and the kinds its places are made of: `Listing("posts", int, str)`."""

    def __init__(self, name: str, *kinds: type[int] | type[str]) -> None:
        self._name, self._kinds = name, kinds

    def cursor(self, *place: int | str) -> str:
        """The cursor to go on after `place`."""
        assert tuple(map(type, place)) == self._kinds, f"{self._name}: a place is {self._kinds}"
        return _seal(json.dumps([self._name, *place], separators=(",", ":")).encode())

    def after(self, cursor: str | None) -> Place | None:
        """The place a cursor stands for; None without one. Refuses with `CursorInvalid`."""
        if cursor is None:
            return None
        try:
            sealed = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            content = sealed[CHECKSUM_BYTES:]
            name, *place = read_json(content)
            if cursor != _seal(content) or name != self._name or tuple(map(type, place)) != self._kinds:
                raise ValueError("a cursor of another list, or changed")
            return tuple(_PLACE_TEXT.read(part) if isinstance(part, str) else part for part in place)
        except (ValueError, TypeError, binascii.Error, DocumentUnreadable):
            raise CursorInvalid("This cursor was not given by this list. Begin again without it.") from None


def _seal(content: bytes) -> str:
    checksum = hashlib.sha256(b"cursor\0" + content).digest()[:CHECKSUM_BYTES]
    return base64.urlsafe_b64encode(checksum + content).rstrip(b"=").decode("ascii")
