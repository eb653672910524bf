"""Amounts, days and counts as a Norwegian reader expects them."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from services.bokmal import (
    as_day,
    as_instant,
    count,
    day_in_words,
    instant_in_words,
    kroner,
    share,
    signed_kroner,
    unbroken,
)


@pytest.mark.parametrize(
    ("amount_ore", "text"),
    [
        (0, "0"),
        (100, "1"),
        (99_900, "999"),
        (100_000, "1_000"),
        (706_892_600_000, "7_068_926_000"),
        (-242_900_000, "−2_429_000"),
        (50, "0,50"),
        (-5, "−0,05"),
        (123_456_701, "1_234_567,01"),
    ],
)
def test_kroner_have_no_break_spaces_a_true_minus_and_ore_only_when_there_are_any(amount_ore: int, text: str) -> None:
    assert kroner(amount_ore) == text.replace("_", "\N{NO-BREAK SPACE}")


def test_a_difference_always_shows_its_sign() -> None:
    assert signed_kroner(70_500) == "+705"
    assert signed_kroner(-70_500) == "−705"
    assert signed_kroner(0) == "0"


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2020, 12, 31), "31._desember 2020"),
        (date(2020, 1, 1), "1._januar 2020"),
        (date(2020, 2, 29), "29._februar 2020"),
    ],
)
def test_a_day_in_words_keeps_its_number_and_month_together(day: date, text: str) -> None:
    assert day_in_words(day) == text.replace("_", "\N{NO-BREAK SPACE}")


def test_an_instant_is_told_by_the_clock_in_norway() -> None:
    assert instant_in_words(datetime(2020, 6, 22, 12, 5, tzinfo=UTC)).endswith("kl.\N{NO-BREAK SPACE}14.05")
    new_year = instant_in_words(datetime(2020, 12, 31, 23, 30, tzinfo=UTC))
    assert new_year == "1.\N{NO-BREAK SPACE}januar 2021 kl.\N{NO-BREAK SPACE}00.30"


def test_counts_agree_with_their_noun() -> None:
    assert [count(number, "brev", "brev").split("\N{NO-BREAK SPACE}")[0] for number in (0, 1, 9)] == ["ingen", "1", "9"]
    assert count(1, "åpent avvik", "åpne avvik").endswith("åpent avvik")
    assert count(0, "åpent avvik", "åpne avvik").endswith("åpne avvik")


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 100, "0 %"),
        (1, 1000, "under 1 %"),
        (999, 1000, "99 %"),
        (1000, 1000, "100 %"),
        (3, 2, "150 %"),
        (5, 0, "0 %"),
    ],
)
def test_all_is_promised_only_when_nothing_is_left(part: int, whole: int, text: str) -> None:
    assert share(part, whole).replace("\N{NO-BREAK SPACE}", " ") == text


def test_amounts_in_a_letters_sentence_stay_on_one_line() -> None:
    assert (
        unbroken("291/45, 69 544 000 kroner i 2020")
        == "291/45, 69\N{NO-BREAK SPACE}544\N{NO-BREAK SPACE}000 kroner i 2020"
    )
    assert unbroken("9 mill. i 2020 og 5. juni 2020") == "9 mill. i 2020 og 5. juni 2020"


@pytest.mark.parametrize("text", ["Tillegg nr. 3", "kap. 291", "post 60", "§ 5"])
def test_a_number_stays_beside_what_it_is_the_number_of(text: str) -> None:
    before, _, number = text.rpartition(" ")
    assert unbroken(f"I {text} er det sagt") == f"I {before}\N{NO-BREAK SPACE}{number} er det sagt"


def test_days_and_instants_are_read_as_text_or_as_they_are() -> None:
    assert as_day("2020-06-22") == as_day(date(2020, 6, 22)) == date(2020, 6, 22)
    oslo_summer = timezone(timedelta(hours=2))
    assert as_instant("2020-06-22T14:00:00+02:00") == as_instant(datetime(2020, 6, 22, 14, tzinfo=oslo_summer))
    assert as_instant("2020-06-22T12:00:00Z").tzinfo is UTC


def test_an_instant_without_a_zone_is_our_own_mistake() -> None:
    with pytest.raises(AssertionError):
        as_instant("2020-06-22T12:00:00")
