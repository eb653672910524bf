"""When something may leave, told another way: by counting midnights one after the other, from a diary in plain words.

Nothing here knows `opens_at`, the folds, or the order of the gate's questions. So what the gate and this agree on, they
agree on for different reasons.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from services.calendar.clock import OSLO

HOUR = timedelta(hours=1)


@dataclass(kw_only=True)
class Page:
    """One notice in the diary."""

    lines: dict[str, str]
    sent_first: bool = False
    withdrawn: bool = False
    in_the_post: int = 0
    came: datetime | None = None


@dataclass(kw_only=True)
class Ruling:
    """What two people said of the free scheme, and when: free from a day on, or not at all."""

    said_at: datetime
    free_from: date | None


@dataclass(kw_only=True)
class Thing:
    """One letter in the diary: what it says now, by its hash. `of_free`: of the scheme that is exempt at times;
    `decided_at` each time something was decided that it tells of."""

    says: str
    of_free: bool
    decided_at: list[datetime] = field(default_factory=list)
    gone: bool = False
    out: bool = False
    waived_for: str | None = None
    stopped_by: set[tuple[int, int]] = field(default_factory=set)
    let_go_at: list[datetime] = field(default_factory=list)


@dataclass(kw_only=True)
class Diary:
    """Everything that happened, as somebody who was there would tell it. `sent` is the order notices were ordered
    in."""

    rulings: list[Ruling] = field(default_factory=list)
    things: dict[str, Thing] = field(default_factory=dict)
    pages: list[Page] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)

    def may_leave(self, name: str, now: datetime) -> Literal["notice", "scheme-policy", "waiver"] | None:
        """On which ground the letter may leave at this instant, if it may."""
        thing = self.things.get(name)
        if thing is None or thing.out or thing.gone or thing.stopped_by:
            return None
        if thing.of_free and all(self.was_free(moment) for moment in thing.decided_at):
            return "scheme-policy"
        if thing.waived_for == thing.says:
            return "waiver"
        about_it = [number for number in self.sent if name in self.pages[number].lines]
        if not about_it:
            return None
        page = self.pages[about_it[-1]]
        if page.withdrawn or page.came is None or page.lines[name] != thing.says:
            return None
        begins = max([page.came, *thing.let_go_at])
        old_enough = midnights_between(begins, now) >= 15 and now - begins >= 336 * HOUR
        return "notice" if old_enough and midnights_between(page.came, now) < 90 else None

    def was_free(self, moment: datetime) -> bool:
        """Whether somebody at the scheme's door would have read `exempt` there just before that moment: each ruling is
        pinned over the one before it when it is said, one that frees waits in a drawer until its day."""
        door = False
        for ruling in self.rulings:
            if ruling.free_from is None and ruling.said_at <= moment:
                door = False
            elif ruling.free_from is not None and ruling.said_at < moment:
                door = door or ruling.free_from <= moment.astimezone(OSLO).date()
        return door


def midnights_between(begins: datetime, now: datetime) -> int:
    """How many times a Norwegian clock struck midnight after one instant, up to and at the other."""
    hour = begins.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + HOUR
    struck = 0
    while hour <= now and struck <= 120:
        struck += hour.astimezone(OSLO).hour == 0
        hour += HOUR
    return struck
