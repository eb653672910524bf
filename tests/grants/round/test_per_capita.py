"""A file of per-capita awards, line by line: every value exact, every fault told with its place."""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.eventlog.refusal import Refusal
from services.grants.case.events.award import Instalment
from services.grants.round.batch import asked_of
from services.grants.round.batch_file.batch_cells import Wrong, list_overlapping, months, read_ore
from services.grants.round.batch_file.csv_lines import BatchUnreadable
from services.grants.round.batch_file.table import (
    MOST_LINES,
    BatchColumnsWrong,
    Fault,
    Kind,
    read_sheet,
)
from services.grants.round.batch_file.workbook import UNPACKED_BYTES, BatchTooLong, WorkbookUnreadable
from tests.grants.round.per_capita import FAR, SHEET, packed, places, read
from tests.grants.round.rounds import BERGEN, COLUMNS, OSLO, as_csv, as_xlsx, batch_line
from tests.grants.scheme.schemes import TERMS

HEADER = ";".join(COLUMNS)


def test_a_line_becomes_an_award_to_the_ore() -> None:
    batch = read(as_csv(batch_line()))
    assert batch.faults == ()
    (line,) = batch.lines
    assert (line.line, line.recipient.municipality_number, line.recipient.organisation_number) == (2, "0301", OSLO[2])
    assert (line.basis.count, line.basis.rate_ore, line.basis.rule, line.amount_ore) == (2, 123_450, "år 1", 246_900)
    assert line.instalments == (Instalment(number=1, amount_ore=246_900, due_on=date(2020, 4, 1)),)


@pytest.mark.parametrize("delimiter", [";", ","])
def test_columns_stand_in_any_order_and_excels_mark_is_passed_over(delimiter: str) -> None:
    content = as_csv(batch_line(), columns=COLUMNS[::-1], delimiter=delimiter)
    assert read(b"\xef\xbb\xbf" + content).lines == read(content).lines != ()


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
def test_a_line_may_hold_an_address_line_by_line_and_reasons(write: Callable[..., bytes]) -> None:
    said: Any = {"address_1": "Postboks 1", "address_3": "0037 Oslo", "reasons": "Bosatt i kvartalet.\nEtter satsene."}
    kind: Kind = "csv" if write is as_csv else "xlsx"
    (line,) = read(write(batch_line(**said)), kind).lines
    assert line.recipient.address == ("Postboks 1", "0037 Oslo")
    assert line.reasons == said["reasons"]
    asked = asked_of(line, TERMS)
    assert (asked.recipient, asked.reasons) == (line.recipient, line.reasons)
    (plain,) = read(write(batch_line()), kind).lines
    assert (plain.recipient.address, plain.reasons) == ((), None)
    assert plain.case_id("s") == line.case_id("s"), "what a line is for is not who lives where"
    wrong: Any = {"address_2": "x" * 101, "reasons": "x" * 10_001}
    faults = read(write(batch_line(**wrong)), kind).faults
    assert {(fault.column, fault.code) for fault in faults} == {
        ("address_2", "text-unusable"),
        ("reasons", "text-unusable"),
    }


def test_later_instalments_leave_the_rest_for_the_first() -> None:
    later = {"due_on_2": "2020-07-01", "amount_2": "1000", "due_on_3": "2020-10-01", "amount_3": "0,50"}
    (line,) = read(as_csv(batch_line(**later))).lines  # type: ignore[arg-type]
    parts = [(part.number, part.amount_ore, part.due_on) for part in line.instalments]
    assert parts == [(1, 146_850, date(2020, 4, 1)), (2, 100_000, date(2020, 7, 1)), (3, 50, date(2020, 10, 1))]


def test_a_workbook_says_the_same_as_the_text() -> None:
    typed = batch_line(
        municipality_number=301, organisation_number=int(OSLO[2]), count=2, rate=1234.5, amount=2469.0,
        due_on=datetime(2020, 4, 1),  # noqa: DTZ001
    )  # fmt: skip
    assert read(as_xlsx(typed), "xlsx").lines == read(as_csv(batch_line())).lines


@pytest.mark.parametrize("saved", ["301", " 0301", "0301\u00a0", "301 "])
def test_a_zero_that_a_spreadsheet_dropped_when_it_saved_text_is_put_back(saved: str) -> None:
    assert read(as_csv(batch_line(municipality_number=saved))).lines == read(as_csv(batch_line())).lines


def test_lines_that_hold_nothing_may_come_before_the_header() -> None:
    (line,) = read(b"\n\r\n" + as_csv(batch_line())).lines
    assert line.line == 4


