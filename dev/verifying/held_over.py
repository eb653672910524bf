"""What one budget year leaves to the next, worked out once more in plain Python from what each event does, and held
against the rows PostgreSQL keeps of it.

Written without looking at the SQL that keeps it while it records: every day is walked through, claim by claim in their
order (cover.py). What a case had moved before it was held over is read from the ledger, whose entries are themselves
held against the facts. What is remembered is the claims, and what letters say of the posts they are on. Whole øre.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg import Connection

from dev.verifying.cover import NONE, PAID, Covered, Hold, Line, Moved, Released, added, cover, negative
from dev.verifying.following import Facts
from dev.verifying.reading import Following, Row, Snapshot

Effect = dict[str, Any]
EVER = 2**63 - 1
ON_LINE = "carried_over_on_line"
BETWEEN_YEARS = frozenset({"holds", "succeeded", "ranked", "charges", "marks"})
"""Parts of an effect that may concern what is held over, whatever it is that they move."""
HOLDS = """
    SELECT stream, into_year, post_id, from_post_id, ground, promised_on, promised_at, position FROM grants.held_over
"""
ORDERS = "SELECT post_id, effective_on, position, place, stream FROM grants.held_over_order"
CLAIMS = """
    SELECT position, line, stream, into_year, post_id, effective_on, claimed_ore, paid_ore, withheld_ore, recorded_at
    FROM grants.held_over_entry ORDER BY position, line
"""
ORIGIN = "SELECT name, path[2:] FROM grants.fund WHERE id = %s"
MOVED = """
    SELECT position, effective_on, committed_ore, disbursed_ore, withheld_ore FROM grants.entry
    WHERE fund_id = %s AND position <= %s ORDER BY position, line
