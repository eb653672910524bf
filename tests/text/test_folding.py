"""Texts that a reader takes for the same are the same where sameness refuses; what a reader tells apart stays apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.text.folding import folded, is_blank, reads_alike, reads_as_any
from tests.text.folding import SPELLINGS

RULE = "år 1"


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_another_spelling_reads_alike(spelling: str) -> None:
    assert reads_alike(spelling, RULE)
    assert reads_as_any(spelling, ("år 2", RULE))


@pytest.mark.parametrize("other", ["år 2", "ar 1", "år l", "år-1", "år 1.", ""])
def test_what_a_reader_tells_apart_stays_apart(other: str) -> None:
    assert not reads_alike(other, RULE)
    assert not reads_as_any(RULE, (other,))


@given(st.text(), st.text())
def test_reading_alike_goes_both_ways_and_is_what_is_left_when_both_are_folded(one: str, other: str) -> None:
    assert reads_alike(one, other) == reads_alike(other, one) == (folded(one) == folded(other))
    assert reads_alike(one, folded(one))


ZERO = "\N{ZERO WIDTH SPACE}"
BLANK = (
    "\u2800 \U0001d159\U00013441\U00016fe4",
    "",
    " ",
    "\n",
    ZERO,
    f"{ZERO}\N{NO-BREAK SPACE}",
    "\N{WORD JOINER}",
    "\N{HANGUL FILLER}",
)


@pytest.mark.parametrize("text", BLANK)
def test_what_shows_nothing_is_blank(text: str) -> None:
    assert is_blank(text)
    assert not is_blank(f"{text}a{text}")


@given(st.text())
def test_what_is_blank_is_nothing_when_folded(text: str) -> None:
    assert is_blank(text) <= (folded(text) == "")
