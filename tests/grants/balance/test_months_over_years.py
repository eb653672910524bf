"""A case stands for its months as long as anything of its promise is left, in whatever year's books that is, and no
longer, whatever was held over, paid or taken back on the way."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from importlib import import_module
from random import Random
from uuid import UUID

import pytest

from services.eventlog.events import Event
from services.eventlog.mapper import decode
from services.grants.case.events.award import PerCapita, Recipient
from services.grants.case.events.round import RoundLine, RoundLinesProposed
from services.grants.case.reductions import left_of
from tests.conftest import Database
from tests.grants.balance.between_years import Years, post_of, stream
from tests.grants.balance.limits import proposal

WHO = Recipient(name="Oslo", organisation_number="958935420", municipality_number="0301")
DAYS = {year: [date(year, month, 15) for month in range(1, 13)] for year in (2020, 2021, 2022)}


def brings(years: Years, number: int, ore: int, period: str = "2020-Q1") -> str:
    """What becomes of a line of a round that proposes an award to Oslo for these months."""
    fund = post_of(2020)
    basis = PerCapita(count=1, rate_ore=ore, rule="år 1")
    proposed = replace(proposal(fund, ore), basis=basis, recipient=WHO, scheme_id="s", round_id=UUID(int=number))
    line = RoundLine(case_id=UUID(int=number), fund_id=fund, amount_ore=ore, recipient=WHO, period=period)
    told = RoundLinesProposed(lines=(line,), file=None, proposed_by="kari")
    return years.tells((f"round-{UUID(int=number)}", [told]), (stream(number), [proposed]))


def standing(years: Years, number: int) -> set[bool]:
    query = "SELECT DISTINCT standing FROM grants.month_taken WHERE stream = %s"
    return {stands for (stands,) in years.reader.execute(query, (stream(number),))}


def facts(years: Years, number: int) -> Iterator[Event]:
    """A case's facts, as they are stored."""
    query = "SELECT topic, data FROM grants.event WHERE stream = %s ORDER BY version"
    for topic, data in years.reader.execute(query, (stream(number),)):
        yield decode(topic, bytes(data))


@pytest.fixture
def years(database: Database) -> Years:
    years = Years(database)
    years.letter(2020, date(2020, 1, 1), 1_000)
    return years


def test_months_of_a_case_held_over_and_annulled_may_be_paid_by_another(years: Years) -> None:
    assert brings(years, 1, 100) == "recorded"
    assert years.promises(1, 100, date(2020, 2, 3)) == "recorded"
    years.holds(1, 2020, 100)
    assert brings(years, 2, 100) == "exhausted"
    years.reduces(1, 60, date(2021, 3, 1))
    assert standing(years, 1) == {True}
    assert brings(years, 2, 100) == "exhausted"
    years.reduces(1, 40, date(2021, 4, 1))
    assert standing(years, 1) == {False}
    assert brings(years, 2, 100) == "recorded"
    assert years.supplements(1, 10, date(2021, 5, 3)) == "exhausted"
    assert years.faults() == []


def test_what_was_paid_before_the_turn_still_pays_for_the_months_when_the_rest_falls_away(years: Years) -> None:
    assert brings(years, 1, 100) == "recorded"
    assert years.promises(1, 100, date(2020, 2, 3)) == "recorded"
    assert years.pays(1, 30, date(2020, 3, 2)) == "recorded"
    years.holds(1, 2020, 70)
    years.holds(1, 2021, 70)
    years.reduces(1, 70, date(2022, 3, 1))
    assert standing(years, 1) == {True}
    assert brings(years, 2, 100) == "exhausted"
    assert years.faults() == []


def test_what_was_paid_and_came_back_whole_pays_for_no_months_also_as_income_of_a_later_year(years: Years) -> None:
    assert brings(years, 1, 100) == "recorded"
    assert years.promises(1, 100, date(2020, 2, 3)) == "recorded"
    assert years.pays(1, 100, date(2020, 3, 2)) == "recorded"
    years.repays(1, 60, date(2021, 3, 1), credited=False)
    assert brings(years, 2, 100) == "exhausted"
    years.repays(1, 40, date(2021, 4, 1), credited=False)
    assert brings(years, 2, 100) == "recorded"
    assert years.faults() == []


def test_the_upgrade_frees_what_an_earlier_release_let_stand(years: Years) -> None:
    for number, period in ((1, "2020-Q1"), (2, "2020-Q2"), (3, "2020-Q3")):
        assert brings(years, number, 100, period) == "recorded"
    for number in (1, 2):
        assert years.promises(number, 100, date(2020, 2, 3)) == "recorded"
        years.holds(number, 2020, 100)
    years.reduces(1, 100, date(2021, 3, 1))
    years.reduces(2, 90, date(2021, 3, 1))
    years.reader.execute("UPDATE grants.month_taken SET standing = true")
    assert years.faults() != []
    years.reader.execute(import_module("migrations.grants.versions.0054_months_of_what_is_left").FREED)
    assert [standing(years, number) for number in (1, 2, 3)] == [{False}, {True}, {True}]
    assert years.faults() == []


@pytest.mark.parametrize("seed", range(4))
def test_whatever_becomes_of_a_promise_its_months_stand_while_anything_of_it_is_left(
    database: Database, seed: int
) -> None:
    """The sums on the side are of each promise whatever year it moved in: unpaid, paid by year, and what came back."""
    random, years, reached = Random(seed), Years(database), set[str]()
    years.letter(2020, date(2020, 1, 1), 100_000)
    unpaid_ore = dict.fromkeys(range(1, 7), 100)
    paid_ore: dict[int, Counter[int]] = {number: Counter() for number in unpaid_ore}
    for number in unpaid_ore:
        assert brings(years, number, 100, f"2020-{number:02}") == "recorded"
        assert years.promises(number, 100, date(2020, 1, 15)) == "recorded"
    for year in (2020, 2021, 2022):
        if year > 2020:
            years.letter(year, date(year, 1, 1), 10_000)
            years.letter(year, date(year, 1, 2), 10_000, carried=True)
            for number, ore in unpaid_ore.items():
                if ore:
                    years.holds(number, year - 1, ore)
        for day in DAYS[year][1:]:
            number = random.choice([*unpaid_ore])
            unpaid, paid = unpaid_ore[number], paid_ore[number]
            act = random.choice(["reduce", "reduce", "pay", "repay", "return"])
            part = random.choice([unpaid, max(1, unpaid // 2)])
            earlier = next((of for of in paid if of < year and paid[of]), None)
            if act == "reduce" and unpaid:
                years.reduces(number, part, day)
                unpaid_ore[number] -= part
            elif act == "pay" and unpaid:
                assert years.pays(number, part, day) == "recorded"
                paid[year] += part
                unpaid_ore[number] -= part
            elif act == "repay" and paid[year]:
                years.repays(number, paid.pop(year), day)
            elif act == "return" and earlier:
                years.repays(number, paid.pop(earlier), day, credited=False)
            else:
                continue
            left_ore = unpaid_ore[number] + paid.total()
            reached.add(f"{act} {'in its year' if year == 2020 else 'later'}, {'some' if left_ore else 'nothing'} left")
            assert standing(years, number) == {left_ore > 0}, (act, number, day)
            assert left_of(facts(years, number)) == left_ore
    assert years.faults() == []
    assert {each.split()[0] for each in reached} >= {"reduce", "pay"}
    assert any(each.endswith("later, nothing left") for each in reached), reached
