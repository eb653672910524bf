"""A case's facts, folded as each room folds them, and asked what its rules allow."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TypeVar

from services.duties.table import ACTS_OF
from services.eventlog.events import Event
from services.eventlog.folding import Facts, fold_once
from services.eventlog.refusal import Refusal
from services.grants.back_dating.acts import ACTS, HAPPENED, MAY_LIE_AHEAD
from services.grants.back_dating.order import find_all
from services.grants.case.commitment import Commitment
from services.grants.case.events.application import ImpartialityStated
from services.grants.case.informed import Informed, informed_by
from services.grants.case.state import State, keep_closed, state_of
from services.grants.case.until_informed import keep_until_known
from services.grants.scheme.events import SchemeTerms

Room = TypeVar("Room")
Ask = Callable[[str, date], Sequence[Event]]
"""A rule asked as this person would on that day: what would follow, or the refusal."""

SOMEBODY = "any one"
"""Somebody who has done nothing in the case. No subject of a token holds spaces, so this is nobody there is."""
BEFORE_ALL = date(1900, 1, 1)
OUTSIDE: Mapping[str, str] = {
    "award.imported.v1": "approved_on",
    "award.letter-release-imported.v1": "released_on",
    "award.commitment-held-over.v1": "held_on",
    "award.commitment-held-over.v2": "held_on",
    "award.commitment-lapsed.v1": "lapsed_on",
}
"""Days of what was decided before this system, or follows by itself from the year's end."""


@dataclass(eq=False)
class CaseFacts:
    """All facts of one case, oldest first. `terms` are those its proposal stands under, where they are known: they
    stand on the scheme's own stream."""

    events: Sequence[Event]
    terms: SchemeTerms | None = None

    def __post_init__(self) -> None:
        self.events = self.events if isinstance(self.events, Facts) else Facts(self.events)

    def room(self, evolve: Callable[[Room, Event], Room], begins: Callable[[], Room]) -> Room:
        """The case as a room folds it; folded once."""
        return fold_once(evolve, self.events, begins)

    @cached_property
    def commitment(self) -> Commitment:
        return fold_once(Commitment.fold, self.events, Commitment)

    @cached_property
    def state(self) -> State:
        return state_of(self.events)

    @cached_property
    def informed(self) -> Informed:
        return informed_by(self.events)

    @cached_property
    def today(self) -> date:
        """The latest day that anything in the case was done or happened on: the first on which something new can be."""
        days = (
            day
            for event in self.events
            for table in (ACTS, HAPPENED, OUTSIDE)
            if event.TOPIC not in MAY_LIE_AHEAD
            for path in table.get(event.TOPIC, "").split()
            for day in find_all(event, path)
        )
        return max(days, default=BEFORE_ALL)

    @cached_property
    def people(self) -> frozenset[str]:
        """Everybody who has left their name in the case: nobody else can be kept from anything by it."""
        names = {getattr(event, act.by, None) for event in self.events for act in ACTS_OF.get(event.TOPIC, ())} | {
            event.person for event in self.events if isinstance(event, ImpartialityStated)
        }
        return frozenset(name for name in names if isinstance(name, str) and name)

    def allows(self, ask: Ask, person: str, day: date) -> bool:
        """Whether the rule, and the door of the case, let this person do it on that day, and something follows."""
        try:
            follows = ask(person, day)
            keep_closed(self.events, follows)
            keep_until_known(self.informed, follows)
        except Refusal:
            return False
        return bool(follows)

    def first_day(self, ask: Ask, *days: date | None) -> date | None:
        """The first of these days, none before today's, on which somebody may do it; today itself is always tried."""
        for day in sorted({self.today, *(day for day in days if day and day > self.today)}):
            if self.allows(ask, SOMEBODY, day):
                return day
        return None

    def last_day(self, ask: Ask, since: date, *ends: date | None) -> date | None:
        """The first of these days, none before `since`, after which the rule allows it no more; None where it goes on
        being allowed."""
        for day in sorted({day for day in ends if day and day >= since}):
            if self.allows(ask, SOMEBODY, day) and not self.allows(ask, SOMEBODY, day + timedelta(days=1)):
                return day
        return None

    def list_barred(self, ask: Ask, day: date) -> frozenset[str]:
        """Those of the case's people whom the rule refuses though it allows somebody else."""
        return frozenset(person for person in self.people if not self.allows(ask, person, day))

    def has(self, *kinds: type[Event]) -> bool:
        """Whether any fact of these kinds is there; where none is, nothing of theirs waits and nobody need fold it."""
        return any(isinstance(event, kinds) for event in self.events)

    def list_all(self, kind: type[Room]) -> list[Room]:
        """The facts of a kind."""
        return [event for event in self.events if isinstance(event, kind)]
