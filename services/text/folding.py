"""When two texts are the same to whoever reads them: one folded form, for everything that is compared for sameness.

A text is kept and shown exactly as it was written. Only where sameness refuses (a month paid twice, a voucher used
twice, one person in two names) are texts compared folded, for `år 1` with a no-break space is no other rule.
Folding errs to the strict side. It is never how a change is found to be none: whoever corrects "født fri" to "Født Fri"
has changed it. PostgreSQL folds alike (`grants.folded`, `notifications.folded`; a test holds them together).
"""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_JOINERS = frozenset("\N{COMBINING GRAPHEME JOINER}\N{KHMER VOWEL INHERENT AQ}\N{KHMER VOWEL INHERENT AA}")
_FILLERS = frozenset("\N{HANGUL CHOSEONG FILLER}\N{HANGUL JUNGSEONG FILLER}\N{HANGUL FILLER}")
_BLANKS = frozenset("\u2800\U0001d159\U00013441\U00013442\U00016fe4")
"""Signs that are drawn as nothing: the empty pattern of braille, the head of no note, blanks and fillers of old scripts
(by number, for Python may not know their names)."""
_UNSEEN_ASCII = dict.fromkeys([*range(33), 127])
_VARIATIONS = ((0x180B, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))


def folded(text: str) -> str:
    """The text without what no reader tells apart: case, spaces, compatibility forms (Unicode NFKC), and whatever is
    invisible. Folded again it is the same."""
    if text.isascii():
        return text.translate(_UNSEEN_ASCII).lower()
    before, now = "", text
    while now != before:
        before = now
        seen = "".join(each for each in unicodedata.normalize("NFKC", now) if not _is_invisible(each))
        now = unicodedata.normalize("NFKC", seen.casefold())
    return now


def is_blank(text: str) -> bool:
    """Whether there is nothing in the text that anybody could read: where words are owed, these are none."""
    return not "!" <= text[:1] <= "~" and all(_is_invisible(each) for each in text)


def reads_alike(one: str, other: str) -> bool:
    """Whether a reader would take the two for the same."""
    return one == other or folded(one) == folded(other)


def reads_as_any(text: str, others: Iterable[str]) -> bool:
    """Whether a reader would take the text for one of the others."""
    own = folded(text)
    return any(own == folded(other) for other in others)


@lru_cache(maxsize=4_096)
def _is_invisible(sign: str) -> bool:
    """White space, and signs that show nothing: controls, formats, fillers, joiners, choices of a variant."""
    if sign in _BLANKS or sign.isspace() or unicodedata.category(sign) in ("Cc", "Cf", "Zs", "Zl", "Zp"):
        return True
    return sign in _JOINERS or sign in _FILLERS or any(low <= ord(sign) <= high for low, high in _VARIATIONS)
