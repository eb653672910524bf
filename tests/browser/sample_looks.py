"""What the overview of the sample year looks at beside posts and letters: notices that are stopped, open or opened, and
complaints that wait."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Self
from uuid import UUID

from services.dashboard.pages.looked_at import Looks
from services.grants.overview.awards.view import Awards
from services.grants.overview.disputes.view import Disputed
from services.grants.overview.facts.view import Sight
from services.notifications.overview.view import NoticeLineRow, NoticeOverview, NoticeRow
from tests.browser.sample_duties import Register

RECEIVED = datetime(2020, 12, 16, 8, tzinfo=UTC)


def noticed(number: int, opens_at: datetime | None, **more: Any) -> NoticeRow:
    """A notice of one award, received."""
    line = NoticeLineRow(
        item=f"letter-{UUID(int=number)}", case_id=UUID(int=number), case_number=f"2020/{number}", title="Brev",
        recipient_number="974760673", amount_ore=1_000_000_00, opens_at=opens_at, stopped=opens_at is None,
    )  # fmt: skip
    usual = NoticeRow(
        notice_id=UUID(int=1000 + number), number=1000 + number, state="received", about="letters",
        scheme_ids=("jobbsjansen-2020",), scheme_names=(f"Jobbsjansen, del {number}",),
        planned_on=None, sent_at=RECEIVED, received_at=RECEIVED,
        opens_at=opens_at, last_opens_at=opens_at, stale_at=None, objections=(), lines=(line,),
    )  # fmt: skip
    return replace(usual, **more)


NOTICES = (
    noticed(1, datetime(2020, 12, 30, 23, tzinfo=UTC)),
    noticed(2, None, state="objected", objections=({"lifted_at": None},)),
    noticed(3, datetime(2020, 6, 3, 22, tzinfo=UTC)),
)
COMPLAINT: dict[str, Any] = {
    "case_number": "2020/17", "number": 1, "state": "forwarded", "is_open": True, "forwarded_on": date(2020, 6, 1),
    "about_ore": 500_000_00,
}  # fmt: skip
COMPLAINTS = (COMPLAINT, COMPLAINT | {"state": "decided", "is_open": False}, COMPLAINT | {"state": "received"})


class Noticed(NoticeOverview):
    """The notices, whatever is asked for; of the ministry's alone where it asks."""

    def __init__(self, rows: Sequence[NoticeRow] = NOTICES) -> None:
        object.__setattr__(self, "rows", rows)

    def told(self) -> Self:
        return self

    async def list_all(
        self, *, valid_at: date, known_at: datetime | None, items: Sequence[str] | None = None
    ) -> list[NoticeRow]:
        del valid_at, known_at, items
        return list(getattr(self, "rows", ()))


@dataclass(frozen=True)
class Complained:
    """The complaints, to whoever asks."""

    rows: Sequence[Any] = COMPLAINTS

    def told(self) -> Self:
        return self

    async def of_year(self, year: int, as_of: Any) -> Disputed:
        del year, as_of
        return Disputed(withholdings=(), reclaims=(), complaints=self.rows)


class AllSeen(Sight):
    """Nothing is hidden, and every case is of 2020."""

    def __init__(self) -> None:
        pass

    async def years_of(self, case_ids: Iterable[UUID]) -> Mapping[UUID, int]:
        return dict.fromkeys(case_ids, 2020)


class NobodyHidden(Awards):
    """A year in which the ministry is told of every award."""

    def __init__(self) -> None:
        object.__setattr__(self, "sight", AllSeen())


def sampled_looks(
    register: Any = None, *, notices: Sequence[NoticeRow] = NOTICES, complaints: Sequence[Any] = COMPLAINTS
) -> Looks:
    """What there is to look at, of these."""
    return Looks(
        register=register or Register(), notices=Noticed(notices), awards=NobodyHidden(),
        disputes=Complained(complaints),
    )  # fmt: skip
