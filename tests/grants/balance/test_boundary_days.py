"""What happens on the last day of a year and on the first of the next belongs to the year of its day, whenever it is
told: before the turn of the year is recorded, between two turns, or after both. Counted again in plain Python.
"""

from datetime import date
from itertools import product
from typing import Literal

from services.grants.case.events.year_end import HeldOverGround
from tests.conftest import Database
from tests.grants.balance.between_years import Years, post_of

DAYS = (date(2020, 12, 31), date(2021, 1, 1), date(2021, 12, 31), date(2022, 1, 1))
ACTS = ("pays", "withholds", "frees", "reduces", "repays")
Told = Literal["at once", "between", "after"]


class Case:
    """Ten promised in 2020, two of them paid there and one withheld; and one more act on a day."""

    def __init__(self, years: Years, number: int, act: str, day: date, ground: HeldOverGround) -> None:
        self.years, self.number, self.act, self.day, self.ground = years, number, act, day, ground
        self.unpaid: list[tuple[date, int]] = []
        years.promises(number, 10, date(2020, 2, 3), across_years=ground == "commitment-authority")
        years.pays(number, 2, date(2020, 3, 2))
        years.withholds(number, 1, date(2020, 5, 4))
        self.moves(date(2020, 3, 2), 8)

    def moves(self, day: date, ore: int) -> None:
        self.unpaid.append((day, ore))

    def acts(self) -> None:
        charged = post_of(self.day.year) if self.day.year > 2020 else None
        match self.act:
            case "pays":
                assert self.years.pays(self.number, 3, self.day, charged=charged) == "recorded"
                self.moves(self.day, -3)
            case "withholds":
                self.years.withholds(self.number, 2, self.day)
            case "frees":
                self.years.frees(self.number, 1, self.day)
            case "reduces":
                self.years.reduces(self.number, 4, self.day)
                self.moves(self.day, -4)
            case "repays":
                assert self.years.pays(self.number, 3, self.day, charged=charged) == "recorded"
                self.years.repays(self.number, 1, self.day)
                self.moves(self.day, -3)

    def turns(self, year: int) -> None:
        unpaid = sum(ore for day, ore in self.unpaid if day <= date(year, 12, 31))
        self.years.holds(self.number, year, unpaid, ground=self.ground)


def test_what_happens_at_the_turn_belongs_to_the_year_of_its_day_whenever_it_is_told(database: Database) -> None:
    years = Years(database)
    years.letter(2020, date(2020, 1, 1), 5_000)
    years.gives_leave(2020, 0, None, date(2020, 1, 1))
    grounds: tuple[HeldOverGround, ...] = ("transferable", "commitment-authority")
    told: tuple[Told, ...] = ("at once", "between", "after")
    cases = [
        (Case(years, number, act, day, ground), when)
        for number, (act, day, ground, when) in enumerate(product(ACTS, DAYS, grounds, told), 1)
    ]

    def act(when: Told) -> None:
        for case, told in cases:
            if told == when:
                case.acts()

    act("at once")
    for year in (2020, 2021):
        years.letter(year + 1, date(year + 1, 1, 1), 2_000)
        years.letter(year + 1, date(year + 1, 1, 1), 300, carried=True)
        for case, _ in cases:
            case.turns(year)
        act("between" if year == 2020 else "after")
    assert years.faults() == []
    for case, year in product([case for case, _ in cases], (2021, 2022)):
        claimed, paid, _ = years.claims(post_of(year), date(year, 12, 31))[case.number]
        unpaid = sum(ore for day, ore in case.unpaid if day <= date(year, 12, 31))
        assert claimed - paid == unpaid, (case.act, case.day, case.ground)
