"""S7, opened in LibreOffice: every file of every page; in the quick run, of some. No cell is a formula, an amount is a
number, a day is a day, and what looks like a number and is none stays text."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import openpyxl

from services.dashboard.sign_in.access import AWARDS, DISPUTES, PAGES, POST, Page
from tests.browser.calc import Cell, opened
from tests.browser.driven import has
from tests.browser.reading import Element, read_page
from tests.conftest import Database
from tests.dashboard import office
from tests.dashboard.access import PLACES, add_receiver, filled
from tests.dashboard.cases import FORMULA, HARM, year_of_cases

KINDS = {"#,##0.00": "float", "0": "float", "dd.mm.yyyy": "date", "dd.mm.yyyy hh:mm:ss": "date", "@": "string"}
"""By how a cell of ours is written: what LibreOffice must take it for. No number is text, nor a code a number."""

QUICK = (POST, AWARDS, DISPUTES)
OF_OTHERS = ("/tilskuddsmottakere/971032081", "/tilskuddsmottakere/958935420")


def files_of(page: Element, met: set[str]) -> list[str]:
    """The addresses of the files of a page that none of its kind has been met of before."""
    given = sorted(
        {
            a.attributes["href"]
            for a in page.all("a")
            if "&som=" in a.attributes.get("href", "").replace("?som=", "&som=")
        }
    )
    fresh = []
    for each in given:
        asked = parse_qs(urlsplit(each).query)
        kind = f"{urlsplit(each).path} {asked['tabell']} {asked['som']}"
        if kind not in met:
            met.add(kind)
            fresh.append(each)
    return fresh


async def fetch(database: Database, folder: Path, pages: Sequence[Page]) -> dict[Path, str]:
    """Every file of the pages, as everybody in one sees it."""
    found: dict[Path, str] = {}
    met: set[str] = set()
    async with office.opened(office.settings_of(database, folder)) as dashboard:
        browser = dashboard.browser()
        await browser.sign_in("everybody")
        for each in (*(filled(page.address) for page in pages), *OF_OTHERS):
            page = read_page((await browser.open(each)).text)
            for address in files_of(page, met):
                answer = await browser.open(address)
                assert answer.status_code == 200, address
                path = folder / f"{len(found)}.{'xlsx' if 'som=xlsx' in address else 'csv'}"
                path.write_bytes(answer.content)
                found[path] = address
    return found


def controls(folder: Path) -> list[Path]:
    """A file of each kind with a formula in it: it must be seen."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["A1"] = "=1+1"
    book.save(folder / "formula.xlsx")
    (folder / "formula.csv").write_text("=1+1;2,50\r\n")
    return [folder / "formula.xlsx", folder / "formula.csv"]


def test_no_cell_is_run_and_each_is_what_it_is(database: Database, tmp_path: Path, long: bool) -> None:
    if not has("soffice", long=long, why="opening files in LibreOffice"):
        return
    with year_of_cases(database, tmp_path):
        pass
    add_receiver(database, PLACES["receiver"])
    given = asyncio.run(fetch(database, tmp_path, PAGES if long else QUICK))
    control = controls(tmp_path)
    cells = opened([*given, *control], tmp_path)
    assert [cells[each][0][0].formula for each in control] == ["of:=1+1", "of:=1+1"], "a formula is seen"
    found = [cell.value for each in given for row in cells[each] for cell in row]
    assert [each for each in found if each.startswith(HARM[:60])] != [], "what harms is there, and harmless"
    assert {each for each in found if each.endswith(FORMULA)} == {FORMULA, f"'{FORMULA}"}
    assert [(given[each], row) for each in given for row in cells[each] for cell in row if cell.formula] == []
    wrong, held = [], Counter[str]()
    for written, table in pairs(given):
        for place, cell in cells_of(written):
            whole, commas = at(cells[written], place), at(cells[table], place)
            wanted = KINDS[str(cell.number_format)]
            held[wanted] += 1
            if whole.kind != wanted or (wanted != "string" and (commas.kind, commas.day) != (whole.kind, whole.day)):
                wrong.append((given[written], place, cell.value, whole, commas))
    assert wrong == []
    assert min(held.values()) > 20, held


def pairs(given: Mapping[Path, str]) -> Iterator[tuple[Path, Path]]:
    """Each spreadsheet with the CSV file of the same table."""
    by_address = {address: path for path, address in given.items()}
    for path, address in given.items():
        if path.suffix == ".xlsx":
            yield path, by_address[address.replace("som=xlsx", "som=csv")]


def cells_of(path: Path) -> Iterator[tuple[tuple[int, int], Any]]:
    """Each cell that holds anything below the headings, as it was written, with its place."""
    for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(min_row=2):
        yield from (((cell.row - 1, cell.column - 1), cell) for cell in row if cell.value not in (None, ""))


def at(rows: Sequence[Sequence[Cell]], place: tuple[int, int]) -> Cell:
    """The cell there; an empty one where nothing is."""
    row = rows[place[0]] if place[0] < len(rows) else ()
    return row[place[1]] if place[1] < len(row) else Cell("", "", None)
