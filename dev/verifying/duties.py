"""Two people where two are needed, held against the facts themselves: nobody who wrote any part of what stands decided
it, and no duties that clash were one person's. By the table of duties (`services/duties/`), read over the whole log.

A rule can have been gone round by whoever holds a service's role; the fact it left cannot. What stood before the log
was upgraded is told and no fault: it was lawful by the rules of its day.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, groupby, islice
from typing import Any

from psycopg import Connection

from dev.verifying.following import Facts
from dev.verifying.hands import ACROSS, WORDS, clashes_across, word_of
from dev.verifying.reading import rows
from services.duties.act import Act
from services.duties.authorship import authors
from services.duties.of_notices import LETS_OUT
from services.duties.since import RULES, asked_since
from services.duties.table import ACTS, ACTS_OF
from services.eventlog.checkpoints.chain import Fault
from services.eventlog.epoch.view import find_rules_hold_from
from services.eventlog.events import Event
from services.eventlog.mapper import decode
from services.grants.case.events.recipient_report import ReportChecked, ReportReturned
from services.grants.scheme.notice_policy import rules as notice_policy
from services.grants.scheme.notice_policy.events import NoticePolicyConfirmed
from services.notifications.facts.notice import NoticeReceived
from services.notifications.facts.publication import PublicationPlanned
from services.text import people
from services.text.people import is_same_person

FACTS = """
    SELECT position, stream, topic, data FROM {}.event WHERE topic = ANY (%s) AND stream = ANY (%s)
    ORDER BY stream, version
"""
TOGETHER = 1_000
UNDER_EARLIER_RULES = "decided by one of its authors, under earlier rules"

# Proposals that go back and forth, the kinds that are one line together, and the facts that end it.
LINES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "propose award": (("propose award",), ("award.approved.v1", "award.imported.v1")),
    "claim award import": (("claim award import",), ("award.imported.v1",)),
    "claim letter release": (("claim letter release",), ("award.letter-release-imported.v1",)),
    "propose change": (
        ("propose change",),
        ("award.supplement-approved.v1", "award.reduced.v1", "award.annulled.v1"),
    ),
    **dict.fromkeys(
        ("propose dismissal", "propose rejection"),
        (("propose dismissal", "propose rejection"), ("application.dismissed.v1", "application.rejected.v1")),
    ),
    **dict.fromkeys(
        ("warn of withholding", "omit warning"),
        (("warn of withholding", "omit warning"), ("withholding.decided.v1",)),
    ),
    "warn of reclaim": (("warn of reclaim",), ("withholding.reclaim-decided.v1",)),
    "propose settlement": (("propose settlement",), ("report.award-settled.v1",)),
    **dict.fromkeys(("register scheme", "revise scheme"), (("register scheme", "revise scheme"), ())),
    "plan publication": (("plan publication",), ()),
    "propose waiver": (("propose waiver",), ("letter.waiver-confirmed.v1",)),
    "propose receipt": (("propose receipt",), ("notice.received.v1",)),
    "propose back-dating bound": (("propose back-dating bound",), ("back-dating.bound-confirmed.v1",)),
    "propose answers' term": (("propose answers' term",), ("kept-answers.term-confirmed.v1",)),
    "propose write-off": (("propose write-off",), ("permit.granted.v1", "permit.written-off.v1")),
}
# The field that says which instalment, complaint, report or request of the case an act is on; without one it is on all.
ON = {
    **dict.fromkeys(("attest payment", "record earlier payment", "release withheld"), "instalment"),
    **dict.fromkeys(("warn of withholding", "omit warning", "decide withholding"), "instalment"),
    **dict.fromkeys(("warn of reclaim", "decide reclaim"), "instalment"),
    **dict.fromkeys(("register complaint", "take up late", "dismiss complaint", "suspend decision"), "number"),
    **dict.fromkeys(("end suspension", "reverse decision", "forward complaint", "record outcome"), "number"),
    **dict.fromkeys(("check content", "check money", "return report for content", "return report for money"), "number"),
    **dict.fromkeys(("register change request", "answer change request"), "number"),
}
# Clashes that this does not hold the facts against, each with its reason.
ELSEWHERE = {
    ("confirm notice policy", "propose notice policy"): "who wrote it is folded from its scheme: `wrote_the_policy`",
    ("confirm notice policy", "register scheme"): "who wrote it is folded from its scheme: `wrote_the_policy`",
    ("confirm notice policy", "revise scheme"): "who wrote it is folded from its scheme: `wrote_the_policy`",
    ("end tie", "be tied"): "the fact names who is tied itself: `person`",
    ("confirm a clock's correction", "ask for a clock's correction"): "the fact names who asked itself: `asked_by`",
    ("confirm to go on without lost facts", "propose to go on without lost facts"): (
        "the fact names who proposed itself: `proposed_by`"
    ),
    ("dismiss complaint", "decide what is disputed"): "which decision is disputed is told by the case, not by the fact",
    ("forward complaint", "decide what is disputed"): "which decision is disputed is told by the case, not by the fact",
    ("record outcome", "decide what is disputed"): "which decision is disputed is told by the case, not by the fact",
    ("net reclaim", "warn of reclaim"): "which warning a reclaim rests on is told by the case, not by the fact",
}
NAMED_IN_THE_FACT = {
    "confirm notice policy": "written_by",
    "end tie": "person",
    "confirm a clock's correction": "asked_by",
    "confirm to go on without lost facts": "proposed_by",
}


# The topics that tell of an act, or of any that is one line with it.
TOPICS_OF = {
    name: {
        topic for kind in LINES.get(name, ((name,), ()))[0] for topic in (ACTS[kind].topic, ACTS[kind].before) if topic
    }
    for name in ACTS
}
# What clashes with each act, by the topics it can stand in; and the fields of a fact that hold a person who did it.
NOT_HERE = ACROSS | ELSEWHERE.keys()
CLASHING = {
    act.name: sorted({topic for name in act.not_by if (act.name, name) not in NOT_HERE for topic in TOPICS_OF[name]})
    for act in ACTS.values()
}
CLASHED_WITH = {topic for topics in CLASHING.values() for topic in topics}
# The acts a fact of a topic is, where the topic alone says so.
SAID_IN_THE_FACT = frozenset(
    {
        *("check content", "return report for content", "check money", "return report for money"),
        *("confirm receipt", "acknowledge notice"),
    }
)
PLAIN = {topic: acts for topic, acts in ACTS_OF.items() if SAID_IN_THE_FACT.isdisjoint(act.name for act in acts)}
BY = {topic: sorted({act.by for act in acts}) for topic, acts in ACTS_OF.items()}
folded = lru_cache(maxsize=65_536)(people.folded)
# Acts that clash with what the fact names, or with what stands on other streams. What lets a letter out is looked at
# where somebody of that name ever spoke for the ministry: letters are many, and they are few.
CLOSELY = {*NAMED_IN_THE_FACT, *(act for act, _ in ACROSS if act not in LETS_OUT)}


BITS = 24
LAST_PLACE = 2**BITS - 1
"""Of the room in which is kept who has done what (`Seen`)."""


def _shared(acts: Iterable[Act]) -> tuple[Act, ...]:
    """Those that clash with others."""
    return tuple(act for act in acts if act.not_by)


@dataclass(frozen=True, slots=True)
class LookedAt:
    """What is looked at in a fact of one topic: the acts it is that clash with others (None where only the fact says
    which), whether it may be the ministry's word, and the fields of whom is remembered."""

    shared: tuple[Act, ...] | None
    may_be_a_word: bool
    remembered: tuple[str, ...]


