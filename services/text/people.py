"""Who is who. A subject is kept and shown exactly as the issuer wrote it.

Only where two people must differ are subjects compared folded, for a person who can choose another spelling of their
own name (`MULTI`, `multi `, full-width letters) is not a second person. Folding errs to the strict side: two people
whose subjects fold alike count as one where two are needed, and each stays themselves everywhere else.
"""

from collections.abc import Iterable
from functools import lru_cache

from services.text.folding import folded

__all__ = ["folded", "is_among", "is_same_person"]


def is_same_person(one: str, other: str | None) -> bool:
    """Whether two are needed and these might be one. Nobody (None) is no person."""
    return other is not None and (one == other or _folded(one) == _folded(other))


def is_among(person: str, others: Iterable[str]) -> bool:
    """Whether the person might be one of the others."""
    return any(is_same_person(person, other) for other in others)


@lru_cache(maxsize=1_024)
def _folded(subject: str) -> str:
    """Names come again and again: who approves a round is held against each of its lines."""
    return folded(subject)
