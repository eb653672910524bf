"""Sheets in every odd layout: what stands in them is taken to the cell, or the sheet is refused with the true reason.

What is expected comes from whoever wrote the sheet, cell by cell, and is held against openpyxl too: another reader, in
its other mode, of the same bytes.
"""

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, get_args

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from services.eventlog.refusal import Refusal
from services.grants.round.batch_file.apart import _taken, read_apart
from services.grants.round.batch_file.batch_cells import read_ore
from services.grants.round.batch_file.cells import Cell, Unusable
from services.grants.round.batch_file.sheet_values import as_shown
from services.grants.round.batch_file.table import read_sheet
from services.grants.round.batch_file.workbook import WorkbookHides, WorkbookUnreadable
from tests.grants.round.raw_workbook import (
    DAY_STYLE,
    MAIN,
    STRICT,
    RawSheet,
    RawWorkbook,
    inline,
    number,
    row,
    sheet_of,
)

COLUMNS = ("a", "b", "c")
HEADER = row(1, *map(inline, COLUMNS))
FORMULA, NO_VALUE = "formula", "not-a-value"
EPOCHS = {False: date(1899, 12, 30), True: date(1904, 1, 1)}

Kind = Literal[
    "shared", "rich", "said", "inline", "rich-inline", "str", "escaped", "int", "decimal", "dust", "day", "iso-day",
    "iso-instant", "yes", "error", "formula", "formula-uncached", "formatted", "empty",
]  # fmt: skip


@dataclass(frozen=True)
class Said:
    """A cell as somebody's program writes it."""

    kind: Kind
    text: str = "x"
    whole: int = 1
    on: date = date(2020, 4, 1)
    placed: bool = True

    def xml(self, strings: list[str], *, from_1904: bool) -> str:
        match self.kind:
            case "shared":
                return _shared(strings, f'<t xml:space="preserve">{self.text}</t>')
            case "rich":
                runs = f"<r><rPr><b/></rPr><t>{self.text[:1]}</t></r><r><t xml:space='preserve'>{self.text[1:]}</t></r>"
                return _shared(strings, runs)
            case "said":
                return _shared(
                    strings, f"<t>{self.text}</t><rPh sb='0' eb='1'><t>uttale</t></rPh><phoneticPr fontId='1'/>"
                )
            case "inline":
                return inline(self.text)
            case "rich-inline":
                return f'<c t="inlineStr"><is><r><t>{self.text[:1]}</t></r><r><t>{self.text[1:]}</t></r></is></c>'
            case "str":
                return f'<c t="str"><v>{self.text}</v></c>'
            case "escaped":
                return inline("".join(f"_x{ord(sign):04X}_" for sign in self.text))
            case "int":
                return number(str(self.whole))
            case "decimal":
                return number(f"{self.whole}.25")
            case "dust":
                return number(f"{2469 + self.whole}.0000000000005")
            case "day":
                return number(str((self.on - EPOCHS[from_1904]).days), DAY_STYLE)
            case "iso-day":
                return f'<c t="d"><v>{self.on}</v></c>'
            case "iso-instant":
                return f'<c t="d" s="{DAY_STYLE}"><v>{self.on}T00:00:00.000Z</v></c>'
            case "yes":
                return '<c t="b"><v>1</v></c>'
            case "error":
                return '<c t="e"><v>#REF!</v></c>'
            case "formula":
                return "<c><f>1+1</f><v>2</v></c>"
            case "formula-uncached":
                return '<c t="str"><f t="shared" si="0"/><v></v></c>'
            case "formatted":
                return f'<c s="{DAY_STYLE}"/>'
            case "empty":
                return '<c t="inlineStr"><is><t></t></is></c>'

    @property
    def means(self) -> Cell | str:
        """The value, or the code of what is wrong with it."""
        match self.kind:
            case "int":
                return self.whole
            case "decimal":
                return Decimal(f"{self.whole}.25")
            case "dust":
                return 2469 + self.whole
            case "day" | "iso-day" | "iso-instant":
                return self.on
            case "yes" | "error":
                return NO_VALUE
            case "formula" | "formula-uncached":
                return FORMULA
            case "formatted" | "empty":
                return None
        return self.text


def _shared(strings: list[str], inside: str) -> str:
    strings.append(inside)
    return f'<c t="s"><v>{len(strings) - 1}</v></c>'


def told(cell: Cell) -> Cell | str:
    return cell.code if isinstance(cell, Unusable) else cell


