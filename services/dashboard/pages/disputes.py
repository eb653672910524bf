"""What is held back, claimed back and complained of on a day: why, the money reserved, since when, what is awaited."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any

from starlette.requests import Request
from starlette.responses import Response

from services.dashboard.pages import asked as asking
from services.dashboard.pages import left_out
from services.dashboard.pages.answering import Shown, answer, page_router, side_of
from services.dashboard.pages.asked import Asked
from services.dashboard.pages.awards import award_address, recipient_cell
from services.dashboard.pages.cases_in_words import (
    COMPLAINTS,
    DISPUTED,
    OUTCOMES,
    REASONS,
    SUSPENDS,
    WITHHOLDINGS,
    said,
    tag,
)
from services.dashboard.pages.explained_at import of_part
from services.dashboard.pages.source import Source, seen_by
from services.dashboard.pages.tables import Column, Link, Row, Table, paged
from services.dashboard.sign_in.access import DISPUTES, Sight
from services.dashboard.sign_in.reader import Reader, reader_of
from services.dashboard.words.spoken import N_, day_in_words, gettext
from services.grants.balance.view import AsOf
from services.grants.overview.disputes.view import Disputes
from services.httpapi.route import Router

ROWS = 5
CASE, RECIPIENT = Column("case", N_("Sak"), "code"), Column("recipient", N_("Mottaker"))
AWAITED = Column("awaited", N_("Venter på"), missing=N_("ingenting"))
_DECIDED = (
    CASE,
    RECIPIENT,
    Column("reasons", N_("Begrunnelse")),
    Column("state", N_("Tilstand")),
    Column("since", N_("Siden"), "day"),
    Column("amount_ore", N_("Vedtatt eller varslet"), "money"),
)
WITHHELD = (
    *_DECIDED,
    Column("standing_ore", N_("Holdt av nå"), "money"),
    Column("released_ore", N_("Frigitt"), "money"),
    AWAITED,
)
RECLAIMED = (
    *_DECIDED,
    Column("repaid_ore", N_("Betalt tilbake"), "money"),
    Column("standing_ore", N_("Skyldig"), "money"),
    AWAITED,
)
COMPLAINED = (
    CASE,
    RECIPIENT,
    Column("about", N_("Klage på")),
    Column("state", N_("Tilstand")),
    Column("since", N_("Klaget"), "day"),
    Column("about_ore", N_("Penger som venter"), "money", missing=N_("ingen")),
    AWAITED,
    Column("outcome", N_("Utfall"), missing=N_("ikke avgjort")),
    Column("decided_on", N_("Avgjort"), "day", missing=N_("ikke avgjort")),
)
NOTE = N_("Penger som holdes tilbake, er fortsatt bundet på posten. De som står eller venter, kommer først.")


def disputes_router(source: Source, disputes: Disputes, *, today: Callable[[], date]) -> Router:
    """`/tilbakehold-og-klager`, for those the table of pages lets in."""
    router = page_router(sides=True)

    @router.get(DISPUTES.address)
    async def see_disputes(
        request: Request,
        reader: Annotated[Reader, reader_of(DISPUTES)],
        aar: str = "",
        gjelder: str = "",
        kjent: str = "",
    ) -> Response:
        seen = seen_by(reader, source)
        years = await seen.years()
        question = asking.read(aar=aar, gjelder=gjelder, kjent=kjent, years=years, today=today())
        mine = disputes.told() if reader.sight is Sight.told else disputes
        as_of = AsOf(valid_at=question.valid_at, known_at=question.known_at)
        found = await mine.of_year(question.year, as_of, seen.hidden_in)
        side = side_of(request)
        tables = (
            paged(_table("tilbakehold", N_("Tilbakehold"), WITHHELD,
                         [withheld_row(row, question) for row in found.withholdings],
                         empty=N_("Ingenting er holdt tilbake."), note=NOTE), side, size=ROWS),
            paged(_table("tilbakekrav", N_("Tilbakekrav"), RECLAIMED,
                         [reclaimed_row(row, question) for row in found.reclaims],
                         empty=N_("Ingenting er krevd tilbake.")), side, size=ROWS),
            paged(_table("klager", N_("Klager"), COMPLAINED,
                         [complained_row(row, question) for row in found.complaints],
                         empty=N_("Ingen klager er kommet inn.")), side, size=ROWS),
        )  # fmt: skip
        facts = {
            "asked": question,
            "years": asking.selectable(years, question),
            "left_out": await left_out.of_year(seen, question),
            "standing_ore": sum(row["standing_ore"] for row in found.withholdings),
            "open_complaints": sum(row["is_open"] for row in found.complaints),
        }
        return answer(Shown("disputes.html", tables, facts), request, reader)

    return router


def _table(
    name: str, caption: str, columns: tuple[Column, ...], rows: list[Row], *, empty: str, note: str = ""
) -> Table:
    return Table(name, caption, columns, rows, empty=empty, note=note)


def withheld_row(row: Mapping[str, Any], question: Asked) -> Row:
    """One withholding, or a warning of one."""
    awaited = None
    if row["state"] == "warned":
        awaited = _by("reply", row["reply_by"]) or gettext(N_("vedtak"))
    elif row["is_open"]:
        awaited = gettext(N_("at grunnen faller bort"))
    return {
        **_of(row, question),
        **{name: _cell("withholding", name, row, question) for name in ("amount_ore", "standing_ore", "released_ore")},
        "since": row["decided_on"],
        "awaited": awaited,
    }


def reclaimed_row(row: Mapping[str, Any], question: Asked) -> Row:
    """One reclaim, or a warning of one."""
    awaited = None
    if row["state"] == "warned":
        awaited = _by("reply", row["reply_by"]) or gettext(N_("vedtak"))
    elif row["is_open"]:
        awaited = _by("pay", row["pay_by"])
    return {
        **_of(row, question),
        **{name: _cell("reclaim", name, row, question) for name in ("amount_ore", "repaid_ore", "standing_ore")},
        "since": row["decided_on"],
        "awaited": awaited,
    }


def complained_row(row: Mapping[str, Any], question: Asked) -> Row:
    """One complaint. Money waits for it where it is about money held back, or where payment is put off."""
    return {
        "case": Link(row["case_number"], award_address(row["case_number"], question)),
        "recipient": recipient_cell(row, question),
        "about": said(DISPUTED, row["disputed"]),
        "state": tag(COMPLAINTS, row["state"]),
        "since": row["lodged_on"],
        "about_ore": _cell("complaint", "about_ore", row, question) if row["is_open"] else None,
        "awaited": _awaited(row),
        "outcome": tag(OUTCOMES, row["outcome"]),
        "decided_on": row["decided_on"],
    }


def _awaited(row: Mapping[str, Any]) -> str | None:
    if not row["is_open"]:
        undone = any(not each["done"] for each in row["follow_ups"])
        return gettext(N_("at vedtaket følges opp")) if undone else None
    first = {
        "incomplete": _by("complete", row["complete_by"]) or gettext(N_("retting")),
        "forwarded": gettext(N_("departementet")),
    }.get(row["state"], gettext(N_("direktoratet")))
    stops = said(SUSPENDS, row["suspends"])
    return f"{first}; {stops}" if stops else first


def _cell(kind: str, name: str, row: Mapping[str, Any], question: Asked) -> Link | int:
    """An amount of a withholding, a reclaim or a complaint, which leads to the facts that made it; of a warning no more
    than what it warns of is made by any."""
    if row["number"] is not None:
        return Link(row[name], of_part(kind, row["number"], name, row["case_number"], question))
    if name != "amount_ore":
        return int(row[name])
    return Link(row[name], of_part(f"{kind}-warning", row["instalment"], name, row["case_number"], question))


def _of(row: Mapping[str, Any], question: Asked) -> Row:
    return {
        "case": Link(row["case_number"], award_address(row["case_number"], question)),
        "recipient": recipient_cell(row, question),
        "reasons": ", ".join(dict.fromkeys(said(REASONS, code) or code for code in row["codes"])),
        "state": tag(WITHHOLDINGS, row["state"]),
    }


_BY = {
    "reply": N_("svar innen %(day)s"),
    "pay": N_("betaling innen %(day)s"),
    "complete": N_("retting innen %(day)s"),
}


def _by(what: str, day: date | None) -> str | None:
    return gettext(_BY[what], day=day_in_words(day)) if day else None
