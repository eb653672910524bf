"""What anybody may read of rounds: one as it stands, its lines, and a year's. Whole øre.

A round's own stream holds all of it, so it is folded each time it is asked for: always current, with nothing to
rebuild. A year's rounds are found by the names of their streams, which lie side by side in the log's index; their
lines, which may be thousands, are left unread.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import groupby, islice
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg_pool import AsyncConnectionPool

from services.eventlog.events import Event
from services.eventlog.folding import fold_once
from services.eventlog.mapper import recorded
from services.eventlog.recorded import Recorded
from services.grants.case.events.round import (
    RoundClosed,
    RoundLine,
    RoundLinesApproved,
    RoundLinesProposed,
    RoundOpened,
)
from services.grants.round.rules import LineInRound, LineState, Round, evolve

# "." follows "-" in the order of the database's bytes, so this is every name that begins with "round-", by index.
_ALL = """
    SELECT position, stream, version, topic, data, metadata, recorded_at FROM {}
    WHERE stream > 'round-' AND stream < 'round.' AND topic = ANY (%s) ORDER BY stream, version
"""
_LISTED = [RoundOpened.TOPIC, RoundLinesApproved.TOPIC, RoundClosed.TOPIC]


@dataclass(frozen=True, kw_only=True)
class RoundRow:
    """One round of the list. `position` is that of its opening, and the order of the list."""

    round_id: UUID
    position: int
    year: int
    scheme_id: str
    call_id: str | None
    name: str
    opened_on: date
    opened_by: str
    state: str
    approved_ore: int


@dataclass(frozen=True, kw_only=True)
class LineRow:
    """One line of a round and where it stands. `place` counts the round's lines from 1, in the order they came."""

    place: int
    case_id: UUID
    fund_id: str
    amount_ore: int
    recipient: dict[str, Any]
    period: str | None
    state: LineState
    reason: str | None


def stream_of_round(round_id: UUID) -> str:
    """The stream of one round."""
    return f"round-{round_id}"


def shown(round_id: UUID, events: Sequence[Event]) -> dict[str, Any]:
    """The round as it stands: how many lines are in each state and what they come to, and the files they came from."""
    round_ = fold_once(evolve, events, Round)
    assert round_.opened is not None, f"round {round_id} was never opened"
    waiting, approved = round_.list_in("proposed"), round_.list_in("approved")
    return {
        "round_id": str(round_id),
        **asdict(round_.opened),
        "state": "closed" if round_.closed else "open",
        "closed_on": round_.closed.closed_on if round_.closed else None,
        "closed_by": round_.closed.closed_by if round_.closed else None,
        "lines": len(round_.lines),
        "proposed": len(waiting),
        "proposed_ore": _sum_ore(waiting),
        "approved": len(approved),
        "approved_ore": _sum_ore(approved),
        "returned": len(round_.list_in("returned")),
        "files": [asdict(event.file) for event in events if isinstance(event, RoundLinesProposed) and event.file],
    }


def list_lines(round_: Round, *, state: LineState | None, after: int, limit: int) -> list[LineRow]:
    """The round's lines from the place after `after`, those in one state where one is named."""
    found = (
        (place, standing)
        for place, standing in enumerate(round_.lines.values(), start=1)
        if place > after and state in (None, standing.state)
    )
    return [_row(place, standing) for place, standing in islice(found, limit)]


async def list_rounds(pool: AsyncConnectionPool, *, year: int, before: int | None, limit: int) -> list[RoundRow]:
    """The rounds of a budget year, newest first. `before` is the position of the last one already shown."""
    found = list_standing(await list_round_facts(pool))
    rounds = [row for row in found if row.year == year and (before is None or row.position < before)]
    return sorted(rounds, key=lambda row: row.position, reverse=True)[:limit]


async def list_round_facts(pool: AsyncConnectionPool, relation: str = "grants.event") -> list[Recorded]:
    """What the list of rounds is made of, stream by stream: of the log, or of what another may see of it."""
    query = sql.SQL(_ALL).format(sql.Identifier(*relation.split(".")))
    async with pool.connection() as connection:
        rows = await (await connection.execute(query, (_LISTED,), binary=True)).fetchall()
    return [recorded(row) for row in rows]


def list_standing(facts: Iterable[Recorded]) -> Iterable[RoundRow]:
    """Each round as these facts leave it, which begin with its opening."""
    for stream, of_stream in groupby(facts, key=lambda fact: fact.stream):
        first, *rest = of_stream
        opened, later = first.event, [fact.event for fact in rest]
        assert isinstance(opened, RoundOpened)
        yield RoundRow(
            round_id=UUID(stream.removeprefix("round-")),
            position=first.position,
            **asdict(opened),
            state="closed" if any(isinstance(event, RoundClosed) for event in later) else "open",
            approved_ore=sum(event.total_ore for event in later if isinstance(event, RoundLinesApproved)),
        )


def _row(place: int, standing: LineInRound) -> LineRow:
    line = standing.line
    return LineRow(
        place=place,
        case_id=line.case_id,
        fund_id=line.fund_id,
        amount_ore=line.amount_ore,
        recipient=asdict(line.recipient),
        period=line.period,
        state=standing.state,
        reason=standing.reason,
    )


def _sum_ore(lines: Iterable[RoundLine]) -> int:
    return sum(line.amount_ore for line in lines)
