"""Every balance the database keeps, held against the facts.

What each fact does to money is worked out from it here, one movement after the other, and held against the entry the
movement starts from. That the rest of the ledger adds up from there is asked of PostgreSQL meanwhile, set against set
(entries.py). So nothing is kept here that grows with the log: what is remembered is the funds that letters opened.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import date
from heapq import merge
from itertools import groupby
from typing import Any

from psycopg.types.json import Jsonb

from dev.verifying import entries
from dev.verifying.following import Facts
from dev.verifying.held_over import HeldOver
from dev.verifying.limits import Limits
from dev.verifying.reading import Following, Row, Snapshot
from services.eventlog.checkpoints.chain import Fault
from services.grants.balance.digest import digest, read_digest
from services.grants.balance.movements import effects

ASKED_AT_MOST, EVERY_DAY_AT_MOST = 20, 1_000
"""Positions at which the database is asked what stood on some days: so many, however long the log. The answers follow
from rows that are all compared, by functions that are held against what was shipped (shipped.py)."""
FUNDS_OF_ONE = 4
OPENED_TOGETHER = 2_000
EVER = 2**63 - 1
ENTRIES = "SELECT count(*) FROM grants.entry"
FUNDS = "SELECT count(*) FROM grants.fund"
MARKS = """
    SELECT position, fund_id, effective_on::text, name, amount, recorded_at FROM grants.mark
    ORDER BY position, fund_id COLLATE "C", effective_on, name COLLATE "C"
"""
Asking = Callable[[str, Any], "Future[list[Row]]"]
NOTHING = (0,) * 7


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint come by: its position, and after which one the balances had last changed."""

    position: int
    changed: int


@dataclass(kw_only=True)
class Opened:
    """The funds the facts opened: those of letters by where, of cases only how many and by which kinds of fact. What is
    not yet held against the database waits in `asking`, and what is being held against it in `asked`. A letter's fund
    is held against it last, as it was `named` last."""

    letters: dict[str, int] = field(default_factory=dict)
    named: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    cases: int = 0
    kinds: set[str] = field(default_factory=set)
    asking: list[Mapping[str, Any]] = field(default_factory=list)
    asked: "Future[list[Row]] | None" = None


