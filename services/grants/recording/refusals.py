"""What PostgreSQL refuses by itself as facts are recorded, in the words of the room that would have refused it before.

The rules ask first, on what is known then; another may be recorded meanwhile. The database asks again in the
transaction that records, so its answer is the same refusal.
"""

from collections.abc import Callable, Mapping

from services.duties.apart import SamePersonTwice
from services.eventlog.command import Outcome
from services.eventlog.refusal import Refusal
from services.grants.award.proposal import CommitmentAcrossYears
from services.grants.balance.refusals import exhausted
from services.grants.balance.sums import LARGEST_FUND_ORE, SumOutOfRange
from services.grants.case.periods import name_month
from services.grants.disbursement.refusals import BeyondCarryOver
from services.grants.grant_letter.permit.being_sent import LetterBeingSent
from services.grants.grant_letter.permit.refusals import PermitStillRuns
from services.httpapi.commands.command_handler import RecordingRefusedByData

# The constraints that bound sums, and what PostgreSQL says of one that did not fit in 64 bits before they were asked.
OUT_OF_RANGE = ("fund_sums_are_bounded", "authority_use_is_bounded", "out of range")
KNOWN: Mapping[str, Callable[[str], Refusal]] = {
    LetterBeingSent.code: LetterBeingSent.until,
    PermitStillRuns.code: lambda what: PermitStillRuns(f"The database refused: {what}."),
    SamePersonTwice.code: lambda what: SamePersonTwice(f"The database refused: {what}."),
}


class MonthsAwardedAlready(Refusal):
    """Another award pays the same municipality on the same fund by the same rule for some of the same months."""

    code = "months-awarded-already"
    title = "Månedene er allerede tildelt"


def refused_by_the_database(outcome: Outcome) -> Refusal:
    """The refusal of the situation the database named; of any other, that the facts were not recorded."""
    if any(named in str(outcome.problem) for named in OUT_OF_RANGE):
        return SumOutOfRange(
            f"With this a fund or an authority comes to more than {LARGEST_FUND_ORE} øre. Look the amounts over.",
            largest_ore=LARGEST_FUND_ORE,
        )
    code, _, what = str(outcome.problem).partition(": ")
    known = KNOWN.get(code)
    return known(what) if known else RecordingRefusedByData(f"The facts were not recorded: {outcome.problem}")


def without_room(outcome: Outcome) -> Refusal:
    """What there is no room for: on a commitment authority, in a month another is paid for, in what covers a case held
    over, or on a fund."""
    match outcome.detail:
        case [{"authority": post, "limit_ore": limit_ore, "left_ore": left_ore}, *_]:
            return CommitmentAcrossYears(
                f"The commitment authority of {post} holds {limit_ore} øre, and {left_ore} øre of it are left.",
                post=post,
                left_ore=left_ore,
            )
        case [{"month": month, "taken_by": stream}, *_]:
            taken = name_month(month)
            return MonthsAwardedAlready(
                f"Case {stream.removeprefix('case-')} pays this municipality for {taken} by the same rule.",
                case_id=stream.removeprefix("case-"),
                month=taken,
            )
        case [{"payable_of": _, "day": day, "covered_ore": covered_ore}, *_]:
            return BeyondCarryOver(
                f"{covered_ore} øre of what is held over is covered on {day}; with what waits already, this is more.",
                covered_ore=covered_ore,
                year=int(day[:4]),
            )
        case _:
            return exhausted(outcome)
