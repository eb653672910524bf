"""The gate's own tables, worked out anew from the facts by the service's rules and compared row by row; and every
release judged, by rules that are not the service's.

Some hundred streams are in memory at a time, and of what is listed in notices, the notices that list them.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import psycopg
from psycopg import Connection

from dev.verifying.gate_reading import ALL, NOTICES_TOGETHER, Batch, Facts, Parts, Reading
from dev.verifying.gate_rows import ending_rows, item_row, line_rows, notice_row, objection_rows, told_of, try_rows
from dev.verifying.gate_tables import (
    ITEMS,
    ITEMS_BY_NOTICE,
    NOTICES,
    OF_BOTH,
    OF_ITEMS,
    OF_NOTICES,
    OPENED,
    STREAMS,
    Kept,
)
from dev.verifying.policies import POLICIES, decision_rows, policy_rows
from dev.verifying.reading import Snapshot
from dev.verifying.releases import (
    Days,
    Opened,
    Releases,
    Stored,
    days_in,
    for_the_judge,
    judge,
    read_policy_problems,
)
from dev.verifying.sending import FROZEN, lacking_policies, released_rows, sending_rows, waiver_rows
from dev.verifying.tries import list_problems
from dev.verifying.unreadable import UNREADABLE, Found, could_not_be_checked, looked_at
from services.eventlog.checkpoints.chain import Fault
from services.eventlog.epoch.events import STREAM as RULES
from services.eventlog.epoch.rules import FOURTH, SECOND
from services.eventlog.epoch.view import find_rules_hold_from
from services.eventlog.recorded import Recorded
from services.notifications.facts import held_state as holding
from services.notifications.facts import notice_state as telling
from services.notifications.facts.channel import LetterSendingPermitted
from services.notifications.facts.held_state import Held
from services.notifications.facts.notice_state import Notice
from services.notifications.facts.publication import PublicationReleased
from services.notifications.facts.release import LetterHeldAsTold, LetterReleased
from services.notifications.gate.decision import ListedNotice
from services.notifications.gate.digest import read_digest

SHARED = "SELECT DISTINCT stream FROM notifications.event WHERE stream = %s OR stream ^@ 'scheme-'"
LISTING = "SELECT DISTINCT notice FROM notifications.notice_line WHERE item = ANY (%s)"
COUNTING = """
    SELECT version, valid_from, days, min_hours, stale_after_days, day_of_notice_counted FROM notifications.policy
    ORDER BY valid_from
