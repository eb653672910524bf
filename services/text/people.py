"""Who is who. A subject is kept and shown exactly as the issuer wrote it.

Only where two people must differ are subjects compared folded, for a person who can choose another spelling of their
own name (`MULTI`, `multi `, full-width letters) is not a second person. Folding errs to the strict side: two people
whose subjects fold alike count as one where two are needed, and each stays themselves everywhere else.
"""

from collections.abc import Iterable

from services.text.folding import folded, reads_alike

__all__ = ["folded", "is_among", "is_same_person"]


def is_same_person(one: str, other: str | None) -> bool:
    """Whether two are needed and these might be one. Nobody (None) is no person."""
    return other is not None and reads_alike(one, other)


def is_among(person: str, others: Iterable[str]) -> bool:
    """Whether the person might be one of the others."""
    return any(is_same_person(person, other) for other in others)
