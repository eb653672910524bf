"""Deadlines as a list and as a month: what is asked for is shown, and what the ministry is not told of is not."""

import asyncio
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.dashboard.pages.asked import Asked, NotUnderstood
from services.dashboard.pages.deadlines import Choice, deadlines_table, filled, list_all, read_choice
from services.dashboard.pages.month import month_of
from services.dashboard.pages.seen_deadlines import of_awards
from services.notifications.deadline.thresholds import SHIPPED
from tests.browser.reading import read_page
from tests.browser.sample_duties import CASE, DUE, HOSTILE, Register
from tests.browser.serving import client

YEAR = Asked(year=2020, valid_at=date(2020, 12, 31))
EVERY_KIND = sorted(SHIPPED)


class Cases:
    """Which cases nothing is promised in."""

    def __init__(self, *unpromised: UUID) -> None:
        self._unpromised = frozenset(unpromised)

    async def unpromised(self, case_ids: Iterable[UUID]) -> frozenset[UUID]:
        return self._unpromised.intersection(case_ids)


def list_seen(register: Register, hidden: frozenset[UUID], choice: Choice, *unpromised: UUID) -> tuple[list[Any], int]:
    async def go() -> tuple[list[Any], int]:
        return await of_awards(Cases(*unpromised), await list_all(register, choice), hidden)

    return asyncio.run(go())


def test_nothing_of_a_case_without_a_promise_is_told_but_what_the_ministry_does_itself() -> None:
    application = UUID(int=77)
    rows = [
        type(DUE[0])(**{**vars(DUE[0]), "deadline_id": UUID(int=number), "case_ids": [application], "roles": roles})
        for number, roles in enumerate((["caseworker"], ["caseworker", "ministry"]), 1)
    ]
    seen, held_out = list_seen(Register(rows), frozenset(), read_choice(YEAR), application)
    assert [row.roles for row in seen] == [["caseworker", "ministry"]]
    assert held_out == 0, "it is no award that is held out"
    assert len(list_seen(Register(rows), frozenset(), read_choice(YEAR))[0]) == 2


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_kind_the_register_knows_has_words_and_can_be_asked_for(kind: str) -> None:
    assert read_choice(YEAR, kind=kind).wanted["kind"] == kind


def test_what_is_of_an_award_the_ministry_is_not_told_of_is_held_out_and_counted() -> None:
    seen, held_out = list_seen(Register(), frozenset({CASE}), read_choice(YEAR))
    assert held_out == 2
    told = str(deadlines_table(seen, YEAR).rows)
    assert "2020/17" not in told
    assert "termin 2" not in told
    everything, none = list_seen(Register(), frozenset(), read_choice(YEAR))
    assert (len(everything), none) == (len(seen) + 2, 0)


def test_one_of_several_cases_is_held_out_for_any_of_them() -> None:
    rows = [type(DUE[0])(**{**vars(DUE[0]), "case_ids": [UUID(int=9), CASE]})]
    assert list_seen(Register(rows), frozenset({CASE}), read_choice(YEAR)) == ([], 1)


def test_the_register_is_read_to_its_end_however_long_it_is() -> None:
    many = [type(DUE[0])(**{**vars(DUE[0]), "deadline_id": UUID(int=number)}) for number in range(1, 1_204)]
    seen, _ = list_seen(Register(many), frozenset(), read_choice(YEAR))
    assert len({row.deadline_id for row in seen}) == 1_203


def test_what_has_no_day_is_apart() -> None:
    with_day = read_page(client().get("/frister?aar=2020").text)
    assert "Rapport 74" not in with_day.one("main").text
    assert "1\N{NO-BREAK SPACE}frist uten dag" in with_day.one("main").text
    assert "Rapport 74" in read_page(client().get("/frister?aar=2020&tilstand=undated").text).one("main").text


@pytest.mark.parametrize(
    ("year", "number", "weeks", "before", "after"),
    [
        (2020, 12, [49, 50, 51, 52, 53], "11.2020", "01.2021"),
        (2021, 1, [53, 1, 2, 3, 4], "12.2020", "02.2021"),
        (2024, 2, [5, 6, 7, 8, 9], "01.2024", "03.2024"),
        (2020, 3, [9, 10, 11, 12, 13, 14], "02.2020", "04.2020"),
    ],
)
def test_a_month_is_whole_weeks_from_monday_by_their_numbers(
    year: int, number: int, weeks: list[int], before: str, after: str
) -> None:
    month = month_of(year, number, today=date(2020, 12, 31))
    assert [week.number for week in month.weeks] == weeks
    assert (month.before, month.after) == (before, after)
    days = [day for week in month.weeks for day in week.days]
    assert [day.on.weekday() for day in days] == list(range(7)) * len(weeks)
    assert sum(day.in_month for day in days) == (date(year + number // 12, number % 12 + 1, 1) - month.shown[0]).days
    assert [day.on for day in days if day.is_today] == (
        [date(2020, 12, 31)] if year * 12 + number in (24252, 24253) else []
    )


def test_a_day_with_many_shows_some_and_leads_to_the_rest() -> None:
    month = filled(
        month_of(2020, 12, today=date(2020, 12, 1)), [row for row in DUE if row.due_on == date(2020, 12, 31)]
    )
    [day] = [day for week in month.weeks for day in week.days if day.entries]
    assert (len(day.entries), day.more) == (3, 2)
    page = read_page(client().get("/frister?maaned=12.2020").text)
    [more] = [link for link in page.all("a") if link.text.startswith("og 2 til")]
    assert "dag=31.12.2020" in more.attributes["href"]
    there = read_page(client().get(more.attributes["href"]).text)
    assert len(there.one("tbody").all("tr")) == 5
    [today] = [cell for cell in page.all("td") if cell.attributes.get("aria-current") == "date"]
    assert "i dag" in today.text


@pytest.mark.parametrize("month", ["13.2020", "00.2020", "6.20", "2020.06", "06-2020", "juni", "٠٦.2020", "12.0001"])
def test_a_month_that_is_none_is_not_guessed_at(month: str) -> None:
    with pytest.raises(NotUnderstood):
        read_choice(YEAR, month=month)


def test_what_somebody_wrote_is_harmless_on_the_page_and_in_the_file() -> None:
    page = client().get("/frister?aar=2020&dag=03.11.2020").text
    assert "<script>alert" not in page
    assert HOSTILE[:10] not in client().get("/frister?aar=2020&tabell=frister&som=csv").text.split("\n")[0]
    lines = client().get("/frister?aar=2020&tabell=frister&som=csv").text.splitlines()
    assert [line for line in lines if line.lstrip('"').startswith("=")] == []
