"""The periods a per-capita award is reckoned for: a year, a half, a quarter or a month."""

import re

_PERIOD = re.compile(r"([0-9]{4})(?:-H([12])|-Q([1-4])|-(0[1-9]|1[0-2]))?")


def find_months(period: str) -> range | None:
    """The months a period covers, counted from year 0: 2020-Q1 is three of them. None for what is no period."""
    found = _PERIOD.fullmatch(period)
    if found is None:
        return None
    year, half, quarter, month = (int(part) if part else 0 for part in found.groups())
    for length, nth in ((6, half), (3, quarter), (1, month)):
        if nth:
            return range(year * 12 + (nth - 1) * length, year * 12 + nth * length)
    return range(year * 12, year * 12 + 12)