LOOKED_AT = {
    topic: LookedAt(
        shared=_shared(PLAIN[topic]) if topic in PLAIN else None,
        may_be_a_word=topic in WORDS,
        remembered=tuple(BY[topic]) if topic in CLASHED_WITH else (),
    )
    for topic in BY
}


@dataclass(frozen=True, slots=True)
class Done:
    """One fact that leaves a name, where it stands."""

    position: int
    topic: str
    fact: Event


class Seen:
    """Who has done what, in a room of fixed size however many there are. It may take one for another, now and then, and
    never forgets one: what it says is looked at closely afterwards."""

    def __init__(self) -> None:
        self._taken = bytearray(LAST_PLACE + 1)

    def add(self, done: Hashable) -> None:
        found, taken = hash(done), self._taken
        taken[found & LAST_PLACE] = 1
        taken[found >> BITS & LAST_PLACE] = 1

    def __contains__(self, done: Hashable) -> bool:
        found, taken = hash(done), self._taken
        return bool(taken[found & LAST_PLACE] and taken[found >> BITS & LAST_PLACE])


class Duties:
    """Follows the log's facts. Where somebody seems to have done two things that clash, the stream is read again,
    whole, and each act in it held against the others."""

    def __init__(self, connection: Connection[Any], schema: str) -> None:
        self.counts: Counter[str] = Counter()
        self.faults: list[Fault] = []
        self._connection, self._schema = connection, schema
        self._seen = Seen()
        self._suspect: dict[str, None] = {}
        self._for_the_ministry: set[str] = set()
        self._shared = 0

    def follow(self, facts: Facts) -> None:
        """One command's facts."""
        for position, (stream, fact) in facts.placed():
            looked = LOOKED_AT.get(topic := fact.TOPIC)
            if looked is None:
                continue
            if looked.may_be_a_word and (word := word_of(fact)):
                self._for_the_ministry.add(folded(word[1]))
            for act in looked.shared if looked.shared is not None else _shared(acts_of(Done(position, topic, fact))):
                self._shared += 1
                if act.name in CLOSELY or self._may_clash(act, stream, fact):
                    self._suspect[stream] = None
            for field in looked.remembered:
                if (person := getattr(fact, field)) is not None:
                    self._seen.add((stream, by := folded(person)))
                    self._seen.add((stream, topic, by))

    def _may_clash(self, act: Act, stream: str, fact: Event) -> bool:
        person = folded(getattr(fact, act.by))
        if act.name in LETS_OUT and person in self._for_the_ministry:
            return True
        if (stream, person) not in self._seen:  # as of most acts: nothing of theirs stands there before it
            return False
        return any((stream, topic, person) in self._seen for topic in CLASHING[act.name])

    def end(self) -> None:
        """Look closely."""
        self.counts["acts that two people share"] = self._shared
        asked_from = {rules: find_rules_hold_from(self._connection, self._schema, rules) for rules in RULES}
        suspect = iter(self._suspect)
        while some := list(islice(suspect, TOGETHER)):
            found = rows(self._connection, "duties", FACTS.format(self._schema), (list(ACTS_OF), some))
            for stream, its in groupby(found, key=lambda row: row[1]):
                for made, act, clashing, person in self._clashes_in(stream, ((row[0], *row[2:]) for row in its)):
                    if made.position <= asked_from[asked_since(act.name, clashing)]:
                        self.counts[UNDER_EARLIER_RULES] += 1
                    else:
                        detail = f"{stream}: {person} {ACTS[clashing].did}, and did {act.name}"
                        self.faults.append(Fault(made.position, "duties", detail))

    def _clashes_in(self, stream: str, facts: Iterable[tuple[int, str, bytes]]) -> Iterator[tuple[Done, Act, str, str]]:
        """Each act of a stream that clashes with one before it, with which, and whose both were."""
        done: list[Done] = []
        for position, topic, data in facts:
            try:
                made = Done(position, topic, decode(topic, data))
            except (ValueError, LookupError):
                continue  # it is told as unreadable where the chain is followed
            before = [each.fact for each in done]
            for act in acts_of(made):
                across = clashes_across(self._connection, self._schema, act, stream, position, made.fact, before)
                yield from ((made, act, *each) for each in chain(clashes(act, made, done), across))
            done.append(made)


