"""A table's files hold what its page shows: amounts as numbers, codes as text, and nothing that a spreadsheet runs."""

import asyncio
import csv
import io
import tracemalloc
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.testclient import TestClient

from services.dashboard.pages.cells import as_text
from services.dashboard.pages.exports import About, AsCsv, AsXlsx
from services.dashboard.pages.tables import Cell, Column, Link, Row, Table, Tag, paged, told
from tests.browser.reading import read_page
from tests.browser.serving import client

ABOUT = About(name="tilsagn-prove", lines=[("Tabell", "En prøve")])
COLUMNS = (
    Column("name", "Navn"),
    Column("number", "Organisasjonsnummer", "code"),
    Column("left", "Gjenstår", "money"),
    Column("day", "Fra", "day"),
    Column("at", "Registrert", "instant"),
    Column("count", "Antall", "count"),
)
AT = datetime(2020, 6, 22, 12, 5, 9, tzinfo=UTC)
ROW: dict[str, Cell] = {
    "name": Link("Født Fri", "/mottakere/1"),
    "number": "014283080",
    "left": -6_157_700_050,
    "day": date(2020, 12, 31),
    "at": AT,
    "count": 3,
}


def table(*rows: Row) -> Table:
    return Table("prove", "En prøve", COLUMNS, rows)


