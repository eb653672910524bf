"""What the tests of over http build, for other tests to use as well."""

from dataclasses import replace

from services.notifications.facts.release import LetterHeld
from tests.notifications.world import held, id_of

ROUND = id_of("round")
WAIVER = {"document": "20/99-1, departementets brev", "document_sha256": "ef" * 32}


def of_round(name: str, *, amount_ore: int = 100) -> LetterHeld:
    return replace(held(name, amount_ore=amount_ore), round_id=ROUND)


def address(name: str) -> str:
    return f"/v1/awards/{id_of(name)}"
