"""What awards have come to, kept so that it takes no longer to sum very many: by scheme, call and round in the books of
a budget year, and by recipient over all years. Whole øre, days in Europe/Oslo.

Each move of an award is kept by the day it counts from and its position in the log, and added to sums over whole months
and days, and over blocks of positions. As of any day by what was known at any instant is then the sum of whole months
and the days of one, each over large blocks and the small ones of one, and of the single moves since. Sums of many cases
come out the same in whatever order the cases are followed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from pydantic_core import to_json
from sqlalchemy import BigInteger, Column, Connection, Date, Integer, MetaData, Table, Text, Uuid, text

from services.eventlog.events import Event
from services.eventlog.projections.whole import load_whole
from services.eventlog.recorded import Recorded
from services.grants.case.command_handler import case_of
from services.grants.case.events.application import ApplicationReceived
from services.grants.case.events.award import AwardApproved, AwardImported, AwardMade, AwardProposed
from services.grants.case.events.award_change import SupplementaryAwardApproved
from services.grants.case.events.disbursement import InstalmentPaid, InstalmentPaidLater
from services.grants.case.events.withholding import RepaymentReceived, WithholdingDecided, WithholdingReleased
from services.grants.case.events.year_end import CommitmentCarriedOver
from services.grants.case.reductions import REDUCING
from services.grants.overview.sums.moves import award_moves
from services.grants.overview.sums.view import BOOKED, LARGE, SMALL

Row = Mapping[str, Any]
VIEWS = MetaData(schema="grants_view")

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
