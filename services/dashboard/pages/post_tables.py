"""The tables of a post's page: its year, the letters behind it, its lines and its ledger."""

from calendar import monthrange
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import count

from services.bokmal import as_day, as_instant
from services.dashboard.charts.course import COMMITTED, DISPOSAL, FIGURES, PAID, Course
from services.dashboard.charts.letter_names import letter_name
from services.dashboard.charts.waterfall import WHOLE, Step
from services.dashboard.pages.asked import Asked
from services.dashboard.pages.awards import case_cell
from services.dashboard.pages.explained import address_of
from services.dashboard.pages.explained_at import of_step
from services.dashboard.pages.figures import FUND_COLUMNS, FUND_KINDS, MOVEMENTS
from services.dashboard.pages.grounds import ground_in_words
from services.dashboard.pages.source import Row
from services.dashboard.pages.tables import Column, Link, Table
from services.dashboard.pages.tables import Row as Line
from services.dashboard.words.spoken import N_, gettext

_SERIES = (
    Column("day", N_("Ved utgangen av"), "day"),
    Column(DISPOSAL, N_("Stilt til disposisjon"), "money", term="disposal"),
    Column(COMMITTED, N_("Tilsagn"), "money"),
    Column(PAID, N_("Utbetalt"), "money"),
)
_DEMANDED = Column("demanded", N_("Skal være utbetalt"), "money")


def months(course: Course, question: Asked) -> Table:
    """What stood at the end of each month, and on the day asked for: the numbers of the drawing. Each leads to what it
    was made of then."""
    ends = [date(course.year, month, monthrange(course.year, month)[1]) for month in range(1, 13)]
    days = [day for day in ends if day < course.until] + ([course.until] if course.days else [])
    return Table(
        name="maaneder",
        caption=N_("Posten ved utgangen av hver måned, i kroner"),
        columns=_series(course),
        rows=[_explained(course, day, question) for day in days],
        empty=N_("Budsjettåret har ikke begynt denne dagen."),
    )


def course(course: Course) -> Table:
    """Every day on which anything moved: the series that is drawn. It is only ever a file, and made as one."""

    async def every() -> AsyncIterator[Line]:
        demanded = {day for day, _ in course.demands if day.year == course.year and day <= course.until}
        for day in sorted({*course.days, *demanded}):
            yield _at(course, day)

    caption = N_("Posten hver dag noe ble endret, i kroner")
    return Table(name="forlop", caption=caption, columns=_series(course), rows=(), whole=every)


def _series(course: Course) -> Sequence[Column]:
    return (*_SERIES, _DEMANDED) if course.demands else _SERIES


def _explained(course: Course, day: date, question: Asked) -> Line:
    chapter, post = course.code.split("/")
    place, then = f"{course.year}/{chapter}/{post}", replace(question, valid_at=day)
    stood = dict(_at(course, day))
    for what, column in FIGURES.items():
        stood[what] = Link(course.at(what, day), address_of(column, place, then))
    return stood


def _at(course: Course, day: date) -> Line:
    stood = {what: course.at(what, day) for what in (DISPOSAL, COMMITTED, PAID)}
    return {"day": day, **stood, "demanded": course.demanded_by(day)}


def steps(bars: Sequence[Step], code: str, question: Asked) -> Table:
    """Each bar of the waterfall, and what it comes to so far. What a bar moves leads to its entries."""
    post_id, moved = f"{question.year}/{code}", count(1)
    numbered = [(step, None if step.kind in WHOLE and nth else next(moved)) for nth, step in enumerate(bars)]
    return Table(
        name="brevene",
        caption=N_("Brevene bak det som er stilt til disposisjon, i kroner"),
        columns=(
            Column("what", N_("Hva")),
            Column("amount", N_("Endring"), "money", missing=N_("ingen endring")),
            Column("so_far", N_("Beløp etter"), "money"),
        ),
        rows=[
            {
                "what": Link(step.name, letter_address(question, step.letter_number))
                if step.letter_number is not None
                else step.name,
                "amount": None if nth is None else Link(step.amount_ore, of_step(post_id, nth, question)),
                "so_far": step.after_ore,
            }
            for step, nth in numbered
        ],
        empty=N_("Ingen brev har stilt noe til disposisjon denne dagen."),
    )


def letter_address(question: Asked, number: int) -> str:
    """The page of a letter, as of the same day."""
    return question.link(f"/brev/{question.year}/{number}")


def lines(rows: Sequence[Row], question: Asked) -> Table:
    """The post's lines, each after the one it is a part of."""
    return Table(
        name="fordeling",
        caption=N_("Posten og det som er øremerket på den, beløp i kroner"),
        columns=(
            Column("name", N_("Midler")),
            Column("kind", N_("Slag")),
            *(Column(key, title, "money") for key, title in FUND_COLUMNS),
        ),
        rows=[
            {
                "name": row["name"],
                "kind": gettext(FUND_KINDS.get(row["kind"], N_("Del"))),
                **{key: Link(row[key], address_of(key, row["fund_id"], question)) for key, _ in FUND_COLUMNS},
            }
            for row in rows
        ],
    )


def ledger(rows: Sequence[Line], *, every: Callable[[], AsyncIterator[Line]]) -> Table:
    """The side of the ledger that is shown; `every` gives all of it."""
    return Table(
        name="foringer",
        caption=N_("Føringer på posten, nyeste først"),
        columns=(
            Column("position", N_("Nr."), "code"),
            Column("effective_on", N_("Gjelder fra"), "day"),
            Column("recorded_at", N_("Registrert"), "instant"),
            Column("ground", N_("Hva")),
            Column("letter", N_("Brev"), missing=N_("ikke noe brev")),
            Column("case", N_("Sak"), "code", missing=N_("ingen sak")),
            Column("cite", N_("Avsnitt"), missing=N_("ikke noe avsnitt")),
            *(Column(key, title, "money") for key, title in MOVEMENTS),
        ),
        rows=rows,
        empty=N_("Ingen føringer denne dagen."),
        whole=every,
    )


def entry_rows(rows: Sequence[Row], question: Asked) -> list[Line]:
    """Entries of the ledger as a table tells them."""
    return list(_entry_rows(rows, question))


def _entry_rows(rows: Sequence[Row], question: Asked) -> Iterator[Line]:
    for row in rows:
        number = row["letter_number"]
        yield {
            "position": str(row["position"]),
            "effective_on": as_day(row["effective_on"]),
            "recorded_at": as_instant(row["recorded_at"]),
            "ground": ground_in_words(row["ground"]),
            "letter": None if number is None else Link(letter_name(number), letter_address(question, number)),
            "case": case_cell(row, question),
            "cite": row["cite"],
            **{key: row[key] for key, _ in MOVEMENTS},
        }
