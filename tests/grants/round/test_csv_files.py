"""A CSV file in whatever dialect is taken line for line, or refused with the reason that is true of it.

Seen: a line of spaces was a bad one, UTF-16 "not UTF-8" without a word more, a quote that is never closed was told on
the last line, and a file with CR for line ends had "no columns".
"""

import csv
import io
from collections.abc import Sequence
from typing import Literal

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from services.eventlog.refusal import Refusal
from services.grants.round.batch_file.csv_lines import BatchUnreadable
from services.grants.round.batch_file.table import BatchColumnsWrong, read_sheet
from services.httpapi.strict.strict_json import DocumentUnreadable
from tests.grants.round.rounds import COLUMNS, as_csv, batch_line

ABC = ("a", "b_b", "c")
LINE = as_csv(batch_line())
SIGNS = 'x1æ ;,"\t\N{NO-BREAK SPACE}\n'


def read(content: bytes, columns: Sequence[str] = ABC) -> list[list[object]]:
    sheet = read_sheet(content, "csv", required=columns, optional=())
    assert sheet.faults == ()
    return [[row.cells[column] for column in columns] for row in sheet.rows]


@given(
    lines=st.lists(st.tuples(*[st.text(SIGNS, max_size=5)] * 3), min_size=1, max_size=6),
    delimiter=st.sampled_from(";,"),
    ends=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC]),
    mark=st.booleans(),
    says=st.booleans(),
    blank=st.sampled_from(["", " ", ";;", ",,", "\N{NO-BREAK SPACE}"]),
    header=st.sampled_from([ABC, ("A", " b b", "C "), ("a", "B-B", "c")]),
    trailing=st.integers(0, 2),
)
def test_every_dialect_gives_the_lines_that_were_written(
    lines: list[tuple[str, ...]], delimiter: str, ends: str, quoting: Literal[0, 1, 2, 3], mark: bool, says: bool,
    blank: str, header: Sequence[str], trailing: int,
) -> None:  # fmt: skip
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=ends, quoting=quoting)
    assume(set(blank) & set(";,") <= {delimiter})
    if says:
        text.write(f"sep={delimiter}{ends}")
    text.write(blank + ends)
    writer.writerow([*header, *[""] * trailing])
    if ends == "\r" and quoting != csv.QUOTE_ALL:  # the writer leaves the other end of a line unquoted
        lines = [tuple(each.replace("\n", "") for each in cells) for cells in lines]
    for cells in lines:
        writer.writerow([*cells, *[""] * trailing])
        text.write(blank + ends)
    content = (b"\xef\xbb\xbf" if mark else b"") + text.getvalue().encode()
    expected = [[each if each.strip() else None for each in cells] for cells in lines]
    expected = [cells for cells in expected if any(cells)]
    if not expected:
        event("nothing in it")
        with pytest.raises(BatchUnreadable, match="no line below the header"):
            read(content)
        return
    assert read(content) == expected


REASONS: dict[str, tuple[bytes, type[Refusal], str]] = {
    "UTF-16 with its mark": (LINE.decode().encode("utf-16"), DocumentUnreadable, "UTF-16"),
    "UTF-16 without": (LINE.decode().encode("utf-16-le"), DocumentUnreadable, "UTF-16"),
    "Windows-1252": (LINE.decode().encode("cp1252"), DocumentUnreadable, "on line 2 is of Windows-1252"),
    "bytes of nothing": (LINE + b"\xc3\x28\n", DocumentUnreadable, "none there"),
    "a workbook": (b"PK\x03\x04" + bytes(100), BatchUnreadable, "workbook"),
    "tabs": (LINE.replace(b";", b"\t"), BatchUnreadable, "parted by a tab"),
    "a sign it says itself": (b"sep=|\n" + LINE, BatchUnreadable, r"parted by \|"),
    "one column": (b"municipality_number\n0301\n", BatchUnreadable, "one column"),
    "both signs": (b"a;b,c\n", BatchUnreadable, "either ; or ,"),
    "a quote never closed": (LINE + b'0301;"Oslo;1\n0301;Oslo;1\n', BatchUnreadable, "line 3 is never closed"),
    "a quote within quotes": (
        LINE + b'0301;"Oslo "by" i";1\n', BatchUnreadable, "line 3 is not closed, or holds a quote",
    ),
    "a cell without end": (LINE + b'0301;"' + b"x" * 140_000 + b'";1\n', BatchUnreadable, "line 3 is longer"),
    "a column twice": (LINE.replace(b"name", b"Fund "), BatchColumnsWrong, "Missing: name. More than once: fund"),
    "nothing": (b"\r\n \r\n", BatchUnreadable, "empty"),
    "only the header": (LINE.splitlines()[0], BatchUnreadable, "no line below the header on line 1"),
}  # fmt: skip


@pytest.mark.parametrize("what", REASONS)
def test_what_cannot_be_read_is_refused_with_the_true_reason(what: str) -> None:
    content, kind, saying = REASONS[what]
    with pytest.raises(kind, match=saying):
        read(content, COLUMNS)


def test_a_line_with_more_than_the_header_is_a_fault_of_that_line() -> None:
    sheet = read_sheet(b"a;b_b;c;;\n1;2;3;;\n1;2;3;4;\n1;2\n", "csv", required=ABC, optional=())
    assert [(fault.line, fault.code) for fault in sheet.faults] == [
        (3, "cells-not-as-header"),
        (4, "cells-not-as-header"),
    ]
    assert len(sheet.rows) == 1
