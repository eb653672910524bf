"""The limits that many cases share, worked out once more in plain Python from what each event does to them.

As `ledger.py` is to the balances: written without looking at the SQL that keeps them while it records. Whole øre.
"""

from collections.abc import Mapping
from typing import Any

from services.grants.balance.ledger import ACCOUNTS, Ledger

Row = tuple[Any, ...]
COMMITTED = ACCOUNTS.index("committed")


class LimitLedger:
    """Authorities, what leans on them, and months taken, as the effects given so far leave them. `ledger` must have
    been given each effect before."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._authorities: dict[tuple[str, int], Row] = {}
        self._used: dict[str, int] = {}
        self._months: dict[str, dict[tuple[str, int], int]] = {}
        self._fallen: set[str] = set()

    def apply(self, effect: Mapping[str, Any] | None, before: int) -> None:
        """One command's effect; `before` is the position before its first event."""
        if effect is None:
            return
        for given in effect.get("authorities", ()):
            read = (given["day"], given["until_year"], given["limit_ore"], before + given["nth"])
            self._authorities[given["post"], given["letter"]] = read
        for lean in effect.get("leans", ()):
            post = self._ledger.funds[lean["fund"]].path[-1]
            self._used[post] = self._used.get(post, 0) + lean["amount_ore"]
        for freed in effect.get("freed", ()):
            self._months.pop(freed["stream"], None)
            self._fallen.discard(freed["stream"])
        for taken in effect.get("months", ()):
            mine = self._months.setdefault(taken["stream"], {})
            for month in range(taken["first"], taken["first"] + taken["count"]):
                mine.setdefault((taken["paid_for"], month), before + taken["nth"])
        for stream in (each["stream"] for each in effect.get("restands", ())):
            left = self._ledger.funds[stream].totals[COMMITTED] > 0
            (self._fallen.discard if left else self._fallen.add)(stream)

    def list_authorities(self) -> list[Row]:
        """(post, letter, day, last year, limit, position), in that order."""
        return [(*place, *read) for place, read in sorted(self._authorities.items())]

    def list_used(self) -> list[Row]:
        """(post, øre promised)."""
        return sorted(self._used.items())

    def list_months(self) -> list[Row]:
        """(stream, paid for, month, position, standing)."""
        return [
            (stream, paid_for, month, position, stream not in self._fallen)
            for stream, mine in sorted(self._months.items())
            for (paid_for, month), position in sorted(mine.items())
        ]
