"""What one log says it heard of the other, held against the other: the place it names must be there with that hash, and
what was recorded must be what follows from what stands there.

Whoever holds a service's database role can append that the other service said something it never said. That database
cannot tell; the two together can. Each place in a feed is followed again from the one before: everything told in
between is told anew by the same mappers, decided on anew by the same rules, on the streams as they then stood.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg import Connection

from dev.verifying.gone_back import GoneBack
from dev.verifying.names import ONLY_OF_SOMEBODY, nameless, out_once_let_out, tells_of_somebody, tries_of_permits_alone
from dev.verifying.reading import rows
from services.eventlog.checkpoints.chain import Fault
from services.eventlog.epoch.rules import NINTH, SECOND, SIXTH
from services.eventlog.epoch.view import find_rules_hold_from
from services.eventlog.events import Event
from services.eventlog.feeds.feed import Mapper, Message
from services.eventlog.log import History
from services.eventlog.mapper import decode, heard_in, recorded
from services.eventlog.recorded import HeardAt, Recorded
from services.eventlog.refusal import Refusal
from services.inbox.events import FeedRead, FeedResumed, MessageRead
from services.inbox.taking import MessageHandler, Reaction, is_heard, reactions_to

READS = """
    SELECT e.position, e.topic, e.data, coalesce(c.last_position, e.position), e.metadata FROM {schema}.event e
    LEFT JOIN {schema}.command c ON c.first_position = e.position WHERE e.stream = %s ORDER BY e.version
"""
TOLD = """
    SELECT position, stream, version, topic, data, metadata, recorded_at, encode(hash, 'hex') FROM {schema}.event
    WHERE position > %s AND position <= %s AND topic = ANY (%s) ORDER BY position
"""
HASHES = "SELECT position, encode(hash, 'hex') FROM {schema}.event WHERE position = ANY (%s)"
LATER = frozenset({"no.tilsagn.deadline.told.v1"})
"""Types that were told before everybody listened for them: a service may have been upgraded before the other."""
COLUMNS = "position, stream, version, topic, data, metadata, recorded_at"
BETWEEN = f"SELECT {COLUMNS} FROM {{schema}}.event WHERE position > %s AND position <= %s ORDER BY position"
BEFORE = f"""
    SELECT {COLUMNS} FROM {{schema}}.event WHERE stream = ANY (%s) AND position < %s ORDER BY stream, version
"""
SAID = "SELECT position, topic FROM {schema}.event WHERE topic = ANY (%s) AND position > %s ORDER BY position"


@dataclass(frozen=True, kw_only=True)
class Side:
    """One log that hears the other. `hears` gives what is made of each message; it is told the facts that were
    recorded, for what a deployment chose (a channel) stands in them alone. `heard_topics` are the facts that nothing
    but the other's feed makes, `mappers` what the other tells."""

    schema: str
    other: str
    hears: Callable[[Sequence[Event]], Mapping[str, MessageHandler]]
    heard_topics: frozenset[str]
    mappers: Mapping[str, Mapper]