def sent(response: Response) -> bytes:
    """What a client gets of an answer."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await response(scope, receive, send)

    served = Starlette()
    served.mount("/", app)
    answer = TestClient(served).get("/")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    return bytes(answer.content)


def cells(content: bytes) -> list[list[Any]]:
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    return [list(row) for row in sheet.iter_rows()]


def lines(content: bytes) -> list[list[str]]:
    text = content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def test_a_spreadsheet_has_amounts_as_numbers_and_codes_as_text() -> None:
    head, row = cells(sent(AsXlsx(table(ROW), ABOUT)))
    assert [cell.value for cell in head] == [column.title for column in COLUMNS]
    assert [cell.value for cell in row] == [
        *("Født Fri", "014283080", -61_577_000.5),
        *(datetime.fromisoformat("2020-12-31"), datetime.fromisoformat("2020-06-22T14:05:09"), 3),
    ]
    assert [cell.data_type for cell in row] == ["s", "s", "n", "d", "d", "n"]
    assert row[2].number_format == "#,##0.00"
    assert row[1].number_format == "@"


def test_a_file_of_text_opens_as_norwegian_spreadsheets_read_it() -> None:
    content = sent(AsCsv(table(ROW), ABOUT))
    assert content.startswith(b"\xef\xbb\xbf")
    assert lines(content)[1] == ["Født Fri", "014283080", "-61577000,50", "31.12.2020", "22.06.2020 14:05:09", "3"]


@pytest.mark.parametrize(
    "text", ["=1+1", "+47", "-2", "@SUM(A1)", "\t=1", " =1", "\N{NO-BREAK SPACE}=1", "=cmd|' /C'!A0"]
)
def test_no_text_is_a_formula(text: str) -> None:
    [_, row] = cells(sent(AsXlsx(table(ROW | {"name": text}), ABOUT)))
    assert (row[0].data_type, row[0].value) == ("s", text)
    assert lines(sent(AsCsv(table(ROW | {"name": text}), ABOUT)))[1][0] == f"'{text}"


def test_what_no_cell_can_hold_is_left_out_and_a_text_without_end_is_cut() -> None:
    hostile = "\x00\x1b[31m\u202egnp.exe\u2066\ud800" + "a" * 100_000
    [_, row] = cells(sent(AsXlsx(table(ROW | {"name": hostile}), ABOUT)))
    assert row[0].value.startswith("[31mgnp.exeaaa")
    assert len(row[0].value) == 32_000
    assert lines(sent(AsCsv(table(ROW | {"name": hostile}), ABOUT)))[1][0] == "[31mgnp.exe" + "a" * 100_000


def test_what_is_not_there_is_an_empty_cell_and_a_tag_is_its_words() -> None:
    nothing: dict[str, Cell] = dict.fromkeys(ROW) | {"name": Tag("svikter", "danger")}
    [_, row] = cells(sent(AsXlsx(table(nothing), ABOUT)))
    assert [cell.value for cell in row] == ["svikter", None, None, None, None, None]
    assert lines(sent(AsCsv(table(nothing), ABOUT)))[1] == ["svikter", "", "", "", "", ""]


@given(amounts=st.lists(st.integers(-(10**15), 10**15), min_size=1, max_size=5), names=st.lists(st.text(), max_size=5))
def test_every_amount_is_read_back_to_the_ore(amounts: list[int], names: list[str]) -> None:
    texts = [as_text(amount, COLUMNS[2]) for amount in amounts]
    assert [int(text.replace(",", "")) for text in texts] == amounts
    rows = [ROW | {"left": amount} for amount in amounts] + [ROW | {"name": name} for name in names]
    read = cells(sent(AsXlsx(table(*rows), ABOUT)))[1:]
    assert [round(row[2].value * 100) for row in read[: len(amounts)]] == amounts
    assert {row[0].data_type for row in read} <= {"s", "n"}


def test_a_large_table_is_paged_on_the_page_and_whole_in_its_file() -> None:
    rows = [ROW | {"count": number} for number in range(120)]
    shown = paged(table(*rows), 2)
    assert shown.side is not None
    assert (shown.side.number, shown.side.last) == (2, 3)
    assert [told(row["count"]) for row in shown.rows] == list(range(50, 100))
    assert len(lines(sent(AsCsv(shown, ABOUT)))) == 121
    assert paged(table(*rows), 9).side == paged(table(*rows), 3).side
    assert paged(table(ROW), 1).side is None


def peak_of(rows: int) -> int:
    """How many bytes are held at most while so many rows are written."""

    async def whole() -> AsyncIterator[Row]:
        for number in range(rows):
            yield ROW | {"name": f"Mottaker {number}", "count": number}

    large = Table("prove", "En prøve", COLUMNS, (), whole=whole)

    async def run() -> None:
        async def send(message: Any) -> None:
            del message

        async def receive() -> Any:
            await asyncio.sleep(3600)

        await AsXlsx(large, ABOUT)({"type": "http", "asgi": {"spec_version": "2.4"}}, receive, send)

    tracemalloc.start()
    try:
        asyncio.run(run())
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_large_spreadsheet_takes_no_more_memory_than_a_small_one() -> None:
    peak_of(600)
    assert peak_of(6_000) < 1.2 * peak_of(1_500)


def test_a_page_gives_its_table_as_it_shows_it_and_refuses_what_it_has_not() -> None:
    browser = client()
    page = read_page(browser.get("/mottakere").text)
    links = [each.attributes["href"] for each in page.with_class("downloads")[0].all("a")]
    assert links == ["/mottakere?tabell=mottakere&som=xlsx", "/mottakere?tabell=mottakere&som=csv"]
    shown = [[cell.text for cell in row.all("th")] for row in page.one("tbody").all("tr")]
    assert [[row[0]] for row in lines(browser.get(links[1]).content)[1:]] == shown
    for refused in ("tabell=poster&som=xlsx", "tabell=mottakere&som=pdf", "som=csv", "tabell=mottakere"):
        answer = browser.get(f"/mottakere?{refused}")
        assert answer.status_code == 404
        assert "Siden har ingen slik tabell" in answer.text


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", " =", "\t="])
def test_a_text_that_looks_like_a_formula_stays_text_when_its_cell_is_written_in_again(sign: str) -> None:
    """The cell itself says that it is text (quotePrefix), as an apostrophe typed before it does."""
    name = f"{sign}1+1"
    about = About(name="tilsagn-prove", lines=[("Tabell", name)])
    book = load_workbook(io.BytesIO(sent(AsXlsx(table(ROW | {"name": name}, ROW | {"name": "Født Fri"}), about))))
    written, harmless = book.worksheets[0]["A2"], book.worksheets[0]["A3"]
    assert (written.value, written.data_type, written.quotePrefix) == (name, "s", True)
    assert (harmless.quotePrefix, book.worksheets[1]["B1"].quotePrefix) == (False, True)
