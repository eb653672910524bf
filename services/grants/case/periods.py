"""The periods a per-capita award is reckoned for: a year, a half, a quarter or a month; and what its months are for."""

import json
import re
from functools import lru_cache

_PERIOD = re.compile(r"([0-9]{4})(?:-H([12])|-Q([1-4])|-(0[1-9]|1[0-2]))?")


@lru_cache(maxsize=1_024)
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


def name_month(month: int) -> str:
    """A month counted from year 0, as it is written: 2020-01."""
    return f"{month // 12}-{month % 12 + 1:02}"


def paid_for_by(scheme_id: str | None, municipality_number: str | None, fund_id: str, rule: str) -> str:
    """To whom, from which fund and by what rule months are paid for: one text, kept as it was written and compared as
    it reads (`services.text.folding`)."""
    return json.dumps([scheme_id, municipality_number, fund_id, rule], ensure_ascii=False)
