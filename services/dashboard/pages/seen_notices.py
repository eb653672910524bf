"""The notices to the ministry as one reader sees them, for every page that tells of them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.calendar.days import day_of
from services.dashboard.pages.asked import Asked
from services.dashboard.sign_in.access import Sight
from services.dashboard.sign_in.reader import Reader
from services.grants.overview.awards.view import Awards
from services.notifications.overview.view import NoticeOverview, NoticeRow, without


async def list_seen(
    reader: Reader, notices: NoticeOverview, awards: Awards, question: Asked, years: Sequence[int]
) -> list[NoticeRow]:
    """The notices of the year as this reader sees them: the ministry those it has received, without awards it is not
    told of."""
    mine = notices.told() if reader.sight is Sight.told else notices
    found = await mine.list_all(valid_at=question.valid_at, known_at=question.known_at)
    if reader.sight is Sight.told:
        hidden = await awards.told().sight.hidden(years)
        found = without(found, [UUID(stream[len("case-") :]) for stream, each in hidden.items() if each["whole"]])
    return of_year(found, question.year, await awards.sight.years_of(cases_of(found)))


def cases_of(rows: Sequence[NoticeRow]) -> list[UUID]:
    """The cases that notices tell of."""
    return [line.case_id for row in rows for line in row.lines if line.case_id is not None]


def of_year(rows: Sequence[NoticeRow], year: int, years: Mapping[UUID, int]) -> list[NoticeRow]:
    """The notices that tell of a case of the budget year (`years`, by case); one that tells of no case that has a year
    is of the year it is of itself: when it was received, sent, or is planned to be."""
    return [row for row in rows if year in _years_of(row, years)]


def _years_of(row: NoticeRow, years: Mapping[UUID, int]) -> set[int]:
    of_cases = {years[each] for each in cases_of([row]) if each in years}
    at = row.received_at or row.sent_at
    own = day_of(at) if at is not None else row.planned_on
    return of_cases or ({own.year} if own is not None else set())
