"""One award with its letter, the ministry's notices of it, and all that has happened to it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from starlette.requests import Request
from starlette.responses import Response

from services.calendar.clock import OSLO
from services.dashboard.pages import asked as asking
from services.dashboard.pages import left_out
from services.dashboard.pages.answering import NotThere, Shown, answer, page_router
from services.dashboard.pages.asked import Asked, is_number
from services.dashboard.pages.awards import award_row, figure_cell
from services.dashboard.pages.cases_in_words import BASES, said
from services.dashboard.pages.explained_at import of_part
from services.dashboard.pages.figures import post_code
from services.dashboard.pages.notices import notices_table
from services.dashboard.pages.tables import Column, Link, Row, Table
from services.dashboard.sign_in.access import AWARD, Sight
from services.dashboard.sign_in.reader import Reader, reader_of
from services.dashboard.words.spoken import N_, gettext
from services.grants.balance.view import AsOf
from services.grants.overview.awards.view import Awards
from services.grants.overview.schemes.view import YearSchemes
from services.httpapi.route import Router
from services.notifications.overview.duties.view import LettersOut
from services.notifications.overview.view import NoticeOverview

NO_AWARD = N_(
    "Det er ikke gitt noe slikt tilsagn per den valgte dagen. Velg et tilsagn fra listen, eller en annen dag."
)
WITHOUT = {
    "scheme-policy": N_("Varsel trengtes ikke: ordningen er unntatt, etter en regel som to personer har bekreftet."),
    "waiver": N_("Varsel trengtes ikke: departementet har gitt skriftlig avkall på det."),
}
"""By the ground a letter left on without a notice."""
BEFORE = N_("Tilsagnet er gitt før systemet. Varsler fra den gangen er ikke registrert her.")
NONE_YET = N_("Departementet har ikke fått noe varsel om tilsagnet per den valgte dagen.")
INSTALMENTS = (
    Column("number", N_("Termin"), "count"),
    Column("due_on", N_("Tidligst"), "day", missing=N_("ingen dag er satt")),
    Column("amount_ore", N_("Beløp"), "money"),
    Column("paid_ore", N_("Utbetalt"), "money"),
    Column("free_ore", N_("Kan utbetales"), "money"),
)
HISTORY = (
    Column("title", N_("Hva")),
    Column("day", N_("Gjelder fra"), "day", missing=N_("har ingen egen dag")),
    Column("amount_ore", N_("Beløp"), "money", missing=N_("gjelder ikke et beløp")),
    Column("recorded_at", N_("Registrert"), "instant"),
)
PLAIN = {
    "money": Column("", "", "money"),
    "text": Column("", ""),
    "code": Column("", "", "code"),
    "day": Column("", "", "day", missing=N_("ikke ennå")),
}
"""How single values are shown beside the tables."""


def award_router(
    awards: Awards, schemes: YearSchemes, notices: NoticeOverview, letters: LettersOut, *, today: Callable[[], date]
) -> Router:
    """`/tilsagn/{year}/{number}`, for those the table of pages lets in."""
    router = page_router()

    @router.get(AWARD.address)
    async def see_award(
        request: Request,
        reader: Annotated[Reader, reader_of(AWARD)],
        year: str,
        number: str,
        gjelder: str = "",
        kjent: str = "",
    ) -> Response:
        if not (is_number(year, 4) and is_number(number, 9)):
            raise NotThere(gettext(NO_AWARD))
        question = asking.read(aar=year, gjelder=gjelder, kjent=kjent, years=(), today=today())
        question = replace(question, year=question.valid_at.year)  # the number tells when the case was opened
        as_of = AsOf(valid_at=question.valid_at, known_at=question.known_at)
        mine = awards.told() if reader.sight is Sight.told else awards
        found = await mine.find_award(f"{int(year)}/{int(number)}", as_of)
        if found is None:
            raise NotThere(gettext(NO_AWARD))
        of_it = notices.told() if reader.sight is Sight.told else notices
        told = await of_it.list_all(
            valid_at=as_of.valid_at, known_at=as_of.known_at, items=[f"letter-{found['case_id']}"]
        )
        ground = await letters.ground_of(found["case_id"], until=until_of(question)) if not told else None
        why = why_no_notice(ground, imported=found["imported"])
        tables = (
            Table("terminer", N_("Terminer"), INSTALMENTS, plan_rows(found, question), empty=N_("Planen er tom.")),
            notices_table(told, question, caption=N_("Varsler om tilsagnet"), empty=why),
            Table("hendelser", N_("Det som har skjedd, eldste først"), HISTORY, history_rows(found["history"])),
        )
        names = await schemes.names()
        facts = {"asked": question, "left_out": left_out.in_general(reader), **award_facts(found, question)}
        facts["award"] = award_row(found, question, names)
        return answer(Shown("award.html", tables, facts), request, reader)

    return router


def until_of(question: Asked) -> datetime:
    """The end of the day that is shown, or the instant of knowing where that is before it."""
    ends = datetime.combine(question.valid_at + timedelta(days=1), time(), OSLO)
    return ends if question.known_at is None else min(ends, question.known_at)


def why_no_notice(ground: str | None, *, imported: bool) -> str:
    """Why there is no notice of an award, by what its letter left on."""
    if ground in WITHOUT:
        return WITHOUT[ground]
    return BEFORE if imported else NONE_YET


def plan_rows(found: Mapping[str, Any], question: Asked) -> list[Row]:
    """The plan as it stands, each amount with the facts that made it."""
    number = found["case_number"]
    return [
        {
            **part,
            **{
                name: Link(part[name], of_part("instalment", part["number"], name, number, question))
                for name in ("amount_ore", "paid_ore", "free_ore")
            },
        }
        for part in found["instalments"]
    ]


def history_rows(history: Sequence[Mapping[str, Any]]) -> list[Row]:
    """What has happened, called as the reader's language calls it."""
    return [{**row, "title": gettext(row["title"])} for row in history]


def award_facts(found: Mapping[str, Any], question: Asked) -> dict[str, Any]:
    """What one award's page tells beside its tables."""
    code = post_code(found["chapter"], found["post"])
    sums: Sequence[tuple[str, str]] = (
        ("committed_ore", N_("Tilsagn")),
        ("disbursed_ore", N_("Utbetalt")),
        ("withheld_ore", N_("Holdt tilbake")),
        ("outstanding_ore", N_("Kan ennå utbetales")),
        ("repaid_ore", N_("Betalt tilbake")),
    )
    return {
        "columns": PLAIN,
        "number": found["case_number"],
        "post": Link(f"{code} ({found['year']})", question.link(f"/poster/{found['year']}/{code}")),
        "sums": [(title, figure_cell(name, found, question)) for name, title in sums],
        "purpose": found["purpose"],
        "basis": said(BASES, found["basis"]),
        "decided_on": found["decided_on"],
        "informed_on": found["informed_on"],
        "imported": found["imported"],
        "unnumbered": found["organisation_number"] is None,
    }
