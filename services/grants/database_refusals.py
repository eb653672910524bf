"""What PostgreSQL refuses by itself as facts are recorded, in the words of the room that would have refused it before.

The rules ask first, on what is known then; another may be recorded meanwhile. The database asks again in the
transaction that records, so its answer is the same refusal.
"""

from collections.abc import Callable, Mapping

from services.eventlog.command import Outcome
from services.eventlog.refusal import Refusal
from services.grants.award.proposal import CommitmentAcrossYears
from services.grants.balance.refusals import exhausted
from services.grants.grant_letter.being_sent import LetterBeingSent
from services.httpapi.carrying import RecordingRefusedByData

KNOWN: Mapping[str, Callable[[str], Refusal]] = {LetterBeingSent.code: LetterBeingSent.until}


class MonthsAwardedAlready(Refusal):
    """Another award pays the same municipality on the same fund by the same rule for some of the same months."""

    code = "months-awarded-already"
    title = "Månedene er allerede tildelt"


def refused_by_the_database(outcome: Outcome) -> Refusal:
    """The refusal of the situation the database named; of any other, that the facts were not recorded."""
    code, _, what = str(outcome.problem).partition(": ")
    known = KNOWN.get(code)
    return known(what) if known else RecordingRefusedByData(f"The facts were not recorded: {outcome.problem}")


def without_room(outcome: Outcome) -> Refusal:
    """What there is no room for: on a commitment authority, in a month that another is paid for, or on a fund."""
    match outcome.detail:
        case [{"authority": post, "limit_ore": limit_ore, "left_ore": left_ore}, *_]:
            return CommitmentAcrossYears(
                f"The commitment authority of {post} holds {limit_ore} øre, and {left_ore} øre of it are left.",
                post=post,
                left_ore=left_ore,
            )
        case [{"month": month, "taken_by": stream}, *_]:
            taken = f"{month // 12}-{month % 12 + 1:02}"
            return MonthsAwardedAlready(
                f"Case {stream.removeprefix('case-')} pays this municipality for {taken} by the same rule.",
                case_id=stream.removeprefix("case-"),
                month=taken,
            )
        case _:
            return exhausted(outcome)
