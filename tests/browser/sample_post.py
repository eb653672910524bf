"""One post of the sample year, part by part: worked out from the same rows as its figures, day by day."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.dashboard.pages.source import LATEST, Row


@dataclass
class SampledPost:
    """`entries` and `funds` of the post on the day asked for; `stood` gives its figures at the end of a day."""

    year: int
    valid_at: date
    entries: Sequence[Row]
    funds: Sequence[Row]
    letters: Sequence[Row]
    code: str
    stood: Callable[[date], Awaitable[Row | None]]

    async def lines(self) -> Sequence[Row]:
        return [dict(row) | {"promises": row["kind"] == "recipient"} for row in self.funds]

    async def commitments(
        self, lines: Sequence[str], *, limit: int, skip: int = 0, after: tuple[str, str] = ("", "")
    ) -> Sequence[Row]:
        rows = sorted(
            (self._commitment(entry) for entry in self.entries if entry["ground"] == "award.approved.v1"),
            key=lambda row: (row["parent_id"], row["fund_id"]),
        )
        found = [row for row in rows if row["parent_id"] in lines and (row["parent_id"], row["fund_id"]) > after]
        return found[skip : skip + limit]

    def _commitment(self, entry: Row) -> Row:
        name = next(row["name"] for row in self.funds if row["fund_id"] == entry["fund_id"])
        of_case = [each for each in self.entries if each["case_id"] == entry["case_id"]]
        sums = {key: sum(each[key] for each in of_case) for key in ("committed_ore", "disbursed_ore", "withheld_ore")}
        told = {"recipient": name, "organisation_number": "974760673", "case_number": entry["case_number"]}
        return (
            {"fund_id": f"case-{entry['case_id']}", "parent_id": entry["fund_id"], "kind": "commitment"} | told | sums
        )

    async def count_commitments(self, lines: Sequence[str], *, most: int) -> int:
        return min(most, len(await self.commitments(lines, limit=most)))

    async def ledger(self, *, limit: int, skip: int = 0, before: tuple[int, int] = LATEST) -> Sequence[Row]:
        rows = sorted(self.entries, key=lambda row: -row["position"])
        earlier = [{**row, "line": 1} for row in rows if (row["position"], 1) < before]
        return earlier[skip : skip + limit]

    async def count_entries(self, *, most: int) -> int:
        return min(most, len(self.entries))

    async def course(self) -> Sequence[Row]:
        moved = {date(self.year, 1, 1), *(entry["effective_on"] for entry in self.entries)}
        days = sorted(day for day in moved if day.year == self.year and day <= self.valid_at)
        return [{"on": day, **row} for day in days if (row := await self.stood(day)) is not None]

    async def moves(self) -> Sequence[Row]:
        sums: dict[tuple[date, int, str], int] = {}
        for entry in self.entries:
            if entry["fund_id"].endswith(self.code) and entry["at_disposal_ore"]:
                what = "difference" if entry["ground"] == "difference" else "moved"
                key = (entry["effective_on"], entry["letter_number"], what)
                sums[key] = sums.get(key, 0) + entry["at_disposal_ore"]
        rows: list[dict[str, Any]] = [
            {"effective_on": on, "letter_number": number, "what": what, "amount_ore": amount}
            | ({"kind": None, "settled": False} if what == "moved" else self._difference(number))
            for (on, number, what), amount in sums.items()
        ]
        rows += [
            {
                "effective_on": date.fromisoformat(letter["effective_on"]), "letter_number": letter["number"],
                "what": "stated", "amount_ore": item["stated_ore"], "kind": None, "settled": False,
            }
            for letter in self.letters if letter["number"]
            for item in letter["items"] if f"{item['chapter']}/{item['post']:02}" == self.code
        ]  # fmt: skip
        order = ("moved", "difference", "stated")
        seen = [row for row in rows if row["effective_on"] <= self.valid_at]
        return sorted(seen, key=lambda row: (row["effective_on"], row["letter_number"], order.index(row["what"])))

    def _difference(self, number: int) -> dict[str, Any]:
        [item] = [
            item
            for letter in self.letters
            if letter["number"] == number
            for item in letter["items"]
            if f"{item['chapter']}/{item['post']:02}" == self.code
        ]
        return {"kind": item["kind"], "settled": item["status"] == "settled"}

    async def demands(self) -> Sequence[Row]:
        if self.code == "292/60" and self.valid_at >= date(2020, 6, 22):
            return [{"letter_number": 4, "pay_by": date(2020, 10, 31), "amount_ore": 161_000_000_00}]
        return []

    async def touching(self) -> Sequence[Row]:
        days = {entry["letter_number"]: entry["effective_on"] for entry in self.entries}
        letters = sorted(number for number in days if number is not None)
        return [{"number": number, "title": "Brev", "effective_on": days[number]} for number in letters]
