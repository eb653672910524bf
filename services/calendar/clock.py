"""The one clock of this service. Rules never see it: days and instants come to them as arguments."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")


def today() -> date:
    """The day in Norway now."""
    return datetime.now(UTC).astimezone(OSLO).date()


def in_utc(instant: datetime) -> str:
    """An instant as messages write it: RFC 3339, UTC."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def now() -> datetime:
    """This instant, UTC."""
    return datetime.now(UTC)
