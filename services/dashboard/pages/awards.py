"""The awards of a budget year, with their letters and notices, by what is chosen among them."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from starlette.requests import Request
from starlette.responses import Response

from services.dashboard.pages import asked as asking
from services.dashboard.pages import left_out
from services.dashboard.pages.answering import Shown, answer, page_router, side_of
from services.dashboard.pages.asked import Asked, NotUnderstood
from services.dashboard.pages.cases_in_words import LETTERS, NOTICES, STATES, said, tag
from services.dashboard.pages.explained import SLUGS, address_of
from services.dashboard.pages.explained_at import of_case
from services.dashboard.pages.figures import post_code
from services.dashboard.pages.source import Row as SourceRow
from services.dashboard.pages.source import Source, seen_by
from services.dashboard.pages.tables import Cell, Column, Link, Row, Side, Table
from services.dashboard.sign_in.access import AWARDS, Sight
from services.dashboard.sign_in.reader import Reader, reader_of
from services.dashboard.words.spoken import N_, gettext
from services.grants.balance.view import AsOf
from services.grants.overview.awards.view import Awards, Wanted
from services.grants.overview.schemes.view import YearSchemes
from services.httpapi.route import Router

ROWS = 12
MOST = 5_000
"""So many can be leafed through; the file has every one."""
CHOOSE = N_("Velg en av dem som står i listen.")
COLUMNS = (
    Column("case", N_("Sak"), "code"),
    Column("recipient", N_("Mottaker")),
    Column("number", N_("Org.nr."), "code", missing=N_("uten organisasjonsnummer")),
    Column("scheme", N_("Ordning"), missing=N_("ingen ordning")),
    Column("committed_ore", N_("Tilsagn"), "money"),
    Column("disbursed_ore", N_("Utbetalt"), "money"),
    Column("withheld_ore", N_("Holdt tilbake"), "money"),
    Column("state", N_("Tilstand")),
    Column("notice", N_("Varsel")),
    Column("letter", N_("Brev")),
)

BY_NOW = N_(
    "Utvalget på tilstand er slik sakene står nå, for svært mange er endret siden den valgte dagen. Det radene viser, "
    "er slik det sto da."
)
NEWEST = N_("Bare de 5000 nyeste kan blas i her; filene har alle.")


@dataclass(frozen=True)
class Choice:
    """One thing that can be chosen in a filter."""

    value: str
    title: str
    chosen: bool


def awards_router(source: Source, awards: Awards, schemes: YearSchemes, *, today: Callable[[], date]) -> Router:
    """`/tilsagn`, for those the table of pages lets in."""
    router = page_router(sides=True)

    @router.get(AWARDS.address)
    async def see_awards(
        request: Request,
        reader: Annotated[Reader, reader_of(AWARDS)],
        aar: str = "",
        gjelder: str = "",
        kjent: str = "",
        ordning: str = "",
        tilstand: str = "",
        varsel: str = "",
        post: str = "",
    ) -> Response:
        seen = seen_by(reader, source)
        years = await seen.years()
        question = asking.read(aar=aar, gjelder=gjelder, kjent=kjent, years=years, today=today())
        as_of = AsOf(valid_at=question.valid_at, known_at=question.known_at)
        names = await schemes.names()
        of_year = await schemes.list_standing(question.year, as_of)
        posts = await seen.posts(question.year, valid_at=question.valid_at, known_at=question.known_at)
        chosen = {"ordning": ordning, "tilstand": tilstand, "varsel": varsel, "post": post}
        filters = filters_of(chosen, {each.scheme_id: each.terms.name for each in of_year}, posts)
        mine = awards.told() if reader.sight is Sight.told else awards
        table, found = await _table(mine, question, wanted_of(chosen), names, side_of(request))
        facts = {
            "asked": question,
            "years": asking.selectable(years, question),
            "left_out": await left_out.of_year(seen, question),
            "found": found,
            "most": MOST,
            "filters": filters,
            "chosen": any(chosen.values()),
        }
        return answer(Shown("awards.html", (table,), facts), request, reader)

    return router


GRANTED = ("approved", "released", "declined", "annulled", "settled", "closed")
LISTED = ("none", "prepared", "sent", "received", "objected", "withdrawn")


async def _table(
    awards: Awards, question: Asked, wanted: Wanted, names: Mapping[str, str], side: int
) -> tuple[Table, int]:
    """One side of the awards that are wanted, and how many there are; no more than one beyond `MOST`."""
    year, as_of = question.year, AsOf(valid_at=question.valid_at, known_at=question.known_at)
    wanted = await awards.narrow(year, wanted, as_of)
    found = await awards.count(year, wanted, as_of, most=MOST + 1)
    last = max(1, -(-min(found, MOST) // ROWS))
    side = min(side, last)
    rows = await awards.list_awards(year, wanted, as_of, skip=(side - 1) * ROWS, limit=ROWS)

    async def whole() -> AsyncIterator[Row]:
        async for row in awards.every_award(year, wanted, as_of):
            yield award_row(row, question, names)

    table = Table(
        "tilsagn",
        N_("Tilsagn, det siste først"),
        COLUMNS,
        [award_row(row, question, names) for row in rows],
        note=_note(wanted, found),
        empty=N_("Ingen tilsagn passer med det som er valgt."),
        side=Side(side, last) if last > 1 else None,
        whole=whole,
    )
    return table, found


def _note(wanted: Wanted, found: int) -> str:
    by_now = wanted.narrowed is not None and wanted.narrowed.by_now
    notes = [*([BY_NOW] if by_now else []), *([NEWEST] if found > MOST else [])]
    return " ".join(gettext(each) for each in notes)


def filters_of(
    chosen: Mapping[str, str], names: Mapping[str, str], posts: Sequence[SourceRow]
) -> dict[str, list[Choice]]:
    """What can be chosen, and what is. Raises `NotUnderstood` for what cannot."""
    codes = [post_code(row["chapter"], row["post"]) for row in posts]
    filters = {
        "ordning": _choices(chosen["ordning"], names),
        "tilstand": _choices(chosen["tilstand"], {code: said(STATES, code) or code for code in GRANTED}),
        "varsel": _choices(chosen["varsel"], {code: said(NOTICES, code) or code for code in LISTED}),
        "post": _choices(chosen["post"], {code: code for code in codes}),
    }
    for field, value in chosen.items():
        if value and not any(each.chosen for each in filters[field]):
            raise NotUnderstood(field, gettext(CHOOSE))
    return filters


def wanted_of(chosen: Mapping[str, str]) -> Wanted:
    """The question that what is chosen makes."""
    chapter, _, number = chosen["post"].partition("/")
    return Wanted(
        scheme=chosen["ordning"] or None,
        state=chosen["tilstand"] or None,
        notice=chosen["varsel"] or None,
        chapter=int(chapter) if chapter else None,
        post=int(number) if number else None,
    )


def _choices(chosen: str, options: Mapping[str, str]) -> list[Choice]:
    return [Choice(value, title, value == chosen) for value, title in options.items()]


def award_address(number: str, question: Asked) -> str:
    """Where an award is shown, by the number people call its case by."""
    return question.link(f"/tilsagn/{number}")


def case_cell(row: Mapping[str, Any], question: Asked) -> Cell:
    """The number of a case, where it has one, which leads to the award."""
    number = row["case_number"]
    return Link(number, award_address(number, question)) if number else None


def figure_cell(column: str, row: Mapping[str, Any], question: Asked) -> Cell:
    """A sum of an award; it leads to the entries that it is of where they all stand in one budget year's books, and
    else to the facts of the case."""
    amount_ore = row[column]
    if column in SLUGS and row["of_one_year"]:
        return Link(amount_ore, address_of(column, f"sak/{row['case_number']}", question))
    return Link(amount_ore, of_case(column, row["case_number"], question))


def recipient_cell(row: Mapping[str, Any], question: Asked) -> Cell:
    """The recipient's name; it leads to all it has been granted, where it has a number."""
    number = row["organisation_number"]
    name = str(row["recipient"])
    return Link(name, question.link(f"/tilskuddsmottakere/{number}")) if number else name


def scheme_cell(scheme_id: str | None, question: Asked, names: Mapping[str, str]) -> Cell:
    """The scheme by its name."""
    if scheme_id is None:
        return None
    return Link(names.get(scheme_id, scheme_id), question.link(f"/ordninger/{scheme_id}"))


def award_row(row: Mapping[str, Any], question: Asked, names: Mapping[str, str]) -> Row:
    """One award as the list shows it."""
    return {
        "case": case_cell(row, question),
        "recipient": recipient_cell(row, question),
        "number": row["organisation_number"],
        "scheme": scheme_cell(row["scheme_id"], question, names),
        **{name: figure_cell(name, row, question) for name in ("committed_ore", "disbursed_ore", "withheld_ore")},
        "state": tag(STATES, row["state"]),
        "notice": tag(NOTICES, row["notice"] or "none"),
        "letter": tag(LETTERS, row["letter"]),
    }
