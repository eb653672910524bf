"""The notices to the ministry over time: when each was sent, received and opens what it lists, and what is stopped.
Read beside the service, off what may be read of the notices' own facts (`notifications.notice_fact`).

All of it as it stood on a day by what was known at an instant. When a notice opens is told by the very rules that tell
its deadlines (`deadline/of_notices.py`). Amounts are whole øre; days are days in Europe/Oslo.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from psycopg_pool import AsyncConnectionPool

from services.calendar.clock import OSLO
from services.eventlog.mapper import recorded
from services.eventlog.recorded import Recorded
from services.notifications.acts.answers import show_notice
from services.notifications.deadline.of_notices import LETTER, of_notice
from services.notifications.facts.notice import NoticeDispatched, NoticeObjectionLifted, NoticeReceived
from services.notifications.facts.notice_state import Notice, fold, id_of

_FACTS = """
    SELECT position, stream, version, topic, data, metadata, recorded_at FROM notifications.notice_fact
    WHERE (%(known)s::timestamptz IS NULL OR recorded_at <= %(known)s)
      AND (%(items)s::text[] IS NULL OR stream IN (
          SELECT l.notice FROM notifications.notice_line l WHERE l.item = ANY (%(items)s)))
    ORDER BY stream, version
"""


@dataclass(frozen=True, kw_only=True)
class NoticeLineRow:
    """One thing a notice tells of. `opens_at` is when it may leave, None while it is not known or is stopped."""

    item: str
    case_id: UUID | None
    case_number: str | None
    title: str
    recipient_number: str | None
    amount_ore: int | None
    opens_at: datetime | None
    stopped: bool


@dataclass(frozen=True, kw_only=True)
class NoticeRow:
    """A notice as it stood. `number` is its place among all that is recorded beside it, for those who name it in an
    address; `opens_at` is the first instant at which anything it lists may leave."""

    notice_id: UUID
    number: int
    state: str
    about: str
    scheme_ids: tuple[str, ...]
    scheme_names: tuple[str, ...]
    planned_on: date | None
    sent_at: datetime | None
    received_at: datetime | None
    opens_at: datetime | None
    last_opens_at: datetime | None
    stale_at: datetime | None
    objections: tuple[Mapping[str, Any], ...]
    lines: tuple[NoticeLineRow, ...]

    @property
    def amount_ore(self) -> int:
        return sum(line.amount_ore or 0 for line in self.lines)


@dataclass(frozen=True, slots=True)
class NoticeOverview:
    """The queries. Reading only. `only_told`: the notices the ministry has received and that are not withdrawn."""

    pool: AsyncConnectionPool
    only_told: bool = False

    def told(self) -> "NoticeOverview":
        """The same for the ministry, which is told of nothing by a notice it has not received."""
        return replace(self, only_told=True)

    async def list_all(
        self, *, valid_at: date, known_at: datetime | None, items: Sequence[str] | None = None
    ) -> list[NoticeRow]:
        """Every notice, or those that list any of the items, the first to open first; those that open nothing yet
        last."""
        asked = {"known": known_at, "items": None if items is None else list(items)}
        async with self.pool.connection() as connection:
            rows = await (await connection.execute(_FACTS, asked, binary=True)).fetchall()
        until = datetime.combine(valid_at + timedelta(days=1), time(), OSLO)
        found = list[NoticeRow]()
        for stream, of in groupby(map(recorded, rows), key=lambda fact: fact.stream):
            facts = list(of)
            shown = show(id_of(stream), facts[0].position, fold(fact for fact in facts if _happened_at(fact) < until))
            if shown is not None and (not self.only_told or _is_told(shown)):
                found.append(shown)
        return sorted(found, key=lambda row: (row.opens_at is None, row.opens_at or row.sent_at or until, row.about))


def show(notice_id: UUID, number: int, notice: Notice) -> NoticeRow | None:
    """The notice as others read it; None before it is prepared."""
    if notice.prepared is None:
        return None
    told = show_notice(notice_id, notice)
    deadlines = of_notice(notice_id, notice)
    opens = {item: each.due_at for each in deadlines if each.kind == "notice-opens" for item in each.items}
    stopped = {item for each in notice.objections if each.lifted_at is None for item in each.items}
    instants = [at for at in opens.values() if at is not None]
    lines = notice.prepared.lines
    return NoticeRow(
        notice_id=notice_id,
        number=number,
        state=told["state"],
        about=notice.prepared.about.kind,
        scheme_ids=tuple(sorted({line.scheme_id for line in lines if line.scheme_id})),
        scheme_names=tuple(sorted({line.scheme_name for line in lines if line.scheme_name})),
        planned_on=told["planned_on"],
        sent_at=notice.dispatched_at,
        received_at=notice.received.received_at if notice.received else None,
        opens_at=min(instants, default=None),
        last_opens_at=max(instants, default=None),
        stale_at=told["stale_at"],
        objections=tuple(
            {"objection": each.number, "items": sorted(each.items), "lifted_at": each.lifted_at}
            for each in notice.objections
        ),
        lines=tuple(
            NoticeLineRow(
                item=line.item,
                case_id=UUID(line.item[len(LETTER) :]) if line.item.startswith(LETTER) else None,
                case_number=line.case_number,
                title=line.title,
                recipient_number=line.recipient_number,
                amount_ore=line.amount_ore,
                opens_at=opens.get(line.item),
                stopped=line.item in stopped,
            )
            for line in lines
        ),
    )


def without(rows: Iterable[NoticeRow], case_ids: Iterable[UUID]) -> list[NoticeRow]:
    """The notices without what they tell of these cases; one that tells of nothing else is left out."""
    hidden = frozenset(case_ids)
    kept = (replace(row, lines=tuple(line for line in row.lines if line.case_id not in hidden)) for row in rows)
    return [row for row in kept if row.lines]


def _happened_at(fact: Recorded) -> datetime:
    """When it happened: a receipt when the notice was received, however late that is recorded."""
    match fact.event:
        case NoticeReceived(received_at=received_at):
            return received_at
        case NoticeDispatched(said_at=said_at) | NoticeObjectionLifted(said_at=said_at):
            return max(said_at, fact.recorded_at)
    return fact.recorded_at


def _is_told(row: NoticeRow) -> bool:
    return row.received_at is not None and row.state in ("received", "objected")
