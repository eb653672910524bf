"""What the letters of the sample year say: their money, and of the fourth what it asks for."""

from datetime import UTC, date, datetime
from typing import Any

from services.dashboard.pages.source import Row
from tests.browser.sample_money import AT_DISPOSAL, DAYS, POSTS

TASKS = [
    {
        "number": "2020-020", "given_number": "2020-020", "renumbered_by": None, "cite": "4.1, oppdrag 2020-020",
        "title": "Kartlegging av frivillig norsktrening", "what": "Oppdraget", "on": date(2020, 8, 31),
        "printed": "Frist 31. august 2020", "every": None, "frame_ore": None, "funding": None,
    },
    {
        "number": "2020-021", "given_number": "2020-019", "renumbered_by": 6, "cite": "4.1, oppdrag 2020-021",
        "title": "Implementering av integreringspakken", "what": "Status", "on": None, "printed": "Månedlig",
        "every": "month", "frame_ore": 161_000_000_00, "funding": None,
    },
]  # fmt: skip
DUE = [
    {
        "kind": "pay-out", "what": "Midlene skal være utbetalt", "on": date(2020, 10, 31), "printed": "161 mill.",
        "amount_ore": 161_000_000_00, "chapter": 292, "post": 60, "fund": None, "cite": "4.1, oppdrag 2020-021",
    }
]  # fmt: skip


def sampled_letter(number: int) -> Row:
    """As the overview gives it."""
    said = [row for row in AT_DISPOSAL if row[0] == number]
    return {
        "lines": [_line(nth, *row) for nth, row in enumerate(said) if "avvik" not in row[3]],
        "changes": [_change(*row) for row in said],
        "tasks": TASKS if number == 4 else [],
        "due": DUE if number == 4 else [],
        "publication_key": f"letter-publication-{number}-1",
    }


def _line(nth: int, number: int, code: str, kroner: int, cite: str) -> dict[str, Any]:
    chapter, post = map(int, code.split("/"))
    return {
        "line": nth, "cite": cite, "what": "change" if number else "post", "about": POSTS[code][0], "chapter": chapter,
        "post": post, "fund": POSTS[code][0], "fund_id": f"2020/{code}", "amount_ore": kroner * 100,
        "printed": f"{abs(kroner) // 1_000_000} mill.", "outside_table": "Oppdrag" in cite,
    }  # fmt: skip


def _change(number: int, code: str, kroner: int, cite: str) -> dict[str, Any]:
    chapter, post = map(int, code.split("/"))
    return {
        "fund_id": f"2020/{code}", "name": POSTS[code][0], "chapter": chapter, "post": post, "cite": cite,
        "ground": "difference" if "avvik" in cite else "change", "effective_on": DAYS[number],
        "amount_ore": kroner * 100,
    }  # fmt: skip


class SampledPublishing:
    """The letter of allocation is published, and no supplement."""

    async def find(self, year: int, key: str, *, valid_at: date, known_at: datetime | None) -> Row | None:
        del year, valid_at, known_at
        at = datetime(2020, 1, 3, 9, tzinfo=UTC)
        return {"published_on": date(2020, 1, 3), "recorded_at": at} if key == "letter-publication-0-1" else None
