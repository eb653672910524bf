"""Amounts as a letter prints them, read to whole øre without ever passing through a float.

"10 327 347" is kroner, "7 545,63 mill." is million kroner, "7 068 kr" is kroner too small to need a thousands space.
A bare "278,4" is refused: whoever left out the unit meant a million times more. How exactly a figure was printed is
kept as the worth of its last digit, for two rounded figures that differ by less than that do not disagree.
"""

import re

LARGEST_ORE = 10**15
_KRONE_ORE = 100
_MILLION_ORE = 1_000_000 * _KRONE_ORE
_GROUPED = r"\d{1,3}(?: \d{3}){0,4}"
_MILLIONS = re.compile(rf"({_GROUPED}|\d{{1,7}})(?:,(\d{{1,8}}))? mill\.", re.ASCII)
_KRONER = re.compile(r"\d{1,3}(?: \d{3}){1,4}", re.ASCII)
_NAMED_KRONER = re.compile(rf"({_GROUPED})(?:,(\d{{2}}))? kr", re.ASCII)


def read_printed(text: str) -> tuple[int, int] | None:
    """(amount, worth of the last printed digit), both in øre; none if this is not how an amount is printed."""
    if _KRONER.fullmatch(text):
        return _whole(text) * _KRONE_ORE, _KRONE_ORE
    if millions := _MILLIONS.fullmatch(text):
        return _scaled(millions[1], millions[2] or "", _MILLION_ORE)
    if named := _NAMED_KRONER.fullmatch(text):
        return _scaled(named[1], named[2] or "", _KRONE_ORE)
    return None


def print_amount(amount_ore: int, unit_ore: int) -> str:
    """The text that reads back to exactly this amount at this precision. The unit is a power of ten, at most a
    million kroner, and divides the amount."""
    if unit_ore == _KRONE_ORE and amount_ore >= 1000 * _KRONE_ORE:
        return _grouped(amount_ore // _KRONE_ORE)
    scale, suffix = (_MILLION_ORE, " mill.") if unit_ore not in (1, _KRONE_ORE) else (_KRONE_ORE, " kr")
    decimals = len(str(scale // unit_ore)) - 1
    fraction = f",{amount_ore % scale // unit_ore:0{decimals}d}" if decimals else ""
    return f"{_grouped(amount_ore // scale)}{fraction}{suffix}"


def _whole(digits: str) -> int:
    return int(digits.replace(" ", ""))


def _scaled(whole: str, fraction: str, scale_ore: int) -> tuple[int, int]:
    unit_ore = int(scale_ore // 10 ** len(fraction))
    return _whole(whole) * scale_ore + int(fraction or "0") * unit_ore, unit_ore


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", " ")
