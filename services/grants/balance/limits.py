"""Limits that hang on more than one case: what a command does to them, beside what it does to funds.

A commitment authority holds all that is promised of its post beyond the budget year (bevilgningsreglementet § 6), and a
municipality is paid once for a month, by one rule on one fund. What many cases share is kept where facts are recorded,
in the same transaction. Pure functions, one for live appends and for working the same out anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.eventlog.events import Event
from services.grants.balance.kinds import LIMITING
from services.grants.budget_year.events.allocation import CommitmentAuthorityRegistered, LetterWithdrawn
from services.grants.case.events.award import AwardMade, AwardProposed, AwardReturned, PerCapita
from services.grants.case.events.award_change import SupplementaryAwardApproved
from services.grants.case.events.round import RoundLinesProposed
from services.grants.case.events.withholding import RepaymentReceived
from services.grants.case.periods import find_months, paid_for_by

Row = dict[str, Any]


def limits(pairs: Sequence[tuple[str, Event]], movements: Iterable[Mapping[str, Any]]) -> dict[str, list[Row]]:
    """What a command's (stream, event) pairs, and their movements, do to the limits.

    `authorities` are given, or read anew, and `fallen` those of a letter that was withdrawn; `leans` is what is
    promised on them. `months` are taken by a case as its award is proposed and `freed` as it is returned; a case in
    `restands` takes or frees its own by whether anything of its promise is left, in whatever year's books, that did not
    come back: `returned_ore` did, as income of a later year, and moves no fund. `nth` counts the command's events from
    1.
    """
    found: dict[str, list[Row]] = {"authorities": [], "leans": [], "months": [], "freed": [], "restands": []}
    found["fallen"] = []
    for nth, (stream, event) in enumerate(pairs, 1):
        if not LIMITING[type(event)]:
            continue
        match event:
            case CommitmentAuthorityRegistered():
                found["authorities"].append(_authority(nth, event))
            case LetterWithdrawn(letter_number=letter):
                found["fallen"].append({"letter": letter, "year": int(stream.removeprefix("allocation-"))})
            case AwardMade(across_years=True) | SupplementaryAwardApproved(across_years=True):
                lean = {"nth": nth, "fund": stream, "day": event.approved_on.isoformat()}
                found["leans"].append(lean | {"amount_ore": event.amount_ore})
            case RoundLinesProposed():
                proposals = {stream: event for stream, event in pairs if isinstance(event, AwardProposed)}
                found["months"] += _months(nth, event, proposals)
            case AwardReturned():
                found["freed"].append({"nth": nth, "stream": stream})
            case RepaymentReceived(credited=False, amount_ore=returned_ore):
                found["restands"].append({"stream": stream, "returned_ore": returned_ore})
        if isinstance(event, SupplementaryAwardApproved):
            found["restands"].append({"stream": stream})
    falling = {movement["fund"] for movement in movements if movement.get("committed", 0) < 0}
    found["restands"] += [{"stream": stream} for stream in sorted(falling)]
    return {name: rows for name, rows in found.items() if rows}


def frees(found: Mapping[str, list[Row]]) -> bool:
    """Whether the command may make room for another, and so is applied by itself."""
    return "authorities" in found or "fallen" in found or "freed" in found or "restands" in found


def _authority(nth: int, given: CommitmentAuthorityRegistered) -> Row:
    return {
        "nth": nth,
        "post": given.fund_id,
        "letter": given.letter_number,
        "day": given.effective_on.isoformat(),
        "until_year": given.until_year,
        "limit_ore": given.limit_ore,
    }


def _months(nth: int, proposed: RoundLinesProposed, proposals: Mapping[str, AwardProposed]) -> Iterable[Row]:
    """The months of each per-capita line whose award is proposed in the same command."""
    for line in proposed.lines:
        stream = f"case-{line.case_id}"
        proposal = proposals.get(stream)
        covered = find_months(line.period) if line.period else None
        if proposal and covered and isinstance(proposal.basis, PerCapita):
            paid_for = paid_for_by(
                proposal.scheme_id, proposal.recipient.municipality_number, proposal.fund_id, proposal.basis.rule
            )
            yield {"nth": nth, "stream": stream, "paid_for": paid_for, "first": covered.start, "count": len(covered)}
