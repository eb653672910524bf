"""How a round goes: opened for one scheme, filled with proposed awards, returned or approved line by line, closed.

What each case of the round may do is awarding's to decide (`award/approval.py`, asked in `together.py`); here stands
which lines wait, and that nothing is decided twice.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from uuid import UUID

from services.eventlog.events import Event
from services.eventlog.folding import replace
from services.eventlog.refusal import Refusal
from services.grants.case.events.round import (
    ImportedFile,
    RoundClosed,
    RoundLine,
    RoundLinesApproved,
    RoundLinesProposed,
    RoundLinesReturned,
    RoundOpened,
)
from services.grants.round.bounds import stay_within_bounds

LineState = Literal["proposed", "returned", "approved"]


class RoundIsClosed(Refusal):
    """Nothing more is proposed, returned or approved in a round that is closed."""

    code = "round-closed"
    title = "Tildelingsrunden er lukket"


class NoLines(Refusal):
    """An act on lines is on at least one."""

    code = "round-no-lines"
    status = 422
    title = "Ingen linjer er valgt"


class LineGivenTwice(Refusal):
    """One case is one line of a round. `case_ids` are those given more than once."""

    code = "round-line-given-twice"
    status = 422
    title = "Samme sak er oppgitt flere ganger"


class LineNotWaiting(Refusal):
    """Only a line that waits in the round is returned or approved. `case_ids` are those that do not."""

    code = "round-line-not-waiting"
    title = "Linjen venter ikke på godkjenning i runden"


class LinesWait(Refusal):
    """A round with lines that wait is not over: each is approved or returned first."""

    code = "round-lines-wait"
    title = "Det er linjer som venter i runden"


@dataclass(frozen=True, kw_only=True)
class LineInRound:
    """A line of the round and how far it has come. `reason` is why it was returned, while it is."""

    line: RoundLine
    state: LineState = "proposed"
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Round:
    """The round as it stands: its lines by case, in the order they first came."""

    opened: RoundOpened | None = None
    lines: Mapping[UUID, LineInRound] = field(default_factory=dict)
    closed: RoundClosed | None = None

    def choose(self, case_ids: Iterable[UUID]) -> list[RoundLine]:
        """The lines of these cases, those that are in the round."""
        return [self.lines[case_id].line for case_id in case_ids if case_id in self.lines]

    def list_in(self, *states: LineState) -> list[RoundLine]:
        """The lines in these states."""
        return [standing.line for standing in self.lines.values() if standing.state in states]


def evolve(round_: Round, event: Event) -> Round:
    """The round after this fact. Never refuses."""
    match event:
        case RoundOpened():
            return replace(round_, opened=event)
        case RoundLinesProposed(lines=lines):
            return replace(round_, lines={**round_.lines, **{line.case_id: LineInRound(line=line) for line in lines}})
        case RoundLinesReturned(case_ids=case_ids, reason=reason):
            return replace(round_, lines=_moved(round_.lines, case_ids, "returned", reason))
        case RoundLinesApproved(case_ids=case_ids):
            return replace(round_, lines=_moved(round_.lines, case_ids, "approved"))
        case RoundClosed():
            return replace(round_, closed=event)
        case _:
            return round_


def _moved(
    lines: Mapping[UUID, LineInRound], case_ids: Iterable[UUID], state: LineState, reason: str | None = None
) -> dict[UUID, LineInRound]:
    known = (case_id for case_id in case_ids if case_id in lines)
    return {**lines, **{each: LineInRound(line=lines[each].line, state=state, reason=reason) for each in known}}


def list_waiting(round_: Round, chosen: tuple[UUID, ...] | None) -> tuple[UUID, ...]:
    """The cases chosen, or, where none are named, those of every line that waits."""
    return tuple(line.case_id for line in round_.list_in("proposed")) if chosen is None else chosen


def open_round(
    round_: Round, *, year: int, scheme_id: str, call_id: str | None, name: str, opened_on: date, opened_by: str
) -> list[Event]:
    """Prepare a round of a scheme's awards for a budget year. A round is opened once; again returns no event."""
    if round_.opened:
        return []
    return [
        RoundOpened(
            year=year, scheme_id=scheme_id, call_id=call_id, name=name, opened_on=opened_on, opened_by=opened_by
        )
    ]


