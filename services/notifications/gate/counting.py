"""How the ministry's days are counted. PostgreSQL counts them a second time
(migrations/notifications/sql/counting.sql); a test holds the two equal.

Instants are UTC-aware. Whole days are days in Europe/Oslo: `min_hours` are there because fourteen of those are an hour
short when the clocks go forward.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.calendar.days import add_days, is_working_day
from services.notifications.facts.notice import CountingPolicy


def opens_at(starts: datetime, policy: CountingPolicy) -> datetime:
    """The first instant (UTC) at which something may leave when its days began to run at `starts`.

    The start of the day after the last of them, and never before the hours have passed; with `roll_forward` never on a
    Saturday, a Sunday or a public holiday (gate.md; Instruks 5.4).
    """
    days = policy.days + (0 if policy.day_of_notice_counted else 1)
    whole_days = _midnight(add_days(_day(starts, policy), days), policy)
    opens = max(whole_days, starts.astimezone(UTC) + timedelta(hours=policy.min_hours))
    while policy.roll_forward and not is_working_day(_day(opens, policy)):
        opens = _midnight(add_days(_day(opens, policy), 1), policy)
    return opens


def stale_at(received_at: datetime, policy: CountingPolicy) -> datetime:
    """From when on (UTC) a notice received then lets nothing out: the ministry must be told anew."""
    return _midnight(add_days(_day(received_at, policy), policy.stale_after_days), policy)


def receive_by(planned_on: date, policy: CountingPolicy) -> date:
    """The last day the ministry can receive the notice, at any hour of it, for letters to leave on `planned_on`."""
    day = planned_on
    while opens_at(_midnight(add_days(day, 1), policy) - timedelta(microseconds=1), policy) > _midnight(
        planned_on, policy
    ):
        day = add_days(day, -1)
    return day


def _day(instant: datetime, policy: CountingPolicy) -> date:
    return instant.astimezone(ZoneInfo(policy.tz)).date()


def _midnight(day: date, policy: CountingPolicy) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(policy.tz)).astimezone(UTC)
