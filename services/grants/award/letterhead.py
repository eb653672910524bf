"""Who sends the letters: the one thing in them that differs from agency to agency."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from services.grants.scheme.events import Form

OURS = Path(__file__).parent / "letters" / "letterhead.json"


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """Who sends the letters, and who decides a complaint of them, in each form of the language."""

    organisation_number: str
    address: tuple[str, ...]
    email: str
    telephone: str
    names: Mapping[Form, str]
    appeal_bodies: Mapping[Form, str]


def read_letterhead(file: Path = OURS) -> Letterhead:
    """The letterhead a file holds as JSON. Raises ValueError if anything in it is missing or of the wrong kind."""
    return TypeAdapter(Letterhead).validate_json(file.read_bytes())
