"""Which post carries a line of money on in another year, forwards and back, over as many years as there are between."""

import pytest

from services.grants.allocation.lines import Lines, post_of, year_of

MOVED = Lines({("2020/291/71", 2021): "2021/292/70", ("2022/292/70", 2023): "2023/295/01"})


@pytest.mark.parametrize(
    ("fund_id", "year", "post_id"),
    [
        ("2020/291/71", 2020, "2020/291/71"),
        ("2020/291/71/nasjonale-ressursmiljo/fodt-fri", 2020, "2020/291/71"),
        ("2020/291/71", 2021, "2021/292/70"),
        ("2020/291/71/nasjonale-ressursmiljo/fodt-fri", 2021, "2021/292/70"),
        ("2020/291/71", 2022, "2022/292/70"),
        ("2020/291/71", 2023, "2023/295/01"),
        ("2020/291/71", 2024, "2024/295/01"),
        ("2020/291/60", 2023, "2023/291/60"),
        ("2022/292/70", 2022, "2022/292/70"),
        ("2022/292/70/del", 2023, "2022/292/70"),
        ("2019/291/71", 2021, "2021/292/70"),
    ],
)
def test_a_line_goes_on_as_recorded_and_otherwise_under_its_number(fund_id: str, year: int, post_id: str) -> None:
    followers = MOVED if fund_id != "2022/292/70/del" else Lines({("2022/292/70", 2023): "2022/292/70"})
    assert followers.post_in(fund_id, year) == post_id


@pytest.mark.parametrize(
    ("fund_id", "year", "post_id"),
    [
        ("2021/292/70", 2020, "2020/291/71"),
        ("2023/295/01/del", 2022, "2022/292/70"),
        ("2024/295/01", 2023, "2023/295/01"),
        ("2022/292/70", 2021, "2021/292/70"),
        ("2022/292/70", 2020, "2020/291/71"),
        ("2023/291/60", 2020, "2020/291/60"),
    ],
)
def test_what_it_carries_on_is_found_back_through_the_years(fund_id: str, year: int, post_id: str) -> None:
    assert MOVED.post_in(fund_id, year) == post_id


def test_a_fund_is_of_its_year_and_its_post() -> None:
    assert post_of("2020/291/71/nasjonale-ressursmiljo/fodt-fri") == post_of("2020/291/71") == "2020/291/71"
    assert year_of("2020/291/71/nasjonale-ressursmiljo/fodt-fri") == 2020


OVER_A_YEAR = Lines({("2020/291/71", 2021): "2021/292/70", ("2021/292/70", 2023): "2023/295/01"})
"""No letter of 2022 gave the line anything."""


@pytest.mark.parametrize(
    ("fund_id", "year", "post_id"),
    [
        ("2020/291/71", 2022, "2022/292/70"),
        ("2020/291/71/del", 2023, "2023/295/01"),
        ("2021/292/70", 2024, "2024/295/01"),
        ("2022/292/70", 2023, "2023/295/01"),
        ("2023/295/01", 2022, "2022/292/70"),
        ("2024/295/01", 2021, "2021/292/70"),
        ("2023/295/01/del", 2020, "2020/291/71"),
    ],
)
def test_a_line_that_was_nothing_in_between_is_found_on_both_sides(fund_id: str, year: int, post_id: str) -> None:
    assert OVER_A_YEAR.post_in(fund_id, year) == post_id


@pytest.mark.parametrize("turned", [False, True])
def test_what_is_recorded_of_the_year_before_takes_the_place_of_what_goes_further_back(turned: bool) -> None:
    recorded = [(("2021/291/71", 2023), "2023/295/01"), (("2022/291/71", 2023), "2023/296/01")]
    lines = Lines(dict(reversed(recorded) if turned else recorded))
    assert lines.post_in("2021/291/71", 2023) == "2023/296/01"
    assert lines.post_in("2023/296/01", 2022) == "2022/291/71"
