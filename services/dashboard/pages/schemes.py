"""The schemes of a budget year, and one of them with its budget lines, calls and rounds."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Any

from starlette.requests import Request
from starlette.responses import Response

from services.dashboard.pages import asked as asking
from services.dashboard.pages import left_out
from services.dashboard.pages.answering import NotThere, Shown, answer, page_router, side_of
from services.dashboard.pages.asked import Asked
from services.dashboard.pages.cases_in_words import BASES, said
from services.dashboard.pages.explained_at import of_scheme
from services.dashboard.pages.figures import post_code
from services.dashboard.pages.source import Source, seen_by
from services.dashboard.pages.tables import Column, Link, Row, Table, Tag, paged
from services.dashboard.sign_in.access import SCHEME, SCHEMES, Sight
from services.dashboard.sign_in.reader import Reader, reader_of
from services.dashboard.words.spoken import N_, gettext
from services.grants.balance.view import AsOf
from services.grants.overview.schemes.view import SchemeShown, YearSchemes
from services.httpapi.route import Router

ROWS = 15
SLUG = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}", re.ASCII)
NO_SCHEME = N_("Det var ingen slik ordning per den valgte dagen. Velg en ordning fra listen, eller en annen dag.")
COLUMNS = (
    Column("name", N_("Ordning")),
    Column("posts", N_("Post"), "code"),
    Column("basis", N_("Grunnlag")),
    Column("calls", N_("Utlysninger"), "count"),
    Column("applications", N_("Søknader"), "count"),
    Column("awards", N_("Antall tilsagn"), "count"),
    Column("committed_ore", N_("Tilsagn"), "money"),
    Column("disbursed_ore", N_("Utbetalt"), "money"),
    Column("withheld_ore", N_("Holdt tilbake"), "money"),
)
NOTE = N_("Søknader er talt slik de står nå. Beløpene er årets regnskap den valgte dagen.")
LINES = (Column("name", N_("Budsjettlinje")), Column("post", N_("Post"), "code"))
CALLS = (
    Column("title", N_("Utlysning")),
    Column("opens_on", N_("Åpner"), "day"),
    Column("closes_on", N_("Siste dag"), "day"),
    Column("state", N_("Tilstand")),
    Column("total_ore", N_("Utlyst beløp"), "money", missing=N_("ikke oppgitt")),
    Column("applications", N_("Søknader"), "count"),
    Column("sought_ore", N_("Søkt om"), "money"),
    Column("granted", N_("Innvilget"), "count"),
    Column("refused", N_("Avslått, avvist eller trukket"), "count"),
    Column("undecided", N_("Ikke avgjort"), "count"),
    Column("committed_ore", N_("Tilsagn"), "money"),
)
ROUNDS = (
    Column("name", N_("Runde")),
    Column("opened_on", N_("Åpnet"), "day"),
    Column("state", N_("Tilstand")),
    Column("awards", N_("Antall tilsagn"), "count"),
    Column("approved_ore", N_("Vedtatt i runden"), "money"),
    Column("committed_ore", N_("Tilsagn nå"), "money"),
    Column("disbursed_ore", N_("Utbetalt"), "money"),
)


def schemes_router(source: Source, schemes: YearSchemes, *, today: Callable[[], date]) -> Router:
    """`/ordninger` and `/ordninger/{scheme}`, for those the table of pages lets in."""
    router = page_router(sides=True)

    @router.get(SCHEMES.address)
    async def see_schemes(
        request: Request,
        reader: Annotated[Reader, reader_of(SCHEMES)],
        aar: str = "",
        gjelder: str = "",
        kjent: str = "",
    ) -> Response:
        seen = seen_by(reader, source)
        years = await seen.years()
        question = asking.read(aar=aar, gjelder=gjelder, kjent=kjent, years=years, today=today())
        found = await _of(schemes, reader).list_all(question.year, _as_of(question))
        rows = [scheme_row(each, question) for each in found]
        table = Table("ordninger", N_("Ordninger"), COLUMNS, rows, note=NOTE, empty=N_("Ingen ordninger den dagen."))
        facts = {
            "asked": question,
            "years": asking.selectable(years, question),
            "left_out": await left_out.of_year(seen, question),
        }
        return answer(Shown("schemes.html", (paged(table, side_of(request), size=ROWS),), facts), request, reader)

    @router.get(SCHEME.address)
    async def see_scheme(
        request: Request,
        reader: Annotated[Reader, reader_of(SCHEME)],
        scheme: str,
        gjelder: str = "",
        kjent: str = "",
    ) -> Response:
        seen = seen_by(reader, source)
        if not SLUG.fullmatch(scheme):
            raise NotThere(gettext(NO_SCHEME))
        asking.read(aar="", gjelder=gjelder, kjent=kjent, years=(), today=today())
        year = await schemes.year_of(scheme)
        if year is None:
            raise NotThere(gettext(NO_SCHEME))
        question = asking.read(aar=str(year), gjelder=gjelder, kjent=kjent, years=(), today=today())
        found = await _of(schemes, reader).list_all(question.year, _as_of(question))
        shown = next((each for each in found if each.scheme.scheme_id == scheme), None)
        if shown is None:
            raise NotThere(gettext(NO_SCHEME))
        facts = {
            "asked": question,
            "left_out": await left_out.of_year(seen, question),
            "scheme": shown.scheme,
            "basis": said(BASES, shown.scheme.terms.basis),
            "owes_notice": shown.scheme.terms.notice.rule == "notice",
            "awards_at": question.link("/tilsagn", aar=question.year, ordning=scheme),
            "column": Column("", "", "money"),
            "sums": sums_of(shown, question),
        }
        return answer(Shown("scheme.html", tables_of(shown, question), facts), request, reader)

    return router


def _of(schemes: YearSchemes, reader: Reader) -> YearSchemes:
    return schemes.told() if reader.sight is Sight.told else schemes


def _as_of(question: Asked) -> AsOf:
    return AsOf(valid_at=question.valid_at, known_at=question.known_at)


def scheme_row(each: SchemeShown, question: Asked) -> Row:
    """One scheme of the list."""
    scheme = each.scheme
    return {
        "name": Link(scheme.terms.name, question.link(f"/ordninger/{scheme.scheme_id}")),
        "posts": ", ".join(dict.fromkeys(map(_post, scheme.terms.fund_ids))),
        "basis": said(BASES, scheme.terms.basis),
        "calls": len(scheme.calls),
        "applications": sum(applied.applications for applied in each.applied.values()),
        "awards": each.moved["awards"],
        **{
            name: Link(each.moved[name], of_scheme(name, scheme.scheme_id, question))
            for name in ("committed_ore", "disbursed_ore", "withheld_ore")
        },
    }


def sums_of(each: SchemeShown, question: Asked) -> Sequence[tuple[str, Link]]:
    """What a scheme's awards have come to."""
    sums = (
        (N_("Tilsagn"), "committed_ore"),
        (N_("Utbetalt"), "disbursed_ore"),
        (N_("Holdt tilbake"), "withheld_ore"),
    )
    scheme_id = each.scheme.scheme_id
    return [(title, Link(each.moved[name], of_scheme(name, scheme_id, question))) for title, name in sums]


