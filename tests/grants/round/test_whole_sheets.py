"""A workbook is taken whole or not at all, wherever in the sheet its rows stand and however they are written."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from services.eventlog.refusal import Refusal
from services.grants.round.batch_file.sheet_places import WorkbookNotInOrder
from services.grants.round.batch_file.table import MOST_LINES, Sheet, read_sheet
from services.grants.round.batch_file.workbook import BatchTooLong
from tests.grants.round.per_capita import FAR, SHEET, packed

COLUMNS = ("a", "b")
HEADER = b'<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row>'


@dataclass(frozen=True)
class Written:
    """One row as somebody's program writes it: where it says it stands (None: after the one before), and with what."""

    number: int | None
    values: tuple[int, int]
    formatted: bool = False  # cells with a format and no value
    cells_turned: bool = False

    @property
    def xml(self) -> bytes:
        stated = "" if self.number is None else f' r="{self.number}"'
        cells = [self._cell("A", self.values[0]), self._cell("B", self.values[1])]
        return f"<row{stated}>{''.join(reversed(cells) if self.cells_turned and self.number else cells)}</row>".encode()

    def _cell(self, column: str, value: int) -> str:
        place = "" if self.number is None else f' r="{column}{self.number}"'
        return f'<c{place} s="0"/>' if self.formatted else f"<c{place}><v>{value}</v></c>"


def sheet_of(*rows: Written | bytes) -> Sheet:
    """The rows below a header, read as a batch is."""
    xml = HEADER + b"".join(row if isinstance(row, bytes) else row.xml for row in rows)
    return read_sheet(packed(SHEET, FAR % xml), "xlsx", required=COLUMNS, optional=())


def lines(sheet: Sheet) -> list[tuple[int, object, object]]:
    return [(row.line, row.cells["a"], row.cells["b"]) for row in sheet.rows]


def filled(numbers: Sequence[int]) -> list[Written]:
    return [Written(number, (number, 1)) for number in numbers]


@pytest.mark.parametrize("number", [2, MOST_LINES + 1, MOST_LINES + 2, MOST_LINES + 3, 65_536, 1_048_576])
def test_a_line_counts_wherever_it_stands(number: int) -> None:
    """The last of two, after nothing at all: once what stood on row 10,003 was lost, and the file taken."""
    numbers = sorted({2, number})
    assert lines(sheet_of(*filled(numbers))) == [(each, each, 1) for each in numbers]


def test_as_many_lines_as_are_taken_may_stand_apart() -> None:
    rows = filled(range(2, 3 * MOST_LINES + 2, 3))
    assert len(sheet_of(*rows).rows) == MOST_LINES


@pytest.mark.parametrize("blank_before", [None, 2, 5_000, MOST_LINES + 2])
def test_one_line_too_many_is_refused_and_never_left_out(blank_before: int | None) -> None:
    numbers = [each + (blank_before is not None and each >= blank_before) for each in range(2, MOST_LINES + 3)]
    with pytest.raises(BatchTooLong):
        sheet_of(*filled(numbers))


def test_rows_that_are_only_formatted_are_passed_over_however_many() -> None:
    formatted = [Written(number, (0, 0), formatted=True) for number in range(2, 2 * MOST_LINES)]
    last = 2 * MOST_LINES
    assert lines(sheet_of(*formatted, *filled([last]))) == [(last, last, 1)]


NOT_IN_ORDER: dict[str, Sequence[Written | bytes]] = {
    "out of order": filled([3, 2]),
    "twice": filled([2, 2]),
    "above the header": filled([0]),
    "the header twice": filled([1]),
    "below the last row there is": filled([1_048_577]),
    "with a cell of another row": [b'<row r="2"><c r="A2"><v>1</v></c><c r="B3"><v>2</v></c></row>'],
    "with cells turned": [Written(2, (1, 2), cells_turned=True)],
    "with a cell twice": [b'<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>2</v></c></row>'],
    "with two values in a cell": [b'<row r="2"><c r="A2"><v>1</v><v>2</v></c></row>'],
    "too far to the right": [b'<row r="2"><c r="A2"><v>1</v></c><c r="BM2"><v>2</v></c></row>'],
    "with a value where a text is said": [b'<row r="2"><c r="A2" t="inlineStr"><v>1</v></c></row>'],
    "with a text where a value is said": [b'<row r="2"><c r="A2"><is><t>x</t></is></c></row>'],
    "of another namespace": [b'<o:row xmlns:o="urn:other" r="2"><o:c r="A2"><o:v>1</o:v></o:c></o:row>'],
    "within a row": [b'<row r="2"><c r="A2"><v>1</v></c><row r="3"><c r="A3"><v>1</v></c></row></row>'],
}


@pytest.mark.parametrize("what", NOT_IN_ORDER)
def test_a_sheet_in_which_a_line_might_be_lost_is_refused(what: str) -> None:
    with pytest.raises(WorkbookNotInOrder):
        sheet_of(*filled([2]) if what == "the header twice" else (), *NOT_IN_ORDER[what])


ROWS = st.lists(
    st.builds(
        Written,
        number=st.none() | st.integers(2, 12) | st.sampled_from([MOST_LINES + 2, MOST_LINES + 3, 1_048_576]),
        values=st.tuples(st.integers(0, 99), st.integers(0, 99)),
        formatted=st.sampled_from([False, False, True]),
        cells_turned=st.sampled_from([False] * 9 + [True]),
    ),
    max_size=8,
)


@settings(max_examples=150, deadline=None)
@given(rows=ROWS, ordered=st.booleans())
def test_every_row_that_holds_something_is_taken_or_nothing_is(rows: list[Written], ordered: bool) -> None:
    if ordered:
        rows = [*(row for row in rows if row.number is None), *sorted(
            {row.number: row for row in rows if row.number is not None}.values(), key=lambda row: row.number or 0
        )]  # fmt: skip
    written = [row.values for row in rows if not row.formatted]
    try:
        taken = lines(sheet_of(*rows))
    except Refusal as refused:
        event(refused.code)
    else:
        event("taken")
        assert [(first, second) for _, first, second in taken] == written
        assert [number for number, _, _ in taken] == sorted({number for number, _, _ in taken})
