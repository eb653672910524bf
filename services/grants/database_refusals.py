"""What PostgreSQL refuses by itself as facts are recorded, the hard stop apart: its `code: what` in our words."""

from collections.abc import Callable, Mapping

from services.eventlog.command import Outcome
from services.eventlog.refusal import Refusal
from services.grants.grant_letter.being_sent import LetterBeingSent
from services.httpapi.carrying import RecordingRefusedByData

KNOWN: Mapping[str, Callable[[str], Refusal]] = {LetterBeingSent.code: LetterBeingSent.until}


def refused_by_the_database(outcome: Outcome) -> Refusal:
    """The refusal of the situation the database named; of any other, that the facts were not recorded."""
    code, _, what = str(outcome.problem).partition(": ")
    known = KNOWN.get(code)
    return known(what) if known else RecordingRefusedByData(f"The facts were not recorded: {outcome.problem}")
