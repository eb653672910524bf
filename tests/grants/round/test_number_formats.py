"""A number is taken where it is the number that is seen; where its format shows another, or none, it is told why not.

Seen: 0.5 shown as 50 %, 1234.5 as 1235 and 1,234,000 as 1234 were awarded as what nobody had looked at.
"""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from services.grants.round.batch_file.apart import _taken, read_apart
from services.grants.round.batch_file.cells import Cell, Unusable
from services.grants.round.batch_file.number_formats import what_hides, what_hides_day

SHOWN: list[tuple[Any, str]] = [
    (1234, "General"), (Decimal("1234.5"), "General"), (1234, "0"), (Decimal("1234.5"), "0.00"), (1234, "#,##0"),
    (Decimal("1234.5"), "# ##0.00"), (301, "0000"), (958935420, "000 000 000"), (958935420, "000\\ 000\\ 000"),
    (Decimal("-1.5"), "0.00;[Red]-0.00"),
    (2469, '_-* #,##0.00\\ "kr"_-;\\-* #,##0.00\\ "kr"_-;_-* "-"??\\ "kr"_-;_-@_-'),
    (2469, '[$kr-414] #,##0.00'), (1234, "@"), (4, "# ?/?"), (1500, "0.00E+00"), (0, "0;-0;0"),
    (Decimal("2469.5"), '#,##0.00" kr"'), (2469, "#,##0 [$kr-nb-NO]"),
]  # fmt: skip
HIDDEN: list[tuple[Any, str, str]] = [
    (Decimal("0.5"), "0%", "shown-as-percentage"), (1, "0.00%", "shown-as-percentage"),
    (Decimal("1234.5"), "0", "shown-rounded"), (Decimal("1234.5"), "#,##0", "shown-rounded"),
    (Decimal("1234.56"), "0.0", "shown-rounded"), (958935420, "0.00E+00", "shown-rounded"),
    (Decimal("1.25"), "# ?/?", "shown-rounded"), (1_234_000, "0,", "shown-in-thousands"),
    (1_234_000, "#,##0,", "shown-in-thousands"), (1_000_000, "0.0,,", "shown-in-thousands"),
    (1_000_000, '0.0,," mill."', "shown-in-thousands"),
    (5, ";;;", "shown-without-its-value"), (5, '"ja"', "shown-without-its-value"),
    (5, '"1"0', "shown-without-its-value"),
    (5, "0\\5", "shown-without-its-value"), (0, '0;-0;"-"', "shown-without-its-value"),
    (5, "[>3]0;[<1]0.0", "shown-without-its-value"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "code"), SHOWN)
def test_what_a_format_shows_whole_is_taken(number: Any, code: str) -> None:
    assert what_hides(number, code) is None


@pytest.mark.parametrize(("number", "code", "why"), HIDDEN)
def test_what_a_format_shows_otherwise_is_told_by_its_kind(number: Any, code: str, why: str) -> None:
    found = what_hides(number, code)
    assert found is not None
    assert found.code == why


@given(
    ore=st.integers(0, 10**12),
    decimals=st.integers(0, 3),
    grouped=st.booleans(),
    before=st.sampled_from(["", "[Red]", '"kr "', "_-* ", "[$kr-414]\\ "]),
    after=st.sampled_from(["", '" kr"', "_-", "\\ "]),
)
def test_a_format_of_digits_shows_what_it_has_room_for(
    ore: int, decimals: int, grouped: bool, before: str, after: str
) -> None:
    code = before + ("#,##0" if grouped else "0") + ("." + "0" * decimals if decimals else "") + after
    number = Decimal(ore) / 100
    shown = Decimal(f"{number:.{decimals}f}")
    assert (what_hides(number, code) is None) == (shown == number)
    assert what_hides(number, code + ",") is not None or after  # a comma behind the last digit leaves three out


@pytest.mark.parametrize(
    "code", ["yyyy\\-mm\\-dd", "mm-dd-yy", "d-mmm-yy", "[$-414]d. mmmm yyyy;@", "DD.MM.YYYY", "m/d/yy h:mm"]
)
def test_a_whole_day_is_shown(code: str) -> None:
    assert what_hides_day(code) is None


@pytest.mark.parametrize("code", ["mmm-yy", "d-mmm", "yyyy", "[$-414]mmmm yyyy", 'd" dag"'])
def test_a_part_of_a_day_is_none(code: str) -> None:
    assert what_hides_day(code) is not None


def test_a_workbook_is_read_as_its_formats_show_it() -> None:
    book, content = Workbook(), io.BytesIO()
    sheet = book.worksheets[0]
    sheet.append(["a", "b", "c"])
    sheet.append([0.5, 1234.5, date(2020, 4, 17)])
    sheet.append([0.5, 1234.5, date(2020, 4, 17)])
    for column, code in zip("ABC", ("0%", "0", "mmm-yy"), strict=True):
        sheet[f"{column}3"].number_format = code
    book.save(content)
    read = _taken(read_apart(content.getvalue(), kind="xlsx", required=["a", "b", "c"], optional=[]))
    assert list(read.rows[0].cells.values()) == [Decimal("0.5"), Decimal("1234.5"), date(2020, 4, 17)]
    assert [code_of(each) for each in read.rows[1].cells.values()] == [
        "shown-as-percentage", "shown-rounded", "shown-without-its-value",
    ]  # fmt: skip


def code_of(cell: Cell) -> str:
    assert isinstance(cell, Unusable)
    return cell.code
