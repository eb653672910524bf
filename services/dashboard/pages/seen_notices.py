"""The notices to the ministry as one reader sees them, for every page that tells of them."""

from collections.abc import Sequence
from uuid import UUID

from services.dashboard.pages.asked import Asked
from services.dashboard.sign_in.access import Sight
from services.dashboard.sign_in.reader import Reader
from services.grants.overview.awards.view import Awards
from services.notifications.overview.view import NoticeOverview, NoticeRow, without


async def list_seen(
    reader: Reader, notices: NoticeOverview, awards: Awards, question: Asked, years: Sequence[int]
) -> list[NoticeRow]:
    """The notices as this reader sees them: the ministry those it has received, without awards it is not told of."""
    if reader.sight is not Sight.told:
        return await notices.list_all(valid_at=question.valid_at, known_at=question.known_at)
    found = await notices.told().list_all(valid_at=question.valid_at, known_at=question.known_at)
    hidden = await awards.told().sight.hidden(years)
    return without(found, [UUID(stream[len("case-") :]) for stream, each in hidden.items() if each["whole"]])
