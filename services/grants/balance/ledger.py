"""The balances worked out once more, in plain Python, from what each event does to money.

The database keeps them in SQL while it records. This is written without looking at that: the same effects, spread up
the tree by walking from parent to parent, added up day by day. The two must never differ. Amounts are whole øre.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

ACCOUNTS = ("available", "carried_over", "earmarked", "committed", "disbursed", "withheld")
RISING = frozenset({"committed", "disbursed", "withheld"})
"""What a fund promises, pays or holds back, the funds above it do too. What is at disposal stays where it was put."""

Amounts = tuple[int, ...]
NOTHING: Amounts = (0,) * len(ACCOUNTS)


class Entry(NamedTuple):
    """One movement as it reaches one fund, and what stood for its day and its month afterwards."""

    position: int
    line: int
    fund_id: str
    effective_on: date
    amounts: Amounts
    effective_month: date
    day_totals: Amounts
    month_totals: Amounts
    ground: str
    letter_number: int | None
    cite: str | None


class Mark(NamedTuple):
    """What an event adds to one thing a letter says of a fund."""

    position: int
    fund_id: str
    effective_on: date
    name: str
    amount: int


@dataclass(slots=True)
class Fund:
    """A fund and everything that has reached it."""

    id: str
    parent: "Fund | None"
    kind: str
    year: int
    chapter: int
    post: int
    name: str
    hard_stop: bool
    direct_ore: int = 0
    estimated: int = 0
    totals: Amounts = NOTHING
    days: dict[date, Amounts] = field(default_factory=dict)
    months: dict[date, Amounts] = field(default_factory=dict)

    @property
    def path(self) -> list[str]:
        """Itself first, then each fund above it."""
        return [self.id, *(self.parent.path if self.parent else [])]

    @property
    def overdrawn_ore(self) -> int:
        """How much more is committed than there is."""
        return max(0, self.totals[3] - self.totals[0])

    @property
    def overbound_ore(self) -> int:
        """How much more is earmarked and promised here than there is."""
        return max(0, self.direct_ore + self.totals[2] - self.totals[0])

    def stood_on(self, day: date) -> Amounts:
        """What counts up to and with that day: all there is, less what counts from a later one."""
        later = NOTHING
        for on, amounts in self.days.items():
            if on > day:
                later = added(later, amounts)
        return tuple(all_ - after for all_, after in zip(self.totals, later, strict=True))

    def take(self, day: date, amounts: Amounts) -> tuple[Amounts, Amounts]:
        """Move by these amounts; what stands for the day and for its month after that."""
        month = day.replace(day=1)
        self.totals = added(self.totals, amounts)
        self.days[day] = added(self.days.get(day, NOTHING), amounts)
        self.months[month] = added(self.months.get(month, NOTHING), amounts)
        return self.days[day], self.months[month]


def added(one: Amounts, other: Amounts) -> Amounts:
    return tuple(a + b for a, b in zip(one, other, strict=True))


class Ledger:
    """Every fund, as the effects given so far leave it."""

    def __init__(self) -> None:
        self.funds: dict[str, Fund] = {}

    def apply(self, effect: Mapping[str, Any] | None, before: int) -> tuple[list[Entry], list[Mark]]:
        """One command's effect; `before` is the position before its first event. Gives the entries and marks it must
        have left, in the order of position and line. A fund nobody opened raises KeyError."""
        if effect is None:
            return [], []
        for opened in effect.get("funds", ()):
            self._open(opened)
        entries = [entry for movement in effect.get("movements", ()) for entry in self._move(movement, before)]
        return entries, self._mark(effect.get("marks", ()), before)

    def _open(self, opened: Mapping[str, Any]) -> None:
        parent = self.funds[opened["parent_id"]] if opened["parent_id"] is not None else None
        place = parent or Fund("", None, "", opened["year"], opened["chapter"], opened["post"], "", hard_stop=False)
        self.funds[opened["id"]] = Fund(
            opened["id"], parent, opened["kind"], place.year, place.chapter, place.post, opened["name"],
            hard_stop=opened["hard_stop"],
        )  # fmt: skip

    def _move(self, movement: Mapping[str, Any], before: int) -> list[Entry]:
        fund: Fund | None = self.funds[movement["fund"]]
        bearer = fund.parent if fund and fund.kind == "commitment" else fund
        if bearer is not None:
            bearer.direct_ore += movement.get("committed") or 0
        here = tuple(movement.get(account) or 0 for account in ACCOUNTS)
        above = tuple(amount if name in RISING else 0 for name, amount in zip(ACCOUNTS, here, strict=True))
        day, amounts, entries = date.fromisoformat(movement["day"]), here, []
        while fund is not None:
            day_totals, month_totals = fund.take(day, amounts)
            entries.append(
                Entry(
                    before + movement["nth"], movement["line"], fund.id, day, amounts, day.replace(day=1),
                    day_totals, month_totals, movement["ground"], movement.get("letter_number"), movement.get("cite"),
                )
            )  # fmt: skip
            fund, amounts = fund.parent if any(above) else None, above
        return entries

    def _mark(self, said: list[Mapping[str, Any]], before: int) -> list[Mark]:
        summed: dict[tuple[int, str, date, str], int] = defaultdict(int)
        for mark in said:
            day = date.fromisoformat(mark["day"])
            summed[before + mark["nth"], mark["fund"], day, mark["name"]] += mark["amount"]
            if mark["name"] == "estimated":
                fund = self.funds[mark["fund"]]
                fund.estimated += mark["amount"]
                fund.hard_stop = fund.estimated <= 0
        return [Mark(*key, amount) for key, amount in sorted(summed.items())]

    def digest_rows(self) -> list[tuple[Any, ...]]:
        """Every fund's totals in the order of `digest.TOTALS`, by id."""
        return [
            (fund.id, *fund.totals[:4], fund.direct_ore, *fund.totals[4:])
            for fund in sorted(self.funds.values(), key=lambda fund: fund.id)
        ]
