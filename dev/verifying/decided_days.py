"""Whether each decision is dated the day it was recorded: back within the bound that two people had set by then and for
a reason, ahead never. What is told to have happened had happened, and a bound is one that was proposed and confirmed.

The service asks that of every act before it is recorded (`services/grants/back_dating`); whoever holds its role goes
round it, and leaves a fact whose day the log's own clock contradicts. A demonstration's facts are dated by its story
and not by its clock: nothing of this is asked of them.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from dev.verifying.following import Facts
from services.calendar.days import day_of
from services.eventlog.checkpoints.chain import Fault
from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.back_dating.acts import ACTS, HAPPENED, IMPORTED, MAY_LIE_AHEAD, days_of
from services.grants.back_dating.events import BoundConfirmed, BoundProposed, DecisionBackDated
from services.grants.back_dating.guard import STREAM
from services.grants.back_dating.order import find_all
from services.grants.back_dating.rules import Bounds, confirm_bound, evolve, propose_bound
from services.notifications.deadline.events import DeadlineMet, ThresholdsSet, UndatedMet
from services.text.folding import is_blank

BETWEEN_CLOCKS = timedelta(seconds=60)
"""How far the clock of who decides may be from that of the log."""
ON_ITS_WAY = BETWEEN_CLOCKS + timedelta(minutes=5, seconds=2)
"""How long before it was recorded it may have been decided: midnight may have passed meanwhile. A figure of its own:
how patient a process is told to be (`TILSAGN_PATIENCE`) moves no bound that its facts are judged by."""
UNDER_EARLIER_RULES = "decisions dated back further than the bound, or for no reason told, under earlier rules"
SINCE_THE_LOG_BEGAN = "days said to be before this system on which its log had begun, under earlier rules"
OF_NOTIFICATIONS = (DeadlineMet, UndatedMet, ThresholdsSet)
DATED = frozenset({*ACTS, *HAPPENED, *IMPORTED, *(each.TOPIC for each in OF_NOTIFICATIONS)})
TOLD = {topic: tuple(paths.split()) for topic, paths in {**HAPPENED, **IMPORTED}.items()}
"""By stored name, where the days stand of what happened elsewhere, or was before this system."""
Stated = dict[tuple[str, date], DecisionBackDated]


class DecidedDays:
    """Follows the log's facts, and remembers of them the bounds on back-dating."""

    def __init__(self, rules_from: int = 0, before_log_from: int = 0) -> None:
        """What stands up to `rules_from` was recorded under earlier rules of the log: it is told, and no fault. From
        `before_log_from` on, what is said to be from before this system is from before its log."""
        self.counts: Counter[str] = Counter()
        self.faults: list[Fault] = []
        self._rules_from, self._before_log_from = rules_from, before_log_from
        self._began: date | None = None
        self._bounds = Bounds()
        self._in_force: dict[date, int] = {}  # on each day that was asked of since the bounds changed

    def follow(self, facts: Facts) -> None:
        """One command's facts."""
        days = _days_it_may_have_been(facts.at)
        self._began = self._began or day_of(facts.at)
        stated: dict[str, Stated] = {}
        dated: list[tuple[int, str, Event]] = []
        for position, (stream, event) in facts.placed():
            if event.TOPIC in DATED:
                dated.append((position, stream, event))
            elif isinstance(event, DecisionBackDated):
                its = stated.setdefault(stream, {})
                its |= {(topic, event.day): event for topic in event.decisions}
            elif stream == STREAM:
                self._of_bound(position, event, days)
        for position, stream, event in dated:
            for wrong in self._wrong_with(event, days, stated.get(stream, {})):
                if position <= self._rules_from:
                    self.counts[UNDER_EARLIER_RULES] += 1
                else:
                    self._fault(position, f"{event.TOPIC} of {stream} {wrong}")
            if event.TOPIC in IMPORTED:
                self._look_before_log(position, stream, event)

    def _look_before_log(self, position: int, stream: str, event: Event) -> None:
        """What is said to be from before this system, and lies on a day on which its log had begun."""
        for day in _days_told(event):
            if self._began is None or day < self._began:
                continue
            if position <= self._before_log_from:
                self.counts[SINCE_THE_LOG_BEGAN] += 1
            else:
                said = f"is said to be of {day}, before this system, and its log begins on {self._began}"
                self._fault(position, f"{event.TOPIC} of {stream} {said}")

    def end(self) -> None:
        """Nothing waits: each command was judged as it came."""

    def _wrong_with(self, event: Event, days: Sequence[date], stated: Stated) -> Iterator[str]:
        for topic, day in days_of((event,)):
            self.counts["decisions held to their day"] += 1
            if day > days[-1] and topic not in MAY_LIE_AHEAD:
                yield f"is dated {day}, and was recorded by {days[-1]}"
            elif day < days[0]:
                yield from self._wrong_with_back_dating(day, days, stated.get((topic, day)))
        for day in _happened(event):
            if day > days[-1]:
                yield f"tells of {day}, and was recorded by {days[-1]}"
        if isinstance(event, ThresholdsSet) and event.valid_from < days[0]:
            yield f"counts from {event.valid_from}, and was recorded by {days[-1]}"

    def _wrong_with_back_dating(self, day: date, days: Sequence[date], said: DecisionBackDated | None) -> Iterator[str]:
        self.counts["decisions dated back"] += 1
        bounds = [self._bound_on(each) for each in days]
        if all(day < today - timedelta(days=bound) for today, bound in zip(days, bounds, strict=True)):
            yield f"is dated {day}, more than {max(bounds)} days before it was recorded, by {days[-1]}"
        elif said is None or is_blank(said.reason):
            yield f"is dated {day}, was recorded by {days[-1]}, and nothing says why"
        elif said.today not in days or said.bound_days != self._bound_on(said.today):
            yield (
                f"is dated {day} under a bound of {said.bound_days} days on {said.today}, which is not the one in force"
                f" when it was recorded, by {days[-1]}"
            )

    def _bound_on(self, day: date) -> int:
        if day not in self._in_force:
            self._in_force[day] = self._bounds.on(day)
        return self._in_force[day]

    def _of_bound(self, position: int, event: Event, days: Sequence[date]) -> None:
        """A bound nobody may have set, as it stands there, is told, and allows nothing."""
        match event:
            case BoundProposed():
                lawful = any(self._follows(event, today) for today in days)
            case BoundConfirmed():
                lawful = self._is_confirmed(event)
            case _:
                return
        self.counts["bounds on back-dating proposed or confirmed"] += 1
        if lawful:
            self._bounds = evolve(self._bounds, event)
            self._in_force.clear()
        else:
            said = f"{event.days} days from {event.valid_from}"
            self._fault(position, f"{event.TOPIC}: {said} is no bound that two people could set there")

    def _follows(self, proposed: BoundProposed, today: date) -> bool:
        try:
            return propose_bound(self._bounds, today=today, **vars(proposed)) == [proposed]
        except Refusal:
            return False

    def _is_confirmed(self, confirmed: BoundConfirmed) -> bool:
        try:
            return confirm_bound(self._bounds, confirmed_by=confirmed.confirmed_by) == [confirmed]
        except Refusal:
            return False

    def _fault(self, position: int, detail: str) -> None:
        self.faults.append(Fault(position, "day", detail))


def _days_it_may_have_been(at: datetime) -> Sequence[date]:
    """The day, in Norway, on which what was recorded at that instant was decided: one, or two around midnight."""
    first, last = day_of(at - ON_ITS_WAY), day_of(at + BETWEEN_CLOCKS)
    return [first] if first == last else [first, last]


def _happened(event: Event) -> Sequence[date]:
    """The days on which this is told to have happened, of what happened elsewhere."""
    return (event.met_on,) if isinstance(event, DeadlineMet | UndatedMet) else _days_told(event)


def _days_told(event: Event) -> Sequence[date]:
    return [day for path in TOLD.get(event.TOPIC, ()) for day in find_all(event, path)]