def read(content: bytes) -> dict[int, list[Cell | str]]:
    """The lines as they come over from the other process."""
    sheet = _taken(read_apart(content, kind="xlsx", required=list(COLUMNS), optional=[]))
    assert sheet.faults == ()
    return {line.line: [told(line.cells[name]) for name in COLUMNS] for line in sheet.rows}


def as_openpyxl_reads(content: bytes, rows: Iterable[int]) -> dict[int, list[Any]]:
    """The same cells by another reader."""
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    return {each: [sheet.cell(each, nth).value for nth in (1, 2, 3)] for each in rows}


TEXTS = st.text("abæøå 12", min_size=1, max_size=6).map(str.strip).filter(bool)
CELLS = st.builds(
    Said,
    kind=st.sampled_from(get_args(Kind)),
    text=TEXTS,
    whole=st.integers(0, 10**6),
    on=st.dates(date(2019, 1, 1), date(2021, 12, 31)),
)
ROWS = st.dictionaries(
    st.integers(2, 40) | st.sampled_from([10_002, 10_003, 1_048_576]),
    st.tuples(CELLS, CELLS, CELLS),
    min_size=1,
    max_size=8,
)


@settings(max_examples=70, deadline=None)
@given(rows=ROWS, from_1904=st.booleans(), chart=st.booleans())
def test_every_cell_that_holds_something_is_taken_as_it_was_written(
    rows: dict[int, tuple[Said, ...]], from_1904: bool, chart: bool
) -> None:
    strings: list[str] = []
    written = [
        row(number_, *(each.xml(strings, from_1904=from_1904) for each in cells))
        for number_, cells in sorted(rows.items())
    ]
    sheets = [RawSheet(data=HEADER + "".join(written)), *([RawSheet(chart=True)] if chart else [])]
    content = RawWorkbook(sheets=sheets, strings=strings, date1904=from_1904).content()
    expected = {number_: [each.means for each in cells] for number_, cells in sorted(rows.items())}
    expected = {number_: values for number_, values in expected.items() if any(each is not None for each in values)}
    if not expected:
        event("nothing but formats")
        with pytest.raises(Refusal):
            read(content)
        return
    assert read(content) == expected
    for cells in rows.values():
        for each in cells:
            event(each.kind)
    if chart:
        return  # openpyxl fails on a chart with nothing drawn
    others = as_openpyxl_reads(content, expected)
    for number_, values in expected.items():
        for mine, other, each in zip(values, others[number_], rows[number_], strict=True):
            if each.kind in ("shared", "rich", "said", "inline", "str", "int"):
                assert mine == other
            if each.kind in ("day", "iso-day"):
                assert mine == (other.date() if isinstance(other, datetime) else other)


@settings(max_examples=60, deadline=None)
@given(
    numbers=st.lists(st.integers(2, 9), min_size=1, max_size=5),
    hidden=st.sets(st.integers(2, 9), max_size=2),
    merged=st.none() | st.tuples(st.integers(1, 9), st.integers(0, 3)),
    hidden_column=st.none() | st.integers(1, 5),
)
def test_what_hides_or_might_lose_a_line_is_refused_and_nothing_else_is(
    numbers: list[int], hidden: set[int], merged: tuple[int, int] | None, hidden_column: int | None
) -> None:
    rows = [row(each, *map(inline, "xyz"), **({"hidden": "1"} if each in hidden else {})) for each in numbers]
    before = f'<cols><col min="{hidden_column}" max="{hidden_column}" hidden="1"/></cols>' if hidden_column else ""
    after = f'<mergeCells><mergeCell ref="A{merged[0]}:B{merged[0] + merged[1]}"/></mergeCells>' if merged else ""
    content = sheet_of([HEADER, *rows], before=before, after=after)
    in_order = numbers == sorted(set(numbers))
    filled = {1, *numbers}
    covered = merged is not None and any(merged[0] <= each <= merged[0] + merged[1] for each in filled)
    hides = bool(hidden & set(numbers)) or covered or (hidden_column is not None and hidden_column <= len(COLUMNS))
    if in_order and not hides:
        event("taken")
        assert list(read(content)) == numbers
    else:
        with pytest.raises(Refusal) as refused:
            read(content)
        assert refused.value.code == ("workbook-hides-something" if in_order else "workbook-not-in-order")
        event(refused.value.code)


