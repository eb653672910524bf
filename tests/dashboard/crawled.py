"""Every page of a day opened as a reader opens it, link by link, and each figure held to what it is made of.

A figure is an amount that leads to its explanation. It must equal the figure that is explained there; the sum of the
entries, terms or words of letters it is explained by, row by row and in the file of the whole table; and what the API
answers for the same day and instant.
"""

import io
import random
import re
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import openpyxl

from services.dashboard.pages.explained import COLUMNS, read_figure
from tests.browser.reading import Element, read_page
from tests.dashboard.filed import rows_of
from tests.dashboard.office import Browser

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
AMOUNT = re.compile("[+\N{MINUS SIGN}-]?[0-9]{1,3}(?:\N{NO-BREAK SPACE}[0-9]{3})*(?:,[0-9]{2})?")
EXPLAINED = "/forklar/"
STATIC = ("/static/", "/logg-", "/tilgjengelighet")
DERIVED = ("remaining_ore",)

Answer = Callable[[str, str, Mapping[str, str]], Awaitable[int | None]]
"""What the API answers of a place's column on a day."""


@dataclass
class Crawled:
    """What was opened and what was held to what. `wrong` is every figure that is not what it is said to be."""

    pages: set[str] = field(default_factory=set)
    figures: int = 0
    explained: int = 0
    files: int = 0
    cells: int = 0
    wrong: list[str] = field(default_factory=list)

    def hold(self, what: str, one: object, other: object) -> None:
        if one != other:
            self.wrong.append(f"{what}: {one} is not {other}")


def ore_of(text: str) -> int:
    """An amount as the pages write it, in øre."""
    written = text.removesuffix(" kroner").strip()
    assert AMOUNT.fullmatch(written), f"{text!r} is no amount"
    whole, _, ore = written.replace("\N{NO-BREAK SPACE}", "").replace("\N{MINUS SIGN}", "-").partition(",")
    size = abs(int(whole)) * 100 + int(ore or 0)
    return -size if written[0] in "-\N{MINUS SIGN}" else size


