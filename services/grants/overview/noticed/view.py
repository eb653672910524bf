"""How the ministry's notice of a case stood on a day, by what was known at an instant: folded from the notices' own
facts by the rules of the list of notices (`notice/rules.py`). Days in Europe/Oslo.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from uuid import UUID

from psycopg_pool import AsyncConnectionPool

from services.calendar.days import day_of
from services.eventlog.mapper import recorded
from services.eventlog.recorded import Recorded
from services.grants.balance.view import AsOf, position_at
from services.grants.case_view.listing import LIVE
from services.grants.notice.events import NoticeReceiptHeard, NoticeSendingHeard
from services.grants.notice.rules import Notice, State, fold
from services.grants.notice.view import LIVE as NOTICES_LIVE

_OF_CASES = f"""
    SELECT 'notice-' || n.notice_id FROM grants_view.case_notice n
    WHERE n.edition = {NOTICES_LIVE} AND n.case_id = ANY (%(cases)s::uuid[])
"""
_OF_YEAR = f"""
    SELECT 'notice-' || n.notice_id FROM grants_view.case_row c
    JOIN grants_view.case_notice n ON n.edition = {NOTICES_LIVE} AND n.case_id = c.case_id
    WHERE c.edition = {LIVE} AND c.year = %(year)s
"""
_FACTS = """
    SELECT position, stream, version, topic, data, metadata, recorded_at FROM grants.notice_heard
    WHERE stream = ANY (ARRAY(SELECT DISTINCT of.stream FROM ({of}) AS of (stream)))
      AND position <= coalesce(%(known)s, 9223372036854775807)
    ORDER BY stream, version
"""


async def notices_of(
    pool: AsyncConnectionPool, case_ids: Iterable[UUID], as_of: AsOf, *, only_told: bool
) -> Mapping[UUID, State]:
    """Where the last notice of each of these cases stood, of those that have one. `only_told`: of notices that the
    ministry has received."""
    return await _states(pool, _OF_CASES, {"cases": list(case_ids)}, as_of, only_told=only_told)


async def notices_of_year(
    pool: AsyncConnectionPool, year: int, as_of: AsOf, *, only_told: bool
) -> Mapping[UUID, State]:
    """The same of every case of a budget year."""
    return await _states(pool, _OF_YEAR, {"year": year}, as_of, only_told=only_told)


async def _states(
    pool: AsyncConnectionPool, of: str, asked: Mapping[str, object], as_of: AsOf, *, only_told: bool
) -> Mapping[UUID, State]:
    async with pool.connection() as connection:
        known = await position_at(connection, as_of.known_at)
        cursor = await connection.execute(_FACTS.format(of=of).encode(), {**asked, "known": known}, binary=True)
        rows = await cursor.fetchall()
    notices = list[tuple[int, Notice]]()
    for _, of_one in groupby(map(recorded, rows), key=lambda fact: fact.stream):
        facts = _until(list(of_one), as_of.valid_at)
        if facts:
            notices.append((facts[0].position, fold(fact.event for fact in facts)))
    return {
        case_id: notice.state_of(case_id)
        for _, notice in sorted(notices, key=lambda each: each[0])
        for case_id in notice.case_ids
        if not only_told or (notice.received_at is not None and not notice.withdrawn)
    }


def _until(facts: Sequence[Recorded], day: date) -> list[Recorded]:
    """What had happened by the end of the day, of one notice's facts. Each happened no later than those after it."""
    last = date.max
    days = [last := min(last, _day(fact)) for fact in reversed(facts)]
    return [fact for fact, on in zip(facts, reversed(days), strict=True) if on <= day]


def _day(fact: Recorded) -> date:
    """A receipt counts from when the notice was received, however late that is heard."""
    match fact.event:
        case NoticeReceiptHeard(received_at=at) | NoticeSendingHeard(sent_at=at):
            return day_of(at)
    return day_of(fact.recorded_at)
