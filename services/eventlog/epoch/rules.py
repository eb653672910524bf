"""Which rules a fact is judged by. The first rules are number 1; the ones this release records under are `NEWEST`."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.eventlog.epoch.events import LogRulesChanged
from services.eventlog.events import Event

NEWEST = 2


@dataclass(frozen=True, kw_only=True)
class Epoch:
    """The rules in force at the end of a log that has told of them."""

    rules: int = 1


def evolve(epoch: Epoch, event: Event) -> Epoch:
    """The rules after this fact. They never go back."""
    return Epoch(rules=max(epoch.rules, event.rules)) if isinstance(event, LogRulesChanged) else epoch


def rules_hold_from(facts: Iterable[tuple[int, Event]], rules: int = NEWEST) -> int:
    """The position after which these rules hold: that of the first fact that tells of them, and 0 in a log without
    one, which began under them. `facts` are (position, event) in order; others than the log's own are passed over."""
    epoch = Epoch()
    for position, event in facts:
        epoch = evolve(epoch, event)
        if epoch.rules >= rules:
            return position
    return 0