def propose_lines(
    round_: Round, *, lines: tuple[RoundLine, ...], file: ImportedFile | None, proposed_by: str
) -> list[Event]:
    """Put lines into the round. A line that was returned may come again. Lines that all wait as they are returns no
    event.

    Refuses `RoundIsClosed`, `NoLines`, `LineGivenTwice`, `SumOutOfRange`, and nothing that a case itself refuses.
    """
    if lines and all(round_.lines.get(line.case_id) == LineInRound(line=line) for line in lines):
        return []
    _keep_open(round_)
    _each_once([line.case_id for line in lines])
    stay_within_bounds(lines, beside=round_.list_in("proposed", "approved"))
    return [RoundLinesProposed(lines=lines, file=file, proposed_by=proposed_by)]


def return_lines(round_: Round, *, case_ids: tuple[UUID, ...], reason: str, returned_by: str) -> list[Event]:
    """Send lines back to their preparer. Lines that are all back with that reason already returns no event.

    Refuses `RoundIsClosed`, `NoLines`, `LineGivenTwice`, `LineNotWaiting`.
    """
    if case_ids and all(_is(round_, case_id, "returned", reason) for case_id in case_ids):
        return []
    _keep_open(round_)
    _check_waiting(round_, case_ids)
    return [RoundLinesReturned(case_ids=case_ids, reason=reason, returned_by=returned_by)]


def approve_lines(
    round_: Round, *, case_ids: tuple[UUID, ...], approved_on: date, approved_by: str, disposal_authority: str
) -> list[Event]:
    """Approve lines, all or none. Lines that are all approved already returns no event.

    Refuses `RoundIsClosed`, `NoLines`, `LineGivenTwice`, `LineNotWaiting`, `SumOutOfRange`.
    """
    if case_ids and all(_is(round_, case_id, "approved") for case_id in case_ids):
        return []
    _keep_open(round_)
    _check_waiting(round_, case_ids)
    stay_within_bounds(round_.choose(case_ids))
    return [
        RoundLinesApproved(
            case_ids=case_ids,
            total_ore=sum(round_.lines[case_id].line.amount_ore for case_id in case_ids),
            approved_on=approved_on,
            approved_by=approved_by,
            disposal_authority=disposal_authority,
        )
    ]


def close_round(round_: Round, *, closed_on: date, closed_by: str) -> list[Event]:
    """Close the round: nothing more is proposed in it. Closed again returns no event. Refuses `LinesWait`."""
    if round_.closed:
        return []
    if waiting := round_.list_in("proposed"):
        raise LinesWait(f"{len(waiting)} lines wait. Approve or return them first.", lines=len(waiting))
    return [RoundClosed(closed_on=closed_on, closed_by=closed_by)]


def _is(round_: Round, case_id: UUID, state: LineState, reason: str | None = None) -> bool:
    standing = round_.lines.get(case_id)
    return standing is not None and (standing.state, standing.reason) == (state, reason)


def _keep_open(round_: Round) -> None:
    if round_.closed:
        raise RoundIsClosed(f"The round was closed on {round_.closed.closed_on}. Open another.")


def _each_once(case_ids: Sequence[UUID]) -> None:
    if not case_ids:
        raise NoLines("No line is named, or none waits in the round.")
    if twice := [case_id for case_id, times in Counter(case_ids).items() if times > 1]:
        raise LineGivenTwice("Give each case once.", case_ids=_told(twice))


def _check_waiting(round_: Round, case_ids: Sequence[UUID]) -> None:
    _each_once(case_ids)
    if others := [case_id for case_id in case_ids if not _is(round_, case_id, "proposed")]:
        raise LineNotWaiting("Choose among the lines that wait in the round.", case_ids=_told(others))


def _told(case_ids: Collection[UUID]) -> list[str]:
    return [str(case_id) for case_id in list(case_ids)[:100]]
