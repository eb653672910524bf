"""On which days people are told of a deadline: dated data, which a controller changes; and which of them has passed.

A threshold has passed from the start (Europe/Oslo) of its day; the deadline itself from its own instant. Where working
days are counted, a reminder falls on a working day: before the deadline counted back over them, after it on the next
one. After a pause only the latest that has passed is told.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from services.calendar.days import add_days, day_of, is_working_day, next_working_day
from services.eventlog.events import Event
from services.notifications.deadline.deadline import PERIODS, start_of
from services.notifications.deadline.events import Counted, ThresholdsSet
from services.notifications.deadline.refusals import (
    ThresholdsReachBack,
    ThresholdsTooFarAhead,
    ThresholdsUnclear,
    UnknownKind,
)

OF_KIND = "deadline-thresholds-"
"""What the streams of thresholds begin with; the kind of deadline follows."""
LONGEST_DAYS = 366
AHEAD_DAYS = 2 * 366
DUE = "due"


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """When people are told. `before_days` count down to the deadline; from it on, every `every_days` until it is met
    (None: once). `late_days`: how long before it was first known its day may lie, and it still be reminded of; beyond
    that it stands as history."""

    before_days: tuple[int, ...] = (7, 1)
    every_days: int | None = 7
    counted: Counted = "working"
    late_days: int = 0
    valid_from: date | None = None


LATE_DAYS = 30
"""How late what is waited for is often registered here: a letter takes its weeks to arrive and be transcribed."""
SHIPPED: Mapping[str, Thresholds] = {
    "notice-must-go": Thresholds(before_days=(10, 5, 2, 1), every_days=1, late_days=LATE_DAYS),
    "notice-opens": Thresholds(before_days=(2,), every_days=None),
    "letters-waiting": Thresholds(before_days=(), every_days=2, late_days=LATE_DAYS),
    "letter-waiting": Thresholds(before_days=(), every_days=2, late_days=LATE_DAYS),
    "letter-unnoticed": Thresholds(before_days=(), every_days=2, late_days=LATE_DAYS),
    "notice-stale": Thresholds(before_days=(15, 5, 1), every_days=7, late_days=LATE_DAYS),
    "supplement-reply": Thresholds(before_days=(3,), late_days=LATE_DAYS),
    "call-closes": Thresholds(before_days=(5, 1), every_days=None),
    "terms-acceptance": Thresholds(before_days=(5, 1), late_days=LATE_DAYS),
    "reply-period": Thresholds(before_days=(1,), every_days=None),
    "instalment": Thresholds(before_days=(5, 1), late_days=LATE_DAYS),
    "complaint-period": Thresholds(before_days=(1,), every_days=None),
    "complaint-completion": Thresholds(before_days=(3,), late_days=LATE_DAYS),
    "recipient-report": Thresholds(before_days=(10, 1), every_days=14, late_days=LATE_DAYS),
    "reclaim-payment": Thresholds(before_days=(5,), late_days=LATE_DAYS),
    "pay-out": Thresholds(before_days=(20, 10, 5, 1), late_days=LATE_DAYS),
    "assignment": Thresholds(before_days=(20, 10, 5, 1), late_days=LATE_DAYS),
    "ministry-report": Thresholds(before_days=(20, 10, 5, 1), late_days=LATE_DAYS),
    "publication": Thresholds(before_days=(20, 5, 1), late_days=LATE_DAYS),
    "meeting": Thresholds(before_days=(5, 1), every_days=None),
    "letter-publication": Thresholds(before_days=(), every_days=7, late_days=60),
}
"""The house's own, until a controller sets others. The law names no reminders."""
OTHERS = Thresholds(late_days=LATE_DAYS)
"""Of a kind that is not known here yet."""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A threshold and the instant (UTC) from which it has passed: `before-5`, `due`, `after-7`."""

    name: str
    at: datetime


def in_force(kind: str, set_: Iterable[Event], *, on: date) -> Thresholds:
    """Those that count on a day: the last set of those that had begun, else as shipped."""
    found = SHIPPED.get(kind, OTHERS)
    begun = [each for each in set_ if isinstance(each, ThresholdsSet) and each.valid_from <= on]
    if not begun:
        return found
    last = max(enumerate(begun), key=lambda nth: (nth[1].valid_from, nth[0]))[1]
    said = {name: getattr(last, name) for name in ("before_days", "every_days", "counted", "valid_from")}
    return replace(found, **said)


def next_change(set_: Iterable[Event], *, on: date) -> date | None:
    """The first day after this one from which others count; None where none are set."""
    ahead = (each.valid_from for each in set_ if isinstance(each, ThresholdsSet) and each.valid_from > on)
    return min(ahead, default=None)


def find_kind(kind: str | None) -> None:
    """Refuses `UnknownKind` where a kind is named that no deadline is of."""
    if kind is not None and kind not in SHIPPED:
        raise UnknownKind(f"There are deadlines of these kinds: {', '.join(sorted(SHIPPED))}.")


def set_thresholds(
    kind: str, past: Sequence[Event], *, before_days: tuple[int, ...], every_days: int | None, counted: Counted,
    valid_from: date, reason: str, set_by: str, today: date,
) -> list[Event]:  # fmt: skip
    """Set the days of a kind from a day on. The same as last set is nothing. Refuses `UnknownKind`,
    `ThresholdsReachBack`, `ThresholdsTooFarAhead`, `ThresholdsUnclear`."""
    find_kind(kind)
    new = ThresholdsSet(
        before_days=before_days, every_days=every_days, counted=counted, valid_from=valid_from, reason=reason,
        set_by=set_by,
    )  # fmt: skip
    if past and past[-1] == new:
        return []
    if valid_from < today:
        raise ThresholdsReachBack(f"Let them count from {today} or later.", first_day_on=str(today))
    if valid_from > (last := add_days(today, AHEAD_DAYS)):
        raise ThresholdsTooFarAhead(f"Let them count from {last} or earlier.", last_day_on=str(last))
    if list(before_days) != sorted(set(before_days), reverse=True):
        raise ThresholdsUnclear("Give each number of days once, the largest first.")
    if every_days is not None and kind in PERIODS:
        raise ThresholdsUnclear("It ends by itself on its day: nobody is reminded of it after.")
    return [new]


def latest_passed(
    thresholds: Thresholds, *, due_on: date | None, due_at: datetime | None, now: datetime
) -> Moment | None:
    """The last threshold that has passed by now; None before the first, and where no day is named."""
    if due_on is None or due_at is None:
        return None
    passed = [each for each in _before(thresholds, due_on) if each.at <= now]
    if now < due_at:
        return passed[-1] if passed else None
    return _repeated(thresholds, due_on, due_at, now)[0]


def next_after(
    thresholds: Thresholds, *, due_on: date | None, due_at: datetime | None, now: datetime
) -> datetime | None:
    """The first instant after now at which another threshold passes; None where none will."""
    if due_on is None or due_at is None:
        return None
    ahead = [each.at for each in _before(thresholds, due_on) if each.at > now]
    if now < due_at:
        return min([*ahead, due_at])
    return _repeated(thresholds, due_on, due_at, now)[1]


def next_by_all(
    kind: str, set_: Sequence[Event], *, due_on: date | None, due_at: datetime | None, now: datetime
) -> datetime | None:
    """The first instant after now at which a threshold passes, by those that count today and those that will."""
    counting = in_force(kind, set_, on=day_of(now))
    following = next_after(counting, due_on=due_on, due_at=due_at, now=now)
    changed_on = next_change(set_, on=day_of(now))
    if changed_on is None or (following and following < start_of(changed_on)):
        return following
    eve = start_of(changed_on) - timedelta(microseconds=1)
    then = in_force(kind, set_, on=changed_on)
    found = latest_passed(then, due_on=due_on, due_at=due_at, now=start_of(changed_on))
    before = latest_passed(counting, due_on=due_on, due_at=due_at, now=eve)
    if found and (before is None or before.name != found.name):
        return start_of(changed_on)  # it has passed by then, and is told as the others begin to count
    return next_by_all(kind, set_, due_on=due_on, due_at=due_at, now=start_of(changed_on))


def is_history(thresholds: Thresholds, *, due_at: datetime, known_at: datetime) -> bool:
    """Whether it was over long before this service first knew of it: it is kept and shown, and nobody is reminded."""
    return due_at < known_at - timedelta(days=thresholds.late_days)


def _before(thresholds: Thresholds, due_on: date) -> list[Moment]:
    """The thresholds ahead of it, the earliest first. Two that fall on one day are one."""
    found = {}
    for days in thresholds.before_days:
        at = start_of(_days_before(due_on, days, thresholds.counted))
        found[at] = Moment(name=f"before-{days}", at=at)
    return [found[at] for at in sorted(found)]


def _repeated(thresholds: Thresholds, due_on: date, due_at: datetime, now: datetime) -> tuple[Moment, datetime | None]:
    """The last that has passed of the deadline itself and its reminders, and when the next will."""
    last = Moment(name=DUE, at=due_at)
    if thresholds.every_days is None:
        return last, None
    for moment in _reminders(thresholds, due_on, since=day_of(now)):
        if moment.at > now:
            return last, moment.at
        if moment.at > due_at:
            last = moment
    raise AssertionError("reminders go on")


def _reminders(thresholds: Thresholds, due_on: date, *, since: date) -> Iterator[Moment]:
    """Those after the deadline, from shortly before a day on, without end. Two that fall on one day are the later."""
    every = thresholds.every_days
    assert every is not None
    nth = max(1, ((since - due_on).days - 30) // every)
    while True:
        day, following = (_day_after(due_on, each * every, thresholds.counted) for each in (nth, nth + 1))
        if day != following:
            yield Moment(name=f"after-{nth * every}", at=start_of(day))
        nth += 1


def _days_before(day: date, days: int, counted: Counted) -> date:
    if counted == "calendar":
        return add_days(day, -days)
    while days > 0:
        day = add_days(day, -1)
        days -= is_working_day(day)
    return day


def _day_after(day: date, days: int, counted: Counted) -> date:
    after = add_days(day, days)
    return next_working_day(after) if counted == "working" else after
