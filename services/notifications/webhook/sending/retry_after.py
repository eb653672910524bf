"""How long a receiver asks to be left alone for (RFC 9110, 10.2.3)."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

LONGEST_NUMBER, LONGEST_WAIT = 12, 1e12


def wait_of(headers: httpx.Headers, sent_at: datetime | None) -> float | None:
    """How long Retry-After asks to wait, in seconds: told as such, or as an instant (RFC 9110, 10.2.3), which is held
    against the receiver's own Date where it says one. Anything else counts as not said."""
    told = headers.get("retry-after", "")
    if told.isascii() and told.isdecimal():
        return float(told) if len(told) <= LONGEST_NUMBER else LONGEST_WAIT
    until, since = _instant(told), _instant(headers.get("date", "")) or sent_at
    return max(0.0, (until - since).total_seconds()) if until and since else None


def _instant(told: str) -> datetime | None:
    try:
        read = parsedate_to_datetime(told)
    except (TypeError, ValueError, OverflowError):
        return None
    return read if read.tzinfo is not None else read.replace(tzinfo=UTC)
