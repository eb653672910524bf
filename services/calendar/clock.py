"""The one clock of this service. Rules never see it: days and instants come to them as arguments."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")


def today() -> date:
    """The day in Norway now."""
    return datetime.now(UTC).astimezone(OSLO).date()


def now() -> datetime:
    """This instant, UTC."""
    return datetime.now(UTC)
