"""Every balance the database keeps, held against the same balances worked out from the events alone."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from dev.verifying.reading import Following, rows, untupled
from services.eventlog.chain import Fault
from services.grants.balance.digest import digest
from services.grants.balance.ledger import ACCOUNTS, NOTHING, Amounts, Entry, Ledger, Mark, added
from services.grants.balance.limit_ledger import LimitLedger
from services.grants.balance.movements import effects

ASKED_TOGETHER = 2_000
KNOWN_AT_MOST = 1_000  # positions at which it is asked what was known then
OF_A_COMMAND = 4  # funds that are asked for at each
ASKED_AT_MOST = 2_000
ACCOUNT_COLUMNS = ", ".join(f"{account}_ore" for account in ACCOUNTS)
ENTRY_COLUMNS = ", ".join(f"e.{account}_ore" for account in ACCOUNTS)

ENTRIES = f"""
    SELECT position, line, fund_id, effective_on, ARRAY[{ENTRY_COLUMNS}], effective_month, day_totals, month_totals,
           ground, letter_number, cite, recorded_at
    FROM grants.entry e LEFT JOIN grants.fund f ON f.id = fund_id ORDER BY position, line, cardinality(path) DESC
"""
MARKS = """
    SELECT position, fund_id, effective_on, name, amount, recorded_at
    FROM grants.mark ORDER BY position, fund_id COLLATE "C", effective_on, name COLLATE "C"
"""
FUNDS = f"""
    SELECT id, path, kind, year, chapter, post, name, hard_stop, ARRAY[{ACCOUNT_COLUMNS}], direct_ore,
           overdrawn_ore, overbound_ore, last_on,
           marks = (SELECT coalesce(jsonb_object_agg(k.name, k.total), '{{}}') FROM (
                        SELECT m.name, sum(m.amount) AS total FROM grants.mark m WHERE m.fund_id = fund.id
                        GROUP BY m.name) AS k)
           AND said_on IS NOT DISTINCT FROM (SELECT max(m.effective_on) FROM grants.mark m WHERE m.fund_id = fund.id)
           AND parent_id IS NOT DISTINCT FROM path[2]
    FROM grants.fund ORDER BY id COLLATE "C"
"""
AUTHORITIES = """
    SELECT post_id, letter_number, effective_on::text, until_year, limit_ore, position FROM grants.authority
"""
USED = "SELECT post_id, promised_ore FROM grants.authority_use"
MONTHS = "SELECT stream, paid_for, month, position, standing FROM grants.month_taken"
AS_OF = """
    SELECT a.fund, a.day, a.known, a.stood, found
    FROM jsonb_to_recordset(%s) AS a (fund text, day date, known bigint, stood bigint[]),
         LATERAL (SELECT grants.balance_at(a.fund, a.day, a.known) AS found OFFSET 0) AS answered
    WHERE found <> stood