"""
HEAD = "SELECT coalesce(max(position), 0) FROM notifications.event"
BY_ONE_PERSON = "releases on a policy of one person"
BEFORE_BYTES = "letters held before their manifest's bytes were kept"
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Listing:
    """A notice that lists what is looked at."""

    facts: Sequence[Stored]

    @cached_property
    def notice(self) -> Notice:
        return telling.fold(self.facts)

    @cached_property
    def for_the_judge(self) -> Any:
        return judge.Told([for_the_judge(fact) for fact in self.facts])


def check_gate(snapshot: Snapshot, *, signed: Mapping[int, str], days: Days | None = None, parts: Parts = ALL) -> Found:
    """What the gate stands on, and every release. `signed` is what was signed of it, by position; `days` the ministry's
    dated list of how many it is given, the instruction's fourteen without one. Of letters and publications these
    `parts` alone."""
    gate = Gate(snapshot, days_in(None) if days is None else days, parts)
    gate.check()
    head = _only(snapshot.connection, HEAD)
    if head in signed:
        gate.counts["signed gates"] += 1
        if read_digest(snapshot.connection) != signed[head]:
            gate.faults.append(Fault(head, "gate", "what it stands on is not what was signed"))
    return gate.counts, gate.faults


class Gate:
    """Holds the tables against the facts. `faults` is what does not hold, `counts` what was looked at. What cannot be
    looked at is told, and the rest is."""

    def __init__(self, snapshot: Snapshot, days: Days, parts: Parts = ALL) -> None:
        """Of letters and publications these `parts` alone."""
        self.counts: Counter[str] = Counter()
        self.faults: list[Fault] = []
        self._reading, self._days, self._parts = Reading(snapshot), days, parts
        self._connection = connection = snapshot.connection
        self._permits_from = find_rules_hold_from(connection, "notifications", SECOND)
        self._open_still_from = find_rules_hold_from(connection, "notifications", FOURTH)
        self._frozen = set(connection.execute(FROZEN.encode()).fetchall())
        self._notices: dict[str, Listing] = {}
        self._untold: set[str] = set()

    def check(self) -> None:
        """Look at everything."""
        self._try("the policies of counting", self._compare_counting)
        self._try("the policies of schemes", self._compare_policies)
        self._try("notices", self._check_notices)
        self.check_items()
        for kept in (*OF_NOTICES, *OF_BOTH, *OF_ITEMS):
            self._try(f"what follows from nothing of {kept.name}", partial(self._find_strays, kept))

    def check_items(self) -> None:
        """Look at letters and publications alone."""
        self._try("letters and publications", self._check_items)

    def _try(self, what: str, check: Callable[[], None]) -> None:
        """One matter; that it could not be looked at hides no other."""

        def checked() -> Found:
            check()
            return Counter(), []

        self.faults += looked_at(self._connection, what, checked)[1]

    def _compare_counting(self) -> None:
        for problem in read_policy_problems(self._connection.execute(COUNTING.encode()).fetchall(), self._days):
            self._fault(0, problem)

    def _check_notices(self) -> None:
        asked = {kept.name: kept.of_streams for kept in (*OF_NOTICES, *OF_BOTH)}
        for batch in self._reading.batches(STREAMS, NOTICES, asked, together=NOTICES_TOGETHER):
            self._compare_notices(batch)

    def _shared(self) -> Facts:
        """The log's own rules, and the policies of schemes."""
        return self._reading.facts([stream for (stream,) in self._connection.execute(SHARED, (RULES,)).fetchall()])

    def _check_items(self) -> None:
        releases = Releases(self._days, [fact for its in self._shared().values() for fact in its])
        asked = {kept.name: kept.of_streams for kept in (*OF_BOTH, *OF_ITEMS)} | {"opened": OPENED, "listing": LISTING}
        for batch in self._reading.batches(ITEMS_BY_NOTICE, ITEMS, asked, self._parts):
            self._compare_items(batch, releases)

    def _find_strays(self, kept: Kept) -> None:
        for row in kept.strays(self._connection):
            self.counts[kept.name] += 1
            self._fault(0, f"{kept.name}: {row} stands there and follows from nothing")

    def _compare_policies(self) -> None:
        facts = self._shared()
        stands = set(self._connection.execute(POLICIES.encode()).fetchall())
        self.counts["policies"] += len(stands)
        for row, said in _differing(stands, policy_rows(facts)):
            self._fault(_last(facts.get(f"scheme-{row[0]}")), f"policies: {row} {said}")

    def _compare_notices(self, batch: Batch) -> None:
        facts = batch.facts
        notices = {stream: telling.fold(its) for stream, its in facts.items()}
        should = (
            (notice_row(stream, notice) for stream, notice in notices.items()),
            line_rows(notices),
            objection_rows(notices),
            sending_rows(facts, self._permits_from),
        )
        for kept, wanted in zip((*OF_NOTICES, *OF_BOTH), should, strict=True):
            self._compare(kept, batch, wanted)
        for position, version in lacking_policies(facts, self._frozen):
            self._fault(position, f"the policy {version} does not stand as the notice froze it")
        self._look_at_tries(facts)

    def _compare_items(self, batch: Batch, releases: Releases) -> None:
        facts = batch.facts
        listing = self._listing([stream for (stream,) in batch.stands["listing"].result()])
        items = {stream: holding.fold(its) for stream, its in facts.items()}
        waiting = {stream for stream, held in items.items() if not held.released}
        told = told_of({stream: each.notice for stream, each in listing.items()} if waiting else {}, waiting)
        letters = [(stream, its) for stream, its in facts.items() if stream.startswith("letter-")]
        should = (
            sending_rows(facts, self._permits_from),
            self._item_rows(facts, items, told),
            decision_rows(facts),
            waiver_rows(facts),
            released_rows(facts),
            (row for stream, its in letters for row in ending_rows(stream, its)),
            (row for stream, its in letters for row in try_rows(stream, its)),
        )
        for kept, wanted in zip((*OF_BOTH, *OF_ITEMS), should, strict=True):
            self._compare(kept, batch, wanted)
        if before := sum(isinstance(held.letter, LetterHeldAsTold) for held in items.values()):
            self.counts[BEFORE_BYTES] += before
        self._look_at_tries(facts)
        self._judge(batch, listing, releases)

    def _look_at_tries(self, facts: Facts) -> None:
        for stream, its in facts.items():
            for position, problem in list_problems(its, self._permits_from):
                self._fault(position, f"tries: {stream}: {problem}")

    def _item_rows(
        self, facts: Facts, items: Mapping[str, Held], told: Mapping[str, Sequence[ListedNotice]]
    ) -> Iterator[Row]:
        for item, held in items.items():
            try:
                if held.held:
                    yield item_row(item, held, told.get(item, ()))
            except UNREADABLE as wrong:
                self._fault(_last(facts[item]), f"items: {item} cannot be worked out: {wrong}")

    def _listing(self, streams: Sequence[str]) -> Mapping[str, Listing]:
        """These notices. Those that are not asked for again are forgotten."""
        new = self._reading.facts([stream for stream in streams if stream not in self._notices])
        known = {stream: self._notices[stream] for stream in streams if stream in self._notices}
        self._notices = known | {stream: Listing(its) for stream, its in new.items()}
        return self._notices

    def _judge(self, batch: Batch, listing: Mapping[str, Listing], releases: Releases) -> None:
        """Every release of these: lawful, by all that is known of it, and there on both sides."""
        facts, opened = batch.facts, batch.stands["opened"].result()
        stands: dict[tuple[str, int], Opened] = {(item, position): (at, ever) for item, position, at, ever in opened}
        self.counts["releases"] += len(stands)
        left = {
            (fact.stream, fact.position)
            for its in facts.values()
            for fact in its
            if isinstance(fact.event, LetterReleased | PublicationReleased)
        }
        for item, position in sorted(stands.keys() ^ left):
            self._fault(position, f"releases: {item} is in one place only")
        its_notices: dict[str, dict[str, Any]] = defaultdict(dict)
        for stream, each in listing.items():
            for item in each.for_the_judge.items & facts.keys():
                its_notices[item][stream] = each.for_the_judge
        for item, its in facts.items():
            let_out = [fact.position for fact in its if (item, fact.position) in left]
            tried = any(isinstance(fact.event, LetterSendingPermitted) for fact in its)
            if let_out or tried:
                try:
                    known = releases.known(its, its_notices[item])
                except UNREADABLE as wrong:
                    self.faults.append(could_not_be_checked(f"the releases of {item}", wrong))
                    continue
                for position in let_out:
                    row = stands.get((item, position), (None, None))
                    self._judge_release(item, position, partial(releases.judge, known, position, row))
                if tried:
                    self._judge_tries(item, partial(releases.judge_tries, known, self._open_still_from))

    def _judge_release(self, item: str, position: int, judge: Callable[[], tuple[list[str], list[str]]]) -> None:
        try:
            problems, told = judge()
        except UNREADABLE as wrong:
            self.faults.append(could_not_be_checked(f"the release of {item} at {position}", wrong))
            return
        self.counts[BY_ONE_PERSON] += any("one person" in each for each in told)
        for problem in problems:
            self._fault(position, f"releases: {item}: {problem}")

    def _judge_tries(self, item: str, judge: Callable[[], Iterator[tuple[int, str]]]) -> None:
        try:
            closed = list(judge())
        except UNREADABLE as wrong:
            self.faults.append(could_not_be_checked(f"the tries of {item}", wrong))
            return
        for position, problem in closed:
            self._fault(position, f"tries: {item}: {problem}")

    def _compare(self, kept: Kept, batch: Batch, should: Iterable[Row]) -> None:
        try:
            stands = set(batch.stands[kept.name].result())
        except psycopg.Error as wrong:
            if kept.name not in self._untold:
                self.faults.append(could_not_be_checked(kept.name, wrong))
            self._untold.add(kept.name)
            return
        self.counts[kept.name] += len(stands)
        for row, said in _differing(stands, should):
            position = _last(batch.facts.get(row[0])) if kept.position is None else row[kept.position]
            self._fault(position, f"{kept.name}: {row} {said}")

    def _fault(self, position: int, detail: str) -> None:
        self.faults.append(Fault(position, "gate", detail))


def _differing(stands: set[Row], should: Iterable[Row]) -> Iterator[tuple[Row, str]]:
    for row in sorted(stands ^ set(should), key=str):
        yield row, "stands there and follows from nothing" if row in stands else "is not there"


def _last(facts: Sequence[Recorded] | None) -> int:
    return facts[-1].position if facts else 0


def _only(connection: Connection[Any], query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])
