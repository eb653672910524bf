"""The notices to the ministry that list a case. Follows the log in batches; every row can be made again from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool
from pydantic_core import to_json
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Connection,
    Date,
    DateTime,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    any_,
    cast,
    text,
)

from services.eventlog.events import Event
from services.eventlog.projections.whole import load_whole
from services.eventlog.recorded import Recorded
from services.grants.notice.events import (
    NoticeLiftingHeard,
    NoticeListingHeard,
    NoticeObjectionHeard,
    NoticeReceiptHeard,
    NoticeRevocationHeard,
    NoticeSendingHeard,
    NoticeWithdrawalHeard,
)
from services.grants.notice.rules import State, fold

STREAM = "notice-"
case_notice = Table(
    "case_notice",
    MetaData(schema="grants_view"),
    Column("edition", Integer, primary_key=True),
    Column("notice_id", Uuid, primary_key=True),
    Column("case_id", Uuid, primary_key=True),
    Column("position", BigInteger),
    Column("state", Text),
    Column("planned_on", Date),
    Column("sent_at", DateTime(timezone=True)),
    Column("received_at", DateTime(timezone=True)),
)
FIELDS = tuple(column.name for column in case_notice.columns if column.name != "edition")
WRITE = text(
    f"""
    INSERT INTO grants_view.case_notice (edition, {", ".join(FIELDS)})
    SELECT :edition, {", ".join(FIELDS)}
    FROM jsonb_populate_recordset(NULL::grants_view.case_notice, CAST(:rows AS jsonb))
    """
)
LIVE = "(SELECT edition FROM grants_view.edition WHERE projection = 'case-notices' AND state = 'live')"
LIST = f"""
    SELECT {", ".join(FIELDS)} FROM grants_view.case_notice
    WHERE edition = {LIVE} AND case_id = %s ORDER BY position
"""


@dataclass(frozen=True, kw_only=True)
class CaseNotice:
    """One notice that lists the case, and where it stands for it. `position` is that of its listing in the log."""

    notice_id: UUID
    case_id: UUID
    position: int
    state: State
    planned_on: date | None
    sent_at: datetime | None
    received_at: datetime | None


class CaseNotices:
    """The projection behind a case's notices."""

    name = "case-notices"
    version = 1
    tables: tuple[Table, ...] = (case_notice,)
    events: tuple[type[Event], ...] = (
        NoticeListingHeard,
        NoticeSendingHeard,
        NoticeReceiptHeard,
        NoticeRevocationHeard,
        NoticeObjectionHeard,
        NoticeLiftingHeard,
        NoticeWithdrawalHeard,
    )

    def project(self, connection: Connection, edition: int, facts: Sequence[Recorded]) -> None:
        """Write the touched notices' rows anew, each from its whole stream as it stood at the end of the batch."""
        streams = sorted({fact.stream for fact in facts})
        whole = load_whole(connection, "grants", streams, until=facts[-1].position)
        notice_ids = [_id(stream) for stream in streams]
        gone = case_notice.delete().where(
            case_notice.c.edition == edition, case_notice.c.notice_id == any_(cast(notice_ids, ARRAY(Uuid)))
        )
        connection.execute(gone)
        rows = [row for stream in streams for row in _rows(stream, whole[stream])]
        connection.execute(WRITE, {"edition": edition, "rows": to_json(rows).decode()})


def _rows(stream: str, facts: Sequence[Recorded]) -> list[dict[str, Any]]:
    notice = fold(fact.event for fact in facts)
    known = {"planned_on": notice.planned_on, "sent_at": notice.sent_at, "received_at": notice.received_at}
    return [
        {
            "notice_id": _id(stream),
            "case_id": case_id,
            "position": facts[0].position,
            "state": notice.state_of(case_id),
            **known,
        }
        for case_id in notice.case_ids
    ]


def _id(stream: str) -> UUID:
    return UUID(stream.removeprefix(STREAM))


async def list_notices(pool: AsyncConnectionPool, case_id: UUID) -> list[CaseNotice]:
    """The notices that list the case, oldest first."""
    async with pool.connection() as connection, connection.cursor(row_factory=class_row(CaseNotice)) as cursor:
        return await (await cursor.execute(LIST, (case_id,))).fetchall()
