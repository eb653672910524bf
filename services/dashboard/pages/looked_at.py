"""What the overview looks at to say what needs attention: the very queries of the pages for deadlines, notices and
complaints, for the same reader, day and instant of knowing.

Of deadlines the register keeps what stands now, whatever day is asked for: one that stands as due and lies before the
day is late on it, and one of a letter that did not count yet, or was not known, is not told of.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol, Self

from services.dashboard.pages.asked import Asked
from services.dashboard.pages.attention import PAY_OUT
from services.dashboard.pages.seen_notices import list_seen
from services.dashboard.pages.source import seen_by
from services.dashboard.sign_in.reader import Reader
from services.grants.balance.view import AsOf
from services.grants.overview.awards.view import Awards
from services.grants.overview.disputes.view import Disputed
from services.notifications.overview.view import NoticeOverview, NoticeRow

WEEK, PAY_OUT_DAYS, MOST = 7, 31, 200
OPENS = "notice-opens"
"""Told of by the notices themselves, which say how they stood on the day."""


class Register(Protocol):
    """The register of deadlines, as the notifications service answers of it."""

    async def list_some(self, *, limit: int = ..., **wanted: Any) -> Sequence[Any]:
        """Deadlines by day."""
        ...


class Disputes(Protocol):
    """What is held back, claimed back and complained of."""

    def told(self) -> Self:
        """The same for a reader who sees an award from when the ministry is told of it."""
        ...

    async def of_year(self, year: int, as_of: AsOf) -> Disputed:
        """All of it, in the awards of the year."""
        ...


@dataclass(frozen=True, kw_only=True)
class Looks:
    """The queries of the other pages."""

    register: Register
    notices: NoticeOverview
    awards: Awards
    disputes: Disputes

    async def deadlines(self, question: Asked, *, counting: Collection[int]) -> Sequence[Any]:
        """Those that stand as due: what is late in the year, the week ahead, and a month for money that must be paid
        out. Without those of letters that do not count (`counting` do); whoever may see them (`seen_deadlines.py`)."""
        day, ahead = question.reached, question.reached + timedelta(days=WEEK)
        beyond, far = ahead + timedelta(days=1), day + timedelta(days=PAY_OUT_DAYS)
        begins = date(question.year, 1, 1)
        spans: tuple[dict[str, Any], ...] = (
            {"since": begins, "until": day - timedelta(days=1)},
            {"since": day, "until": ahead},
            {"since": beyond, "until": far, "kind": PAY_OUT},
        )
        found = [row for span in spans for row in await self.register.list_some(state="due", limit=MOST, **span)]
        return [
            row
            for row in found
            if row.kind != OPENS
            and (row.letter_number is None or row.year != question.year or row.letter_number in counting)
            and (question.known_at is None or row.known_at <= question.known_at)
        ]

    async def seen_notices(self, reader: Reader, question: Asked, years: Sequence[int]) -> Sequence[NoticeRow]:
        """As the page of notices shows them to this reader."""
        return await list_seen(reader, self.notices, self.awards, question, years)

    async def complaints(self, reader: Reader, question: Asked) -> Sequence[Any]:
        """As the page of withholdings and complaints shows them to this reader."""
        as_of = AsOf(valid_at=question.valid_at, known_at=question.known_at)
        return (await seen_by(reader, self.disputes).of_year(question.year, as_of)).complaints
