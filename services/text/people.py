"""Who is who. A subject is kept and shown exactly as the issuer wrote it.

Only where two people must differ are subjects compared folded, for a person who can choose another spelling of their
own name (`MULTI`, `multi `, full-width letters) is not a second person. Folding errs to the strict side: two people
whose subjects fold alike count as one where two are needed, and each stays themselves everywhere else.
"""

import unicodedata
from collections.abc import Iterable

_JOINERS = frozenset("\N{COMBINING GRAPHEME JOINER}\N{KHMER VOWEL INHERENT AQ}\N{KHMER VOWEL INHERENT AA}")
_FILLERS = frozenset("\N{HANGUL CHOSEONG FILLER}\N{HANGUL JUNGSEONG FILLER}\N{HANGUL FILLER}")
_VARIATIONS = ((0x180B, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))


def folded(subject: str) -> str:
    """The subject without what no reader tells apart: case, spaces, compatibility forms (Unicode NFKC), and whatever
    is invisible. Folded again it is the same."""
    before, now = "", subject
    while now != before:
        before = now
        seen = "".join(each for each in unicodedata.normalize("NFKC", now) if not _is_invisible(each))
        now = unicodedata.normalize("NFKC", seen.casefold())
    return now


def is_same_person(one: str, other: str | None) -> bool:
    """Whether two are needed and these might be one. Nobody (None) is no person."""
    return other is not None and (one == other or folded(one) == folded(other))


def is_among(person: str, others: Iterable[str]) -> bool:
    """Whether the person might be one of the others."""
    return any(is_same_person(person, other) for other in others)


def _is_invisible(sign: str) -> bool:
    """White space, and signs that show nothing: controls, formats, fillers, joiners, choices of a variant."""
    if sign.isspace() or unicodedata.category(sign) in ("Cc", "Cf", "Zs", "Zl", "Zp"):
        return True
    return sign in _JOINERS or sign in _FILLERS or any(low <= ord(sign) <= high for low, high in _VARIATIONS)
