"""Whatever bytes are sent, the answer is a letter or a refusal with lines, soon, and never the bytes themselves."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.grants.allocation.letter_file.reading import LetterUnreadable, read_letter
from services.grants.budget_year.letter import Letter
from tests.grants.allocation.letters import OPENING

HEAD = "year: 2020\nnumber: 0\ntitle: x\ndated: {on: 2020-01-01, ground: printed}\n"
LONG = {
    "brackets": "[" * 250_000,
    "braces": "{a: " * 60_000,
    "empty lines": "\n" * 250_000,
    "control characters": "\x01\n" * 120_000,
    "many wrong entries": HEAD + "posts:\n" + "- 1\n" * 60_000,
    "many unknown keys": HEAD + "".join(f"k{number:05d}y: 1\n" for number in range(18_000)),
    "the same key again and again": HEAD + "a: 1\n" * 50_000,
    "many keywords": HEAD + "posts: [{keywords: [" + ",".join(f"k{number}" for number in range(30_000)) + "]}]",
    "one long text": HEAD + "remark: " + "æ" * 120_000,
}


@pytest.mark.parametrize("name", LONG)
def test_a_file_made_to_cost_gets_a_short_list_of_problems(name: str) -> None:
    with pytest.raises(LetterUnreadable) as refused:
        read_letter(LONG[name].encode())
    assert 1 <= len(refused.value.details["problems"]) <= 100


def read_or_refused(source: bytes) -> Letter | LetterUnreadable:
    try:
        return read_letter(source)
    except LetterUnreadable as unreadable:
        refused = unreadable
    lines = [each["line"] for each in refused.details["problems"]]
    assert lines
    assert all(1 <= line <= source.count(b"\n") + 2 for line in lines)
    return refused


@settings(max_examples=150, deadline=None)
@given(source=st.binary(max_size=400))
@example(source=b"\xef\xbb\xbfyear: 2020")
@example(source=b"\x00")
@example(source="year: ٢٠٢٠\n".encode())
def test_any_bytes_are_answered(source: bytes) -> None:
    assert isinstance(read_or_refused(source), LetterUnreadable)


@settings(max_examples=150, deadline=None)
@given(
    at=st.integers(min_value=0, max_value=len(OPENING) - 1),
    put=st.sampled_from(
        ['"', "'", "{", "]", ":", "- ", "&a ", "*a", "!!int ", "#", "\t", "\n", "9", "x", "~", "|", "𝟙"]
    ),
    cut=st.integers(min_value=0, max_value=12),
)
def test_a_slip_of_the_pen_anywhere_is_read_or_refused(at: int, put: str, cut: int) -> None:
    read_or_refused((OPENING[:at] + put + OPENING[at + cut :]).encode())


@pytest.mark.parametrize(
    "canary", ["<script>alert(1)</script>", "'; DROP TABLE fund;--", "=cmd|' /C calc'!A0", "$${7*7}"]
)
def test_what_was_sent_is_never_sent_back(canary: str) -> None:
    quoted = canary.replace("'", "''")
    for place in ("year: 2020", "ground: printed", "post: 290/01", 'amount: "100 mill."', "keywords: [transferable]"):
        key, _ = place.split(": ", 1)
        for wrong in (f"{key}: '{quoted}'", f"'{quoted}': 1"):
            refused = read_or_refused(OPENING.replace(place, wrong, 1).encode())
            assert isinstance(refused, LetterUnreadable)
            assert canary not in refused.detail + str(refused.details)
