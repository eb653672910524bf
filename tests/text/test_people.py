"""Other spellings of one subject are one person where two are needed, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.text.people import folded, is_among, is_same_person

SPELLINGS = (
    "MULTI",
    "Multi",
    "multi ",
    " multi",
    "mul ti",
    "mul\N{NO-BREAK SPACE}ti",
    "mul\N{ZERO WIDTH SPACE}ti",
    "mul\N{ZERO WIDTH JOINER}ti",
    "mul\N{SOFT HYPHEN}ti",
    "mul\N{WORD JOINER}ti",
    "\N{RIGHT-TO-LEFT OVERRIDE}multi",
    "multi\N{VARIATION SELECTOR-16}",
    "mul\N{COMBINING GRAPHEME JOINER}ti",
    "mul\N{HANGUL FILLER}ti",
    "\N{FULLWIDTH LATIN SMALL LETTER M}ulti",
    "\N{MATHEMATICAL BOLD SMALL M}ulti",
    "mult\N{SUPERSCRIPT LATIN SMALL LETTER I}",
    "multi\n",
    "mul\tti",
    "mul\x00ti",
)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_another_spelling_is_the_same_person(spelling: str) -> None:
    assert is_same_person(spelling, "multi")
    assert is_same_person("multi", spelling)
    assert is_among(spelling, ("ola", "multi"))


@pytest.mark.parametrize("other", ["multo", "mult", "b:multi", "multi2", "mu-lti", "", None])
def test_somebody_else_is_somebody_else(other: str | None) -> None:
    assert not is_same_person("multi", other)


def test_letters_with_marks_are_letters_of_their_own() -> None:
    assert not is_same_person("håkon", "hakon")
    assert is_same_person("ha\N{COMBINING RING ABOVE}kon", "HÅKON")
    assert is_same_person("STRASSE", "straße")


@given(st.text())
def test_folding_is_done_once(subject: str) -> None:
    assert folded(folded(subject)) == folded(subject)


@given(st.text(), st.sampled_from(["", " ", "\N{WORD JOINER}", "\N{NO-BREAK SPACE}"]))
def test_what_is_invisible_makes_nobody_another(subject: str, invisible: str) -> None:
    assert is_same_person(invisible + subject + invisible, subject)


@given(st.from_regex(r"[\x21-\x7e]{1,20}", fullmatch=True), st.from_regex(r"[\x21-\x7e]{1,20}", fullmatch=True))
def test_of_what_a_token_may_hold_only_case_is_folded(one: str, other: str) -> None:
    assert is_same_person(one, other) == (one.lower() == other.lower())
