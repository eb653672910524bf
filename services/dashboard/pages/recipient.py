"""One recipient with all it has been granted, over schemes and years, so that money for the same is seen."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Annotated, Any

from starlette.requests import Request
from starlette.responses import Response

from services.dashboard.pages import asked as asking
from services.dashboard.pages import left_out
from services.dashboard.pages.answering import NotThere, Shown, answer, page_router, side_of
from services.dashboard.pages.asked import Asked, is_number
from services.dashboard.pages.awards import award_address, figure_cell, scheme_cell
from services.dashboard.pages.cases_in_words import OVERLAPS, STATES, said, tag
from services.dashboard.pages.explained_at import of_recipient, of_two
from services.dashboard.pages.figures import post_code
from services.dashboard.pages.source import Source, seen_by
from services.dashboard.pages.tables import Column, Link, Row, Table, paged
from services.dashboard.sign_in.access import RECIPIENT, Sight
from services.dashboard.sign_in.reader import Reader, reader_of
from services.dashboard.words.spoken import N_, day_in_words, gettext
from services.grants.balance.view import AsOf
from services.grants.overview.overlapping.view import Marked
from services.grants.overview.recipients.view import Recipient, Recipients
from services.grants.overview.schemes.view import YearSchemes
from services.httpapi.route import Router

ROWS = 8
NO_RECIPIENT = N_("Ingen med det nummeret har fått noe per den valgte dagen. Velg en mottaker fra listen.")
AWARDS = (
    Column("case", N_("Sak"), "code"),
    Column("scheme", N_("Ordning"), missing=N_("ingen ordning")),
    Column("post", N_("Post"), "code"),
    Column("purpose", N_("Formål"), missing=N_("ikke oppgitt")),
    Column("period", N_("Tidsrom")),
    Column("committed_ore", N_("Tilsagn"), "money"),
    Column("disbursed_ore", N_("Utbetalt"), "money"),
    Column("withheld_ore", N_("Holdt tilbake"), "money"),
    Column("reported_ore", N_("Rapportert brukt"), "money", missing=N_("ikke rapportert")),
    Column("reclaimed_ore", N_("Krevd tilbake"), "money"),
    Column("state", N_("Tilstand")),
)
MARKED = (
    Column("one", N_("Sak"), "code"),
    Column("other", N_("Og sak"), "code"),
    Column("why", N_("Grunn til å se på dem sammen")),
    Column("period", N_("Tidsrom som er felles")),
    Column("together_ore", N_("Tilsagn i alt"), "money"),
)
MARKED_NOTE = N_(
    "Et merke er en grunn til å se på sakene sammen, aldri en sperre. De samme reglene brukes når søknader vurderes."
)


def recipient_router(
    source: Source, recipients: Recipients, schemes: YearSchemes, *, today: Callable[[], date]
) -> Router:
    """`/tilskuddsmottakere/{number}`, for those the table of pages lets in."""
    router = page_router(sides=True)

    @router.get(RECIPIENT.address)
    async def see_recipient(
        request: Request,
        reader: Annotated[Reader, reader_of(RECIPIENT)],
        number: str,
        gjelder: str = "",
        kjent: str = "",
    ) -> Response:
        if not is_number(number, 9):
            raise NotThere(gettext(NO_RECIPIENT))
        years = await seen_by(reader, source).years()
        question = asking.read(aar="", gjelder=gjelder, kjent=kjent, years=years, today=today())
        mine = recipients.told() if reader.sight is Sight.told else recipients
        found = await mine.find(number, AsOf(valid_at=question.valid_at, known_at=question.known_at))
        if found is None:
            raise NotThere(gettext(NO_RECIPIENT))
        names = await schemes.names()
        awards = Table(
            "tilsagn", N_("Alt mottakeren har fått, det siste først"), AWARDS,
            [of_one_row(row, question, names) for row in found.awards],
        )  # fmt: skip
        marked = Table(
            "overlapp", N_("Tilsagn som overlapper"), MARKED, [marked_row(each, question) for each in found.marked],
            note=MARKED_NOTE, empty=N_("Ingen tilsagn overlapper."),
        )  # fmt: skip
        tables = (paged(awards, side_of(request), size=ROWS), paged(marked, 1, size=ROWS))
        facts = {"asked": question, "left_out": left_out.in_general(reader), **one_facts(found, question)}
        return answer(Shown("recipient.html", tables, facts), request, reader)

    return router


def of_one_row(row: Mapping[str, Any], question: Asked, names: Mapping[str, str]) -> Row:
    """One award of a recipient."""
    explained = ("committed_ore", "disbursed_ore", "withheld_ore")
    return {
        "case": Link(row["case_number"], award_address(row["case_number"], question)),
        "scheme": scheme_cell(row["scheme_id"], question, names),
        "post": f"{post_code(row['chapter'], row['post'])} ({row['year']})",
        "purpose": row["purpose"],
        "period": period(row["first_on"], row["last_on"]),
        **{name: figure_cell(name, row, question) for name in explained},
        **{name: figure_cell(name, row, question) for name in ("reported_ore", "reclaimed_ore")},
        "state": tag(STATES, row["state"]),
    }


def marked_row(each: Marked, question: Asked) -> Row:
    """Two awards and why to look at them."""
    why = [said(OVERLAPS, kind) or kind for kind in each.kinds]
    if "similar-title" in each.kinds:
        why.append(gettext(N_("%(share)s %% av ordene er felles"), share=each.similar_per_cent))
    return {
        "one": Link(each.one["case_number"], award_address(each.one["case_number"], question)),
        "other": Link(each.other["case_number"], award_address(each.other["case_number"], question)),
        "why": ", ".join(why),
        "period": period(each.first_on, each.last_on),
        "together_ore": Link(
            each.one["committed_ore"] + each.other["committed_ore"],
            of_two("committed_ore", each.one["case_number"], each.other["case_number"], question),
        ),
    }


def period(first: date, last: date) -> str:
    """From a day to a day."""
    return gettext(N_("%(first)s til %(last)s"), first=day_in_words(first), last=day_in_words(last))


def _sum(amounts: Iterable[int | None]) -> int | None:
    """None where nobody has said any of them."""
    said = [amount for amount in amounts if amount is not None]
    return sum(said) if said else None


def one_facts(found: Recipient, question: Asked) -> dict[str, Any]:
    """What one recipient's page tells beside its tables."""
    sums = (
        ("committed_ore", N_("Tilsagn")),
        ("disbursed_ore", N_("Utbetalt")),
        ("withheld_ore", N_("Holdt tilbake")),
        ("reported_ore", N_("Rapportert brukt")),
        ("reclaimed_ore", N_("Krevd tilbake")),
        ("repaid_ore", N_("Betalt tilbake")),
    )
    return {
        "name": found.names[0],
        "names": found.names[1:],
        "number": found.number,
        "count_of": len(found.awards),
        "marked": len(found.marked),
        "column": Column("", "", "money", missing=N_("ikke rapportert")),
        "sums": [
            (title, Link(_sum(row[name] for row in found.awards), of_recipient(name, found.number, question)))
            for name, title in sums
        ],
    }
