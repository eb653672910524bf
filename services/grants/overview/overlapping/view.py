"""Awards of one recipient that overlap, each two with the reason to look at them together. It stops nothing: the rules
are those applications are compared by (`application/overlaps.py`), on awards whose periods meet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.grants.application.overlaps import Beside, list_overlaps

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Marked:
    """Two awards of one recipient that meet in time, and why to look at them together: `duplicate`,
    `other-scheme-same-year`, `similar-title`; how much of their purposes' words are words of both."""

    one: Row
    other: Row
    kinds: Sequence[str]
    similar_per_cent: int
    first_on: date
    last_on: date


def mark(awards: Sequence[Row]) -> Iterator[Marked]:
    """Each two awards that overlap in a way and in time, the most alike first. A promise by count (per capita) is for
    persons who are counted, and is no double of anything; one of which nothing is left is none either, whatever the
    state of its case."""
    by_id = {row["case_id"]: row for row in awards if row["left_ore"] > 0 and row["basis"] != "per-capita"}
    seen = set[frozenset[Any]]()
    for row in by_id.values():
        for found in list_overlaps(_beside(row), [_beside(other) for other in by_id.values()]):
            other, pair = by_id[found.other.case_id], frozenset((row["case_id"], found.other.case_id))
            kinds = tuple(
                each for each in found.kinds if each != "other-scheme-same-year" or _both_of_schemes(row, other)
            )
            first, last = max(row["first_on"], other["first_on"]), min(row["last_on"], other["last_on"])
            if kinds and pair not in seen and first <= last:
                seen.add(pair)
                yield Marked(
                    one=row, other=other, kinds=kinds, similar_per_cent=found.similar_per_cent, first_on=first,
                    last_on=last,
                )  # fmt: skip


def _both_of_schemes(row: Row, other: Row) -> bool:
    return row["scheme_id"] is not None and other["scheme_id"] is not None


def _beside(row: Row) -> Beside:
    return Beside(
        case_id=row["case_id"],
        call_id=row["call_id"] or f"none-{row['case_id']}",
        scheme_id=row["scheme_id"] or f"none-{row['case_id']}",
        year=row["year"],
        applicant=row["recipient"],
        organisation_number=row["organisation_number"],
        municipality_number=row["municipality_number"],
        title=row["purpose"] or "",
        sought_ore=0,
        state=row["state"],
    )
