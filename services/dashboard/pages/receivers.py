"""The page of receivers outside: who takes what they are sent, who fails and since when, and what waits for them."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Protocol
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from services.dashboard.pages.answering import Shown, answer, page_router, side_of
from services.dashboard.pages.tables import Column, Link, Row, Table, Tag, paged
from services.dashboard.sign_in.access import RECEIVERS
from services.dashboard.sign_in.reader import Reader, reader_of
from services.dashboard.words.spoken import N_, gettext
from services.httpapi.route import Router

COUNTED, ON_A_SIDE = 1000, 20
_STATES = {
    "active": Tag(N_("i drift"), "success"),
    "failing": Tag(N_("svikter"), "danger"),
    "disabled": Tag(N_("slått av"), "danger"),
    "paused": Tag(N_("satt på pause"), "warning"),
    "pending": Tag(N_("venter på svar fra mottakeren")),
}
COLUMNS = (
    Column("url", N_("Adresse")),
    Column("state", N_("Tilstand")),
    Column("failing_since", N_("Svikter siden"), "instant", missing=N_("svikter ikke")),
    Column("last", N_("Siste melding nr."), "count"),
    Column("committed", N_("Lest til nr."), "count"),
    Column("waiting", N_("Venter"), "count"),
    Column("next_at", N_("Neste forsøk"), "instant", missing=N_("ingen er satt opp")),
)
NOTE = N_(
    "Venter er meldinger som ikke er levert ennå; det telles til tusen. Lest til er det en mottaker som henter selv, "
    "sier at den har lest. Hva som ble prøvd og hva mottakeren svarte, står på siden til hver mottaker."
)


class Endpoints(Protocol):
    """Who is told, as the notifications service lists them."""

    async def list_standing(self, *, only: UUID | None = None) -> Sequence[Mapping[str, Any]]:
        """Each endpoint, those that fail first; or one of them."""
        ...


def receivers_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """As a reader would say them. A state that is not listed here is shown as it is, never left out."""
    return Table(
        "mottakere",
        N_("Mottakere, de som svikter først"),
        COLUMNS,
        [_row(row) for row in rows],
        note=NOTE,
        empty=N_("Ingen mottakere er registrert."),
    )


def _row(row: Mapping[str, Any]) -> Row:
    more = row["waiting"] >= COUNTED
    return {
        **{column.key: row[column.key] for column in COLUMNS},
        "url": Link(row["url"], f"/mottakere/{row['id']}"),
        "state": state_in_words(row["state"]),
        "waiting": gettext(N_("%(count)s eller flere"), count=COUNTED) if more else row["waiting"],
    }


def state_in_words(state: str) -> Tag:
    """One that is not listed here is shown as it is, never left out."""
    return _STATES.get(state, Tag(str(state)))


def receivers_router(endpoints: Endpoints) -> Router:
    """`/mottakere`, for those the table of pages lets in."""
    router = page_router(sides=True)

    @router.get(RECEIVERS.address)
    async def see_receivers(request: Request, reader: Annotated[Reader, reader_of(RECEIVERS)]) -> Response:
        table = receivers_table(await endpoints.list_standing())
        return answer(Shown("receivers.html", (paged(table, side_of(request), size=ON_A_SIDE),)), request, reader)

    return router
