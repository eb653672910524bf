"""Which other applications of the same applicant stand beside one: shown to whoever assesses, and never acted on here.

An applicant is the same by organisation number, by municipality number, or where neither is known by its name.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from services.text.folding import reads_alike

OverlapKind = Literal["duplicate", "other-scheme-same-year", "similar-title"]

SIMILAR_PER_CENT = 60
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, kw_only=True)
class Beside:
    """An application as it is compared."""

    case_id: UUID
    call_id: str
    scheme_id: str
    year: int
    applicant: str
    organisation_number: str | None
    municipality_number: str | None
    title: str
    sought_ore: int
    state: str


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """Another application, and in which ways it overlaps."""

    kinds: tuple[OverlapKind, ...]
    similar_per_cent: int
    other: Beside


def list_overlaps(mine: Beside, others: Iterable[Beside]) -> list[Overlap]:
    """Those of the others that are the same applicant's and overlap, the most alike first."""
    found = []
    for other in others:
        if other.case_id == mine.case_id or not _same_applicant(mine, other):
            continue
        likeness = similar_per_cent(mine.title, other.title)
        kinds = tuple(_kinds(mine, other, likeness))
        if kinds:
            found.append(Overlap(kinds=kinds, similar_per_cent=likeness, other=other))
    return sorted(found, key=place_of)


def place_of(overlap: Overlap) -> tuple[int, int, UUID]:
    """Where it stands among the others: the most alike first."""
    return -len(overlap.kinds), -overlap.similar_per_cent, overlap.other.case_id


def similar_per_cent(one: str, another: str) -> int:
    """How much of the two titles' words are words of both, in whole per cent; case and order count for nothing."""
    first, second = (set(_WORD.findall(title.casefold())) for title in (one, another))
    together = first | second
    return 100 * len(first & second) // len(together) if together else 0


def _kinds(mine: Beside, other: Beside, likeness: int) -> Iterator[OverlapKind]:
    if other.call_id == mine.call_id:
        yield "duplicate"
    if other.scheme_id != mine.scheme_id and other.year == mine.year:
        yield "other-scheme-same-year"
    if likeness >= SIMILAR_PER_CENT:
        yield "similar-title"


def _same_applicant(mine: Beside, other: Beside) -> bool:
    if mine.organisation_number is not None and other.organisation_number is not None:
        return mine.organisation_number == other.organisation_number
    if mine.municipality_number is not None and other.municipality_number is not None:
        return mine.municipality_number == other.municipality_number
    return reads_alike(mine.applicant, other.applicant)
