"""Every release judged whole, by a second reckoning: the one an outsider verifies certificates with.

`contracts/verify_certificate.py` needs nothing of ours and knows the rule itself, so it is a judge that shares no line
with what let the letter out. Here it is given every fact of the log that concerns the release, and the ministry's days.
"""

import importlib.util
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from dev.state import ROOT
from services.eventlog.chain import microseconds
from services.eventlog.events import Event
from services.eventlog.mapper import encode

JUDGE = ROOT / "contracts" / "verify_certificate.py"
Days = Sequence[Mapping[str, Any]]


def _judge() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_certificate", JUDGE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


judge = _judge()
Unreadable: type[Exception] = judge.Unreadable
RELEASING = ("letter.released", "publication.released")
RULES, POLICIES = "log", "scheme-"


def days_in(file: Path | None) -> Days:
    """The ministry's dated list of days; the instruction's fourteen where no list is given. A file that cannot be read
    raises what the judge raises."""
    days: Days = judge.days_of(file)
    return days


class Releases:
    """The facts that releases are judged by, gathered in the order of the log."""

    def __init__(self, days: Days) -> None:
        self._days = days
        self._streams: dict[str, list[Any]] = defaultdict(list)
        self._listing: dict[str, list[str]] = defaultdict(list)
        self._shared: list[Any] = []  # what every release may rest on: policies of schemes, the rules of the log
        self._released: list[Any] = []

    def follow(self, position: int, stream: str, version: int, event: Event, at: datetime) -> None:
        """The next fact."""
        told = {
            "position": position,
            "stream": stream,
            "version": version,
            "topic": event.TOPIC,
            "recorded_at_us": microseconds(at),
            "data": encode(event).decode(),
        }
        fact = judge.Fact(told)
        self._streams[stream].append(fact)
        if stream == RULES or stream.startswith(POLICIES):
            self._shared.append(fact)
        for item in fact.lines:
            self._listing[item].append(stream)
        if fact.name in RELEASING:
            self._released.append(fact)

    def problems(self) -> Iterator[tuple[int, str, str]]:
        """Position, item and what is wrong with its release, for each that was not lawful."""
        for fact in self._released:
            for problem in self._release(fact).faults():
                yield fact.position, fact.stream, problem

    def _release(self, fact: Any) -> Any:
        streams = (fact.stream, *dict.fromkeys(self._listing[fact.stream]))
        facts = [*self._shared, *(each for stream in streams for each in self._streams[stream])]
        return judge.Release(fact, sorted(facts, key=lambda each: each.position), self._days)


def read_policy_problems(rows: Sequence[tuple[Any, ...]], days: Days) -> list[str]:
    """What is wrong with the database's own rows of (version, valid_from, days, min_hours, stale_after_days): each must
    count as the ministry's list says of its first day, or more strictly."""
    said = []
    for version, valid_from, counted, min_hours, stale_after_days in rows:
        wanted = judge.rule_on(valid_from, days)
        if counted < wanted["days"] or min_hours < 24 * wanted["days"] or stale_after_days > wanted["stale_after_days"]:
            said.append(f"the policy {version} counts {counted} days from {valid_from}: the list says {wanted['days']}")
    return said