def tables_of(each: SchemeShown, question: Asked) -> tuple[Table, ...]:
    """A scheme's budget lines, calls and rounds."""
    nothing = {"awards": 0, "committed_ore": 0, "disbursed_ore": 0}
    lines: list[Row] = [
        {"name": name, "post": Link(_post(fund), question.link(f"/poster/{fund[:4]}/{_post(fund)}"))}
        for fund, name in each.funds.items()
    ]
    scheme_id = each.scheme.scheme_id
    calls: list[Row] = []
    for nth, call in enumerate(each.scheme.calls, 1):
        granted_ore = each.by_call.get(call.call.call_id, nothing)["committed_ore"]
        applied = each.applied[call.call.call_id]
        calls.append({
            "title": call.call.title, "opens_on": call.call.opens_on, "closes_on": call.call.closes_on,
            "state": call_state(call.cancelled, call.call.opens_on, call.call.closes_on, question.valid_at),
            "total_ore": call.call.total_ore, "applications": applied.applications, "sought_ore": applied.sought_ore,
            "granted": applied.granted, "refused": applied.refused, "undecided": applied.undecided,
            "committed_ore": Link(granted_ore, of_scheme("committed_ore", scheme_id, question, call=nth)),
        })  # fmt: skip
    rounds: list[Row] = []
    for row in each.rounds:
        moved: Any = each.by_round.get(str(row.round_id), nothing)
        rounds.append({
            "name": row.name, "opened_on": row.opened_on, "awards": moved["awards"],
            "state": Tag(N_("avsluttet")) if row.state == "closed" else Tag(N_("åpen"), "info"),
            **{
                name: Link(ore, of_scheme(name, scheme_id, question, round_=row.position))
                for name, ore in (
                    ("approved_ore", row.approved_ore),
                    ("committed_ore", moved["committed_ore"]),
                    ("disbursed_ore", moved["disbursed_ore"]),
                )
            },
        })  # fmt: skip
    return (
        Table("linjer", N_("Budsjettlinjer"), LINES, lines, empty=N_("Ordningen har ingen budsjettlinje.")),
        Table("utlysninger", N_("Utlysninger"), CALLS, calls, note=CALLS_NOTE, empty=N_("Ingenting er lyst ut.")),
        Table("runder", N_("Runder, den siste først"), ROUNDS, rounds, empty=N_("Ingen runder er åpnet.")),
    )


CALLS_NOTE = N_("Søknader er talt slik de står nå.")


def call_state(cancelled: bool, opens_on: date, closes_on: date, day: date) -> Tag:
    """Where a call is on a day."""
    if cancelled:
        return Tag(N_("avlyst"), "danger")
    if day < opens_on:
        return Tag(N_("åpner senere"))
    return Tag(N_("åpen"), "success") if day <= closes_on else Tag(N_("fristen er ute"))


def _post(fund_id: str) -> str:
    _, chapter, post, *_ = fund_id.split("/")
    return post_code(chapter, post)