@dataclass
class Crawler:
    """A reader who follows links of one day, at random, and as many as are asked for. `choose`: which explanations are
    opened, where it is not all of them."""

    browser: Browser
    answer: Answer | None
    draw: random.Random
    most: int
    choose: Callable[[str], bool] | None = None
    files: bool = True
    found: Crawled = field(default_factory=Crawled)
    held: set[tuple[str, int]] = field(default_factory=set)

    async def walk(self, first: str) -> None:
        """Open `most` pages from the first on, each with every figure on it that is not yet held."""
        waiting = deque([first])
        while waiting and len(self.found.pages) < self.most:
            address = waiting.popleft()
            if address in self.found.pages:
                continue
            page = await self.open(address)
            links = [each for each in self.links(page) if each not in self.found.pages]
            self.draw.shuffle(links)
            waiting.extend(links)

    async def open(self, address: str) -> Element:
        self.found.pages.add(address)
        opened = await self.browser.open(address)
        assert opened.status_code == 200, (address, opened.status_code)
        page = read_page(opened.text)
        shown = UUID.findall(" ".join(each.text for each in page.all("title", "body")))
        self.found.hold(f"{address} shows nobody a UUID", shown, [])
        led = UUID.findall(" ".join(each.attributes.get("href", "") for each in page.all("a")))
        self.found.hold(f"{address} leads nobody by a UUID", led, [])
        if self.files:
            await self._files(page)
        for figure in page.all("a"):
            leads = figure.attributes["href"]
            if leads.startswith(EXPLAINED) and AMOUNT.fullmatch(figure.text):
                self.found.figures += 1
                await self._figure(address, leads, ore_of(figure.text))
        return page

    def links(self, page: Element) -> list[str]:
        """The pages of ours that it leads to, but for files, explanations (held as they are met) and other days."""
        own = {each.attributes["href"] for each in page.all("a")}
        return sorted(
            link for link in own if link.startswith("/") and not link.startswith((*STATIC, EXPLAINED))
            and "tabell=" not in link and "side=" not in link
        )  # fmt: skip

    async def _figure(self, on: str, leads: str, amount_ore: int) -> None:
        """The figure where it stands, where it is explained, and as the API answers it."""
        place, slug = urlsplit(leads).path.removeprefix(EXPLAINED).rsplit("/", 1)
        asked = {name: values[0] for name, values in parse_qs(urlsplit(leads).query).items()}
        if self.answer is not None and read_figure(f"{place}/{slug}") is not None:
            told_ore = await self.answer(place, COLUMNS[slug], asked)
            self.found.hold(f"{leads} on {on}, by the API", amount_ore, told_ore)
        if (leads, amount_ore) in self.held or len(self.held) >= self.most * 3:
            return
        if self.choose is not None and not self.choose(leads):
            return
        self.held.add((leads, amount_ore))
        opened = await self.browser.open(leads)
        assert opened.status_code == 200, leads
        page = read_page(opened.text)
        explained = page.with_class("explained__amount")[0].all("span")[-1].text
        self.found.hold(f"{leads} explained, from {on}", amount_ore, ore_of(explained))
        await self._made_of(leads, page, amount_ore)
        self.found.explained += 1

    async def _made_of(self, leads: str, page: Element, amount_ore: int) -> None:
        """Each table of the explanation sums to the figure, whole, and its running sum ends there."""
        for name in ("poster", "foringer", "utsagn", "brev"):
            if not [each for each in page.all("table") if each.attributes.get("id") == f"tabell-{name}"]:
                continue
            rows = await self._csv(leads, name)
            amounts = [ore_of_file(row["Beløp"]) for row in rows if row["Beløp"]]
            self.found.hold(f"{leads}, the sum of {name}", sum(amounts), amount_ore)
            table = page.one("table", id=f"tabell-{name}")
            shown = [row for body in table.all("tbody") for row in body.all("tr")]
            if not page.with_class("sides-of-table"):
                self.found.hold(f"{leads}, how many {name}", len(shown), len(rows))
            for told, row in zip(rows, shown, strict=False):
                for cell in row.all("td"):
                    heading = cell.attributes["data-label"]
                    if heading in ("Beløp", "Sum hittil") and cell.with_class("amount"):
                        self.found.hold(f"{leads}, a line of {name}", ore_of(cell.text), ore_of_file(told[heading]))
            if rows and "Sum hittil" in rows[0]:
                self.found.hold(f"{leads}, where {name} end", ore_of_file(rows[-1]["Sum hittil"]), amount_ore)
        if "/gjenstar" in leads:
            *terms, rest = await self._csv(leads, "ledd")
            if terms:
                self.found.hold(f"{leads}, its terms", sum(ore_of_file(each["Beløp"]) for each in terms), amount_ore)
            self.found.hold(f"{leads}, what is left", ore_of_file(rest["Beløp"]), amount_ore)

    def _same(self, file: str, table: Element, told: Sequence[Mapping[str, Any]]) -> None:
        """Each amount of the page is in the file, under the same heading: of the same row of both, or where the page
        has rows that the file has not (sums of others), of the row that begins alike."""
        rows = [row for body in table.all("tbody") for row in body.all("tr")]
        for at, row in enumerate(rows):
            begins = row.all("th", "td")[0].text
            of = told[at] if len(rows) == len(told) else _beginning(told, begins)
            for cell in row.all("td"):
                if of is not None and cell.with_class("amount") and AMOUNT.fullmatch(cell.text):
                    heading = cell.attributes["data-label"]
                    if heading in of:
                        self.found.hold(f"{file}, {begins}, {heading}", ore_of_cell(of[heading]), ore_of(cell.text))
                        self.found.cells += 1

    async def _csv(self, address: str, name: str) -> list[dict[str, str]]:
        answer = await self.browser.open(f"{address}&tabell={name}&som=csv")
        assert answer.status_code == 200, (address, name)
        return rows_of(answer.text)

    async def _files(self, page: Element) -> None:
        """One table of the page, as it is shown and as its spreadsheet has it."""
        given = [each.attributes["href"] for each in page.all("a") if "som=xlsx" in each.attributes["href"]]
        if not given:
            return
        file = self.draw.choice(sorted(given))
        name = parse_qs(urlsplit(file).query)["tabell"][0]
        tables = [each for each in page.all("table") if each.attributes.get("id") == f"tabell-{name}"]
        opened = await self.browser.open(file)
        assert opened.status_code == 200, file
        if not tables:
            return
        sheet = openpyxl.load_workbook(io.BytesIO(opened.content), read_only=True).worksheets[0]
        told = list(sheet.iter_rows(values_only=True))
        self._same(file, tables[0], [dict(zip(map(str, told[0]), row, strict=True)) for row in told[1:]])
        self.found.files += 1


def ore_of_file(text: str) -> int:
    """An amount as a CSV file of ours writes it."""
    whole, _, ore = text.partition(",")
    return int(whole + (ore or "00"))


def ore_of_cell(value: object) -> int | None:
    """An amount as a spreadsheet of ours has it; None for what is no number."""
    return round(value * 100) if isinstance(value, int | float) else None


def _beginning(told: Sequence[Mapping[str, Any]], begins: str) -> Mapping[str, Any] | None:
    """The row of a file that is of the same post; rows of a page that are sums of others are in none."""
    found = [row for row in told if begins.startswith(f"{next(iter(row.values()))} ")]
    return found[0] if len(found) == 1 else None
