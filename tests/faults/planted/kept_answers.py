"""Answers that go before their term is over, or otherwise than by the log's own function; and what is left of those
that went lawfully."""

from collections.abc import Iterator
from typing import Any

from services.calendar.clock import today
from services.kept_answers.events import CLEARED_STREAM, TERM_STREAM, AnswersCleared, TermConfirmed, TermProposed
from tests.faults.planted.rewritten import rewritten
from tests.faults.planted.rows import by_the_owner
from tests.faults.planted.tampering import Tampering
from tests.faults.planted.told import BY_GRANTS, BY_NOTIFICATIONS, told

STANDS = "SELECT max(nth) FROM {}.command WHERE answer IS NOT NULL"
GONE = "SELECT max(nth) FROM {}.command WHERE answer_sha256 IS NOT NULL"
TERM: dict[str, Any] = {"days": 30, "valid_from": today(), "reason": "Det trengs."}
NOT_LEFT = r"position \d+: cleared: numbers 1 to \d+ are not what was left"
NOBODY_SET = r"position {at}: cleared: .*no such term"


def beside(schema: str) -> Iterator[Tampering]:
    """By the owner of the tables."""
    yield by_the_owner(
        f"an answer of {schema} cleared beside the log's own function",
        f"UPDATE {schema}.command SET answer_sha256 = sha256(answer), answer = NULL WHERE nth = {{at}}",
        r"command: the answer of number {at} is gone, and no fact",
        STANDS.format(schema),
    )
    yield by_the_owner(
        f"an answer of {schema} taken away without a trace",
        f"UPDATE {schema}.command SET answer = NULL WHERE nth = {{at}}",
        r"command: .*number {at}\b",
        STANDS.format(schema),
    )
    for column, value in {
        "actor": "'another'",
        "key": "'another'",
        "request_hash": "sha256('x')",
        "first_position": "first_position + 1",
        "recorded_at": "recorded_at + interval '1 microsecond'",
        "hash": "sha256('x')",
        "answer_sha256": "sha256('x')",
    }.items():
        yield by_the_owner(
            f"the {column} of a command of {schema} whose answer was cleared",
            f"UPDATE {schema}.command SET {column} = {value} WHERE nth = {{at}}",
            NOT_LEFT,
            GONE.format(schema),
        )
    yield by_the_owner(
        f"another answer of {schema} laid back where one was cleared",
        f"UPDATE {schema}.command SET answer = convert_to('{{}}', 'UTF8'), answer_sha256 = NULL WHERE nth = {{at}}",
        r"position \d+: cleared: the answer of number {at} stands",
        GONE.format(schema),
    )
    yield rewritten(
        f"a longer term of {schema} in its stored bytes, and the log written anew from there",
        schema,
        f"UPDATE {schema}.event SET data = convert_to(replace(convert_from(data, 'UTF8'), ':30,', ':3000,'), 'UTF8')"
        f" WHERE stream = '{TERM_STREAM}'",
        f"SELECT max(position) FROM {schema}.event WHERE stream = '{TERM_STREAM}'",
        r"position \d+: cleared: number \d+ was recorded .*, and cleared within 3000 days",
    )


KEPT_ANSWERS = (
    *beside("grants"),
    *beside("notifications"),
    told("answers told to be cleared that stand", BY_GRANTS, CLEARED_STREAM, r"position {at}: cleared: numbers 9001 to",
         AnswersCleared(first=9001, last=9002, answers=0, days=30, sha256="ab" * 32)),
    told("answers told to be cleared once more", BY_NOTIFICATIONS, CLEARED_STREAM,
         r"position {at}: cleared: numbers 1 to 2 do not follow number",
         AnswersCleared(first=1, last=2, answers=0, days=30, sha256="ab" * 32)),
    told("a term that nobody proposed", BY_GRANTS, TERM_STREAM, NOBODY_SET, TermConfirmed(**TERM, confirmed_by="siri")),
    told("a term that reaches back", BY_NOTIFICATIONS, TERM_STREAM, NOBODY_SET,
         TermProposed(**TERM | {"valid_from": today().replace(year=2020)}, proposed_by="siri")),
    told("a term of a day", BY_GRANTS, TERM_STREAM, NOBODY_SET, TermProposed(**TERM | {"days": 1}, proposed_by="siri")),
    told("a term confirmed by whoever proposed it", BY_NOTIFICATIONS, TERM_STREAM, r"position {at}: duties: .*siri",
         TermProposed(**TERM, proposed_by="siri"), TermConfirmed(**TERM, confirmed_by="siri")),
)  # fmt: skip
