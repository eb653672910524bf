"""The gate's own tables, worked out anew from the facts by the service's rules, and compared row by row."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from psycopg import Connection

from dev.verifying.following import Facts
from dev.verifying.policies import (
    DECISIONS,
    POLICIES,
    decision_rows,
    policy_rows,
    problems_of_exemption,
    stands_in_row,
)
from dev.verifying.releases import Days, Releases, days_in, read_policy_problems
from dev.verifying.sending import (
    FROZEN,
    RELEASED,
    SENDINGS,
    WAIVERS,
    lacking_policies,
    released_rows,
    sending_rows,
    waiver_rows,
)
from services.eventlog.chain import Fault
from services.eventlog.epoch.events import STREAM as RULES
from services.eventlog.epoch.rules import SECOND, rules_hold_from
from services.eventlog.recorded import Recorded
from services.notifications import held as holding
from services.notifications import told as telling
from services.notifications.channel.events import LetterFollowed, LetterSendingPermitted
from services.notifications.gate import EVER, Told, stand
from services.notifications.gate_digest import read_digest
from services.notifications.held import Held
from services.notifications.publication.events import PublicationReleased
from services.notifications.release.events import AfterNotice, LetterReleased, LetterReleaseEnded
from services.notifications.told import Notice

ITEMS = """
    SELECT item, position, encode(manifest_sha256, 'hex'), encode(letter_sha256, 'hex'), exempt_source, ended, ordered,
           released, nullif(opens_at, '-infinity'), opens_at = '-infinity', stale_at, scheme_id, round_id
    FROM notifications.item
"""
NOTICES = """
    SELECT notice, ordered_position, policy_version, withdrawn, dispatch, dispatched_at, received_at
    FROM notifications.notice
"""
LINES = "SELECT notice, item, encode(manifest_sha256, 'hex') FROM notifications.notice_line"
OBJECTIONS = "SELECT notice, objection, item, lifted_at FROM notifications.objection"
RELEASES = """
    SELECT item, position, encode(manifest_sha256, 'hex'), ground, nullif(opens_at, '-infinity'), said_at, released_at
    FROM notifications.release
"""
ENDINGS = """
    SELECT e.item, e.position, r.position, e.followed FROM notifications.release_ending e
    LEFT JOIN notifications.release r ON r.item = e.item AND r.number = e.number
"""
TRIES = """
    SELECT stream, begun_at, position, encode(hash, 'hex'), attempt, granted_at, until FROM notifications.sending_permit
