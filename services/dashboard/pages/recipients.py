"""Recipients: who has been granted anything, by name or number; those without a number are kept apart."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import date
from typing import Annotated, Any

from starlette.requests import Request
from starlette.responses import Response

from services.dashboard.pages import asked as asking
from services.dashboard.pages import left_out
from services.dashboard.pages.answering import Shown, answer, page_router, side_of
from services.dashboard.pages.asked import Asked
from services.dashboard.pages.awards import award_address, scheme_cell
from services.dashboard.pages.cases_in_words import STATES, tag
from services.dashboard.pages.explained_at import of_case, of_recipient
from services.dashboard.pages.source import Source, seen_by
from services.dashboard.pages.tables import Column, Link, Row, Side, Table
from services.dashboard.sign_in.access import RECIPIENTS, Sight
from services.dashboard.sign_in.reader import Reader, reader_of
from services.dashboard.words.spoken import N_
from services.grants.balance.view import AsOf
from services.grants.overview.recipients.view import Recipients
from services.grants.overview.schemes.view import YearSchemes
from services.httpapi.route import Router

ROWS, UNNUMBERED_ROWS = 14, 4
MOST = 2_000
"""So many of either can be leafed through; the files have every one."""
FIRST_OF_THEM = N_("Bare de 2000 første etter navn kan blas i her; filene har alle.")
NEWEST = N_("Bare de 2000 nyeste kan blas i her; filene har alle.")
NOBODY_LOOKED_FOR = N_("Når det søkes, er de uten organisasjonsnummer ikke med. Fjern søket for å se dem.")
LONGEST = 100
COLUMNS = (
    Column("name", N_("Mottaker")),
    Column("number", N_("Org.nr."), "code"),
    Column("awards", N_("Antall tilsagn"), "count"),
    Column("schemes", N_("Antall ordninger"), "count"),
    Column("years", N_("År"), "code"),
    Column("committed_ore", N_("Tilsagn"), "money"),
    Column("disbursed_ore", N_("Utbetalt"), "money"),
    Column("withheld_ore", N_("Holdt tilbake"), "money"),
)
UNNUMBERED = (
    Column("case", N_("Sak"), "code"),
    Column("name", N_("Mottaker")),
    Column("scheme", N_("Ordning"), missing=N_("ingen ordning")),
    Column("committed_ore", N_("Tilsagn"), "money"),
    Column("disbursed_ore", N_("Utbetalt"), "money"),
    Column("state", N_("Tilstand")),
)


def recipients_router(
    source: Source, recipients: Recipients, schemes: YearSchemes, *, today: Callable[[], date]
) -> Router:
    """`/tilskuddsmottakere`, for those the table of pages lets in."""
    router = page_router(sides=True)

    @router.get(RECIPIENTS.address)
    async def see_recipients(
        request: Request,
        reader: Annotated[Reader, reader_of(RECIPIENTS)],
        gjelder: str = "",
        kjent: str = "",
        sok: str = "",
    ) -> Response:
        years = await seen_by(reader, source).years()
        question = asking.read(aar="", gjelder=gjelder, kjent=kjent, years=years, today=today())
        as_of = AsOf(valid_at=question.valid_at, known_at=question.known_at)
        mine = recipients.told() if reader.sight is Sight.told else recipients
        text = sok.strip()[:LONGEST]
        found = await mine.count(text, as_of, most=MOST + 1)
        last = max(1, -(-min(found, MOST) // ROWS))
        side = min(side_of(request), last)
        rows = await mine.list_numbered(text, as_of, skip=(side - 1) * ROWS, limit=ROWS)

        async def whole() -> AsyncIterator[Row]:
            async for row in mine.every_numbered(text, as_of):
                yield recipient_row(row, question)

        names = await schemes.names()
        apart = 0 if text else await mine.count_unnumbered(as_of, most=MOST + 1)
        last_apart = max(1, -(-min(apart, MOST) // UNNUMBERED_ROWS))
        side_apart = min(side_of(request), last_apart)
        skip = (side_apart - 1) * UNNUMBERED_ROWS
        rows_apart = await mine.list_unnumbered(as_of, skip=skip, limit=UNNUMBERED_ROWS) if apart else []

        async def whole_apart() -> AsyncIterator[Row]:
            async for row in mine.every_unnumbered(as_of):
                yield unnumbered_row(row, question, names)

        tables = (
            Table(
                "mottakere", N_("Mottakere med organisasjonsnummer, etter navn"), COLUMNS,
                [recipient_row(row, question) for row in rows], empty=N_("Ingen mottakere passer med søket."),
                note=FIRST_OF_THEM if found > MOST else "",
                side=Side(side, last) if last > 1 else None, whole=whole,
            ),
            Table(
                "uten-nummer", N_("Tilsagn til mottakere uten organisasjonsnummer, det siste først"), UNNUMBERED,
                [unnumbered_row(row, question, names) for row in rows_apart],
                note=NEWEST if apart > MOST else "",
                empty=NOBODY_LOOKED_FOR if text else N_("Alle som har fått noe, har organisasjonsnummer."),
                side=Side(side_apart, last_apart) if last_apart > 1 else None, whole=whole_apart,
            ),
        )  # fmt: skip
        facts = {"asked": question, "found": found, "text": text, "apart": apart, "most": MOST}
        facts["left_out"] = left_out.in_general(reader)
        return answer(Shown("recipients.html", tables, facts), request, reader)

    return router


def recipient_row(row: Mapping[str, Any], question: Asked) -> Row:
    """One recipient of the list."""
    first, last = row["first_year"], row["last_year"]
    return {
        "name": Link(row["name"], question.link(f"/tilskuddsmottakere/{row['organisation_number']}")),
        "number": row["organisation_number"],
        "years": str(first) if first == last else f"{first}–{last}",
        **{name: row[name] for name in ("awards", "schemes")},
        **{
            name: Link(row[name], of_recipient(name, row["organisation_number"], question))
            for name in ("committed_ore", "disbursed_ore", "withheld_ore")
        },
    }


def unnumbered_row(row: Mapping[str, Any], question: Asked, names: Mapping[str, str]) -> Row:
    """One award to a recipient without a number."""
    return {
        "case": Link(row["case_number"], award_address(row["case_number"], question)),
        "name": row["recipient"],
        "scheme": scheme_cell(row["scheme_id"], question, names),
        **{
            name: Link(row[name], of_case(name, row["case_number"], question))
            for name in ("committed_ore", "disbursed_ore")
        },
        "state": tag(STATES, row["state"]),
    }
