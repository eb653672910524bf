"""Municipality numbers hold for their years: 422 municipalities in 2019, 356 from 2020, 357 from 2024."""

from datetime import date

import pytest

from services.grants.registers.municipalities import (
    MunicipalityUnknown,
    check_municipality_of,
    find_municipality,
    list_municipalities,
)


@pytest.mark.parametrize(
    ("on", "many"),
    [
        (date(2019, 12, 31), 422),
        (date(2020, 1, 1), 356),
        (date(2020, 6, 1), 356),
        (date(2023, 12, 31), 356),
        (date(2024, 1, 1), 357),
        (date(2024, 6, 1), 357),
    ],
)
def test_there_are_as_many_as_there_were(on: date, many: int) -> None:
    assert len(list_municipalities(on)) == many


def test_drammen_has_had_three_numbers() -> None:
    numbers = {"0602": date(2019, 6, 1), "3005": date(2020, 6, 1), "3301": date(2024, 6, 1)}
    for number, day in numbers.items():
        drammen = find_municipality(number, day)
        assert drammen is not None
        assert drammen.name == "Drammen"
        assert [other for other in numbers.values() if find_municipality(number, other)] == [day]


def test_a_number_holds_from_its_first_day_to_its_last() -> None:
    assert find_municipality("1507", date(2019, 12, 31)) is None
    assert find_municipality("1507", date(2020, 1, 1)) is not None
    assert find_municipality("1507", date(2023, 12, 31)) is not None
    assert find_municipality("1507", date(2024, 1, 1)) is None


def test_oslo_has_kept_its_number() -> None:
    assert all(find_municipality("0301", date(year, 1, 1)) for year in (2019, 2020, 2024, 2030))


def test_what_is_no_number_is_nobodys() -> None:
    assert [find_municipality(number, date(2020, 6, 1)) for number in ("9999", "301", "", "Oslo")] == [None] * 4


def test_every_number_has_four_digits_and_every_reform_falls_on_new_year() -> None:
    for day in (date(2019, 1, 1), date(2020, 1, 1), date(2024, 1, 1)):
        for each in list_municipalities(day):
            assert len(each.number) == 4
            assert each.number.isdecimal()
            assert (each.valid_from.month, each.valid_from.day) == (1, 1)
            assert each.valid_to is None or (each.valid_to.month, each.valid_to.day) == (12, 31)


def test_a_number_is_one_that_some_municipality_had_in_the_budget_year() -> None:
    check_municipality_of("3005", 2020)
    check_municipality_of("0301", 2020)
    for number, year in (
        ("0000", 2020),
        ("9999", 2020),
        ("0602", 2020),
        ("3005", 2019),
        ("3301", 2023),
        ("3005", 2024),
    ):
        with pytest.raises(MunicipalityUnknown):
            check_municipality_of(number, year)
        check_municipality_of(number, year, recorded=[number])


def test_every_number_is_taken_in_the_years_it_held_and_in_no_other() -> None:
    """Walked over every day list of the years the register tells of."""
    for year in range(2019, 2027):
        held = {each.number for on in (date(year, 1, 1), date(year, 12, 31)) for each in list_municipalities(on)}
        for number in (f"{digits:04}" for digits in range(0, 10_000, 7)):
            if number in held:
                check_municipality_of(number, year)
            else:
                with pytest.raises(MunicipalityUnknown):
                    check_municipality_of(number, year)
