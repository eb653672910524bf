"""What a format makes of a number on the screen, and whether that is the number: whoever looked a sheet over saw one
and would award the other. A format that shows a percentage, thousands, fewer decimals or nothing is told, by its kind.

The codes of formats are those of ECMA-376 part 1, 18.8.31. Colours and locales change nothing of what is read.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from services.grants.round.batch_file.cells import Unusable

PERCENTAGE = Unusable("shown-as-percentage", "This cell is shown as a percentage. Write it as a plain number.")
SCALED = Unusable("shown-in-thousands", "This cell is shown in thousands or more. Show the whole number.")
ROUNDED = Unusable("shown-rounded", "This cell is shown with fewer digits than it has. Show them, or round the value.")
UNSEEN = Unusable("shown-without-its-value", "This cell's format does not show its number. Show it as a plain number.")
PART_OF_DAY = Unusable("shown-without-its-value", "This cell shows only part of its day. Show day, month and year.")

_TOKEN = re.compile(
    r'"(?P<said>[^"]*)"?|\\(?P<escaped>.)|[_*](?P<space>.)|\[(?P<bracket>[^\]]*)\]?|(?P<sign>.)', re.DOTALL
)
_DIGITS = frozenset("0#?")
_CONDITION = re.compile(r"[<>=]")


def list_sections(code: str) -> list[list[str]]:
    """A format's sections (positive, negative, zero, text), each as its signs; what is said literally is `"...`, what
    stands in brackets `[...`. Spaces kept free are left out."""
    sections: list[list[str]] = [[]]
    for found in _TOKEN.finditer(code):
        if found["sign"] == ";":
            sections.append([])
        elif found["sign"]:
            sections[-1].append(found["sign"])
        elif found["bracket"] is not None:
            sections[-1].append("[" + found["bracket"])
        elif found["space"] is None:
            sections[-1].append('"' + (found["said"] or found["escaped"] or ""))
    return sections


@lru_cache(maxsize=1_024)
def _sections(code: str) -> list[list[str]]:
    return list_sections(code)


def what_hides(number: int | Decimal, code: str) -> Unusable | None:
    """What keeps a reader of the screen from seeing this number; None where it is what they see."""
    sections = _sections(code)
    if any(each[:1] == "[" and _CONDITION.search(each) for section in sections for each in section):
        return UNSEEN
    signs = _chosen(sections, number)
    if "General" in "".join(signs) or "@" in signs:
        return None
    if not _DIGITS & set(signs) or any(each[:1] == '"' and re.search(r"\d", each) for each in signs):
        return UNSEEN
    if "%" in signs:
        return PERCENTAGE
    if "/" in signs:
        return None if number == int(number) else ROUNDED
    return _what_of_digits(number, signs)


def what_hides_day(code: str) -> Unusable | None:
    """What keeps a reader from seeing a whole day: a format without its day, its month or its year."""
    signs = "".join(each for each in _sections(code)[0] if each[:1] not in '"[').lower()
    return None if all(part in signs for part in "dmy") else PART_OF_DAY


def _chosen(sections: Sequence[list[str]], number: int | Decimal) -> list[str]:
    nth = 1 if number < 0 else 2 if number == 0 else 0
    return sections[nth] if nth < len(sections) else sections[0]


def _what_of_digits(number: int | Decimal, signs: Sequence[str]) -> Unusable | None:
    """Of a format of digits: whether it counts in thousands, or leaves decimals or digits out."""
    whole, _, rest = "".join(each if len(each) == 1 else "x" for each in signs if each[:1] != "[").partition(".")
    mantissa, _, power = f"{whole}.{rest}".partition("E")
    if _is_scaled(whole) or _is_scaled(rest):
        return SCALED
    if power[:1] in ("+", "-"):
        shown = sum(sign in _DIGITS for sign in mantissa)
        digits = len(Decimal(number).normalize().as_tuple().digits)
        return None if digits <= shown else ROUNDED
    decimals = sum(sign in _DIGITS for sign in rest)
    return None if Decimal(number) == round(Decimal(number), decimals) else ROUNDED


def _is_scaled(part: str) -> bool:
    """Whether a comma stands behind the last digit: it shows a thousandth."""
    last = max((place for place, sign in enumerate(part) if sign in _DIGITS), default=None)
    return last is not None and part[last + 1 : last + 2] == ","
