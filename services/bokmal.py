"""How amounts, days and counts are written in bokmål, on pages and in notices. Letters and spreadsheets have their own
needs."""

import re
from datetime import UTC, date, datetime

from services.calendar.clock import OSLO

_GAP = "\N{NO-BREAK SPACE}"
_MINUS = "\N{MINUS SIGN}"
_PARTED = re.compile(r"(?<=[0-9]) (?=[0-9]{3}(?![0-9]))|(?:(?<=\bnr\.)|(?<=\bkap\.)|(?<=\bpost)|(?<=§)) (?=[0-9])")
"""Where a sentence must not be parted: within an amount, and between a number and what it is the number of."""
_MONTHS = (
    *("januar", "februar", "mars", "april", "mai", "juni"),
    *("juli", "august", "september", "oktober", "november", "desember"),
)


def kroner(amount_ore: int) -> str:
    """Whole øre as kroner: `145 443 000`, with no-break spaces and a true minus. Øre are shown only when there are any
    (`0,50`): no krone is ever rounded away."""
    whole, ore = divmod(abs(amount_ore), 100)
    text = f"{whole:,}".replace(",", _GAP) + (f",{ore:02d}" if ore else "")
    return f"{_MINUS}{text}" if amount_ore < 0 else text


def amount_in_words(amount_ore: int) -> str:
    """Whole øre with its unit: `1 krone`, `2 kroner`, `1,50 kroner`."""
    return f"{kroner(amount_ore)} {'krone' if abs(amount_ore) == 100 else 'kroner'}"


def signed_kroner(amount_ore: int) -> str:
    """A difference or a movement, always with its sign: `+28 653`, `−705`, and `0`."""
    return f"+{kroner(amount_ore)}" if amount_ore > 0 else kroner(amount_ore)


def unbroken(text: str) -> str:
    """A sentence in which no amount and no number is parted from what it belongs to: `69 544 000`, `nr. 3`."""
    return _PARTED.sub(_GAP, text)


def day_in_words(day: date) -> str:
    """`31. desember 2020`."""
    return f"{day.day}.{_GAP}{_MONTHS[day.month - 1]} {day.year}"


def instant_in_words(at: datetime) -> str:
    """An aware instant as a clock in Norway showed it: `22. juni 2020 kl. 14.05`."""
    local = at.astimezone(OSLO)
    return f"{day_in_words(local.date())} kl.{_GAP}{local:%H.%M}"


def count(number: int, one: str, many: str) -> str:
    """`1 åpent avvik`, `3 åpne avvik`, `ingen åpne avvik`."""
    return f"{number or 'ingen'}{_GAP}{one if number == 1 else many}"


def share(part_ore: int, whole_ore: int) -> str:
    """How much of the whole, in whole per cent rounded down, so that `100 %` is said only when nothing is left."""
    if part_ore <= 0 or whole_ore <= 0:
        return f"0{_GAP}%"
    per_cent = part_ore * 100 // whole_ore
    return f"{per_cent}{_GAP}%" if per_cent else f"under 1{_GAP}%"


def as_day(value: date | str) -> date:
    """A day from a row, ISO text or already a date."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def as_instant(value: datetime | str) -> datetime:
    """An instant from a row, ISO text or already an aware datetime, in UTC."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    assert at.tzinfo is not None, "an instant without a time zone is no instant"
    return at.astimezone(UTC)
