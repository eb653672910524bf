"""Two people where two are needed, held against the facts themselves: nobody who wrote any part of what stands decided
it, and no duties that clash were one person's. By the table of duties (`services/duties/`), read over the whole log.

A rule can have been gone round by whoever holds a service's role; the fact it left cannot. What stood before the log
was upgraded is told and no fault: it was lawful by the rules of its day.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Any

from psycopg import Connection

from dev.verifying.hands import ACROSS, clashes_across
from dev.verifying.reading import rows
from services.duties.act import Act
from services.duties.authorship import authors
from services.duties.table import ACTS, ACTS_OF
from services.eventlog.chain import Fault
from services.eventlog.epoch.view import find_rules_hold_from
from services.eventlog.events import Event
from services.eventlog.mapper import decode
from services.grants.recipient_report.events import ReportChecked, ReportReturned
from services.notifications.notice.events import NoticeReceived
from services.notifications.publication.events import PublicationPlanned
from services.text.people import is_same_person

FACTS = "SELECT position, stream, topic, data FROM {}.event WHERE topic = ANY (%s) ORDER BY stream, version"
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
    ("confirm notice policy", "propose notice policy"): "the fact names its authors itself: `written_by`",
    ("confirm notice policy", "register scheme"): "the fact names its authors itself: `written_by`",
    ("confirm notice policy", "revise scheme"): "the fact names its authors itself: `written_by`",
    ("end tie", "be tied"): "the fact names who is tied itself: `person`",
    ("dismiss complaint", "decide what is disputed"): "which decision is disputed is told by the case, not by the fact",
    ("forward complaint", "decide what is disputed"): "which decision is disputed is told by the case, not by the fact",
    ("record outcome", "decide what is disputed"): "which decision is disputed is told by the case, not by the fact",
    ("net reclaim", "warn of reclaim"): "which warning a reclaim rests on is told by the case, not by the fact",
}
NAMED_IN_THE_FACT = {"confirm notice policy": "written_by", "end tie": "person"}


@dataclass(frozen=True, slots=True)
class Done:
    """One fact that leaves a name, where it stands."""

    position: int
    topic: str
    fact: Event


def check_duties(connection: Connection[Any], schema: str) -> tuple[Counter[str], list[Fault]]:
    """How many acts were looked at, and those that one person did who should not have. One stream in memory."""
    rules_from = find_rules_hold_from(connection, schema)
    counts, faults = Counter[str](), list[Fault]()
    found = rows(connection, "duties", FACTS.format(schema), (list(ACTS_OF),))
    for stream, its in groupby(found, key=lambda row: row[1]):
        done: list[Done] = []
        for position, _, topic, data in its:
            try:
                made = Done(position, topic, decode(topic, data))
            except (ValueError, LookupError):
                continue  # it is told as unreadable where the chain is followed
            for act in acts_of(made):
                counts["acts that two people share"] += bool(act.not_by)
                before = [each.fact for each in done]
                across = clashes_across(connection, schema, act, position, made.fact, before)
                for clashing, person in chain(clashes(act, made, done), across):
                    if position <= rules_from:
                        counts[UNDER_EARLIER_RULES] += 1
                    else:
                        detail = f"{stream}: {person} {ACTS[clashing].did}, and did {act.name}"
                        faults.append(Fault(position, "duties", detail))
            done.append(made)
    return counts, faults


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
        others = (named,) if isinstance(named, str) else named
        if any(is_same_person(person, other) for other in others):
            yield act.not_by[0], person
        return
    for clashing in act.not_by:
        if (act.name, clashing) not in ACROSS | ELSEWHERE.keys() and any(
            is_same_person(person, other) for other in _doers(clashing, act, made, done)
        ):
            yield clashing, person


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
    if name == "approve supplement" and (added := getattr(other.fact, "added", None)) is not None:
        return getattr(made.fact, "instalment", None) in {each.number for each in added}
    if name not in ON or act.name not in ON:
        return True
    here, there = getattr(made.fact, ON[act.name], None), getattr(other.fact, ON[name], None)
    return here == there