def test_what_is_wrong_with_the_columns_is_said() -> None:
    columns = ["kommentar", *(column for column in COLUMNS if column != "rate"), "name"]
    with pytest.raises(BatchColumnsWrong) as refused:
        read(";".join(columns).encode() + b"\n")
    for told in ("Missing: rate.", "More than once: name.", "Not known: cell 1 of the line."):
        assert told in refused.value.detail
    assert "kommentar" not in refused.value.detail


FAULTS: dict[str, tuple[dict[str, str], str, str]] = {
    "no such municipality": ({"municipality_number": "0399"}, "municipality_number", "municipality-unknown"),
    "five digits": ({"municipality_number": "03011"}, "municipality_number", "municipality-number-malformed"),
    "a sign": ({"municipality_number": "-301"}, "municipality_number", "municipality-number-malformed"),
    "wrong check digit": ({"organisation_number": "958935421"}, "organisation_number", "organisation-number-invalid"),
    "eight digits": ({"organisation_number": "95893542"}, "organisation_number", "organisation-number-invalid"),
    "no name": ({"name": ""}, "name", "missing"),
    "space at the end": ({"name": "Oslo "}, "name", "text-unusable"),
    "another fund": ({"fund": "2020/291/71"}, "fund", "fund-not-of-scheme"),
    "a fifth quarter": ({"period": "2020-Q5"}, "period", "period-malformed"),
    "nobody": ({"count": "0"}, "count", "count-out-of-range"),
    "less than nobody": ({"count": "-2"}, "count", "count-out-of-range"),
    "everybody": ({"count": "99999999999"}, "count", "count-out-of-range"),
    "a day as its number": ({"due_on": "43922"}, "due_on", "day-as-number"),
    "a cell of spaces": ({"name": "   "}, "name", "missing"),
    "half a person": ({"count": "1.5"}, "count", "not-whole"),
    "a third decimal": ({"rate": "1234.501"}, "rate", "amount-not-whole-ore"),
    "thousands apart": ({"amount": "2 469.00"}, "amount", "amount-malformed"),
    "a comma for thousands": ({"amount": "2,469"}, "amount", "amount-malformed"),
    "less than nothing": ({"amount": "-2469"}, "amount", "amount-out-of-range"),
    "more than a budget": ({"amount": "24690000000000000"}, "amount", "amount-out-of-range"),
    "Arabic digits": ({"amount": "٢٤٦٩"}, "amount", "amount-malformed"),
    "one øre off": ({"amount": "2469.01"}, "amount", "amount-not-count-times-rate"),
    "a day that is not": ({"due_on": "2020-02-30"}, "due_on", "day-malformed"),
    "the day first": ({"due_on": "01.04.2020"}, "due_on", "day-malformed"),
    "half an instalment": ({"due_on_2": "2020-07-01", "amount_2": ""}, "due_on", "instalment-half-given"),
    "nothing left": ({"due_on_2": "2020-07-01", "amount_2": "2469"}, "amount", "instalments-take-all"),
    "the wrong order": ({"due_on_2": "2020-04-01", "amount_2": "1"}, "due_on", "days-out-of-order"),
    "no second": ({"due_on_2": "", "amount_2": "", "due_on_3": "2020-07-01", "amount_3": "1"}, "due_on",
                  "instalment-left-out"),
}  # fmt: skip


@pytest.mark.parametrize("said", FAULTS)
def test_a_bad_line_is_told_by_line_column_and_code(said: str) -> None:
    changed, column, code = FAULTS[said]
    batch = read(as_csv(batch_line(BERGEN) | dict.fromkeys(changed, ""), batch_line(**changed)))  # type: ignore[arg-type]
    assert (3, column, code) in places(batch)
    assert 3 not in {line.line for line in batch.lines}


def test_every_fault_of_every_line_is_told() -> None:
    batch = read(as_csv(batch_line(count="x", rate="y"), batch_line(BERGEN), batch_line(name="", due_on="z")))
    assert places(batch) == {
        (2, "count", "not-whole"),
        (2, "rate", "amount-malformed"),
        (4, "name", "missing"),
        (4, "due_on", "day-malformed"),
    }
    assert [line.line for line in batch.lines] == [3]


def test_a_municipality_is_paid_once_for_a_month() -> None:
    quarter, month, other = batch_line(period="2020-Q1"), batch_line(period="2020-03"), batch_line(period="2020-04")
    batch = read(as_csv(quarter, month, other, batch_line(BERGEN), batch_line(rule="år 2"), quarter))
    assert places(batch) == {(3, "period", "line-repeated"), (7, "period", "line-repeated")}
    assert [line.line for line in batch.lines] == [2, 4, 5, 6]


