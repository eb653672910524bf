"""Signs that turn the reading direction never reach a letter: what is read is what was written."""

from pathlib import Path

from tests.conftest import Database
from tests.grants.award.letter_routes import PROPOSAL, Desk, at_work

TURNING = ("\u202e", "\u202d", "\u2066", "\u2067", "\u2069")


def test_a_text_with_a_sign_that_turns_the_reading_direction_is_refused(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        for sign in TURNING:
            for field in ({"purpose": f"Betales {sign}000 1"}, {"terms": [f"Ubrukt{sign} midler"]}):
                answer = await desk.ask("POST", "/v1/cases", PROPOSAL | field)
                assert answer.status_code == 422, (hex(ord(sign)), field, answer.text)

    at_work(database, tmp_path, story)
