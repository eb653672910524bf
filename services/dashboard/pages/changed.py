"""What changed: a budget year's posts between two days, two instants of knowing, or both, each change with its reasons.

The later look is the day and the knowledge that every page is asked for (`gjelder`, `kjent`); the earlier one is `fra`
and `kjent_fra`. Left out: since the day before the last letter, by the same knowledge.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Protocol

from starlette.requests import Request
from starlette.responses import Response

from services.bokmal import as_day
from services.calendar.clock import OSLO
from services.calendar.days import day_of
from services.dashboard.pages import asked, left_out
from services.dashboard.pages import changed_tables as tables
from services.dashboard.pages.answering import Shown, answer, page_router, side_of
from services.dashboard.pages.asked import Asked, NotUnderstood
from services.dashboard.pages.changed_tables import Looks
from services.dashboard.pages.explained import COLUMNS
from services.dashboard.pages.source import Row, Source, seen_by
from services.dashboard.pages.tables import paged
from services.dashboard.sign_in.access import CHANGED
from services.dashboard.sign_in.reader import Reader, reader_of
from services.dashboard.words.spoken import N_, gettext
from services.grants.balance.view import AsOf
from services.grants.overview.changed.view import Changed
from services.httpapi.route import Router

RECENT_DAYS = 30


class Between(Protocol):
    """What lies between two looks, as the reader may see it."""

    async def between(self, year: int, before: AsOf, after: AsOf) -> Changed:
        """The posts as both looks have them, and every movement that one has and the other has not."""
        ...


POST = re.compile(r"[0-9]{1,4}/[0-9]{1,2}", re.ASCII)


def changed_router(source: Source, between: Callable[[Source], Between], *, today: Callable[[], date]) -> Router:
    """`/endringer`, for those the table of pages lets in."""
    router = page_router(sides=True)

    @router.get(CHANGED.address)
    async def see_changed(
        request: Request,
        reader: Annotated[Reader, reader_of(CHANGED)],
        aar: str = "",
        gjelder: str = "",
        kjent: str = "",
        fra: str = "",
        kjent_fra: str = "",
        post: str = "",
        kolonne: str = "",
    ) -> Response:
        if (post and not POST.fullmatch(post)) or kolonne not in ("", *COLUMNS):
            raise NotUnderstood("post", gettext(N_("Velg en post og en kolonne fra tabellen over endringer.")))
        seen = seen_by(reader, source)
        years = await seen.years()
        after = asked.read(aar=aar, gjelder=gjelder, kjent=kjent, years=years, today=today())
        letters = await seen.letters(after.year, known_at=after.known_at)
        looks = Looks(before=_before(after, fra=fra, kjent_fra=kjent_fra, letters=letters), after=after)
        found = await between(seen).between(after.year, _as_of(looks.before), _as_of(after))
        changes = tables.changes(found, looks)
        reasons = tables.reasons(found, looks, post=post, column=kolonne)
        facts = {
            "asked": after,
            "looks": looks,
            "years": asked.selectable(years, after),
            "left_out": await left_out.of_year(seen, after),
            "presets": _presets(after, letters, today()),
            "narrowed": tables.narrowed(post, kolonne),
        }
        shown = (changes, paged(reasons, side_of(request), size=tables.SIZE))
        return answer(Shown("changed.html", tables=shown, facts=facts), request, reader)

    return router


def _as_of(look: Asked) -> AsOf:
    return AsOf(valid_at=look.valid_at, known_at=look.known_at)


def _before(after: Asked, *, fra: str, kjent_fra: str, letters: Sequence[Row]) -> Asked:
    """The earlier look. Only the knowledge is told: the same day. Neither: since the last letter."""
    known_at = asked.read_instant(kjent_fra, "kjent_fra") if kjent_fra else after.known_at
    if fra:
        day = asked.read_day(fra, "fra")
    elif kjent_fra:
        day = after.valid_at
    else:
        day = _before_last_letter(after, letters)
    return replace(after, valid_at=day, known_at=known_at)


def _before_last_letter(after: Asked, letters: Sequence[Row]) -> date:
    """The day before the last letter that counts on the day; before any, the day before the year."""
    days = [as_day(row["effective_on"]) for row in letters]
    last = max((day for day in days if day <= after.valid_at), default=date(after.year, 1, 1))
    return last - timedelta(days=1)


def _presets(after: Asked, letters: Sequence[Row], today: date) -> list[tuple[str, str]]:
    """Spans that are often asked for, each with its address."""
    recent, known_on = timedelta(days=RECENT_DAYS), day_of(after.known_at) if after.known_at else today
    spans = (
        (N_("Siden forrige brev"), Asked(year=after.year, valid_at=_before_last_letter(after, letters))),
        (N_("Siste 30 dager"), Asked(year=after.year, valid_at=after.valid_at - recent)),
        (
            N_("Registrert siste 30 dager"),
            Asked(year=after.year, valid_at=after.valid_at, known_at=_midnight(known_on - recent)),
        ),
    )
    return [
        (gettext(name), Looks(before=_knowing(before, after), after=after).link(CHANGED.address))
        for name, before in spans
    ]


def _midnight(day: date) -> datetime:
    """The first instant of a day in Norway."""
    return datetime.combine(day, time(), OSLO).astimezone(UTC)


def _knowing(before: Asked, after: Asked) -> Asked:
    """Both looks by the same knowledge, unless the earlier has its own."""
    known_at = before.known_at or after.known_at
    return Asked(year=before.year, valid_at=before.valid_at, known_at=known_at)
