"""One post on a day: its figures, its year as a drawing, the letters behind it, its lines, what is not as it should be,
and every entry behind it.

What may be many is never read whole for a page: the promises stand on a page of their own, and the ledger in sides.
"""

import re
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import date
from typing import Annotated, Any

from starlette.requests import Request
from starlette.responses import Response

from services.dashboard.charts import burn_up, waterfall
from services.dashboard.charts.course import course_of
from services.dashboard.charts.letter_names import letter_name
from services.dashboard.charts.scale import scale_of
from services.dashboard.pages import asked, differences, figures, left_out, post_tables
from services.dashboard.pages import deviations as amiss
from services.dashboard.pages.answering import NotThere, Shown, answer, page_router, side_of
from services.dashboard.pages.asked import Asked, is_number
from services.dashboard.pages.source import OnePost, Row, Source, seen_by
from services.dashboard.pages.tables import Row as Line
from services.dashboard.pages.tables import Side
from services.dashboard.sign_in.access import POST
from services.dashboard.sign_in.reader import Reader, reader_of
from services.dashboard.words.spoken import N_, gettext
from services.httpapi.route import Router

NO_POST = N_("Ingen brev hadde nevnt en slik post på den valgte dagen. Velg en annen dag eller en post fra oversikten.")
PER_SIDE = 10
MOST_ENTRIES = 2000
"""So many of the newest entries can be leafed through; the file has every one."""
BATCH = 500
POST_CODE = re.compile(r"[0-9]{2}", re.ASCII)
"""A post is written with two digits."""


def post_router(source: Source, *, today: Callable[[], date]) -> Router:
    """`/poster/…`, for those the table of pages lets in."""
    router = page_router(sides=True)

    @router.get(POST.address)
    async def see_post(
        request: Request,
        reader: Annotated[Reader, reader_of(POST)],
        year: str,
        chapter: str,
        post: str,
        gjelder: str = "",
        kjent: str = "",
    ) -> Response:
        question = asked_of(year, chapter, post, gjelder=gjelder, kjent=kjent, today=today())
        seen = seen_by(reader, source)
        row, of_post = await find_post(seen, question, int(chapter), int(post))
        shown = await _shown(seen, of_post, row, question, number=side_of(request))
        return answer(shown, request, reader)

    return router


def asked_of(year: str, chapter: str, post: str, *, gjelder: str, kjent: str, today: date) -> Asked:
    """The post and the day that the address asks for. Raises `NotThere` where there can be no such post."""
    if not (is_number(year, 4) and is_number(chapter, 4) and POST_CODE.fullmatch(post)):
        raise NotThere(gettext(NO_POST))
    return asked.read(aar=year, gjelder=gjelder, kjent=kjent, years=(), today=today)


async def find_post(seen: Source, question: Asked, chapter: int, post: int) -> tuple[Row, OnePost]:
    """The post as it stood, and all that is asked of it. Raises `NotThere` where no letter had named it."""
    row = await seen.post(question.year, chapter, post, valid_at=question.valid_at, known_at=question.known_at)
    if row is None:
        raise NotThere(gettext(NO_POST))
    of_post = await seen.one_post(question.year, chapter, post, valid_at=question.valid_at, known_at=question.known_at)
    return row, of_post


async def _shown(seen: Source, of_post: OnePost, row: Row, question: Asked, *, number: int) -> Shown:
    line, day, known = figures.post_line(row), question.valid_at, question.known_at
    letters = differences.letters(await seen.letters(question.year, known_at=known))
    told, _ = differences.by_day(letters, day)
    about_it = [letter.about_post(line.chapter, line.post) for letter in told]
    rows = await seen.deviations(question.year, valid_at=day, known_at=known)
    drawn, tables = await _drawn(of_post, row, line.code, question)
    lines, zeros = figures.without_zeros(await of_post.lines())
    counted = await of_post.count_entries(most=MOST_ENTRIES)
    last = max(1, -(-counted // PER_SIDE))
    side = Side(min(number, last), last)
    entries = await of_post.ledger(limit=PER_SIDE, skip=(side.number - 1) * PER_SIDE)
    facts = {
        **drawn,
        "asked": question,
        "post": line,
        "left_out": await left_out.of_year(seen, question),
        "columns": figures.POST_COLUMNS,
        "fund_columns": figures.FUND_COLUMNS,
        "funds": figures.fund_lines(lines),
        "zeros": zeros,
        "touching": [
            (letter_name(each["number"]), post_tables.letter_address(question, each["number"]), each["effective_on"])
            for each in await of_post.touching()
        ],
        "promised_on": any(each["promises"] for each in lines),
        "deviations": amiss.deviations(each for each in rows if each["post_id"] == f"{question.year}/{line.code}"),
        "entries": figures.entry_lines(entries, {}),
        "side": side if last > 1 else None,
        "all_counted": counted < MOST_ENTRIES,
        "letters": [letter for letter in about_it if letter.totals or letter.earmarks or letter.contradictions],
    }
    of_ledger = post_tables.ledger(post_tables.entry_rows(entries, question), every=_every_entry(of_post, question))
    return Shown("post.html", tables=(*tables, post_tables.lines(lines, question), of_ledger), facts=facts)


async def _drawn(of_post: OnePost, row: Row, code: str, question: Asked) -> tuple[dict[str, Any], Sequence[Any]]:
    """The two drawings, each for a wide screen and a narrow one, and the tables beside them."""
    moves, demands = await of_post.moves(), await of_post.demands()
    course = course_of(
        code, question.year, question.valid_at, days=await of_post.course(), moves=moves, demands=demands,
        reached=question.reached,
    )  # fmt: skip
    steps = waterfall.steps_of(moves, row["at_disposal_ore"])
    amounts = [each for of_all in course.figures.values() for each in of_all]
    drawn = {
        "burn_up": [burn_up.draw_burn_up(course, size) for size in (burn_up.WIDE, burn_up.NARROW)],
        "waterfall": [waterfall.draw_waterfall(code, steps, size) for size in (waterfall.WIDE, waterfall.NARROW)],
        "unit": scale_of(min(amounts, default=0), max(amounts, default=0)).unit,
        "course": course,
    }
    return drawn, (
        post_tables.months(course, question),
        post_tables.course(course),
        post_tables.steps(steps, code, question),
    )


def _every_entry(of_post: OnePost, question: Asked) -> Callable[[], AsyncIterator[Line]]:
    """The whole ledger, newest first, some entries at a time."""

    async def every() -> AsyncIterator[Line]:
        rows = await of_post.ledger(limit=BATCH)
        while rows:
            for line in post_tables.entry_rows(rows, question):
                yield line
            rows = await of_post.ledger(limit=BATCH, before=(rows[-1]["position"], rows[-1]["line"]))

    return every
