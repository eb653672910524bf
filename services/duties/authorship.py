"""Who wrote what stands. Nobody says so: it follows from what was proposed, one proposal after the other.

A proposal that goes back and forth has many hands in it. Content that is unchanged keeps its author; a changed part has
a new one; a full stop put to somebody's sentence leaves the sentence theirs. What was changed away and back again is
both theirs who wrote it and theirs who brought it back. Whoever put it forward last answers for the whole.
"""

import re
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import MISSING, fields, is_dataclass
from itertools import pairwise
from typing import Any

from services.duties.table import ACTS_OF
from services.eventlog.events import Event

Part = tuple[Hashable, ...]
_SIGNS = re.compile(r"\w+|[^\w\s]")
_AROUND = re.compile(r"^\W+|\W+$")


def authors(line: Sequence[Event]) -> frozenset[str]:
    """Whoever wrote any part of the last of these proposals, as stored. `line` is every proposal of one thing since
    anything was decided on it, returned ones too, oldest first; nobody when there is none.

    The days of the acts themselves, and what the table says that nobody wrote, are no parts. What a proposal holds by
    default has no author before somebody changes it.
    """
    if not line:
        return frozenset()
    if len(line) == 1:  # most are of one hand, and whoever put it forward answers for the whole
        return frozenset({getattr(line[0], ACTS_OF[line[0].TOPIC][0].by)})
    standing: frozenset[Part] = frozenset()
    wrote: dict[Part, set[str]] = {}
    last: set[str] = set()
    for proposed in line:
        act = ACTS_OF[proposed.TOPIC][0]
        unwritten = {act.by, *act.beside}
        if not last:
            standing = frozenset(_defaults((), proposed))
        last = {getattr(proposed, act.by)}
        now = frozenset(_parts(proposed, unwritten))
        for part in now - standing:
            wrote.setdefault(part, set()).update(last)
        standing = now
    return frozenset(last.union(*(wrote.get(part, ()) for part in standing)))


def _parts(fact: Event, unwritten: set[str]) -> Iterator[Part]:
    for each in fields(fact):
        if each.name not in unwritten:
            yield from _parts_of((each.name,), getattr(fact, each.name))


def _defaults(place: Part, value: Any) -> Iterator[Part]:
    """What a fact, and each value in it, says where nobody says anything else."""
    for each in fields(value):
        if each.default is not MISSING:
            yield from _parts_of((*place, each.name), each.default)
        if is_dataclass(inner := getattr(value, each.name)):
            yield from _defaults((*place, each.name), inner)


def _parts_of(place: Part, value: Any) -> Iterator[Part]:
    """The value at its place, and all that stands in it: the fields of a value, the values of a row, and the
    neighbouring words of a text, by which it is still known after an edit somewhere else in it."""
    yield *place, "=", _frozen(value)
    if isinstance(value, str):
        yield from ((*place, "words", *pair) for pair in _pairs(value))
    elif is_dataclass(value):
        for each in fields(value):
            yield from _parts_of((*place, each.name), getattr(value, each.name))
    elif isinstance(value, tuple | list):
        for each in value:
            yield *place, "holds", _frozen(each)
            yield from _texts_in(place, each)


def _texts_in(place: Part, value: Any) -> Iterator[Part]:
    """The texts of one row among others. Its numbers, alone, tell nothing of who wrote it."""
    if isinstance(value, str):
        yield from ((*place, "words", *pair) for pair in _pairs(value))
    elif is_dataclass(value):
        for each in fields(value):
            yield from _texts_in((*place, each.name), getattr(value, each.name))


def _pairs(text: str) -> Iterable[tuple[str, ...]]:
    """Words beside each other, of a text of several; a word by itself is itself, whatever stands round it. A code or a
    fund is one word."""
    if len(text.split()) > 1:
        return pairwise(_SIGNS.findall(text))
    word = _AROUND.sub("", text)
    return [(word,)] if word else ()


def _frozen(value: Any) -> Hashable:
    return repr(value)
