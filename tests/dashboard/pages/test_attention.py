"""What needs attention on a day: the most urgent first, each with its own page behind it, and nothing a reader is not
told of."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from services.bokmal import unbroken
from services.dashboard.pages.asked import Asked
from services.dashboard.pages.attention import Found, attention_table, kinds_of
from services.dashboard.pages.differences import by_day, letters
from services.dashboard.pages.figures import chapters
from services.dashboard.pages.looked_at import Looks
from services.dashboard.pages.seen_deadlines import of_awards
from services.dashboard.pages.source import Row
from services.dashboard.pages.tables import Link, Tag, told
from tests.browser.reading import read_page
from tests.browser.sample import Sample
from tests.browser.sample_letters import LETTERS
from tests.browser.sample_looks import NOTICES, sampled_looks
from tests.browser.serving import client

DAY = date(2020, 6, 22)
QUESTION = Asked(year=2020, valid_at=DAY)
CASE = UUID("11111111-1111-4111-8111-111111111111")


def deadline(kind: str, day: date, **more: Any) -> SimpleNamespace:
    usual = {
        "deadline_id": UUID(int=day.toordinal()),
        "what": f"{kind} {day}",
        "roles": ("controller",),
        "state": "due",
        "letter_number": None,
        "year": None,
        "posts": (),
        "amount_ore": None,
        "case_ids": (),
        "notice_id": None,
        "assignment": None,
        "case_numbers": (),
        "stream": "deadlines-allocation-2020",
        "key": f"{kind}-{day}",
        "known_at": datetime(2020, 6, 1, tzinfo=UTC),
    }
    return SimpleNamespace(**{**usual, "kind": kind, "due_on": day, **more})


class Kept:
    """A register of a few: it answers by day and kind, as the real one does."""

    rows = (
        deadline("notice-opens", date(2020, 6, 25), case_ids=(CASE,), notice_id=CASE),
        deadline("assignment", date(2020, 6, 29), letter_number=4, year=2020),
        deadline("pay-out", date(2020, 7, 20), posts=("291.62",), amount_ore=25_000_000_00),
        deadline("assignment", date(2020, 7, 20)),
        deadline("assignment", date(2020, 2, 1), case_ids=(CASE,)),
        deadline("pay-out", date(2020, 3, 31), posts=("291.60",), amount_ore=250_000_000_00),
        deadline("assignment", date(2020, 6, 24), letter_number=7, year=2020),
    )

    async def list_some(self, *, limit: int = 50, **wanted: Any) -> Sequence[Any]:
        assert wanted["state"] == "due"
        fit = [row for row in self.rows if wanted["since"] <= row.due_on <= wanted["until"]]
        return [row for row in fit if row.kind == wanted.get("kind", row.kind)][:limit]


def found(**changes: Any) -> Found:
    posts = asyncio.run(Sample().posts(2020, valid_at=DAY, known_at=None))
    told_, _ = by_day(letters({**row, "differences": row["items"]} for row in LETTERS), DAY)
    lines = [line for chapter in chapters(posts) for line in chapter.posts]
    return replace(Found(posts=lines, letters=told_, deviations={}, deadlines=()), **changes)


def due(looks: Looks, question: Asked = QUESTION, *, hidden: frozenset[UUID] = frozenset()) -> list[tuple[str, date]]:
    async def go() -> list[Any]:
        return (await of_awards(Sample(), await looks.deadlines(question, counting={0, 4}), hidden))[0]

    rows = asyncio.run(go())
    return [(row.kind, row.due_on) for row in rows]


def test_what_is_late_a_week_of_deadlines_and_a_month_of_money_stand_without_what_is_not_told() -> None:
    looks = sampled_looks(Kept())
    late, unpaid = ("assignment", date(2020, 2, 1)), ("pay-out", date(2020, 3, 31))
    coming = [("assignment", date(2020, 6, 29)), ("pay-out", date(2020, 7, 20))]
    assert due(looks) == [late, unpaid, *coming], "without the one of a letter that does not count yet"
    assert due(looks, hidden=frozenset({CASE})) == [unpaid, *coming]
    before = replace(QUESTION, known_at=datetime(2020, 5, 1, tzinfo=UTC))
    assert due(looks, before) == [], "none of it was known"


def test_each_is_told_with_its_kind_its_day_and_the_way_to_it() -> None:
    late = [
        deadline("ministry-report", day, letter_number=0, year=2020) for day in (date(2020, 5, 1), date(2020, 6, 1))
    ]
    unpaid = deadline("pay-out", date(2020, 3, 31), posts=("291.60",), amount_ore=250_000_000_00)
    rows = attention_table(found(letters=(), deadlines=[unpaid, *late, *Kept.rows[1:3]]), QUESTION).rows
    assert [(told(row["kind"]), told(row["day"])) for row in rows] == [
        ("utbetaling over fristen", date(2020, 3, 31)),
        ("utbetalingsfrist", date(2020, 7, 20)),
        ("frist", date(2020, 6, 29)),
        ("over fristen", date(2020, 6, 1)),
        ("over fristen", date(2020, 5, 1)),
    ]
    whats = [row["what"] for row in rows]
    assert [each.address if isinstance(each, Link) else None for each in whats] == [
        "/poster/2020/291/60?gjelder=2020-06-22", "/poster/2020/291/62?gjelder=2020-06-22",
        "/brev/2020/4?gjelder=2020-06-22", "/brev/2020/0?gjelder=2020-06-22", "/brev/2020/0?gjelder=2020-06-22",
    ]  # fmt: skip
    assert [told(row["amount"]) for row in rows[:2]] == [250_000_000_00, 25_000_000_00]
    gap = "\N{NO-BREAK SPACE}"
    assert told(whats[0]) == f"Post 291/60: 250{gap}000{gap}000 kroner skal være utbetalt, 0 er det"


def test_notices_that_are_stopped_or_open_this_week_stand_as_the_page_of_notices_counts_them() -> None:
    eve = Asked(year=2020, valid_at=date(2020, 12, 31))
    rows = attention_table(found(letters=(), notices=NOTICES), eve).rows
    assert [(told(row["what"]), told(row["kind"]), told(row["day"])) for row in rows] == [
        ("Varsel: Jobbsjansen, del 2", "stanset", None),
        ("Varsel: Jobbsjansen, del 1", "åpner denne uken", date(2020, 12, 31)),
    ]
    browser = client()
    page = read_page(browser.get("/?gjelder=31.12.2020").text)
    counted = {row.all("span")[0].text: row.text for row in page.one("ul", class_="kinds").all("li")}
    for kind in ("stanset", "åpner denne uken", "utbetaling over fristen", "venter på departementet"):
        assert counted[kind].startswith("1"), kind


def test_the_kinds_are_counted_over_all_sides_of_the_table() -> None:
    late = [deadline("assignment", date(2020, 5, 1 + number)) for number in range(20)]
    table = attention_table(found(letters=(), deadlines=late), QUESTION)
    assert [(tag.value, number) for tag, number in kinds_of(table)] == [("over fristen", 20)]


def test_what_is_broken_comes_before_what_is_open() -> None:
    rows_of_posts = asyncio.run(Sample().posts(2020, valid_at=DAY, known_at=None))
    posts = [{**row, "overdrawn": row["post"] == 60} for row in rows_of_posts]
    lines = [line for chapter in chapters(posts) for line in chapter.posts]
    rows = attention_table(found(posts=lines, deviations={"291/71": 2}), QUESTION).rows
    assert [told(row["what"]) for row in rows[:4]] == [
        *("Post 291/60 er overtrukket", "Post 292/60 er overtrukket"),
        *(
            "Post 291/71: 2\N{NO-BREAK SPACE}forhold å rette",
            "Tillegg nr. 4: 8\N{NO-BREAK SPACE}åpne avvik og 2\N{NO-BREAK SPACE}åpne motsigelser",
        ),
    ]
    assert {row["kind"] for row in rows[4:]} == {Tag("åpent avvik", "warning")}


class Quiet(Sample):
    """A year in whose letters all adds up."""

    async def letters(self, year: int, *, known_at: datetime | None) -> Sequence[Row]:
        return [
            {**row, "items": (), "differences": (), "earmark_differences": (), "contradictions": ()}
            for row in await super().letters(year, known_at=known_at)
        ]


def test_the_page_shows_it_and_its_file_has_the_same() -> None:
    browser = client()
    page = read_page(browser.get("/?gjelder=31.12.2020").text)
    shown = [row.one("th").text for row in page.one("table", id="tabell-oppmerksomhet").one("tbody").all("tr")]
    assert len(shown) == 6
    file = browser.get("/?gjelder=31.12.2020&tabell=oppmerksomhet&som=csv").content.decode("utf-8-sig")
    assert [unbroken(line.split(";")[0]) for line in file.splitlines()[1:7]] == shown
    assert (
        "Ingenting krever oppmerksomhet denne dagen."
        in read_page(client(Quiet(), looks=sampled_looks(notices=(), complaints=())).get("/?gjelder=01.02.2020").text)
        .one("main")
        .text
    )