def acts_of(made: Done) -> Iterator[Act]:
    """The acts this fact is. Where several leave the same topic, the fact says which."""
    for act in ACTS_OF[made.topic]:
        match act.name, made.fact:
            case "check content" | "return report for content", ReportChecked(check=check) | ReportReturned(
                check=check
            ):
                its = check == "content"
            case "check money" | "return report for money", ReportChecked(check=check) | ReportReturned(check=check):
                its = check == "money"
            case "confirm receipt", NoticeReceived(proposed_by=proposed_by):
                its = proposed_by is not None
            case "acknowledge notice", NoticeReceived(told_by=told_by, proposed_by=None):
                its = not told_by.startswith("channel:")
            case "acknowledge notice", _:
                its = False
            case _:
                its = True
        if its:
            yield act


def clashes(act: Act, made: Done, done: Sequence[Done]) -> Iterator[tuple[str, str]]:
    """Each act that clashes with this one and was the same person's."""
    person = getattr(made.fact, act.by)
    if act.name in NAMED_IN_THE_FACT:
        named = getattr(made.fact, NAMED_IN_THE_FACT[act.name])
        others = [named] if isinstance(named, str) else [*named]
        if isinstance(made.fact, NoticePolicyConfirmed):
            others += wrote_the_policy(done)
        if any(is_same_person(person, other) for other in others):
            yield act.not_by[0], person
        return
    for clashing in act.not_by:
        if (act.name, clashing) not in NOT_HERE and any(
            is_same_person(person, other) for other in _doers(clashing, act, made, done)
        ):
            yield clashing, person


def wrote_the_policy(done: Sequence[Done]) -> frozenset[str]:
    """Whoever wrote some part of the notice policy that waited, by what was recorded of its scheme before. Whom the
    confirmation names as its authors is no proof of that: whoever holds the service's role writes it as well."""
    return notice_policy.fold([each.fact for each in done]).authors


def _doers(name: str, act: Act, made: Done, done: Sequence[Done]) -> frozenset[str]:
    """Whoever did the other act on the same thing: of a proposal, whoever wrote any part of what stands."""
    same = [each for each in done if _on_the_same(name, each, act, made)]
    if name not in LINES:
        return frozenset(getattr(each.fact, ACTS[name].by) for each in same if ACTS[name] in acts_of(each))
    kinds, ends = LINES[name]
    topics = {topic for kind in kinds for topic in (ACTS[kind].topic, ACTS[kind].before)}
    line: list[Event] = []
    for each in same:
        if each.topic in ends:
            line.clear()
        elif each.topic in topics:
            line.append(each.fact.as_written() if isinstance(each.fact, PublicationPlanned) else each.fact)
    return authors(line)


def _on_the_same(name: str, other: Done, act: Act, made: Done) -> bool:
    """Whether what was done there was done on the very thing this act is on."""
    if (act.name, name) == ("record repayment", "decide reclaim"):
        return getattr(made.fact, "reclaim", None) == getattr(other.fact, "number", None)
    if name == "approve supplement" and act.name in ON and (added := getattr(other.fact, "added", None)) is not None:
        return getattr(made.fact, "instalment", None) in {each.number for each in added}
    if name not in ON or act.name not in ON:
        return True
    here, there = getattr(made.fact, ON[act.name], None), getattr(other.fact, ON[name], None)
    return here == there