@dataclass(kw_only=True)
class HeardReconciliation:
    """Holds one log's heard facts against the other log, read only, some hundred facts in memory at a time.

    `names_told`: what is heard says who did it, from the first fact that does. What was heard before says what follows
    but for that. `began`: the types that were listened for by then. `let_out_until`: up to there a letter counted as
    out once it was let out (grants' sixth rules), and up to `permits_alone_until` what came of a try was asked of its
    permit alone (grants' ninth)."""

    side: Side
    ours: Connection[Any]
    theirs: Connection[Any]
    back: GoneBack = field(default_factory=GoneBack)
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    names_told: bool = False
    let_out_until: int = 0
    permits_alone_until: int = 0
    began: set[str] = field(default_factory=set)

    def run(self) -> tuple[Counter[str], list[Fault]]:
        """Look at everything. What was found stands in `counts` and `faults`, also where not all could be read."""
        since = find_rules_hold_from(self.ours, self.side.schema, SECOND)
        self.let_out_until = find_rules_hold_from(self.ours, self.side.schema, SIXTH)
        self.permits_alone_until = find_rules_hold_from(self.ours, self.side.schema, NINTH)
        said = self._said(since)
        stray = next(said, None)
        place = 0
        for position, topic, data, last, metadata in rows(
            self.ours, f"reads_{self.side.schema}", READS.format(schema=self.side.schema), [f"inbox-{self.side.other}"]
        ):
            while stray is not None and stray[0] < position:
                self._fault(stray[0], f"{stray[1]}: no reading of {self.side.other}'s feed accounts for it")
                stray = next(said, None)
            read = decode(topic, data)
            assert isinstance(read, FeedRead | MessageRead | FeedResumed)
            if isinstance(read, FeedResumed):
                self.counts["times the feed was gone back in"] += 1
            elif isinstance(read, FeedRead) and read.hash is not None:
                self._follow(position, last, place, read, heard_in(bytes(metadata)))
            elif position > since:
                self._fault(position, f"the feed of {self.side.other} was read to a place without a hash")
            else:
                self.counts["places kept without a hash"] += 1
            place = read.position
            while stray is not None and stray[0] <= last:
                stray = next(said, None)
        for left in [stray, *said] if stray else []:
            self._fault(left[0], f"{left[1]}: no reading of {self.side.other}'s feed accounts for it")
        return Counter(), []

    def _said(self, since: int) -> Iterator[tuple[int, str]]:
        """Where facts stand that only the other's feed makes."""
        query = SAID.format(schema=self.side.schema)
        return rows(self.ours, f"said_{self.side.schema}", query, [sorted(self.side.heard_topics), since])

    def _follow(self, first: int, last: int, after: int, read: FeedRead, own: HeardAt | None) -> None:
        """One place from the one before: what was told in between, and what was made of it."""
        self.counts["places held against the other log"] += 1
        gone = self.back.found_gone(first, read.position) is not None
        facts = [recorded(row) for row in self.ours.execute(self._ours(BETWEEN), (first, last), binary=True)]
        by_place: dict[int, list[Recorded]] = defaultdict(list)
        for fact in facts:
            if fact.heard is None:
                self._fault(fact.position, f"{fact.event.TOPIC}: it does not say where it was heard")
            else:
                by_place[fact.heard.position].append(fact)
        if own is None or (own.log, own.position, own.hash) != (self.side.other, read.position, read.hash):
            self._fault(first, "the place is not the one it says it was heard at")
        named = [fact for fact in facts if gone and fact.position in self.back.named]
        self._look_for_gone(first, read if gone else None, named)
        stood = [(fact.position, fact.heard) for fact in facts if fact.heard and fact not in named]
        place = HeardAt(log=self.side.other, position=read.position, hash=str(read.hash))
        self._hashes([] if gone else [(first, place)])
        self._hashes(stood)
        self.counts["heard facts"] += len(stood)
        lost = {fact.heard.position for fact in named if fact.heard}
        still = {at: its for at, its in by_place.items() if at not in lost}
        self._decide_anew(first, after, read, still, only=frozenset(still) if gone else None)

    def _look_for_gone(self, first: int, read: FeedRead | None, named: Sequence[Recorded]) -> None:
        """What was heard of a log that is gone is not there: neither the place that was read to, nor what is named."""
        places = [(first, HeardAt(log=self.side.other, position=read.position, hash=str(read.hash)))] if read else []
        places += [(fact.position, fact.heard) for fact in named if fact.heard]
        self.counts["heard facts of what the other log lost, as was agreed"] += len(named)
        there = self._there([heard.position for _, heard in places])
        for position, heard in places:
            if there.get(heard.position) == heard.hash:
                self._fault(
                    position, f"position {heard.position} of {self.side.other}'s log is said to be lost, and stands"
                )

    def _hashes(self, places: Sequence[tuple[int, HeardAt]]) -> None:
        there = self._there([heard.position for _, heard in places])
        for position, heard in places:
            if there.get(heard.position) != heard.hash or heard.log != self.side.other:
                self._fault(
                    position, f"what stands at {heard.position} of {self.side.other}'s log is not what was heard"
                )

    def _there(self, positions: Sequence[int]) -> dict[int, str]:
        """The hash that stands at each of these positions of the other log."""
        return dict(self.theirs.execute(self._theirs(HASHES), (list(positions),)).fetchall())

    def _decide_anew(
        self,
        first: int,
        after: int,
        read: FeedRead,
        by_place: dict[int, list[Recorded]],
        *,
        only: frozenset[int] | None = None,
    ) -> None:
        """Decide on what the other log tells between two places, and compare; on `only` these positions where it has
        gone on otherwise since. What was heard at the very same place before is nothing new."""
        asked = (after, read.position, sorted(self.side.mappers))
        hears = self.side.hears([fact.event for facts in by_place.values() for fact in facts])
        passed = {each.position: each.problem for each in read.passed_over}
        self.names_told |= any(tells_of_somebody(fact.event) for facts in by_place.values() for fact in facts)
        messages, hashes = [], dict[int, str]()
        for row in self.theirs.execute(self._theirs(TOLD), asked, binary=True).fetchall():
            fact, hashes[row[0]] = recorded(row[:-1]), row[-1]
            if only is not None and fact.position not in only:
                continue
            message = self.side.mappers[fact.event.TOPIC](fact)
            if message is not None and message.type in hears and self._listened_for(message, fact.position, read):
                messages.append((fact.position, hears[message.type], message.data))
        takes = {at: take for at, hear, data in messages if (take := _taken(hear, at, data)) is not None}
        streams = {stream for take in takes.values() for each in take for stream in each.streams}
        histories = self._histories(sorted(streams), first)
        for at, take in takes.items():
            self.counts["messages decided on anew"] += 1
            made = by_place.pop(at, [])
            place = HeardAt(log=self.side.other, position=at, hash=hashes[at])
            should = [
                (each.stream, event)
                for each in take
                if not is_heard(histories[each.stream], place)
                for event in _decided(each.decide, [histories[stream] for stream in each.streams])
            ]
            self._compare(first, at, should, made, passed.get(at))
            if at not in passed and at not in read.taken:
                self._fault(first, f"position {at} of {self.side.other}'s log was read past and not taken in")
            for fact in made:
                before = histories.get(fact.stream, History(fact.stream, ()))
                histories[fact.stream] = History(fact.stream, (*before.recorded, fact))
        for at, facts in by_place.items():
            self._fault(facts[0].position, f"position {at} of {self.side.other}'s log tells nothing that makes it so")

    def _compare(
        self,
        first: int,
        at: int,
        should: Sequence[tuple[str, Event]],
        made: Sequence[Recorded],
        passed: str | None,
    ) -> None:
        is_so = [(fact.stream, fact.event) for fact in made]
        if is_so == should:
            return
        if not self.names_told and is_so == [(stream, nameless(event)) for stream, event in should]:
            self.counts["heard before it was told who"] += len(is_so)
            return
        earlier = tries_of_permits_alone(should) if first <= self.permits_alone_until else should
        if earlier != should and is_so == earlier:
            self.counts["tries whose outcome was asked of their permits alone"] += 1
            return
        if first <= self.let_out_until and is_so == [(stream, out_once_let_out(event)) for stream, event in earlier]:
            self.counts["letters that counted as out once they were let out"] += len(is_so)
            return
        where = made[0].position if made else first
        if passed is not None:
            self._fault(where, f"position {at} of {self.side.other}'s log was passed over: {passed}")
            return
        topics = ", ".join(event.TOPIC for _, event in should) or "nothing"
        self._fault(where, f"position {at} of {self.side.other}'s log says otherwise: {topics} follows from it")

    def _listened_for(self, message: Message, at: int, read: FeedRead) -> bool:
        """Whether it was already heard then: until it was told who did what, nobody listened for proposed changes; and
        what a later release listens for was read past before it."""
        if at in read.taken:
            self.began.add(message.type)
            return True
        if message.type in LATER:
            return message.type in self.began
        return self.names_told or message.type != ONLY_OF_SOMEBODY

    def _histories(self, streams: Sequence[str], before: int) -> dict[str, History]:
        facts: dict[str, list[Recorded]] = {stream: [] for stream in streams}
        for row in self.ours.execute(self._ours(BEFORE), (list(streams), before), binary=True):
            facts[row[1]].append(recorded(row))
        return {stream: History(stream, tuple(its)) for stream, its in facts.items()}

    def _ours(self, query: str) -> bytes:
        return query.format(schema=self.side.schema).encode()

    def _theirs(self, query: str) -> bytes:
        return query.format(schema=self.side.other).encode()

    def _fault(self, position: int, detail: str) -> None:
        self.faults.append(Fault(position, "heard", detail))


def _taken(hear: MessageHandler, at: int, data: Mapping[str, Any]) -> tuple[Reaction, ...] | None:
    """What the message asks of the log that hears it; None where its data cannot be so."""
    try:
        return reactions_to(hear, str(at), json.loads(json.dumps(data)))
    except ValueError:
        return None


def _decided(decide: Callable[..., Sequence[Event]], given: Sequence[History]) -> Sequence[Event]:
    """What follows; nothing where the rule refuses, or the data cannot be so."""
    try:
        return tuple(decide(*given))
    except (Refusal, ValueError):
        return ()
