"""Who sends the letters: the one thing in them that differs from agency to agency."""

from pathlib import Path

from pydantic import TypeAdapter

from services.grants.grant_letter.content import Letterhead

OURS = Path(__file__).parent / "letters" / "letterhead.json"


def read_letterhead(file: Path = OURS) -> Letterhead:
    """The letterhead a file holds as JSON. Raises ValueError if anything in it is missing or of the wrong kind."""
    return TypeAdapter(Letterhead).validate_json(file.read_bytes())
