"""The limits that many cases share, worked out once more in plain Python from what each event does to them, and held
against the rows PostgreSQL keeps of them.

Written without looking at the SQL that keeps them while it records. Whole øre.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from psycopg import Connection

from services.text.folding import folded

Row = tuple[Any, ...]
AUTHORITIES = "SELECT post_id, letter_number, effective_on::text, until_year, limit_ore, position FROM grants.authority"
USED = "SELECT post_id, promised_ore FROM grants.authority_use"
MONTHS = "SELECT stream, paid_for, month, position, standing, read_as FROM grants.month_taken"
# Which post each fund is of. The funds themselves are held elsewhere.
POSTS = "SELECT id, path[cardinality(path)] FROM grants.fund WHERE id = ANY (%s)"


class Limits:
    """Authorities, what leans on them, and months taken, as the effects given so far leave them."""

    def __init__(self, connection: Connection[Any]) -> None:
        self.counts: Counter[str] = Counter()
        self._connection = connection
        self._authorities: dict[tuple[str, int], Row] = {}
        self._leans: Counter[str] = Counter()
        self._months: dict[str, dict[tuple[str, int], int]] = {}
        self._fell: set[str] = set()
        self._left: Counter[str] = Counter()

    def apply(self, effect: Mapping[str, Any], before: int) -> None:
        """One command's effect; `before` is the position before its first event."""
        for given in effect.get("authorities", ()):
            read = (given["day"], given["until_year"], given["limit_ore"], before + given["nth"])
            self._authorities[given["post"], given["letter"]] = read
        for fallen in effect.get("fallen", ()):
            of_year = f"{fallen['year']}/"
            gone = [at for at in self._authorities if at[1] == fallen["letter"] and at[0].startswith(of_year)]
            for place in gone:
                del self._authorities[place]
        for lean in effect.get("leans", ()):
            self._leans[lean["fund"]] += lean["amount_ore"]
        for freed in effect.get("freed", ()):
            self._months.pop(freed["stream"], None)
            self._fell.discard(freed["stream"])
        for taken in effect.get("months", ()):
            mine = self._months.setdefault(taken["stream"], {})
            for month in range(taken["first"], taken["first"] + taken["count"]):
                mine.setdefault((taken["paid_for"], month), before + taken["nth"])
        for movement in effect.get("movements", ()):
            if movement["fund"] in self._months:
                self._left[movement["fund"]] += movement.get("committed", 0)
        for returned in effect.get("restands", ()):
            self._left[returned["stream"]] -= returned.get("returned_ore", 0)
        # What a promise comes to never changes without the stream standing anew, so the last time is how it stands now.
        self._fell.update(each["stream"] for each in effect.get("restands", ()) if each["stream"] in self._months)

    def differing(self) -> Iterator[str]:
        """What stands otherwise than the effects leave it."""
        for what, query, expected in (
            ("commitment authorities", AUTHORITIES, self._list_authorities()),
            ("promised on authorities", USED, self._list_used()),
            ("months taken", MONTHS, self._list_months()),
        ):
            found = [tuple(row) for row in self._connection.execute(query.encode())]
            self.counts[what] += len(found)
            for row in sorted(set(found) ^ set(expected), key=repr):
                side = "the events give" if row in expected else "the database has"
                yield f"{what} differ: only {side} {row}"

    def _list_authorities(self) -> list[Row]:
        """(post, letter, day, last year, limit, position), in that order."""
        return [(*place, *read) for place, read in sorted(self._authorities.items())]

    def _list_used(self) -> list[Row]:
        """(post, øre promised)."""
        posts = dict(self._connection.execute(POSTS, (list(self._leans),)).fetchall())
        used: Counter[str] = Counter()
        for fund_id, amount_ore in self._leans.items():
            used[posts.get(fund_id, fund_id)] += amount_ore
        return sorted(used.items())

    def _list_months(self) -> list[Row]:
        """(stream, paid for, month, position, standing, paid for as it reads)."""
        return [
            (stream, paid_for, month, position, stream not in self._fell or self._left[stream] > 0, folded(paid_for))
            for stream, mine in sorted(self._months.items())
            for (paid_for, month), position in sorted(mine.items())
        ]