"""


@dataclass(frozen=True, slots=True)
class Origin:
    """The line of a case in its own year: what it is called, the funds above it, and all that had moved it by then."""

    name: str
    above: list[str]
    opening: tuple[date, int]
    moved: Mapping[date, Moved]


class HeldOver:
    """Every claim, as the effects given so far leave it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.counts: Counter[str] = Counter()
        self.lines: dict[str, dict[date, Moved]] = {}
        self._connection: Connection[Any] = snapshot.connection
        self._stands = Following(snapshot.ahead(CLAIMS))
        self._holds: dict[str, dict[int, Hold]] = {}
        self._on: dict[str, set[str]] = defaultdict(set)
        self._days: dict[tuple[str, int], dict[date, Moved]] = {}
        self._orders: dict[str, list[tuple[date, int, list[str]]]] = defaultdict(list)
        self._released: dict[str, dict[date, int]] = defaultdict(dict)
        self._on_lines: dict[str, dict[Line, dict[date, int]]] = defaultdict(dict)
        self._aside: dict[str, dict[Line, dict[date, int]]] = defaultdict(dict)
        self._opened: dict[str, date | None] = {}
        self._command: list[Row] = []

    def carry(self, effect: Mapping[str, Any], facts: Facts) -> tuple[list[Effect], list[Effect]]:
        """One command's movements where they belong, and the lines they open. Raises KeyError where a fact names what
        is not there."""
        self._command = []
        self._hear(effect)
        if self._concerns_no_claim(effect):
            return list(effect.get("movements", ())), []
        moves: list[Effect] = []
        origins: dict[str, tuple[int, str]] = {}
        touched: dict[str, date] = {}
        for hold in effect.get("holds", ()):
            origins[hold["stream"]] = hold["nth"], hold["topic"]
            moves += self._hold_over(hold, facts)
        for succeeded in effect.get("succeeded", ()):
            self._succeed(succeeded, facts)
        for ranked in effect.get("ranked", ()):
            order = date.fromisoformat(ranked["day"]), facts.before + ranked["nth"], ranked["streams"]
            self._orders[ranked["post"]].append(order)
            _touch(touched, ranked["post"], order[0])
        for movement in effect.get("movements", ()):
            moves += self._route(movement, origins, facts)
        for said in (*effect.get("movements", ()), *effect.get("marks", ())):
            post_id = _line_of(said["fund"])[0] if said.get("name") == ON_LINE else said["fund"]
            if post_id in self._on:
                first = date.min if said.get("ground") == "allocated" else date.fromisoformat(said["day"])
                _touch(touched, post_id, first)
        for _, _, _, _, post_id, day, *_ in self._command:
            _touch(touched, post_id, day)
        opened = self._cover(touched, moves, origins, _last(effect)) if touched else []
        numbered = [move | {"line": line} for line, move in enumerate(moves, 1)]
        return sorted(numbered, key=lambda move: (move["nth"], move["line"])), opened

    def _concerns_no_claim(self, effect: Mapping[str, Any]) -> bool:
        """Whether nothing of it is of a promise held over, or of a post that such promises are claimed on: as of most
        commands, whose movements stand as they are told."""
        if not BETWEEN_YEARS.isdisjoint(effect):
            return False
        held, claimed_on = self._holds, self._on
        return all(
            (fund := movement["fund"]) not in held and fund not in claimed_on
            for movement in effect.get("movements", ())
        )

    def differing(self, facts: Facts) -> Iterator[tuple[int, str]]:
        """Where the claims this command moved stand otherwise (position, what)."""
        found = self._stands.upto(facts.upto)
        self.counts["claims of held-over promises"] += len(found)
        expected = [(*claim, facts.at) for claim in self._command]
        for row in sorted(set(found) ^ set(expected), key=repr):
            yield row[0], _told("claims of held-over promises", row, expected)

    def end(self) -> Iterator[tuple[int, str]]:
        """What stands otherwise than all of it leaves it."""
        for row in self._stands.upto(EVER):
            yield row[0], _told("claims of held-over promises", row, [])
        for what, query, expected in (
            ("promises held over", HOLDS, self._list_holds()),
            ("order of claims", ORDERS, self._list_orders()),
        ):
            found = [tuple(row) for row in self._connection.execute(query.encode())]
            self.counts[what] += len(found)
            for row in sorted(set(found) ^ set(expected), key=repr):
                yield 0, _told(what, row, expected)

    def _hear(self, effect: Mapping[str, Any]) -> None:
        """What letters say of posts: opened, released, left free."""
        for fund in effect.get("funds", ()):
            if fund["kind"] == "post":
                self._opened.setdefault(fund["id"], None)
        for movement in effect.get("movements", ()):
            if movement["fund"] in self._opened and "available" in movement:
                self._say(movement["fund"], movement["day"], movement["carried_over"])
                if movement["ground"] == "allocated":
                    day, before = date.fromisoformat(movement["day"]), self._opened[movement["fund"]]
                    self._opened[movement["fund"]] = min(before or day, day)
        for mark in effect.get("marks", ()):
            if mark["name"] == "carried_over_free":
                self._say(mark["fund"], mark["day"], -mark["amount"])
            if mark["name"] == ON_LINE:
                post_id, line = _line_of(mark["fund"])
                _add(self._on_lines[post_id].setdefault(line, {}), date.fromisoformat(mark["day"]), mark["amount"])

    def _say(self, post_id: str, on: str, amount_ore: int) -> None:
        if amount_ore:
            _add(self._released[post_id], date.fromisoformat(on), amount_ore)

    def _claim(self, position: int, stream: str, into: int, day: date, moved: Moved) -> None:
        if any(moved):
            post_id = self._holds[stream][into].post_id
            self._command.append((position, len(self._command) + 1, stream, into, post_id, day, *moved))
            days = self._days.setdefault((stream, into), {})
            days[day] = added(days.get(day, NONE), moved)

    def _hold_over(self, hold: Mapping[str, Any], facts: Facts) -> Iterator[Effect]:
        """Hold a case over; gives what is taken off its own line, day by day."""
        stream, into, position = hold["stream"], hold["into"], facts.before + hold["nth"]
        holds = self._holds.setdefault(stream, {})
        origin = self._origin(stream, facts.before)
        prior = max((year for year, each in holds.items() if year < into and each.ground != PAID), default=None)
        if into in holds:
            holds[into].ground, holds[into].position = hold["ground"], position
        else:
            before = holds[prior].post_id if prior else origin.above[-1]
            place, below = f"{origin.above[0]} {stream}", _line_of(origin.above[0])[1]
            holds[into] = Hold(
                hold["post"], before, hold["ground"], *origin.opening, position, origin.name, place, below
            )
            self._on[hold["post"]].add(stream)
        if hold["ground"] == PAID:
            return
        for day, (claimed, _, _) in sorted(self._days.get((stream, into), {}).items()):
            self._claim(position, stream, into, day, (-claimed, 0, 0))
        begins = date(into, 1, 1)
        moved = dict(self._days.get((stream, prior), {}) if prior else origin.moved)
        sums = NONE
        for day, amounts in moved.items():
            sums = added(sums, amounts) if day < begins else sums
        self._claim(position, stream, into, begins, (sums[0] - sums[1], 0, sums[2]))
        for day in sorted(day for day in moved if day >= begins):
            taken = negative(moved[day])
            self._claim(position, stream, into, day, moved[day])
            if prior:
                self._claim(position, stream, prior, day, taken)
            elif any(taken):
                yield _movement(hold["nth"], stream, day, taken, hold["topic"])

    def _origin(self, stream: str, before: int) -> Origin:
        found = self._connection.execute(ORIGIN, (stream,)).fetchone()
        entries = self._connection.execute(MOVED, (stream, before)).fetchall()
        if found is None or not entries:
            raise KeyError(stream)
        moved: dict[date, Moved] = {}
        for _, day, *amounts in entries:
            moved[day] = added(moved.get(day, NONE), (amounts[0], amounts[1], amounts[2]))
        return Origin(found[0], found[1], (entries[0][1], entries[0][0]), moved)

    def _route(self, movement: Effect, origins: dict[str, tuple[int, str]], facts: Facts) -> Iterator[Effect]:
        """The movement, or what of it is for the books of the case's own year."""
        stream, nth, charged = movement["fund"], movement["nth"], movement.get("charged")
        if charged is None and stream not in self._holds:
            yield movement
            return
        origins[stream] = nth, movement["ground"]
        position, day = facts.before + nth, date.fromisoformat(movement["day"])
        moved = movement.get("committed", 0), movement.get("disbursed", 0), movement.get("withheld", 0)
        holds = self._holds.get(stream, {})
        proper = sorted(year for year, hold in holds.items() if hold.ground != PAID)
        into = max((year for year in proper if year <= day.year), default=None)
        if into != day.year and moved[1] and (charged or day.year in holds):
            if day.year not in holds:
                paid = {"nth": nth, "stream": stream, "into": day.year, "post": charged, "ground": PAID}
                assert not list(self._hold_over(paid, facts))
            self._claim(position, stream, day.year, day, (moved[1], moved[1], 0))
            moved = moved[0], 0, moved[2]
        if into:
            self._claim(position, stream, into, day, moved)
        for later in (year for year in proper if year > day.year):
            self._claim(position, stream, later, date(later, 1, 1), (moved[0] - moved[1], 0, moved[2]))
        if not into and any(moved):
            yield _movement(nth, stream, day, moved, movement["ground"])

    def _succeed(self, succeeded: Mapping[str, Any], facts: Facts) -> None:
        fund, position = succeeded["fund"], facts.before + succeeded["nth"]
        into = int(fund[:4])
        came_from = f"{into - 1}/{succeeded['predecessor'].partition('/')[2]}"  # by its number in the years between
        for stream in sorted(self._holds):
            holds = self._holds[stream]
            hold = holds.get(into)
            if hold is None or hold.from_post_id != came_from or hold.post_id == fund:
                continue
            if f"{stream}/{into}" in self.lines:
                continue
            stood = sorted(self._days.get((stream, into), {}).items())
            for day, amounts in stood:
                self._claim(position, stream, into, day, negative(amounts))
            for year, later in holds.items():
                if year > into and later.from_post_id == hold.post_id:
                    later.from_post_id = fund
            self._on[hold.post_id].discard(stream)
            self._on[fund].add(stream)
            hold.post_id = fund
            for day, amounts in stood:
                self._claim(position, stream, into, day, amounts)

    def _cover(
        self, touched: Mapping[str, date], moves: list[Effect], origins: Mapping[str, tuple[int, str]], last: int
    ) -> list[Effect]:
        """Add what has to move on the lines of the posts touched; gives the lines this opens."""
        opened = []
        for post_id in sorted(post_id for post_id in touched if post_id in self._opened):
            into = int(post_id[:4])
            claims = [
                Covered(
                    stream,
                    self._holds[stream][into],
                    self._days.get((stream, into), {}),
                    self.lines.get(f"{stream}/{into}", {}),
                )
                for stream in self._on[post_id]
            ]
            since, orders = max(touched[post_id], date(into, 1, 1)), self._orders.get(post_id, [])
            released = Released(self._released[post_id], self._on_lines[post_id], self._aside[post_id])
            steps, asides = cover(claims, since, released, self._opened[post_id], orders)
            for day, stream, step in sorted(steps):
                hold, line = self._holds[stream][into], f"{stream}/{into}"
                if line not in self.lines:
                    self.lines[line] = {}
                    opened.append({"id": line, "parent_id": post_id, "kind": "commitment", "name": hold.name})
                self.lines[line][day] = added(self.lines[line].get(day, NONE), step)
                nth, ground = origins.get(stream, (last, "held-over"))
                moves.append(_movement(nth, line, day, step, ground) | {"cite": hold.place})
            for day, below, ore in sorted(asides):
                _add(self._aside[post_id].setdefault(below, {}), day, ore)
                for fund, moved in (("/".join((post_id, *below)), ore), (post_id, -ore)):
                    aside = {"fund": fund, "day": day.isoformat(), "earmarked": moved, "ground": "held-over"}
                    moves.append({"nth": last, **aside})
        return opened

    def _list_holds(self) -> list[Row]:
        return [
            (stream, into, hold.post_id, hold.from_post_id, hold.ground, *hold.promised, hold.position)
            for stream, holds in self._holds.items()
            for into, hold in holds.items()
        ]

    def _list_orders(self) -> list[Row]:
        return [
            (post_id, day, position, place, stream)
            for post_id, orders in self._orders.items()
            for day, position, streams in orders
            for place, stream in enumerate(streams, 1)
        ]


def _last(effect: Mapping[str, Any]) -> int:
    told = (effect.get(name, ()) for name in ("holds", "succeeded", "ranked", "movements"))
    return max(1, *(int(each["nth"]) for rows in told for each in rows))


def _told(what: str, row: Row, expected: list[Row]) -> str:
    return f"{what} differ: only {'the events give' if row in expected else 'the database has'} {row}"


def _movement(nth: int, fund: str, day: date, moved: Moved, ground: str) -> Effect:
    amounts = dict(zip(("committed", "disbursed", "withheld"), moved, strict=True))
    return {"nth": nth, "fund": fund, "day": day.isoformat(), "ground": ground, **amounts}


def _line_of(fund_id: str) -> tuple[str, Line]:
    """The post a fund lies under, and the names on the way down to it."""
    names = fund_id.split("/")
    return "/".join(names[:3]), tuple(names[3:])


def _add(amounts: dict[date, int], day: date, ore: int) -> None:
    amounts[day] = amounts.get(day, 0) + ore


def _touch(touched: dict[str, date], post_id: str, day: date) -> None:
    touched[post_id] = min(touched.get(post_id, day), day)
