"""What a cell of a file holds: text that no spreadsheet runs or takes for a formula."""

from datetime import date, datetime

from services.calendar.clock import OSLO
from services.dashboard.pages.tables import Column, Value

FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def as_text(value: Value, column: Column) -> str:
    """A cell of a CSV file. A text that a spreadsheet would take for a formula begins with an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, int) and column.kind == "money":
        whole, ore = divmod(abs(value), 100)
        return f"{'-' if value < 0 else ''}{whole},{ore:02d}"
    if isinstance(value, datetime):
        return f"{value.astimezone(OSLO):%d.%m.%Y %H:%M:%S}"
    if isinstance(value, date):
        return f"{value.day:02d}.{value.month:02d}.{value.year:04d}"
    if isinstance(value, int):
        return str(value)
    text = plain(value)
    return f"'{text}" if is_formula(text) else text


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would take it for a formula, now or when somebody writes in its cell again."""
    return text.lstrip(" \N{NO-BREAK SPACE}").startswith(FORMULAS)


def plain(text: str) -> str:
    """A text without what no cell can hold: control signs, halves of signs, and what turns reading about."""
    return "".join(sign for sign in text if not _is_harmful(ord(sign)))


def _is_harmful(number: int) -> bool:
    if number < 32:
        return number not in (9, 10, 13)
    if number < 0x7F:
        return False
    turns = 0x202A <= number <= 0x202E or 0x2066 <= number <= 0x2069
    return number < 0xA0 or turns or 0xD800 <= number <= 0xDFFF or number in (0xFFFE, 0xFFFF)