"""


class Reconciliation:
    """Follows the log command by command and notes where the database keeps something else.

    Every row is compared. What the database answers of a day follows from these rows, by functions that are held
    against what was shipped (dev/verifying/shipped.py); so it is asked some thousand such questions, spread over funds,
    days and positions. With `every_day` it is asked for every fund on every day.
    """

    def __init__(self, connection: Connection[Any], head: int, *, signed: dict[int, str], every_day: bool) -> None:
        self.ledger = Ledger()
        self.limits = LimitLedger(self.ledger)
        self.counts: Counter[str] = Counter()
        self.faults: list[Fault] = []
        self._connection = connection
        self._entries = Following(rows(connection, "entries", ENTRIES), lambda row: Entry(*untupled(row[:-1])))
        self._marks = Following(rows(connection, "marks", MARKS), lambda row: Mark(*row[:-1]))
        self._signed = signed
        self._every_day = every_day
        self._known_each = max(1, head // KNOWN_AT_MOST)
        self._asked: list[dict[str, Any]] = []

    def follow(self, pairs: Sequence[tuple[str, Any]], before: int, recorded_at: Any) -> None:
        """The next command's events, in order."""
        upto = before + len(pairs)
        try:
            effect = effects(pairs)
            entries, marks = self.ledger.apply(effect, before)
            self.limits.apply(effect, before)
        except (KeyError, ValueError, TypeError) as wrong:
            self.fault(before + 1, f"what it does to money cannot be worked out: {wrong!r}")
            entries, marks = [], []
        self._compare("entries", self._entries, entries, upto, recorded_at)
        self._compare("marks", self._marks, marks, upto, recorded_at)
        if (before // self._known_each) != (upto // self._known_each):
            touched = list(dict.fromkeys((entry.fund_id, entry.effective_on) for entry in entries))
            for fund_id, day in touched if self._every_day else touched[:: max(1, len(touched) // OF_A_COMMAND)]:
                self._ask("balances as known then", day, upto, fund_id, self.ledger.funds[fund_id].stood_on(day))
        for position in range(before + 1, upto + 1):
            if position in self._signed:
                self._compare_digest(position, upto)

    def end(self) -> None:
        """What the log does not account for, every fund as it stands, and every fund on its days."""
        for what, following in (("entries", self._entries), ("marks", self._marks)):
            for position, row, _ in following.upto(2**63 - 1):
                self.fault(position, f"{what} that no event accounts for: {row}")
        self._compare_funds()
        self._compare_limits()
        total = sum(len(fund.days) for fund in self.ledger.funds.values())
        each = 1 if self._every_day else max(1, total // ASKED_AT_MOST)
        for nth, (fund_id, day, stood) in enumerate(self._stood()):
            if nth % each == 0:
                self._ask("balances as of a day", day, 2**63 - 1, fund_id, stood)
        self._answer()

    def _stood(self) -> Iterator[tuple[str, date, Amounts]]:
        """Each fund on its days, and what stood there: added up day by day."""
        for fund in self.ledger.funds.values():
            stood, changed = NOTHING, sorted(fund.days)
            for day in sorted(self._days(fund.days)):
                while changed and changed[0] <= day:
                    stood = added(stood, fund.days[changed.pop(0)])
                yield fund.id, day, stood

    def fault(self, position: int, detail: str) -> None:
        self.faults.append(Fault(position, "balance", detail))

    def _compare(self, what: str, following: Following, expected: Sequence[Any], upto: int, recorded_at: Any) -> None:
        found = list(following.upto(upto))
        self.counts[what] += len(found)
        if [row for _, row, _ in found] != list(expected):
            differing = {row for _, row, _ in found} ^ set(expected)
            for row in sorted(differing, key=repr)[:4] or [expected[0]]:
                side = "the events give" if row in expected else "the database has"
                self.fault(row.position, f"{what} differ: only {side} {row}")
        for position, row, at in found:
            if at != recorded_at:
                self.fault(position, f"{what}: {row.fund_id} is said to be known since {at}, not {recorded_at}")

    def _compare_digest(self, position: int, upto: int) -> None:
        self.counts["signed balances"] += 1
        if position != upto:
            self.fault(position, "a checkpoint stands in the middle of a command")
        elif digest(self.ledger.digest_rows()) != self._signed[position]:
            self.fault(position, "the balances worked out for this position are not those that were signed for")

    def _compare_funds(self) -> None:
        known = set()
        for row in rows(self._connection, "funds", FUNDS):
            known.add(row[0])
            self.counts["funds"] += 1
            fund = self.ledger.funds.get(row[0])
            if fund is None:
                self.fault(0, f"fund {row[0]} was opened by no event")
                continue
            expected = (
                fund.id, fund.path, fund.kind, fund.year, fund.chapter, fund.post, fund.name, fund.hard_stop,
                list(fund.totals), fund.direct_ore, fund.overdrawn_ore, fund.overbound_ore,
                max(fund.days, default=None), True,
            )  # fmt: skip
            if tuple(row) != expected:
                self.fault(0, f"fund {fund.id} holds {tuple(row)[7:]}, its events give {expected[7:]}")
        for fund_id in self.ledger.funds.keys() - known:
            self.fault(0, f"fund {fund_id} is gone")

    def _compare_limits(self) -> None:
        for what, query, expected in (
            ("commitment authorities", AUTHORITIES, self.limits.list_authorities()),
            ("promised on authorities", USED, self.limits.list_used()),
            ("months taken", MONTHS, self.limits.list_months()),
        ):
            found = [tuple(row) for row in rows(self._connection, what, query)]
            self.counts[what] += len(found)
            for row in sorted(set(found) ^ set(expected), key=repr):
                side = "the events give" if row in expected else "the database has"
                self.fault(0, f"{what} differ: only {side} {row}")

    def _days(self, days: dict[date, Amounts]) -> set[date]:
        """Each day something changed and the day before it; between them a balance stands still."""
        if not days:
            return set()
        if self._every_day:
            first, last = min(days) - timedelta(days=1), max(days) + timedelta(days=1)
            return {first + timedelta(days=n) for n in range((last - first).days + 1)}
        return {day for changed in days for day in (changed - timedelta(days=1), changed)}

    def _ask(self, what: str, day: date, known: int, fund_id: str, stood: Amounts) -> None:
        self.counts[what] += 1
        self._asked.append({"fund": fund_id, "day": day.isoformat(), "known": known, "stood": list(stood)})
        if len(self._asked) == ASKED_TOGETHER:
            self._answer()

    def _answer(self) -> None:
        for fund_id, day, known, stood, found in self._connection.execute(AS_OF, (Jsonb(self._asked),)):
            at = known if known < 2**63 - 1 else 0
            self.fault(at, f"{fund_id} on {day}: the database answers {found}, its events give {stood}")
        self._asked.clear()
