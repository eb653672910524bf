"""Why somebody does what they do, in words that can be read afterwards. Asked for wherever an act is to be accounted
for and the room has no word of its own for it."""

from services.eventlog.refusal import Refusal
from services.text.folding import is_blank


class ReasonMissing(Refusal):
    """A reason in words is owed: spaces, and signs that nobody sees, are none."""

    code = "reason-missing"
    status = 422
    title = "Begrunnelse mangler"


def need_reason(text: str, sentence: str = "Say why, in words that can be read later.") -> str:
    """The words, or the refusal `ReasonMissing` with the sentence."""
    if is_blank(text):
        raise ReasonMissing(sentence)
    return text
