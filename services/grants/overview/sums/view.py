"""What awards have come to, kept so that it takes no longer to sum very many: by scheme, call and round in the books of
a budget year, and by recipient over all years. Whole øre, days in Europe/Oslo.

Each move of an award is kept by the day it counts from and its position in the log, and added to sums over whole months
and days, and over blocks of positions. As of any day by what was known at any instant is then the sum of whole months
and the days of one, each over large blocks and the small ones of one, and of the single moves since. Sums of many cases
come out the same in whatever order the cases are followed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from pydantic_core import to_json
from sqlalchemy import BigInteger, Column, Connection, Date, Integer, MetaData, Table, Text, Uuid, text

from services.eventlog.events import Event
from services.eventlog.recorded import Recorded
from services.eventlog.whole import load_whole
from services.grants.balance.view import AsOf
from services.grants.case.command_handler import case_of
from services.grants.case.events.application import ApplicationReceived
from services.grants.case.events.award import AwardApproved, AwardImported, AwardMade, AwardProposed
from services.grants.case.events.award_change import SupplementaryAwardApproved
from services.grants.case.events.disbursement import InstalmentPaid, InstalmentPaidLater
from services.grants.case.events.withholding import RepaymentReceived, WithholdingDecided, WithholdingReleased
from services.grants.case.events.year_end import CommitmentCarriedOver
from services.grants.case.reductions import REDUCING
from services.grants.overview.sums.moves import award_moves

Row = Mapping[str, Any]
VIEWS = MetaData(schema="grants_view")
LARGE, SMALL = 16, 12
"""The blocks of positions: 65,536 and 4,096 of them, as powers of two."""
BOOKED = ("awards", "approved_ore", "booked_committed_ore", "booked_disbursed_ore", "booked_withheld_ore")

award = Table(
    "award",
    VIEWS,
    Column("edition", Integer, primary_key=True),
    Column("case_id", Uuid, primary_key=True),
    Column("opened_position", BigInteger),
    Column("year", Integer),
    Column("scheme_id", Text),
    Column("call_id", Text),
    Column("round_id", Uuid),
    Column("recipient", Text),
    Column("read_as", Text),
    Column("organisation_number", Text),
    Column("made_on", Date),
    Column("made_position", BigInteger),
)
award_recipient = Table(
    "award_recipient",
    VIEWS,
    Column("edition", Integer, primary_key=True),
    Column("read_as", Text, primary_key=True),
    Column("organisation_number", Text, primary_key=True),
    Column("since_position", BigInteger),
)
award_move = Table(
    "award_move",
    VIEWS,
    Column("edition", Integer, primary_key=True),
    Column("case_id", Uuid, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("effective_on", Date, primary_key=True),
    *(Column(name, BigInteger) for name in (*BOOKED, "committed_ore", "disbursed_ore", "withheld_ore")),
)
award_sum = Table(
    "award_sum",
    VIEWS,
    Column("edition", Integer, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("span", Text, primary_key=True),
    Column("size", Integer, primary_key=True),
    Column("starts_on", Date, primary_key=True),
    Column("block", BigInteger, primary_key=True),
    Column("scheme_id", Text, primary_key=True),
    Column("call_id", Text, primary_key=True),
    Column("round_id", Text, primary_key=True),
    *(Column(name, BigInteger) for name in BOOKED),
)
LIVE = "(SELECT edition FROM grants_view.edition WHERE projection = 'award-sums' AND state = 'live')"
_AWARDS = text("""
    INSERT INTO grants_view.award (edition, case_id, opened_position, year, scheme_id, call_id, round_id, recipient,
        read_as, organisation_number, made_on, made_position)
    SELECT :edition, case_id, opened_position, year, scheme_id, call_id, round_id, recipient,
           left(grants.folded(recipient), 400), organisation_number, made_on, made_position
    FROM jsonb_populate_recordset(NULL::grants_view.award, CAST(:rows AS jsonb))
    ON CONFLICT (edition, case_id) DO UPDATE SET recipient = excluded.recipient, read_as = excluded.read_as,
        organisation_number = excluded.organisation_number
""")
_RECIPIENTS = text("""
    INSERT INTO grants_view.award_recipient (edition, read_as, organisation_number, since_position)
    SELECT a.edition, a.read_as, a.organisation_number, min(a.made_position) FROM grants_view.award a
    WHERE a.edition = :edition AND a.case_id = ANY (CAST(:cases AS uuid[])) AND a.organisation_number IS NOT NULL
    GROUP BY 1, 2, 3 ON CONFLICT (edition, read_as, organisation_number)
    DO UPDATE SET since_position = least(award_recipient.since_position, excluded.since_position)