ODD: dict[str, tuple[Callable[[], bytes], type[Refusal], str]] = {
    "hidden by a filter": (lambda: sheet_of([HEADER, row(2, inline("x"), hidden="1")]), WorkbookHides, "filter"),
    "a row of no height": (lambda: sheet_of([HEADER, row(2, inline("x"), ht="0")]), WorkbookHides, "hidden"),
    "a row of next to no height": (lambda: sheet_of([HEADER, row(2, inline("x"), ht="0.75")]), WorkbookHides, "hidden"),
    "rows of no height unless they say": (
        lambda: sheet_of([HEADER, row(2, inline("x"))], before='<sheetFormatPr zeroHeight="1"/>'),
        WorkbookHides, "hidden",
    ),
    "a column of no width": (
        lambda: sheet_of([HEADER, row(2, inline("x"))], before='<cols><col min="1" max="2" width="0"/></cols>'),
        WorkbookHides, "Column A is hidden",
    ),
    "columns of no width unless they say": (
        lambda: sheet_of(
            [HEADER], before='<sheetFormatPr defaultColWidth="0"/><cols><col min="1" max="1" width="9"/></cols>'
        ),
        WorkbookHides, "no width",
    ),
    "a web page": (lambda: b"<html><table><tr><td>1</td></tr></table>", WorkbookUnreadable, "web page"),
    "CSV": (lambda: b"a;b;c\n1;2;3\n", WorkbookUnreadable, "text and no workbook"),
    "XML of 2003": (lambda: b'<?xml version="1.0"?><Workbook/>', WorkbookUnreadable, "2003"),
    "broken off": (lambda: sheet_of([HEADER])[:700], WorkbookUnreadable, "broken off"),
    "OpenDocument": (
        lambda: sheet_of([HEADER], others={"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}),
        WorkbookUnreadable, "OpenDocument",
    ),
    "binary": (lambda: sheet_of([HEADER], others={"xl/workbook.bin": "x"}), WorkbookUnreadable, "xlsb"),
    "merged": (
        lambda: sheet_of([HEADER, row(2, inline("x"))], after='<mergeCells><mergeCell ref="A2:A3"/></mergeCells>'),
        WorkbookHides, "A2:A3 are merged",
    ),
    "a hidden sheet beside": (
        lambda: RawWorkbook(sheets=[RawSheet(data=HEADER), RawSheet(data=HEADER, state="hidden")]).content(),
        WorkbookUnreadable, "2 sheets, 1 of them hidden",
    ),
    "the sheet itself hidden": (
        lambda: RawWorkbook(sheets=[RawSheet(data=HEADER, state="veryHidden")]).content(), WorkbookUnreadable,
        "hidden so that only the editor of macros shows it",
    ),
    "charts alone": (lambda: RawWorkbook(sheets=[RawSheet(chart=True)]).content(), WorkbookUnreadable, "0 sheets"),
    "with a password": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), WorkbookUnreadable, "password"),
    "a document type in another encoding": (
        lambda: sheet_of([], others={"xl/worksheets/sheet1.xml": '<?xml version="1.0" encoding="UTF-16"?>'}),
        WorkbookUnreadable, "broken",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", ODD)
def test_an_odd_workbook_is_refused_with_the_true_reason(what: str) -> None:
    content, kind, saying = ODD[what]
    with pytest.raises(kind, match=saying):
        read_sheet(content(), "xlsx", required=COLUMNS, optional=())


def test_the_strict_edition_of_the_standard_is_read_too() -> None:
    sheet = RawSheet(data=HEADER + row(2, *map(inline, "xyz"))).xml.replace(MAIN, STRICT)
    assert read(sheet_of([], others={"xl/worksheets/sheet1.xml": sheet})) == {2: ["x", "y", "z"]}


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("2469.0000000000005", 2469),
        ("2468.9999999999995", 2469),
        ("0.30000000000000004", Decimal("0.3")),
        ("1234.5000000000001", Decimal("1234.5")),
        ("1.5E3", 1500),
        ("9999999999999.99", Decimal("9999999999999.99")),
        ("1234.567", Decimal("1234.567")),
        ("9999999999999.995", Decimal("9999999999999.995")),
    ],
)
def test_a_number_is_what_a_spreadsheet_shows_and_nothing_is_rounded_away(said: str, means: int | Decimal) -> None:
    assert as_shown(Decimal(said)) == means


@given(st.integers(1, 10**15))
def test_every_amount_is_itself_again_whatever_binary_made_of_it(ore: int) -> None:
    kroner = ore / 100
    assert read_ore(as_shown(Decimal(repr(kroner)))) == ore or ore > 2**53


@given(st.lists(st.integers(1, 10**9), min_size=2, max_size=20))
def test_the_dust_of_a_sum_is_no_third_decimal(parts_ore: Sequence[int]) -> None:
    assert read_ore(as_shown(Decimal(repr(sum(each / 100 for each in parts_ore))))) == sum(parts_ore)