def test_the_same_line_is_the_same_case_in_any_file_and_any_other_is_another() -> None:
    lines = read(as_csv(batch_line(), batch_line(BERGEN), batch_line(period="2020-Q2"), batch_line(rule="år 2"))).lines
    cases = {line.case_id("integreringstilskudd-2020") for line in lines}
    assert len(cases) == 4
    (again,) = read(as_csv(batch_line(), columns=COLUMNS[::-1])).lines
    assert again.case_id("integreringstilskudd-2020") == lines[0].case_id("integreringstilskudd-2020")
    assert again.case_id("norskopplaering-2020") not in cases
    # It never changes: a case that stands in the log must be found by it again.
    assert lines[0].case_id("integreringstilskudd-2020") == UUID("eae4b847-7c7e-572d-bc88-00b994820e11")


@pytest.mark.parametrize(("period", "length"), [("2020", 12), ("2020-H2", 6), ("2020-Q3", 3), ("2020-09", 1)])
def test_a_period_is_its_months(period: str, length: int) -> None:
    assert len(months(period)) == length
    assert set(months(period)) <= set(months("2020"))


@given(st.integers(min_value=1, max_value=10**13))
def test_no_ore_is_lost_between_the_file_and_the_award(ore: int) -> None:
    kroner = f"{ore // 100}.{ore % 100:02}"
    assert read_ore(kroner) == read_ore(kroner.replace(".", ",")) == ore
    sheet = read_sheet(
        as_xlsx({**dict.fromkeys(COLUMNS, "x"), "amount": ore / 100}), "xlsx", required=COLUMNS, optional=()
    )
    assert read_ore(sheet.rows[0].cells["amount"]) == ore


@pytest.mark.parametrize(
    ("printed", "ore"),
    [
        ("2\N{NO-BREAK SPACE}469,00", 246_900),
        ("2 469", 246_900),
        ("12\N{NARROW NO-BREAK SPACE}345\N{THIN SPACE}678,5", 1_234_567_850),
        ("2469,00\N{NO-BREAK SPACE}", 246_900),
    ],
)
def test_an_amount_is_read_as_it_is_printed_in_norway(printed: str, ore: int) -> None:
    assert read_ore(printed) == ore


@pytest.mark.parametrize(
    "printed", ["2 46,00", "1 234 5678", "2 469.00", "24 69,00", "1  234,00", "\N{MINUS SIGN}2 469,00"]
)
def test_what_might_be_another_amount_is_refused(printed: str) -> None:
    with pytest.raises(Wrong, match="Write kroner"):
        read_ore(printed)


def test_what_nobody_sees_in_an_amount_is_named() -> None:
    with pytest.raises(Wrong, match=r"It holds U\+200B"):
        read_ore("2\N{ZERO WIDTH SPACE}469")


def test_an_organisation_number_is_read_as_it_is_printed() -> None:
    for printed in ("958 935 420", "958\N{NO-BREAK SPACE}935\N{NO-BREAK SPACE}420"):
        assert read(as_csv(batch_line(organisation_number=printed))).lines == read(as_csv(batch_line())).lines


def test_a_sum_that_binary_got_wrong_is_refused_not_rounded() -> None:
    with pytest.raises(Wrong, match="more than two decimals"):
        read_ore(Decimal(repr(0.1 + 0.2)))
    assert places(read(as_xlsx(batch_line(rate=1234.567)), "xlsx")) == {(2, "rate", "amount-not-whole-ore")}


@pytest.mark.parametrize(
    ("value", "code"),
    [("=1+1", "formula"), (True, "not-a-value"), (time(12, 0), "not-a-value"), ("#REF!", "not-a-value")],
)
def test_a_workbooks_formulas_and_odd_values_are_faults(value: object, code: str) -> None:
    batch = read(as_xlsx(batch_line(amount=value)), "xlsx")
    assert places(batch) == {(2, "amount", code)}


def test_lines_that_hold_nothing_are_passed_over_and_keep_their_numbers() -> None:
    empty = dict.fromkeys(COLUMNS)
    for content, kind in ((as_csv(batch_line(), empty, batch_line(BERGEN)), "csv"),
                          (as_xlsx(batch_line(), empty, batch_line(BERGEN), empty), "xlsx")):  # fmt: skip
        assert [line.line for line in read(content, kind).lines] == [2, 4]  # type: ignore[arg-type]