class Balances:
    """Follows the log command by command and notes where the database keeps something else."""

    def __init__(self, snapshot: Snapshot, *, head: int, signed: Mapping[int, str], every_day: bool) -> None:
        self.counts: Counter[str] = Counter()
        self.faults: list[Fault] = []
        self._snapshot, self._connection = snapshot, snapshot.another()
        self._signed = signed
        self._to_sign = sorted(signed, reverse=True)
        self._lowest = Following(snapshot.ahead(entries.LOWEST))
        self._marks = Following(snapshot.ahead(MARKS))
        self._asked = questions(snapshot.beside(), head, every_day=every_day)
        self._ask = snapshot.beside()
        self._limits = Limits(self._connection)
        self._held_over = HeldOver(snapshot)
        self._opened = Opened()
        self._checked: list[Signed] = []
        self._changed = 0

    def follow(self, facts: Facts) -> None:
        """The next command's facts, in order."""
        before, upto = facts.before, facts.upto
        try:
            effect = effects(facts.pairs) or {}
            carried, lines = self._held_over.carry(effect, facts)
            movements = [movement_row(each, facts) for each in carried]
            marks = mark_rows(effect.get("marks", ()), facts)
            self._limits.apply(effect, before)
            self._open(effect.get("funds", ()), facts)
            self._opened.asking += lines
        except (KeyError, ValueError, TypeError) as wrong:
            self.fault(before + 1, f"what it does to money cannot be worked out: {wrong!r}")
            effect, movements, marks = {}, [], []
        self._compare("entries", self._lowest.upto(upto), movements)
        self._compare("marks", self._marks.upto(upto), marks)
        for position, said in self._held_over.differing(facts):
            self.fault(position, said)
        if effect:
            self._changed = upto
        while self._to_sign and self._to_sign[-1] <= upto:
            self._sign(self._to_sign.pop(), upto)

    def end(self) -> None:
        """What the log does not account for, and what PostgreSQL found meanwhile."""
        for what, following in (("entries", self._lowest), ("marks", self._marks)):
            for row in following.upto(EVER):
                self.fault(row[0], f"{what} that no event accounts for: {row}")
        self._opened.asking += self._opened.named.values()
        self._ask_opened()
        self._hear_opened()
        self._compare_digests()
        self._hear()
        for said in self._limits.differing():
            self.fault(0, said)
        for position, said in self._held_over.end():
            self.fault(position, said)
        self.counts += self._limits.counts + self._held_over.counts

    def fault(self, position: int, detail: str) -> None:
        self.faults.append(Fault(position, "balance", detail))

    def _compare(self, what: str, found: list[Row], expected: list[Row]) -> None:
        if what == "marks":
            self.counts[what] += len(found)
        if found == expected:
            return
        differing = set(found) ^ set(expected)
        for row in sorted(differing, key=repr)[:4] or [expected[0]]:
            side = "the events give" if row in expected else "the database has"
            self.fault(row[0], f"{what} differ: only {side} {row}")

    def _open(self, opened: Sequence[Mapping[str, Any]], facts: Facts) -> None:
        if not opened:
            return
        topics = {stream: fact.TOPIC for stream, fact in facts.pairs}
        for fund in opened:
            if fund["kind"] == "commitment":
                self._opened.cases += 1
                self._opened.kinds.add(topics[fund["id"]])
                self._opened.asking.append(fund)
                continue
            self._opened.named[fund["id"]] = fund
            if not fund.get("renames"):
                self._opened.letters.setdefault(fund["id"], facts.upto)
        if len(self._opened.asking) >= OPENED_TOGETHER:
            self._ask_opened()

    def _ask_opened(self) -> None:
        """Hold the funds opened lately against the rows of theirs."""
        asked = self._ask(entries.OPENED, (Jsonb(self._opened.asking),))
        self._opened.asking = []
        self._hear_opened()
        self._opened.asked = asked

    def _hear_opened(self) -> None:
        for fund_id, gone, holds, gives in self._opened.asked.result() if self._opened.asked else ():
            said = "is gone" if gone else f"holds {holds}, its events give {gives}"
            self.fault(0, f"fund {fund_id} {said}")

    def _sign(self, position: int, upto: int) -> None:
        self.counts["signed balances"] += 1
        if position != upto:
            self.fault(position, "a checkpoint stands in the middle of a command")
        else:
            self._checked.append(Signed(position, self._changed))

    def _compare_digests(self) -> None:
        """The balances at each checkpoint, added up from the entries known by then. Between two with nothing moved they
        are the same."""
        given, since = "", -1
        for signed in self._checked:
            if signed.changed != since:
                stands = signed.changed == self._changed  # as it does now: the funds themselves are all compared
                given = read_digest(self._connection) if stands else digest(self._as_signed(signed.position))
                since = signed.changed
            if given != self._signed[signed.position]:
                said = "the balances worked out for this position are not those that were signed for"
                self.fault(signed.position, said)

    def _as_signed(self, position: int) -> Iterator[Row]:
        """Every fund open by then, by id: those that nothing had reached hold nothing."""
        known = {"known": position}
        moved = self._snapshot.ahead(entries.AS_SIGNED, known)
        still = sorted((fund_id, *NOTHING) for fund_id, at in self._opened.letters.items() if at <= position)
        for _, same in groupby(merge(moved, still, key=lambda row: row[0]), key=lambda row: row[0]):
            yield next(same)

    def _hear(self) -> None:
        """What PostgreSQL found of the ledger as a whole."""
        found = {what: asked.result() for what, asked in self._asked.items()}
        ((self.counts["entries"],),) = found["entries"]
        ((self.counts["funds"],),) = found["funds"]
        for position, fund_id, *totals in found["totals"]:
            self.fault(position, f"entries differ: what stood after it on {fund_id} is not {totals}")
        for fund_id, holds, gives in found["sums"]:
            self.fault(0, f"fund {fund_id} holds {holds}, its events give {gives}")
        for what in ("some days", "every day"):
            for then, days, differing in found.get(what, ()):
                self.counts["balances as known then"] += then
                self.counts["balances as of a day"] += days
                for known, fund_id, day, answered, stood in differing:
                    at = known if known < EVER else 0
                    self.fault(at, f"{fund_id} on {day}: the database answers {answered}, its entries give {stood}")
        known = [*self._opened.letters, *self._held_over.lines]
        if self.counts["funds"] != self._opened.cases + len(known):
            asked = (known, list(self._opened.kinds))
            for (fund_id,) in self._connection.execute(entries.STRAYS, asked):
                self.fault(0, f"fund {fund_id} was opened by no event")


def questions(ask: Asking, head: int, *, every_day: bool) -> "dict[str, Future[list[Row]]]":
    """What PostgreSQL is asked of the ledger as a whole, while the facts are read."""
    places = ASKED_AT_MOST if not every_day else EVERY_DAY_AT_MOST
    some = {"each": max(1, head // places), "funds": EVER if every_day else FUNDS_OF_ONE, "days": not every_day}
    asked = {
        "totals": ask(entries.TOTALS, ()),
        "sums": ask(entries.FUNDS, {"known": EVER}),
        "some days": ask(entries.SOME, some),
        "entries": ask(ENTRIES, ()),
        "funds": ask(FUNDS, ()),
    }
    return asked | ({"every day": ask(entries.ON_DAYS, ())} if every_day else {})


def movement_row(movement: Mapping[str, Any], facts: Facts) -> Row:
    """The entry a movement starts from, as `entries.LOWEST` finds it."""
    given = movement.get
    return (
        facts.before + movement["nth"], movement["line"], movement["fund"], movement["day"],
        given("available") or 0, given("carried_over") or 0, given("earmarked") or 0,
        given("committed") or 0, given("disbursed") or 0, given("withheld") or 0,
        movement["ground"], given("letter_number"), given("cite"), facts.at, True,
    )  # fmt: skip


def mark_rows(said: Sequence[Mapping[str, Any]], facts: Facts) -> list[Row]:
    """What a command adds to what letters say of funds, summed by fact, fund, day and name."""
    summed: Counter[Row] = Counter()
    for mark in said:
        date.fromisoformat(mark["day"])
        summed[facts.before + mark["nth"], mark["fund"], mark["day"], mark["name"]] += mark["amount"]
    return [(*key, amount, facts.at) for key, amount in sorted(summed.items())]