""")
_ALL = ", ".join((*BOOKED, "committed_ore", "disbursed_ore", "withheld_ore"))
_MOVES = text(f"""
    WITH new AS (
        INSERT INTO grants_view.award_move (edition, case_id, position, effective_on, {_ALL})
        SELECT :edition, case_id, position, effective_on, {_ALL}
        FROM jsonb_populate_recordset(NULL::grants_view.award_move, CAST(:rows AS jsonb))
        ON CONFLICT DO NOTHING RETURNING *)
    INSERT INTO grants_view.award_sum (edition, year, span, size, starts_on, block, scheme_id, call_id, round_id,
        {", ".join(BOOKED)})
    SELECT a.edition, a.year, w.span, w.size, date_trunc(w.span, m.effective_on::timestamp)::date, m.position >> w.size,
           a.scheme_id, coalesce(a.call_id, ''), coalesce(a.round_id::text, ''),
           {", ".join(f"sum(m.{name})::bigint" for name in BOOKED)}
    FROM new m JOIN grants_view.award a ON a.edition = m.edition AND a.case_id = m.case_id
    CROSS JOIN (VALUES ('month', CAST(:large AS integer)), ('month', :small), ('day', :large), ('day', :small))
        AS w (span, size)
    WHERE a.scheme_id IS NOT NULL AND ({" OR ".join(f"m.{name} <> 0" for name in BOOKED)})
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
    ON CONFLICT (edition, year, span, size, starts_on, block, scheme_id, call_id, round_id)
    DO UPDATE SET {", ".join(f"{name} = award_sum.{name} + excluded.{name}" for name in BOOKED)}
""")


class AwardSums:
    """The projection behind both. Of the award itself its latest name and number are kept; what it is summed under
    stands from when it was made, for no proposal is taken in after that."""

    name = "award-sums"
    version = 1
    tables: tuple[Table, ...] = (award, award_recipient, award_move, award_sum)
    events: tuple[type[Event], ...] = (
        AwardProposed, AwardApproved, AwardImported, SupplementaryAwardApproved, InstalmentPaid, InstalmentPaidLater,
        WithholdingDecided, WithholdingReleased, RepaymentReceived, *REDUCING, CommitmentCarriedOver,
    )  # fmt: skip

    def project(self, connection: Connection, edition: int, facts: Sequence[Recorded]) -> None:
        """Write each touched case's award, and such of its moves as are not written yet."""
        streams = sorted({fact.stream for fact in facts})
        whole = load_whole(connection, "grants", streams, until=facts[-1].position)
        made = [of for of in whole.values() if any(isinstance(fact.event, AwardMade) for fact in of)]
        if not made:
            return
        awards, moves = [_award(of) for of in made], list[Row]()
        for row, of in zip(awards, made, strict=True):
            moves += [{"case_id": row["case_id"], **asdict(move)} for move in award_moves(of)]
        connection.execute(_AWARDS, {"edition": edition, "rows": to_json(awards).decode()})
        connection.execute(_RECIPIENTS, {"edition": edition, "cases": [row["case_id"] for row in awards]})
        connection.execute(
            _MOVES, {"edition": edition, "rows": to_json(moves).decode(), "large": LARGE, "small": SMALL}
        )


def _award(facts: Sequence[Recorded]) -> Row:
    made = next(fact for fact in facts if isinstance(fact.event, AwardMade))
    assert isinstance(made.event, AwardMade)
    proposals = [fact for fact in facts if isinstance(fact.event, AwardProposed)]
    applied = [fact for fact in facts if isinstance(fact.event, ApplicationReceived)]
    of_it = [fact.event for fact in (*applied, *proposals) if fact.position < made.position]
    last = proposals[-1].event
    assert isinstance(last, AwardProposed)
    return {
        "case_id": case_of(made.stream),
        "opened_position": min(fact.position for fact in (*applied, *proposals)),
        "year": int(made.event.fund_id[:4]),
        "scheme_id": _last_said(of_it, "scheme_id"),
        "call_id": _last_said(of_it, "call_id"),
        "round_id": _last_said(of_it, "round_id"),
        "recipient": last.recipient.name,
        "organisation_number": last.recipient.organisation_number,
        "made_on": made.event.approved_on,
        "made_position": made.position,
    }


def _last_said(events: Sequence[Event], name: str) -> Any:
    said = [getattr(event, name, None) for event in events]
    return next((each for each in reversed(said) if each is not None), None)


@dataclass(frozen=True, kw_only=True)
class Filled:
    """The edition that is read, and the last position of what is known."""

    edition: int
    known: int


_FILLED = f"""
    SELECT {LIVE} AS edition, CASE WHEN %(known_at)s::timestamptz IS NULL THEN {2**62}
                                   ELSE grants.position_at(%(known_at)s) END AS known
"""


