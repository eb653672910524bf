"""The page of receivers outside: who takes what they are sent, who fails and since when, and what waits for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Protocol

from starlette.responses import Response

from services.dashboard.pages import page
from services.dashboard.pages.answering import html
from services.dashboard.sign_in.access import RECEIVERS
from services.dashboard.sign_in.reader import Reader, reader_of
from services.httpapi.route import Router

COUNTED = 1000
_STATES = {
    "active": ("i drift", "success"),
    "failing": ("svikter", "danger"),
    "disabled": ("slått av", "danger"),
    "paused": ("satt på pause", "warning"),
    "pending": ("venter på svar fra mottakeren", "neutral"),
}


class Endpoints(Protocol):
    """Who is told, as the notifications service lists them."""

    async def list_standing(self) -> Sequence[Mapping[str, Any]]:
        """Each endpoint, those that fail first."""
        ...


@dataclass(frozen=True, kw_only=True)
class ReceiverLine:
    """One receiver in words. `waiting` says that there are more than are counted."""

    url: str
    state: str
    colour: str
    failing_since: datetime | None
    last: int
    committed: int
    waiting: str
    next_at: datetime | None


def receiver_lines(rows: Sequence[Mapping[str, Any]]) -> list[ReceiverLine]:
    """As a reader would say them. A state that is not listed here is shown as it is, never left out."""
    return [_line(row) for row in rows]


def _line(row: Mapping[str, Any]) -> ReceiverLine:
    state, colour = _STATES.get(row["state"], (str(row["state"]), "neutral"))
    waiting = row["waiting"]
    return ReceiverLine(
        url=row["url"],
        state=state,
        colour=colour,
        failing_since=row["failing_since"],
        last=row["last"],
        committed=row["committed"],
        waiting=str(waiting) if waiting < COUNTED else f"{COUNTED} eller flere",
        next_at=row["next_at"],
    )


def receivers_router(endpoints: Endpoints) -> Router:
    """`/mottakere`, for those the table of pages lets in."""
    router = Router(include_in_schema=False)

    @router.get(RECEIVERS.address)
    async def see_receivers(reader: Annotated[Reader, reader_of(RECEIVERS)]) -> Response:
        return html(page.receivers_page(receiver_lines(await endpoints.list_standing()), reader=reader))

    return router
