import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.grants.allocation.letter_file.printed import LARGEST_ORE, print_amount, read_printed


@pytest.mark.parametrize(
    ("printed", "amount_ore", "unit_ore"),
    [
        ("7 545,63 mill.", 754_563_000_000, 1_000_000),
        ("9702,51 mill.", 970_251_000_000, 1_000_000),
        ("0,464 mill.", 46_400_000, 100_000),
        ("35 mill.", 3_500_000_000, 100_000_000),
        ("10 327 347", 1_032_734_700, 100),
        ("808 kr", 80_800, 100),
        ("12,50 kr", 1_250, 1),
    ],
)
def test_an_amount_is_read_to_whole_ore_with_the_worth_of_its_last_digit(
    printed: str, amount_ore: int, unit_ore: int
) -> None:
    assert read_printed(printed) == (amount_ore, unit_ore)


@pytest.mark.parametrize(
    "printed",
    [
        "278,4",
        "600000",
        "-2,4 mill.",
        "2.4 mill.",
        "1e9 kr",
        "10 32 347",
        "٣٥ mill.",
        "",
        " 35 mill.",
        "35 mill",
        "1,234 kr",
    ],
)
def test_what_no_letter_prints_is_no_amount(printed: str) -> None:
    assert read_printed(printed) is None


@given(
    unit_ore=st.sampled_from([1, *(10**power for power in range(2, 9))]),
    steps=st.integers(min_value=0, max_value=10**13),
)
def test_an_amount_reads_back_as_it_was_printed(unit_ore: int, steps: int) -> None:
    amount_ore = min(unit_ore * steps, LARGEST_ORE) // unit_ore * unit_ore
    assert read_printed(print_amount(amount_ore, unit_ore)) == (amount_ore, unit_ore)
