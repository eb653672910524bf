"""One receiver outside: what it was told and how that went, each try of it, and sending something once more.

What is shown is read; what is sent again is asked of the notifications service, by an administrator, with their own
token. The role this page reads with could not do it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Protocol
from uuid import UUID, uuid4

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.dashboard.pages.answering import NotThere, Shown, answer, page_router, side_of
from services.dashboard.pages.asked import NotUnderstood, is_number
from services.dashboard.pages.asking import Api, Declined
from services.dashboard.pages.delivery_tables import ATTEMPTS, DELIVERIES, STATES, attempt_row, delivery_row
from services.dashboard.pages.receivers import Endpoints, state_in_words
from services.dashboard.pages.tables import Side, Table
from services.dashboard.sign_in.access import FORMS, RECEIVER
from services.dashboard.sign_in.form import FORM, read_form
from services.dashboard.sign_in.reader import Reader, prove, reader_of
from services.dashboard.words.spoken import N_, gettext
from services.httpapi.callers.caller import Role
from services.httpapi.route import Router
from services.httpapi.strict.document import takes

ON_A_SIDE = 15
MOST_SIDES = 200
AGAIN = "/mottakere/{receiver}/send-igjen"
NO_RECEIVER = N_("Det er ikke registrert noen slik mottaker. Velg en fra listen.")
SEE_OTHER = 303


class Deliveries(Protocol):
    """What an endpoint is told, as the notifications service lists it."""

    async def list_deliveries(
        self, endpoint: UUID, *, state: str | None, before: tuple[datetime, UUID] | None, limit: int
    ) -> Sequence[Mapping[str, Any]]:
        """Deliveries, the newest first."""
        ...

    async def list_attempts(self, endpoint: UUID, delivery: UUID) -> Sequence[Mapping[str, Any]]:
        """Every try of one, in the order they were begun."""
        ...


def receiver_router(endpoints: Endpoints, deliveries: Deliveries, notifications: Api) -> Router:
    """`/mottakere/…`, and what is sent from there."""
    router = page_router(sides=True)

    @router.get(RECEIVER.address)
    async def see_receiver(
        request: Request,
        reader: Annotated[Reader, reader_of(RECEIVER)],
        receiver: str,
        tilstand: str = "",
        forsok: str = "",
        sendt: str = "",
    ) -> Response:
        found = await _find(endpoints, receiver)
        if tilstand not in ("", *STATES):
            raise NotUnderstood("tilstand", gettext(N_("Velg en av tilstandene i listen.")))
        tried = find_id(forsok)
        if (forsok and tried is None) or (sendt and not is_number(sendt, 5)):
            raise NotThere(gettext(NO_RECEIVER))
        tables = [await deliveries_table(deliveries, found["id"], tilstand, side_of(request))]
        if tried:
            attempts = [attempt_row(row) for row in await deliveries.list_attempts(found["id"], tried)]
            tables.append(Table("forsok", N_("Forsøk, det første først"), ATTEMPTS, attempts))
        facts = {
            "receiver": found,
            "state": state_in_words(found["state"]),
            "states": STATES,
            "chosen": tilstand,
            "tried": bool(tried),
            "may_send": Role.administrator in reader.roles,
            "form_number": str(uuid4()),
            "sent": int(sendt) if sendt else None,
        }
        return answer(Shown("receiver.html", tables, facts), request, reader)

    @router.post(AGAIN, openapi_extra=takes(FORM))
    async def send_again(
        request: Request, reader: Annotated[Reader, reader_of(FORMS[AGAIN])], receiver: str
    ) -> Response:
        form = await read_form(request)
        prove(reader, form)
        endpoint, number, key = find_id(receiver), form.get("nummer", "").strip(), find_id(form.get("skjema", ""))
        if endpoint is None:
            raise NotThere(gettext(NO_RECEIVER))
        if not is_number(number, 9) or int(number) == 0 or key is None:
            raise NotUnderstood("nummer", gettext(N_("Skriv nummeret på meldingen, for eksempel 12.")))
        told = await notifications.ask(
            request,
            "POST",
            f"/v1/webhook-endpoints/{endpoint}/resend",
            document={"sequences": [int(number)], "deliveries": []},
            key=f"dashboard-{key}",
        )
        if told.refused:
            raise Declined(told)
        there = f"/mottakere/{endpoint}?sendt={told.document['deliveries']}"
        return RedirectResponse(there, status_code=SEE_OTHER, headers={"Cache-Control": "no-store"})

    return router


async def _find(endpoints: Endpoints, receiver: str) -> Mapping[str, Any]:
    id = find_id(receiver)
    found = await endpoints.list_standing(only=id) if id else ()
    if not found:
        raise NotThere(gettext(NO_RECEIVER))
    return found[0]


def find_id(text: str) -> UUID | None:
    """An id as our own links and forms write it; None for anything else."""
    if len(text) != 36 or not text.isascii():
        return None
    try:
        id = UUID(text)
    except ValueError:
        return None
    return id if str(id) == text else None


async def deliveries_table(deliveries: Deliveries, endpoint: UUID, state: str, side: int) -> Table:
    """One side of what it was told, the newest first; the file has all of it that the sides reach."""
    side = min(side, MOST_SIDES)
    limit = side * ON_A_SIDE + 1
    rows = await deliveries.list_deliveries(endpoint, state=state or None, before=None, limit=limit)
    last = max(1, -(-len(rows) // ON_A_SIDE))
    side = min(side, last)
    shown = rows[(side - 1) * ON_A_SIDE : side * ON_A_SIDE]
    answers = [await deliveries.list_attempts(endpoint, row["id"]) for row in shown]

    async def whole() -> Any:
        before, page = None, rows
        while page:
            for row in page:
                yield delivery_row(row, endpoint, state)
            before = (page[-1]["made_at"], page[-1]["id"])
            page = await deliveries.list_deliveries(endpoint, state=state or None, before=before, limit=500)

    return Table(
        "leveringer",
        N_("Leveringer, den nyeste først"),
        DELIVERIES,
        [delivery_row(row, endpoint, state, tries) for row, tries in zip(shown, answers, strict=True)],
        empty=N_("Ingen leveringer."),
        side=Side(side, last) if last > 1 else None,
        whole=whole,
    )
