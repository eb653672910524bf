"""A letter's transcription read in a process of its own, and the letter as it comes over from there."""

from typing import Any

from pydantic import TypeAdapter

from services.grants.allocation.letter_file.reading import LetterUnreadable, read_letter
from services.grants.budget_year.letter import Letter
from services.sandbox import Reading

_LETTERS = TypeAdapter(Letter)


def read_apart(source: bytes) -> Any:
    """The letter (`read_letter`) as JSON can say it, lines of the file and all. Called in the other process."""
    return _LETTERS.dump_python(read_letter(source), mode="json")


LETTER = Reading(
    function=f"{__name__}:{read_apart.__name__}", taken=_LETTERS.validate_python, refusals=(LetterUnreadable,)
)
"""A transcription (contracts/letter.schema.json)."""
