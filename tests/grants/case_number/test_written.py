"""However a case number is written, it is the one that is meant; and what is none is found to be none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.grants.case_number.view import LARGEST, CaseNumber, find_case_number

NUMBERS = st.builds(CaseNumber, st.integers(1900, 2199), st.integers(1, LARGEST))
SPACES = st.text(st.sampled_from(" \t\u00a0\u202f\u200b\u2009\ufeff"), max_size=3)
BETWEEN = st.sampled_from("/-\u2010\u2011\u2012\u2013\u2014\u2212\u2044\u2215\uff0f\uff0d\ufe63")
FULLWIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@given(NUMBERS, BETWEEN, st.integers(0, 3), st.lists(SPACES, min_size=4, max_size=4), st.booleans())
def test_any_writing_of_a_number_is_read_back(
    number: CaseNumber, between: str, zeros: int, spaces: list[str], wide: bool
) -> None:
    written = f"{spaces[0]}{number.year}{spaces[1]}{between}{spaces[2]}{'0' * zeros}{number.number}{spaces[3]}"
    assert find_case_number(written.translate(FULLWIDTH) if wide else written) == number


@given(NUMBERS)
def test_it_is_said_in_one_way(number: CaseNumber) -> None:
    assert str(number) == f"{number.year}/{number.number}"
    assert find_case_number(str(number)) == number


@given(st.text(max_size=12))
def test_what_is_read_is_a_year_a_stroke_and_a_number(text: str) -> None:
    found = find_case_number(text)
    if found is not None:
        assert 1900 <= found.year <= 2199
        assert 1 <= found.number <= LARGEST
        assert find_case_number(str(found)) == found


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "2020", "2020/", "/17", "17/2020", "2020/0", "2020/000", "2020/-1", "2020//17", "2020/17/1"),
        *("20/17", "1899/1", "2200/1", "02020/17", "2020/1234567890", "2020.17", "2020/1a", "+2020/17", "2020/1e1"),
        *("٢٠٢٠/١٧", "2020/¹"[:5], "case-2020/17", "2020/17\n2020/18"),
    ],
)
def test_what_is_no_case_number(text: str) -> None:
    assert find_case_number(text) is None