"""
COUNTING = "SELECT version, valid_from, days, min_hours, stale_after_days FROM notifications.policy ORDER BY valid_from"
Row = tuple[Any, ...]


class GateReconciliation:
    """Follows the log's facts, and at its end holds the tables against them."""

    def __init__(self, connection: Connection[Any], *, signed: dict[int, str], days: Days | None = None) -> None:
        """`days` is the ministry's dated list of how many it is given; the instruction's fourteen without one."""
        self._days = days_in(None) if days is None else days
        self._judged = Releases(self._days)
        self.counts: Counter[str] = Counter()
        self.faults: list[Fault] = []
        self._connection, self._signed = connection, signed
        self._facts: dict[str, list[Recorded]] = defaultdict(list)
        self._last = 0

    def follow(self, facts: Facts) -> None:
        """One command's facts."""
        at = facts.at
        for position, (stream, event) in facts.placed():
            version = len(self._facts[stream]) + 1
            self._facts[stream].append(Recorded(position, stream, version, event, at, "", "", ""))
            self._judged.follow(position, stream, version, event, at)
            self._last = position

    def end(self) -> None:
        """Compare everything."""
        notices = {stream: telling.fold(facts) for stream, facts in self._of("notice-")}
        items = {stream: holding.fold(facts) for stream, facts in self._of("letter-", "publication-")}
        items = {stream: held for stream, held in items.items() if held.held}
        self._compare("items", ITEMS, [item_row(item, held, notices) for item, held in items.items()])
        self._compare("notices", NOTICES, [notice_row(stream, notice) for stream, notice in notices.items()])
        self._compare("notice lines", LINES, list(line_rows(notices)))
        self._compare("objections", OBJECTIONS, list(objection_rows(notices)))
        self._compare("policies", POLICIES, list(policy_rows(self._facts)))
        self._compare("decisions", DECISIONS, list(decision_rows(self._facts)))
        self._compare("waivers", WAIVERS, list(waiver_rows(self._facts)))
        self._compare("sendings", SENDINGS, list(sending_rows(self._facts)))
        self._compare("rows of releases", RELEASED, list(released_rows(self._facts)))
        self._releases(items, notices)
        letters = [(stream, facts) for stream, facts in self._of("letter-")]
        self._compare(
            "ended releases", ENDINGS, [row for stream, facts in letters for row in ending_rows(stream, facts)]
        )
        self._compare("permitted tries", TRIES, [row for stream, facts in letters for row in try_rows(stream, facts)])
        self._judge()
        if self._last in self._signed:
            self.counts["signed gates"] += 1
            if read_digest(self._connection) != self._signed[self._last]:
                self.faults.append(Fault(self._last, "gate", "what it stands on is not what was signed"))

    def _judge(self) -> None:
        """Every release, by a second reckoning of the rule and by the ministry's own days."""
        for position, item, problem in self._judged.problems():
            self.faults.append(Fault(position, "gate", f"releases: {item}: {problem}"))
        for problem in read_policy_problems(self._connection.execute(COUNTING.encode()).fetchall(), self._days):
            self.faults.append(Fault(0, "gate", problem))

        standing = set(self._connection.execute(FROZEN.encode()).fetchall())
        for position, version in lacking_policies(self._facts, standing):
            said = f"the policy {version} does not stand as the notice froze it"
            self.faults.append(Fault(position, "gate", said))

    def _of(self, *kinds: str) -> Iterator[tuple[str, list[Recorded]]]:
        return ((stream, facts) for stream, facts in self._facts.items() if stream.startswith(kinds))

    def _compare(self, name: str, query: str, should: Sequence[Row]) -> None:
        stands = set(self._connection.execute(query.encode()).fetchall())
        self.counts[name] += len(stands)
        wanted = set(should)
        for row in sorted(stands ^ wanted, key=str):
            said = "stands there and follows from nothing" if row in stands else "is not there"
            self.faults.append(Fault(self._position_of(row[0]), "gate", f"{name}: {row} {said}"))

    def _releases(self, items: dict[str, Held], notices: dict[str, Notice]) -> None:
        rows = {(row[0], row[1]): row for row in self._connection.execute(RELEASES.encode()).fetchall()}
        self.counts["releases"] += len(rows)
        rules_from = rules_hold_from(((fact.position, fact.event) for fact in self._facts[RULES]), SECOND)
        released = {
            (item, fact.position)
            for item in items
            for fact in self._facts[item]
            if isinstance(fact.event, LetterReleased | PublicationReleased)
        }
        for item, position in sorted(rows.keys() ^ released):
            self.faults.append(Fault(position, "gate", f"releases: {item} is in one place only"))
        for item, position in rows.keys() & released:
            for problem in self._problems_of(rows[item, position], item, notices, rules_from):
                self.faults.append(Fault(position, "gate", f"releases: {item}: {problem}"))

    def _problems_of(self, row: Row, item: str, notices: dict[str, Notice], rules_from: int) -> Iterator[str]:
        yield from problems_of(row, item, self._facts[item], notices)
        if row[3] == "scheme-policy":
            before = holding.fold(fact for fact in self._facts[item] if fact.position < row[1])
            if before.letter and before.letter.exemption and before.letter.exemption.confirmed_at is None:
                self.counts["releases on a policy of one person"] += 1
            yield from problems_of_exemption(before, self._facts, row[1], rules_from)

    def _position_of(self, stream: str) -> int:
        facts = self._facts.get(stream)
        return facts[-1].position if facts else self._last


