"""Every release judged whole, by a second reckoning: the one an outsider verifies certificates with.

`contracts/verify_certificate.py` needs nothing of ours and knows the rule itself, so it is a judge that shares no line
with what let the letter out. Here it is given every fact of the log that concerns the release, and the ministry's days.
"""

import importlib.util
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from dev.state import ROOT
from services.eventlog.checkpoints.chain import microseconds
from services.eventlog.epoch.events import STREAM as RULES
from services.eventlog.recorded import Recorded

JUDGE = ROOT / "contracts" / "verify_certificate.py"
Days = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Stored(Recorded):
    """A fact, and the very bytes that are stored of it."""

    data: bytes = b""


Opened = tuple[datetime | None, bool | None]
"""What a release's row says of when it opened: the instant, and whether at once."""


def _judge() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_certificate", JUDGE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


judge = _judge()
Unreadable: type[Exception] = judge.Unreadable


def days_in(file: Path | None) -> Days:
    """The ministry's dated list of days; the instruction's fourteen where no list is given. A file that cannot be read
    raises what the judge raises."""
    days: Days = judge.days_of(file)
    return days


class Releases:
    """Judges releases one by one. `shared` are the facts that any may rest on: the log's own rules, and policies of
    schemes."""

    def __init__(self, days: Days, shared: Iterable[Stored]) -> None:
        self._days = days
        self._rules: list[Any] = []
        self._policies: dict[str, list[Any]] = defaultdict(list)
        for fact in shared:
            told = for_the_judge(fact)
            if fact.stream == RULES:
                self._rules.append(told)
            else:
                for scheme in {fact.stream.partition("-")[2], told.data.get("scheme_id")}:
                    self._policies[scheme].append(told)

    def known(self, facts: Sequence[Stored], notices: Mapping[str, Any]) -> Any:
        """What the judge knows of an item: it is told each fact once, for its releases and for every try to send it.
        `facts` are all of its stream, `notices` those that list it, as they are told to the judge."""
        own = [for_the_judge(fact) for fact in facts]
        policies = {told.position: told for scheme in _schemes(own) for told in self._policies[scheme]}
        return judge.Known(own, notices, [policies[at] for at in sorted(policies)], self._rules)

    def judge(self, known: Any, position: int, row: Opened) -> tuple[list[str], list[str]]:
        """What is wrong with the release of an item that was recorded there, and what is lawful and worth knowing. Its
        row says when it `row` opened."""
        release = judge.Release(next(each for each in known.own if each.position == position), known, self._days)
        problems = release.faults()
        by_notice = release.fact.data["ground"]["kind"] == "notice"
        opened = (release.opened(), False) if by_notice else (None, True)
        if not problems and row != opened:
            problems.append(f"its row says that it opened at {row[0]}, not {opened[0]}")
        return problems, release.told

    def judge_tries(self, known: Any, asked_from: int) -> Iterator[tuple[int, str]]:
        """(position, what is wrong) where a letter began to leave and what lets it out had closed again. `asked_from`
        is where the rules begin that ask it at each try."""
        released = None
        for fact in known.own:
            released = fact if fact.name == "letter.released" else released
            if fact.name == "letter.sending-begun" and released and fact.position > asked_from:
                for problem in judge.Release(released, known, self._days, begun=fact).closed_again():
                    yield fact.position, f"as it began to leave, {problem}"


def for_the_judge(fact: Stored) -> Any:
    """The fact as an export would tell it."""
    return judge.Fact(
        {
            "position": fact.position,
            "stream": fact.stream,
            "version": fact.version,
            "topic": fact.event.TOPIC,
            "recorded_at_us": microseconds(fact.recorded_at),
            "data": fact.data.decode(),
        }
    )


def _schemes(facts: Iterable[Any]) -> Iterator[str]:
    """The schemes whose policies a letter may have been held on. A manifest that cannot be read names none: the judge
    says so where a release rests on it."""
    for held in (fact.data for fact in facts if fact.name == "letter.held"):
        try:
            manifest = judge.read_manifest(held["manifest_json"])[0] if "manifest_json" in held else held["manifest"]
        except Unreadable:
            manifest = None
        says = manifest if isinstance(manifest, dict) else {}
        exempt = held.get("exemption") or {}
        yield from (named for named in {says.get("scheme_id"), exempt.get("scheme_id")} if named)


def read_policy_problems(rows: Sequence[tuple[Any, ...]], days: Days) -> list[str]:
    """What is wrong with the database's own rows of (version, valid_from, days, min_hours, stale_after_days, whether
    the day of the notice is counted): each begins on a day on which something in the ministry's list does, of which
    there is one for each; and it counts as the list says of that day, or more strictly. A day of the notice that is
    counted is one of the ministry's less."""
    begin = {valid_from.isoformat(): version for version, valid_from, *_ in rows}
    listed = {each["valid_from"] for each in days}
    said = [f"no policy begins on {day}, as the list says" for day in sorted(listed - begin.keys())]
    said += [f"the policy {begin[day]} begins on {day}: nothing in the list does" for day in begin.keys() - listed]
    for version, valid_from, days_said, min_hours, stale_after_days, day_of_notice_counted in rows:
        counted = days_said - day_of_notice_counted
        wanted = judge.rule_on(valid_from, days)
        if counted < wanted["days"] or min_hours < 24 * wanted["days"] or stale_after_days > wanted["stale_after_days"]:
            said.append(f"the policy {version} counts {counted} days from {valid_from}: the list says {wanted['days']}")
    return said