def test_a_ragged_line_is_a_fault_of_its_own() -> None:
    content = as_csv(batch_line()) + b"0301;Oslo\r\n"
    assert [(fault.line, fault.code) for fault in read(content).faults] == [(3, "cells-not-as-header")]


def test_no_fault_repeats_what_the_file_says() -> None:
    batch = read(as_csv(dict.fromkeys(COLUMNS, "<script>kanarifugl</script>")))
    assert len(batch.faults) >= len(COLUMNS) - 3
    assert not [fault for fault in batch.faults if "kanarifugl" in str(fault)]
    assert all(isinstance(fault, Fault) and fault.what for fault in batch.faults)


LAUGHING = b'<!DOCTYPE x [<!ENTITY a "%s">%s]>' % (
    b"x" * 100, b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 99) for n in range(8)),
)  # fmt: skip
HOSTILE: dict[str, tuple[Callable[[], bytes], Kind, type[Refusal]]] = {
    "nothing": (lambda: b"", "csv", BatchUnreadable),
    "a header alone": (HEADER.encode, "csv", BatchUnreadable),
    "not UTF-8": (lambda: HEADER.encode() + b"\n\xff", "csv", Refusal),
    "both delimiters": (lambda: HEADER.replace(";", ",", 1).encode() + b"\n;", "csv", BatchUnreadable),
    "an open quote": (lambda: HEADER.encode() + b'\n"Oslo', "csv", BatchUnreadable),
    "one column too few": (lambda: HEADER.replace("name;", "").encode() + b"\nx", "csv", BatchColumnsWrong),
    "a column twice": (lambda: f"{HEADER};name\nx".encode(), "csv", BatchColumnsWrong),
    "an unknown column": (lambda: f"{HEADER};note\nx".encode(), "csv", BatchColumnsWrong),
    "too many lines": (lambda: f"{HEADER}\n".encode() + b"x\n" * (MOST_LINES + 1), "csv", BatchTooLong),
    "not a workbook": (lambda: b"PK\x03\x04" + b"\0" * 100, "xlsx", WorkbookUnreadable),
    "two sheets": (lambda: as_xlsx(batch_line(), sheets=2), "xlsx", WorkbookUnreadable),
    "a bomb": (lambda: packed("xl/media/x.bin", b"\0" * (UNPACKED_BYTES + 1)), "xlsx", WorkbookUnreadable),
    "many parts": (lambda: packed("x", b"", times=300), "xlsx", WorkbookUnreadable),
    "laughing": (lambda: packed(SHEET, LAUGHING + FAR % b""), "xlsx", WorkbookUnreadable),
    "broken XML": (lambda: packed(SHEET, b"<worksheet><sheetData>"), "xlsx", Refusal),
    "a cell at the end of the world": (
        lambda: packed(SHEET, FAR % b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "xlsx", Refusal,
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_a_file_that_is_no_such_file_is_refused_whole(what: str) -> None:
    content, kind, refusal = HOSTILE[what]
    with pytest.raises(refusal):
        read(content(), kind)


def test_what_is_no_period_is_wrong() -> None:
    for period in ("20", "2020-13", "2020-Q0", "2020-q1", "1899", "2020-01-01"):
        with pytest.raises(Wrong):
            months(period)


def test_each_period_knows_the_others_that_share_a_month() -> None:
    assert list_overlapping("2020-Q1") == ["2020", "2020-H1", "2020-01", "2020-02", "2020-03"]
    assert list_overlapping("2020-06") == ["2020", "2020-H1", "2020-Q2"]
    assert len(list_overlapping("2020")) == 18


@pytest.mark.parametrize("period", ["2002-10", "2018", "2199", "2021-01", "2021"])
def test_a_years_fund_pays_for_no_months_of_other_years(period: str) -> None:
    assert places(read(as_csv(batch_line(period=period)))) == {(2, "period", "period-outside-fund")}


@pytest.mark.parametrize("period", ["2019", "2019-12", "2020", "2020-H2", "2020-12"])
def test_it_pays_for_months_of_its_own_and_of_the_year_before_settled_late(period: str) -> None:
    assert read(as_csv(batch_line(period=period))).faults == ()


@given(st.integers(1900, 2199), st.sampled_from(["", "-H1", "-Q4", "-01", "-12"]))
def test_every_period_that_is_taken_lies_in_two_years(year: int, part: str) -> None:
    taken = not read(as_csv(batch_line(period=f"{year}{part}"))).faults
    assert taken == (year in (2019, 2020))
