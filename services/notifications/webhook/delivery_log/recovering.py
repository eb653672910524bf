"""Of which time what failed may be sent again."""

from datetime import datetime, timedelta

from services.calendar.clock import in_utc
from services.notifications.acts.periods import PeriodReversed
from services.notifications.webhook.refusals import RecoveredAhead, RecoveredTooFarBack

LONGEST_BACK, A_DAY = timedelta(days=366), timedelta(days=1)


def check_period(since: datetime, until: datetime, *, now: datetime) -> None:
    """Refuses `RecoveredTooFarBack`, `RecoveredAhead`, and `PeriodReversed` where nothing lies between the two: `until`
    is not counted in."""
    for at in (since, until):
        if at < now - LONGEST_BACK:
            raise RecoveredTooFarBack("Name a time within the last year.")
        if at > now + A_DAY:
            raise RecoveredAhead("Name a time that has been.")
    if since >= until:
        raise PeriodReversed(f"It would begin at {in_utc(since)} and end at {in_utc(until)}. Have it end later.")
