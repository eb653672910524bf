"""The pages, from rows to HTML. Pure functions: the same rows give the same page, and every text is escaped."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services import bokmal
from services.dashboard.pages import deviations as amiss
from services.dashboard.pages import differences, figures
from services.dashboard.pages.asked import Asked, NotUnderstood
from services.dashboard.pages.source import Row
from services.dashboard.sign_in.access import ENTRANCES
from services.dashboard.sign_in.reader import Reader

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
_TEMPLATES.filters |= {
    "kroner": bokmal.kroner,
    "signed": bokmal.signed_kroner,
    "day": lambda value: bokmal.day_in_words(bokmal.as_day(value)),
    "instant": lambda value: bokmal.instant_in_words(bokmal.as_instant(value)),
    "count": bokmal.count,
    "unbroken": bokmal.unbroken,
}


def year_page(
    asked: Asked,
    *,
    years: Sequence[int],
    posts: Sequence[Row],
    letters: Sequence[Row],
    deviations: Sequence[Row] = (),
    untold: int = 0,
    reader: Reader | None = None,
) -> str:
    """The budget year on the chosen day: posts, the letters beside them, and how much is not as it should be."""
    open_deviations = Counter(row["post_id"] for row in deviations if row["status"] == "open")
    grouped = figures.chapters(posts)
    lines = [line for chapter in grouped for line in chapter.posts]
    told, later = _by_day(differences.letters(letters), asked.valid_at)
    return _render(
        "year.html",
        reader=reader,
        untold=untold,
        asked=asked,
        years=_selectable(years, asked),
        chapters=grouped,
        post_count=len(lines),
        sums=figures.column_sums(lines),
        letters=told,
        later_letters=later,
        open_deviations=open_deviations,
        open_totals=sum(len(letter.open_totals) for letter in told),
        open_earmarks=sum(len(letter.open_earmarks) for letter in told),
        open_contradictions=sum(len(letter.open_contradictions) for letter in told),
        ministry_columns=figures.FROM_THE_MINISTRY,
        directorate_columns=figures.AT_THE_DIRECTORATE,
        columns=figures.POST_COLUMNS,
        summary_columns=figures.SUMMARY_COLUMNS,
    )


def post_page(
    asked: Asked,
    *,
    post: Row,
    funds: Sequence[Row],
    entries: Sequence[Row],
    letters: Sequence[Row],
    deviations: Sequence[Row] = (),
    untold: int = 0,
    reader: Reader | None = None,
) -> str:
    """One post: its figures, its tree of funds, what is not as it should be, what the letters disagree on about it, and
    every entry behind it."""
    line = figures.post_line(post)
    told, _ = _by_day(differences.letters(letters), asked.valid_at)
    about_it = [letter.about_post(line.chapter, line.post) for letter in told]
    return _render(
        "post.html",
        reader=reader,
        untold=untold,
        asked=asked,
        post=line,
        columns=figures.POST_COLUMNS,
        fund_columns=figures.FUND_COLUMNS,
        funds=figures.fund_lines(funds),
        deviations=amiss.deviations(row for row in deviations if row["post_id"] == f"{asked.year}/{line.code}"),
        entries=figures.entry_lines(entries, {row["fund_id"]: row["name"] for row in funds}),
        letters=[letter for letter in about_it if letter.totals or letter.earmarks or letter.contradictions],
    )


def letter_page(asked: Asked, *, reconciliation: Row, reader: Reader | None = None) -> str:
    """One letter and its whole reconciliation, the totals that agree included."""
    letter = differences.letter(reconciliation, totals=reconciliation["items"])
    return _render("letter.html", reader=reader, asked=asked, letter=letter)


def receivers_page(receivers: Sequence[Any], *, reader: Reader | None = None) -> str:
    """Who is told outside: those that fail first, and since when."""
    return _render("receivers.html", reader=reader, receivers=receivers)


def accessibility_page() -> str:
    """The accessibility statement (tilgjengelighetserklæring) that public bodies owe their readers."""
    return _render("accessibility.html")


def not_understood_page(
    problem: NotUnderstood, *, instead: Asked, years: Sequence[int], reader: Reader | None = None
) -> str:
    """What was asked cannot be read: says how to write it, with the form ready to be filled in again. What was written
    is never shown back."""
    selectable = _selectable(years, instead)
    return _render("not_understood.html", reader=reader, problem=problem, asked=instead, years=selectable)


def missing_page(what: str, *, reader: Reader | None = None) -> str:
    """There is no such post or letter. `what` is our own sentence; the address is never shown back."""
    return _render("missing.html", reader=reader, what=what)


def sign_in_page(to: str, *, people: Sequence[str] = (), signed_out: bool = False) -> str:
    """Where to sign in, and come back to the page that was asked for (`to`, one of ours). `people` are those the
    development issuer lets in, each by one click."""
    ways = [(person, f"/logg-inn/begynn?{urlencode({'til': to, 'person': person})}") for person in people]
    ways = ways or [("", f"/logg-inn/begynn?{urlencode({'til': to})}")]
    return _render("sign_in.html", ways=ways, signed_out=signed_out)


def refused_page(title: str, told: str, *, correlation: str) -> str:
    """Why a page is not shown, in our own words, and what to quote of it."""
    return _render("refused.html", refusal=title, told=told, correlation=correlation)


def _selectable(years: Sequence[int], asked: Asked) -> list[int]:
    return sorted({*years, asked.year}, reverse=True)


def _by_day(
    letters: Sequence[differences.Letter], day: date
) -> tuple[list[differences.Letter], list[differences.Letter]]:
    """Those that count on the day, newest first, and those that do not yet, next one first."""
    told = [letter for letter in reversed(letters) if letter.effective_on <= day]
    return told, [letter for letter in letters if letter.effective_on > day]


def _render(template: str, *, reader: Reader | None = None, **facts: Any) -> str:
    entrances = [each for each in ENTRANCES if reader and each.sight_of(reader.roles)]
    return _TEMPLATES.get_template(template).render(reader=reader, entrances=entrances, **facts)
