"""Notices to the ministry on a day: which run, when each was sent, received and opens, and what is stopped. Those that
open this week first.

The days from receipt to opening are drawn as bars on one line of days, and stand in the table beside it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from starlette.requests import Request
from starlette.responses import Response

from services.calendar.days import day_of
from services.dashboard.pages import asked as asking
from services.dashboard.pages import left_out
from services.dashboard.pages.answering import Shown, answer, page_router, side_of
from services.dashboard.pages.asked import Asked
from services.dashboard.pages.cases_in_words import NOTICES, tag
from services.dashboard.pages.explained_at import of_notice
from services.dashboard.pages.seen_notices import list_seen
from services.dashboard.pages.source import Source, seen_by
from services.dashboard.pages.tables import Cell, Column, Link, Links, Row, Table, Tag, paged
from services.dashboard.sign_in.access import NOTICES as NOTICES_PAGE
from services.dashboard.sign_in.reader import Reader, reader_of
from services.dashboard.words.spoken import N_, gettext, instant_in_words
from services.grants.overview.awards.view import Awards
from services.httpapi.route import Router
from services.notifications.overview.view import NoticeLineRow, NoticeOverview, NoticeRow

ROWS = 15
NAMED = 4
DRAWN = 12
COLUMNS = (
    Column("about", N_("Gjelder")),
    Column("when", N_("Når")),
    Column("state", N_("Tilstand")),
    Column("cases", N_("Saker")),
    Column("amount_ore", N_("Beløp"), "money", missing=N_("gjelder ikke et beløp")),
    Column("sent_at", N_("Sendt"), "instant", missing=N_("ikke sendt")),
    Column("received_at", N_("Mottatt"), "instant", missing=N_("ikke mottatt")),
    Column("opens_at", N_("Åpner"), "instant", missing=N_("åpner ikke ennå")),
    Column("objections", N_("Innsigelser"), missing=N_("ingen")),
)
NOTE = N_(
    "Dagene regnes fra mottaket, aldri fra sendingen. Et varsel åpner etter fjorten dager og tidligst etter 336 timer "
    "(Instruks 5.4); det som er stanset, åpner når innsigelsen er trukket og dagene er gått på nytt."
)
WHEN: Mapping[str, Tag] = {
    "week": Tag(N_("åpner denne uken"), "warning"),
    "running": Tag(N_("dagene løper"), "info"),
    "stopped": Tag(N_("stanset"), "danger"),
    "sent": Tag(N_("venter på mottak"), "info"),
    "prepared": Tag(N_("ikke sendt ennå")),
    "opened": Tag(N_("åpnet"), "success"),
    "withdrawn": Tag(N_("trukket tilbake")),
}
"""In the order they are shown."""


@dataclass(frozen=True)
class Span:
    """The days of one notice on the line of days, in thousandths of its length, and the same in words."""

    title: str
    description: str
    start: int
    length: int
    opened: bool
    stopped: bool


@dataclass(frozen=True)
class Days:
    """The line of days: its first and last, where the chosen day lies on it, and the notices that run."""

    first: date
    last: date
    mark: int
    spans: Sequence[Span]


def notices_router(source: Source, notices: NoticeOverview, awards: Awards, *, today: Callable[[], date]) -> Router:
    """`/varsler`, for those the table of pages lets in."""
    router = page_router(sides=True)

    @router.get(NOTICES_PAGE.address)
    async def see_notices(
        request: Request,
        reader: Annotated[Reader, reader_of(NOTICES_PAGE)],
        aar: str = "",
        gjelder: str = "",
        kjent: str = "",
    ) -> Response:
        years = await seen_by(reader, source).years()
        question = asking.read(aar=aar, gjelder=gjelder, kjent=kjent, years=years, today=today())
        found = await list_seen(reader, notices, awards, question, years)
        table = paged(notices_table(found, question), side_of(request), size=ROWS)
        facts: dict[str, Any] = {
            "asked": question,
            "left_out": left_out.in_general(reader),
            "years": asking.selectable(years, question),
            "this_week": sum(when(row, question.reached) == "week" for row in found),
            "running": sum(when(row, question.reached) in ("week", "running") for row in found),
            "days": draw(found, question.reached),
        }
        return answer(Shown("notices.html", (table,), facts), request, reader)

    return router


def notices_table(
    rows: Sequence[NoticeRow], question: Asked, *, caption: str = N_("Varsler til departementet"),
    empty: str = N_("Ingen varsler er sendt eller under arbeid per den valgte dagen."),
) -> Table:  # fmt: skip
    """The notices, those that open this week first."""
    order = list(WHEN)
    shown = sorted(rows, key=lambda row: order.index(when(row, question.reached)))
    return Table("varsler", caption, COLUMNS, [_row(row, question) for row in shown], note=NOTE, empty=empty)


def when(row: NoticeRow, day: date) -> str:
    """What is to be said first of it on that day, which has come."""
    if row.state == "withdrawn":
        return "withdrawn"
    if row.opens_at is not None:
        opens_on, monday = day_of(row.opens_at), day - timedelta(days=day.weekday())
        if opens_on < monday:
            return "opened"
        return "week" if opens_on < monday + timedelta(days=7) else "running"
    if row.received_at is not None:
        return "stopped"
    return "sent" if row.sent_at is not None else "prepared"


def _row(row: NoticeRow, question: Asked) -> Row:
    amounts = [line.amount_ore for line in row.lines if line.amount_ore is not None]
    return {
        "about": about(row),
        "when": WHEN[when(row, question.reached)],
        "state": tag(NOTICES, row.state),
        "cases": _cases(row.lines, question),
        "amount_ore": Link(sum(amounts), of_notice(row.number, question)) if amounts else None,
        "sent_at": row.sent_at,
        "received_at": row.received_at,
        "opens_at": row.opens_at,
        "objections": _objections(row),
    }


def about(row: NoticeRow) -> str:
    """What a notice is of, as people say it: its schemes, or whom or what it tells of."""
    return ", ".join(row.scheme_names or row.scheme_ids) or ", ".join(line.title for line in row.lines[:NAMED])


def _cases(lines: Sequence[NoticeLineRow], question: Asked) -> Cell:
    """Every case it lists, each with the way to it."""
    numbers = [line.case_number for line in lines if line.case_number]
    links = tuple(Link(number, question.link(f"/tilsagn/{number}")) for number in numbers)
    return Links(links) if links else None


def _objections(row: NoticeRow) -> str | None:
    if not row.objections:
        return None
    standing = sum(each["lifted_at"] is None for each in row.objections)
    if standing:
        return gettext(N_("%(standing)s står"), standing=standing)
    last = max(each["lifted_at"] for each in row.objections)
    return gettext(N_("trukket %(at)s"), at=instant_in_words(last))


def draw(rows: Sequence[NoticeRow], day: date) -> Days | None:
    """The notices whose days run, or that are stopped, on a line of days; None where there are none."""
    drawn = [row for row in rows if when(row, day) in ("week", "running", "stopped")][:DRAWN]
    if not drawn:
        return None
    starts = [day_of(row.received_at) for row in drawn if row.received_at]
    ends = [day_of(row.last_opens_at) for row in drawn if row.last_opens_at]
    first, last = min([*starts, day]), max([*ends, day]) + timedelta(days=1)
    whole = (last - first).days
    return Days(
        first=first,
        last=last - timedelta(days=1),
        mark=(day - first).days * 1000 // whole,
        spans=[_span(row, day, first, last) for row in drawn],
    )


def _span(row: NoticeRow, day: date, first: date, last: date) -> Span:
    whole = (last - first).days
    assert row.received_at is not None, "its days run"
    begun = day_of(row.received_at)
    opens = day_of(row.last_opens_at) if row.last_opens_at else None
    start = (begun - first).days * 1000 // whole
    end = ((opens or day) - first).days * 1000 // whole
    told = gettext(N_("Mottatt %(at)s."), at=instant_in_words(row.received_at))
    if opens is None:
        told += " " + gettext(N_("Stanset av en innsigelse."))
    elif row.opens_at is not None:
        told += " " + gettext(N_("Åpner %(at)s."), at=instant_in_words(row.opens_at))
    return Span(
        title=about(row),
        description=told,
        start=start,
        length=max(end - start, 4),
        opened=opens is not None and opens <= day,
        stopped=opens is None,
    )