def item_row(item: str, held: Held, notices: dict[str, Notice]) -> Row:
    """The row an item should have. What was released keeps what it opened at."""
    standing = stand(item, held, told_of(item, notices))
    exempt = stands_in_row(held)
    open_ = standing.refusal is None
    return (
        item,
        held.held_position,
        held.manifest_sha256,
        held.letter.letter_sha256 if held.letter else None,
        exempt.source if exempt else None,
        held.ended is not None,
        held.ordered is not None,
        held.released is not None,
        standing.opens_at if open_ and standing.opens_at != EVER else None,
        (standing.opens_at == EVER) if open_ else None,
        standing.stale_at,
        held.letter.manifest.scheme_id if held.letter else None,
        str(held.letter.round_id) if held.letter and held.letter.round_id else None,
    )


def told_of(item: str, notices: dict[str, Notice]) -> list[Told]:
    """The notices that list it."""
    listing = ((stream, notice) for stream, notice in notices.items() if item in notice.items)
    return [Told(notice_id=telling.id_of(stream), notice=notice) for stream, notice in listing]


def notice_row(stream: str, notice: Notice) -> Row:
    """The row a notice should have."""
    ordered = notice.ordered
    return (
        stream,
        notice.ordered_position if ordered else None,
        ordered.policy.version if ordered else None,
        notice.withdrawn is not None,
        notice.dispatch,
        notice.dispatched_at,
        notice.received.received_at if notice.received else None,
    )


def line_rows(notices: dict[str, Notice]) -> Iterator[Row]:
    for stream, notice in notices.items():
        for line in notice.prepared.lines if notice.prepared else ():
            yield stream, line.item, line.manifest_sha256


def objection_rows(notices: dict[str, Notice]) -> Iterator[Row]:
    for stream, notice in notices.items():
        for objection in notice.objections:
            for item in objection.items:
                yield stream, objection.number, item, objection.lifted_at


def ending_rows(stream: str, facts: Sequence[Recorded]) -> Iterator[Row]:
    """Each release that was ended before anything left, or followed after that: where, and where it was let out."""
    released = 0
    for fact in facts:
        if isinstance(fact.event, LetterReleased):
            released = fact.position
        elif isinstance(fact.event, LetterReleaseEnded | LetterFollowed):
            yield stream, fact.position, released, isinstance(fact.event, LetterFollowed)


def try_rows(stream: str, facts: Sequence[Recorded]) -> Iterator[Row]:
    """Each try to send, by the permit it was begun on."""
    for fact in facts:
        if isinstance(fact.event, LetterSendingPermitted):
            permit = fact.event.permit
            begun = (permit.position, permit.hash, fact.event.attempt, permit.granted_at, permit.until)
            yield stream, fact.position, *begun


def problems_of(row: Row, item: str, facts: Sequence[Recorded], notices: dict[str, Notice]) -> Iterator[str]:
    """What is wrong with a release: what left, and whether its time had come by what was known before it."""
    _, position, manifest_sha256, ground, opens_at, said_at, released_at = row
    before = holding.fold(fact for fact in facts if fact.position < position)
    fact = next((fact for fact in facts if fact.position == position), None)
    if fact is None or not isinstance(fact.event, LetterReleased | PublicationReleased):
        yield "no fact let it out"
        return
    its = fact.event.ground
    if (before.manifest_sha256, its.kind) != (manifest_sha256, ground):
        yield "it is not what was held, or not on the ground it left on"
    if isinstance(its, AfterNotice):
        standing = stand(item, before, told_of(item, notices))
        if opens_at is None or min(said_at, released_at) < opens_at:
            yield f"it left at {min(said_at, released_at)}, before {opens_at}"
        if standing.refusal is None and isinstance(standing.ground, AfterNotice) and standing.opens_at != opens_at:
            yield f"it opened at {standing.opens_at}, not {opens_at}"
