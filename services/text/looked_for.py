"""The words of what somebody looks for, and of the names it is looked for among."""

import re
from collections.abc import Sequence

from services.text.folding import folded

LOOKED_AT = 400
"""How much of a text is read."""
LONGEST_WORD, MOST_WORDS, SHORTEST = 60, 8, 2

_BETWEEN_WORDS = re.compile("[\x01-/:-@\\[-`{-\xbf\u2000-\u206f\u3000]+")


def words_of(text: str) -> list[str]:
    """The words of what somebody wrote, each as names are compared. `grants.words` splits a name alike."""
    parts = (folded(part)[:LONGEST_WORD] for part in _BETWEEN_WORDS.split(text[:LOOKED_AT]))
    return [part for part in parts if part][:MOST_WORDS]


def query_of(words: Sequence[str]) -> str | None:
    """What PostgreSQL is asked: names with a word that begins so for each of the words. None where there is nothing
    to look for: single letters find half of all names."""
    if not words or max(map(len, words)) < SHORTEST:
        return None
    return " & ".join("'" + word.replace("\\", "\\\\").replace("'", "''") + "':*" for word in words)
