"""What the figures of the sample year are made of, what changed in it and what is found in it, without a database."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, time

from services.dashboard.pages.source import Row
from services.grants.balance.view import AsOf
from services.grants.overview.changed.view import COLUMNS, Changed
from services.grants.overview.explained.view import Entries, Lines
from services.grants.overview.search.view import Found
from tests.browser.sample import ENTRIES, MONEY, Sample, _told, _until
from tests.browser.sample_money import APPROPRIATED, DAYS

CASE = {
    "promised": True,
    "case_number": "2020/101",
    "recipient": "Født Fri",
    "organisation_number": "974760673",
    "year": 2020,
    "chapter": 291,
    "post": 71,
}


class SampleBehind:
    """The entries of the sample as the explanations give them; changes and a search with something of each kind."""

    async def entries(self, of: Lines, column: str, as_of: AsOf, *, start: int = 0, limit: int = 500) -> Entries:
        rows = self._of(of, column, as_of)
        return Entries(
            rows=rows[start : start + limit], count=len(rows), total_ore=sum(row["amount_ore"] for row in rows)
        )

    async def every_entry(self, of: Lines, column: str, as_of: AsOf) -> AsyncIterator[Row]:
        for row in self._of(of, column, as_of):
            yield row

    def _of(self, of: Lines, column: str, as_of: AsOf) -> list[Row]:
        """What is promised and paid counts on every fund above as well; what is put at disposal where it stands."""
        below = column in MONEY[3:]
        found, standing_ore = list[Row](), 0
        for fund in sorted(of.funds):
            for entry in _until(as_of.valid_at, as_of.known_at):
                of_fund = entry.fund_id == fund or (below and entry.fund_id.startswith(f"{fund}/"))
                amount_ore = getattr(entry, column)
                if of_fund and amount_ore:
                    standing_ore += amount_ore
                    told = {"amount_ore": amount_ore, "standing_ore": standing_ore, "fund_id": fund, "how": ""}
                    found.append({**asdict(entry), **told, "recipient": "Født Fri" if entry.case_id else None})
        return found

    async def by_letter(self, of: Lines, column: str, as_of: AsOf) -> Sequence[Row]:
        sums: dict[tuple[int | None, str], int] = {}
        for row in self._of(of, column, as_of):
            key = (row["letter_number"], row["ground"])
            sums[key] = sums.get(key, 0) + row["amount_ore"]
        return [{"letter_number": key[0], "ground": key[1], "amount_ore": ore} for key, ore in sums.items()]

    async def said(self, funds: Collection[str], column: str, as_of: AsOf) -> Sequence[Row]:
        found, standing_ore = list[Row](), 0
        for fund in sorted(funds):
            stood = 0
            for day, kroner in APPROPRIATED.get("/".join(fund.split("/")[1:]), []):
                if column == "appropriated_ore" and day <= as_of.valid_at:
                    standing_ore += kroner * 100 - stood
                    found.append(_said(fund, day, kroner * 100 - stood, standing_ore))
                    stood = kroner * 100
        return found

    async def line_of(self, year: int, number: int, into: int | None = None) -> tuple[str, int] | None:
        """A named recipient's line stands for the one promise on it."""
        del into
        return next(((each.fund_id, year) for each in ENTRIES if each.case_number == f"{year}/{number}"), None)


def _said(fund: str, day: date, amount_ore: int, standing_ore: int) -> Row:
    letter = next((number for number in DAYS if _told(number) == day), 0)
    row = {"position": 1, "line": 0, "fund_id": fund, "effective_on": day, "letter_number": letter}
    row |= {"recorded_at": datetime.combine(day, time(9), UTC), "cite": "5.1", "how": "registered"}
    return {**row, "amount_ore": amount_ore, "standing_ore": standing_ore}


class SampleBetween:
    """What the sample's entries change between two looks."""

    def __init__(self, source: Sample) -> None:
        self._source = source

    async def between(self, year: int, before: AsOf, after: AsOf) -> Changed:
        posts = [
            {row["fund_id"]: row for row in await self._source.posts(year, valid_at=at.valid_at, known_at=at.known_at)}
            for at in (before, after)
        ]
        entries = [{each.position: each for each in _until(at.valid_at, at.known_at)} for at in (before, after)]
        reasons = [
            {
                **asdict(entry), "line": 1, "how": "", "recipient": "Født Fri" if entry.case_id else None,
                "fund_id": "/".join(entry.fund_id.split("/")[:3]), "column": column, "sign": 1, "newly_known": False,
                "amount_ore": getattr(entry, column),
            }
            for position, entry in entries[1].items() if position not in entries[0]
            for column in COLUMNS if column in MONEY and getattr(entry, column)
        ]  # fmt: skip
        return Changed(before=posts[0], after=posts[1], reasons=reasons)


class SampleFinds:
    """A search that finds one of each kind, whatever is asked."""

    async def find(self, text: str) -> Found:
        if "ingen" in text:
            return Found()
        fund = {"fund_id": "2020/291/71", "kind": "post", "year": 2020, "chapter": 291, "post": 71, "name": "Tilskudd"}
        letter = {"year": 2020, "number": 4, "title": "Tillegg", "effective_on": date(2020, 6, 22)}
        exact = ("funds", fund) if text == "291/71" else None
        more = frozenset({"cases"})
        scheme = {"scheme_id": "ressursmiljo-2020", "name": "Nasjonale ressursmiljø"}
        return Found(
            funds=[fund], letters=[letter], schemes=[scheme], recipients=[CASE], cases=[CASE], more=more, exact=exact
        )
