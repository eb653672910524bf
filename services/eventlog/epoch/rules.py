"""Which rules a fact is judged by, by their number. A log may have begun under any of them.

1. The first release.
2. A notice policy is confirmed by a second person; a letter is held by its manifest's bytes and sent by grants' permit;
   what is heard names its place by position and hash.
3. Who makes a letter and who decides what it tells are two; nobody with a hand in an award speaks for the ministry of
   it.
4. In the log of notifications, a letter that was let out is held against the gate once more at each try to send it. In
   that of grants, the day of each decision is held against when it was recorded, and the bound in force there.
5. In the log of notifications, nobody who speaks for the ministry of a notice lets out what it lists, nor the other way
   round. In that of grants, nothing that presupposes that a recipient was told of its award stands before its letter is
   out, and no letter from before this system is of an award decided here.
6. In the log of grants, a letter is out once it has left: that it was let out says that it may.
7. In the log of grants, no award is said to be decided outside, and no letter to have gone out before this system, on
   the log's own first day or later, whatever day the system is set to have begun on.
8. In the log of grants, what presupposes that a recipient knows of money promised after its letter waits for the letter
   that tells of it.
9. In the log of grants, a letter perhaps left in a try of which nobody can tell what came, and one that came back is
   not out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.eventlog.epoch.events import LogRulesChanged, LogRulesReplaced
from services.eventlog.events import Event

FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH, SEVENTH, EIGHTH, NINTH = 1, 2, 3, 4, 5, 6, 7, 8, 9
NEWEST: Mapping[str, int] = {"grants": NINTH, "notifications": FIFTH}
"""What this release records under, by log."""


@dataclass(frozen=True, kw_only=True)
class Epoch:
    """The rules a log `began` under (None while it has not said: then it began under the newest), and those in force at
    its end."""

    began: int | None = None
    rules: int = FIRST


def evolve(epoch: Epoch, event: Event) -> Epoch:
    """The rules after this fact. They never go back."""
    match event:
        case LogRulesChanged(rules=rules):
            before = FIRST
        case LogRulesReplaced(rules=rules, before=before):
            pass
        case _:
            return epoch
    return Epoch(began=before if epoch.began is None else epoch.began, rules=max(epoch.rules, rules))


def rules_hold_from(facts: Iterable[tuple[int, Event]], rules: int) -> int:
    """The position after which these rules hold: that of the first fact that tells of them, and 0 in a log that began
    under them. `facts` are (position, event) in order; others than the log's own are passed over."""
    epoch = Epoch()
    for position, event in facts:
        epoch = evolve(epoch, event)
        if epoch.began is not None and epoch.began >= rules:
            return 0
        if epoch.rules >= rules > FIRST:
            return position
    return 0