async def find_filled(pool: AsyncConnectionPool, known_at: datetime | None) -> Filled | None:
    """What there is to read of these sums by what was known at an instant; None until they are filled a first time."""
    async with pool.connection() as connection:
        cursor = connection.cursor(row_factory=dict_row, binary=True)
        row = await (await cursor.execute(_FILLED, {"known_at": known_at})).fetchone()
    assert row is not None
    return None if row["edition"] is None else Filled(**row)


_SUMMED = ", ".join(f"sum(s.{name})::bigint AS {name.removeprefix('booked_')}" for name in BOOKED)
_OF_SUMS = ", ".join(f"c.{name}" for name in BOOKED)
_OF_MOVES = ", ".join(f"m.{name}" for name in BOOKED)
_LESS = ", ".join(f"-m.{name}" for name in BOOKED)
_OF_YEAR = f"""
    WITH hidden AS MATERIALIZED (SELECT DISTINCT substr(u.stream, 6)::uuid AS case_id, u.since, u.whole
                                 FROM grants.untold(%(year)s) AS u WHERE %(told)s)
    SELECT s.scheme_id, nullif(s.call_id, '') AS call_id, nullif(s.round_id, '') AS round_id, {_SUMMED}
    FROM (
        SELECT c.scheme_id, c.call_id, c.round_id, {_OF_SUMS}
        FROM unnest(%(spans)s::text[], %(sizes)s::integer[], %(from_days)s::date[], %(to_days)s::date[],
                    %(from_blocks)s::bigint[], %(to_blocks)s::bigint[])
             AS w (span, size, from_day, to_day, from_block, to_block)
        JOIN grants_view.award_sum c ON c.edition = %(edition)s AND c.year = %(year)s AND c.span = w.span
             AND c.size = w.size AND c.starts_on >= w.from_day AND c.starts_on < w.to_day
             AND c.block >= w.from_block AND c.block < w.to_block
        UNION ALL
        SELECT a.scheme_id, coalesce(a.call_id, ''), coalesce(a.round_id::text, ''), {_OF_MOVES}
        FROM grants_view.award_move m JOIN grants_view.award a ON a.edition = %(edition)s AND a.case_id = m.case_id
        WHERE m.edition = %(edition)s AND m.position >= %(from_position)s AND m.position <= %(known)s
          AND m.effective_on < %(until)s AND a.year = %(year)s AND a.scheme_id IS NOT NULL
        UNION ALL
        SELECT a.scheme_id, coalesce(a.call_id, ''), coalesce(a.round_id::text, ''), {_LESS}
        FROM hidden h JOIN grants_view.award a ON a.edition = %(edition)s AND a.case_id = h.case_id
        JOIN grants_view.award_move m ON m.edition = %(edition)s AND m.case_id = h.case_id
        WHERE a.year = %(year)s AND a.scheme_id IS NOT NULL AND m.position <= %(known)s AND m.effective_on < %(until)s
          AND (h.whole OR m.booked_committed_ore <> 0 AND m.position >= h.since)
    ) AS s
    GROUP BY s.scheme_id, s.call_id, s.round_id HAVING sum(s.awards) <> 0
"""


async def sums_of_year(
    pool: AsyncConnectionPool, year: int, as_of: AsOf, filled: Filled, *, only_told: bool
) -> list[Row]:
    """What the awards of a budget year have come to in its books, by scheme, call and round: how many (`awards`), what
    was approved, and what stands committed, disbursed and withheld. `only_told`: without what the ministry is not told
    of, as it is told in the very moment."""
    asked = {"year": year, "told": only_told, **vars(filled), **_windows(as_of.valid_at, filled.known)}
    async with pool.connection() as connection:
        cursor = connection.cursor(row_factory=dict_row, binary=True)
        return list(await (await cursor.execute(_OF_YEAR, asked)).fetchall())


def _windows(day: date, known: int) -> dict[str, Any]:
    """Which sums, and which moves by themselves, make up all that counts by the end of that day and is known: whole
    months up to its own and the days of that one, each over whole large blocks and the small ones of the last."""
    until = day + timedelta(days=1) if day < date.max else day
    month, after = until.replace(day=1), known + 1
    large, small = after >> LARGE, after >> SMALL
    days = (("month", date.min, month), ("day", month, until))
    blocks = ((LARGE, 0, large), (SMALL, large << (LARGE - SMALL), small))
    whole = [(span, size, *days_, *blocks_) for span, *days_ in days for size, *blocks_ in blocks]
    names = ("spans", "sizes", "from_days", "to_days", "from_blocks", "to_blocks")
    asked: dict[str, Any] = dict(zip(names, map(list, zip(*whole, strict=True)), strict=True))
    return asked | {"from_position": small << SMALL, "until": until}
