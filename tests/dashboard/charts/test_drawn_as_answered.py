"""What is drawn is what is answered: each height and place recomputed from the post's own figures of that day, and each
claim of the description held against them."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from psycopg_pool import AsyncConnectionPool

from services.dashboard.words.spoken import day_in_words, kroner
from services.grants.balance.view import AsOf, Balances
from tests.browser.reading import Element, read_page
from tests.browser.sample import Sample
from tests.browser.serving import client
from tests.conftest import Database
from tests.dashboard.charts.drawn import NBSP, UNITS, Ruler, height_at, of_class, points_of, read_kroner
from tests.dashboard.filed import left_out_of, rows_of
from tests.dashboard.office import opened, settings_of
from tests.eventlog.played import EARMARK, POST, case, letter, life, played
from tests.grants.overview.untold import RELEASED

FIGURES = {"disposal": "at_disposal_ore", "committed": "committed_ore", "paid": "disbursed_ore"}
CLAIMS = {
    "at_disposal_ore": "stilt til disposisjon",
    "committed_ore": "gitt som tilsagn",
    "disbursed_ore": "utbetalt",
}
Answers = Callable[[date], Awaitable[Mapping[str, Any] | None]]
SAMPLED = [
    ("291/71", date(2020, 12, 31)),
    ("292/60", date(2020, 12, 31)),
    ("290/01", date(2020, 6, 30)),
    ("291/70", date(2020, 3, 1)),
]


async def hold(page: Element, until: date, answers: Answers) -> None:
    unit = UNITS[page.with_class("charted__unit")[0].text]
    for drawing in page.with_class("chart")[:2]:
        ruler = Ruler(drawing, 2020, unit)
        lines = {kind: ruler.line(kind) for kind in FIGURES}
        days = [date(2020, 1, 1) + timedelta(days=nth) for nth in range(0, (until - date(2019, 12, 31)).days, 3)]
        changed = {kind: {ruler.left} for kind in FIGURES}
        before: Mapping[str, Any] | None = None
        for day in [*days, until]:
            row = await answers(day)
            middle = ruler.x(day) + (ruler.x(day + timedelta(days=1)) - ruler.x(day)) / 2
            for kind, key in FIGURES.items():
                assert abs(height_at(lines[kind], middle) - ruler.height(row[key] if row else 0)) <= 1, (day, kind)
                if before is None or row is None or before[key] != row[key]:
                    changed[kind].add(ruler.x(day))
            before = row
        for kind, points in lines.items():
            assert abs(points[-1][0] - ruler.x(until + timedelta(days=1))) <= 1
            steps = {x for x, _ in points[1:-1]}
            assert all(
                any(-0.2 <= at - x <= ruler.x(date(2020, 1, 5)) - ruler.left for at in changed[kind]) for x in steps
            )
        last = await answers(until)
        assert last is not None
        told = drawing.one("desc").text.replace(NBSP, " ")
        for key, words in CLAIMS.items():
            assert f"{kroner(last[key])} kroner {words}".replace(NBSP, " ") in told
        moved = re.findall(r"med ([+−][0-9 ]+) kroner", told)
        assert sum(map(read_kroner, (each.replace(" ", "") for each in moved))) * 100 == last["at_disposal_ore"]
        assert day_in_words(until).replace(NBSP, " ") in told


@pytest.mark.parametrize(("code", "until"), SAMPLED)
def test_the_year_is_drawn_as_it_is_answered(code: str, until: date) -> None:
    chapter, post = map(int, code.split("/"))

    async def answers(day: date) -> Mapping[str, Any] | None:
        return await Sample().post(2020, chapter, post, valid_at=day, known_at=None)

    page = read_page(client().get(f"/poster/2020/{code}?gjelder={until.isoformat()}").text)
    asyncio.run(hold(page, until, answers))


@pytest.mark.parametrize(("code", "until"), SAMPLED)
def test_each_step_of_what_is_at_disposal_bears_its_letters_name(code: str, until: date) -> None:
    page = read_page(client().get(f"/poster/2020/{code}?gjelder={until.isoformat()}").text)
    drawing = page.with_class("chart")[0]
    ruler = Ruler(drawing, 2020, UNITS[page.with_class("charted__unit")[0].text])
    flags = {float(each.attributes["x"]) for each in of_class(drawing, "chart__text--flag")}
    poles = [points_of(each.attributes["d"]) for each in of_class(drawing, "chart__line--pole")]
    steps = {x for x, _ in ruler.line("disposal")[1:-1]} | {ruler.left}
    assert {round(top[0]) for top, _ in poles} == {round(x) for x in steps}
    assert len(flags) == len(poles)
    for (x, top), (_, bottom) in poles:
        assert top < bottom
        on_line = [y for at, y in ruler.line("disposal") if abs(at - x) < 0.2]
        assert abs(min(on_line) - bottom) <= 1 or len(on_line) == 1


def test_the_unexplained_is_a_bar_of_its_own() -> None:
    page = read_page(client().get("/poster/2020/292/60?gjelder=2020-12-31").text)
    for drawing in page.with_class("chart")[2:]:
        names = [each.text for each in of_class(drawing, "chart__text--name")]
        amounts = [read_kroner(each.text) for each in of_class(drawing, "chart__text--value")]
        bars = drawing.with_class("chart__bar")
        assert dict(zip(names, amounts, strict=True)) == {
            "Tildelingsbrevet": 1_234_850_000, "Tillegg 4": 161_000_000, "Uforklart i tillegg 4": -61_577_000,
            "Oppgitt i tillegg 4": 1_334_273_000, "Tillegg 8": -47_771_000, "Oppgitt i tillegg 8": 1_286_502_000,
        }  # fmt: skip
        assert [each.attributes["class"].split("--")[-1] for each in bars] == [
            "total", "up", "unexplained", "stated", "down", "stated",
        ]  # fmt: skip
        per_kroner = float(bars[0].attributes["width"]) / amounts[0]
        left, reached = float(bars[0].attributes["x"]), 0.0
        for bar, amount, name in zip(bars, amounts, names, strict=True):
            start, width = float(bar.attributes["x"]), float(bar.attributes["width"])
            whole = name.startswith(("Tildeling", "Oppgitt"))
            low, high = (0.0, amount) if whole else sorted((reached, reached + amount))
            reached = amount if whole else reached + amount
            assert abs(start - (left + low * per_kroner)) <= 1
            assert abs(start + width - (left + high * per_kroner)) <= 1
        told = drawing.one("desc").text.replace(NBSP, " ")
        assert told == (
            "Tildelingsbrevet: 1 234 850 000 kroner. Siden er det lagt til 161 000 000 kroner og trukket fra 47 771 000"
            " kroner. Uforklart i tillegg 4: −61 577 000 kroner. Det gir 1 286 502 000 kroner stilt til disposisjon."
        )


def test_the_series_as_a_file_is_what_is_drawn() -> None:
    answer = client().get("/poster/2020/291/71?gjelder=2020-12-31&tabell=forlop&som=csv")
    head, *rows = answer.text.lstrip("\ufeff").strip().split("\r\n")
    assert head == "Ved utgangen av;Stilt til disposisjon;Tilsagn;Utbetalt"
    assert rows[0] == "01.01.2020;125440000,00;0,00;0,00"
    assert rows[-1] == "02.11.2020;145443000,00;48690000,00;45690000,00"


def test_as_the_ministry_the_year_is_drawn_without_what_it_is_not_told_of(database: Database, tmp_path: Path) -> None:
    address = "/poster/2020/291/71?gjelder=2020-12-31"

    async def go() -> None:
        async with opened(settings_of(database, tmp_path)) as office:
            drawn = {}
            for person in ("ministry", "controller"):
                browser = office.browser()
                await browser.sign_in(person)
                text = (await browser.open(address)).text
                promised = (await browser.open(address.replace("?", "/tilsagn?"))).text
                file = (await browser.open(f"{address}&tabell=forlop&som=csv")).text
                drawn[person] = (text, promised, file)
            page, promised, file = drawn["ministry"]
            assert " 6 kroner gitt som tilsagn" in page.replace(NBSP, " ")
            assert len(read_page(promised).one("tbody").all("tr")) == 1
            assert list(rows_of(file)[-1].values())[2:] == ["6,00", "3,00"]
            assert left_out_of(file).startswith("1 tilsagn er holdt utenfor her")
            page, promised, file = drawn["controller"]
            assert " 18 kroner gitt som tilsagn" in page.replace(NBSP, " ")
            assert len(read_page(promised).one("tbody").all("tr")) == 2
            assert file.strip().rsplit("\r\n", 1)[-1].endswith(";18,00;9,00")

            async def api(day: date) -> Mapping[str, Any] | None:
                return await balances.find_post(2020, 291, 71, AsOf(valid_at=day))

            async with AsyncConnectionPool(database.dashboard_dsn, open=False) as pool:
                balances = Balances(pool)
                await hold(read_page(page), date(2020, 12, 31), api)

    with played(database, tmp_path) as year:
        year.open_year()
        year.say(case(1), 0, *life(1)[:2], RELEASED, *life(1)[2:])
        year.say("allocation-2020", 1, letter(1, date(2020, 6, 22), (POST, 250_000), (EARMARK, 250_000)))
        year.say(case(2), 0, *life(2, amount_ore=1200))
    asyncio.run(go())
