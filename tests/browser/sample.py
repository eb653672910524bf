"""A year to look at: IMDi's 2020 as the letters tell it, with the named awards made, as the rows the pages are given.

The pages are drawn from this when there is no database, by people (`dev/look.py`) and by the tests of the HTML. The
figures are the letters' own; every balance is the sum of the entries below, so the page of any day hangs together.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Self
from uuid import UUID

from services.dashboard.pages.source import Row
from tests.browser.sample_letter import sampled_letter
from tests.browser.sample_letters import LETTERS
from tests.browser.sample_money import APPROPRIATED, AT_DISPOSAL, CARRIED_OVER, DAYS, FUNDS, POSTS
from tests.browser.sample_post import SampledPost

MONEY = (
    "at_disposal_ore",
    "carried_over_ore",
    "earmarked_ore",
    "committed_ore",
    "disbursed_ore",
    "withheld_ore",
)


PAID = "disbursement.instalment-paid.v1"
PACE = {
    0: (date(2020, 2, 10), date(2020, 3, 2), date(2020, 9, 1)),
    2: (date(2020, 4, 14), date(2020, 4, 20), date(2020, 9, 1)),
}
"""By the letter that named the recipients: approved, first instalment, second instalment."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A movement on one fund, in whole øre."""

    position: int
    fund_id: str
    effective_on: date
    recorded_at: datetime
    ground: str
    cite: str | None
    letter_number: int | None
    case_id: str | None
    case_number: str | None = None
    at_disposal_ore: int = 0
    carried_over_ore: int = 0
    earmarked_ore: int = 0
    committed_ore: int = 0
    disbursed_ore: int = 0
    withheld_ore: int = 0


def _told(letter: int) -> date:
    return DAYS.get(letter, date(2020, 4, 7))


def _told_by_letters() -> Iterable[dict[str, Any]]:
    """What the letters give, carry over and earmark."""
    for letter, post, kroner, cite in AT_DISPOSAL:
        ground = "difference" if "avvik" in cite else "change" if letter else "allocated"
        yield _movement(post, _told(letter), ground=ground, letter=letter, cite=cite, at_disposal_ore=kroner)
    for letter, post, kroner in CARRIED_OVER:
        day = _told(letter)
        yield _movement(post, day, ground="carry-over", letter=letter, at_disposal_ore=kroner, carried_over_ore=kroner)
    for path, _, _, letter, kroner in FUNDS:
        yield _movement(path, _told(letter), letter=letter, at_disposal_ore=kroner)
        above = path.rpartition("/")[0]
        yield _movement(above, _told(letter), ground="earmarked", letter=letter, earmarked_ore=kroner)


def _done_with_it() -> Iterable[dict[str, Any]]:
    """Every named recipient is promised its sum and paid it, large sums in two; Født Fri's second half is withheld."""
    named = [fund for fund in FUNDS if fund[2] == "recipient"]
    for number, (path, _, _, letter, kroner) in enumerate(named, start=101):
        case = f"2020-{number}"
        approved, first, second = PACE[letter]
        later = kroner // 2 if kroner > 2_000_000 else 0
        yield _movement(path, approved, ground="award.approved.v1", case=case, committed_ore=kroner)
        yield _movement(path, first, ground=PAID, case=case, disbursed_ore=kroner - later)
        if path.endswith("fodt-fri"):
            yield _movement(path, date(2020, 11, 2), ground="withholding.decided.v1", case=case, withheld_ore=later)
        elif later:
            yield _movement(path, second, ground=PAID, case=case, disbursed_ore=later)


def _movement(
    fund: str,
    effective_on: date,
    *,
    ground: str = "allocated",
    letter: int | None = None,
    cite: str = "5.1",
    case: str | None = None,
    **kroner: int,
) -> dict[str, Any]:
    return {
        "fund_id": f"2020/{fund}",
        "effective_on": effective_on,
        "ground": ground,
        "letter_number": letter,
        "cite": None if letter is None else cite,
        "case_id": case,
        "case_number": case and case.replace("-", "/"),
        **{key: amount * 100 for key, amount in kroner.items()},
    }


def _numbered(movements: Iterable[dict[str, Any]]) -> Iterable[Entry]:
    """In the order of the days, each registered the morning it counted from."""
    for position, moved in enumerate(sorted(movements, key=lambda each: each["effective_on"]), start=1):
        morning = datetime.combine(moved["effective_on"], time(9, position % 60), UTC)
        yield Entry(position=position, recorded_at=morning, **moved)


ENTRIES = tuple(_numbered([*_told_by_letters(), *_done_with_it()]))


def _money(fund_id: str, entries: Sequence[Entry]) -> dict[str, int]:
    """Frames belong to the fund alone; promises, payments and withholdings count on every fund above as well."""
    own = [entry for entry in entries if entry.fund_id == fund_id]
    below = [entry for entry in entries if entry.fund_id == fund_id or entry.fund_id.startswith(f"{fund_id}/")]
    money = {key: sum(getattr(entry, key) for entry in own) for key in MONEY[:3]}
    money |= {key: sum(getattr(entry, key) for entry in below) for key in MONEY[3:]}
    return money | {"remaining_ore": money["at_disposal_ore"] - money["committed_ore"]}


class Sample:
    """The `Source` of 2020 without a database."""

    amiss: Sequence[Row] = ()

    def told(self) -> Self:
        return self

    async def unpromised(self, case_ids: Iterable[UUID]) -> frozenset[UUID]:
        del case_ids
        return frozenset()

    async def hidden_in(self, year: int) -> Mapping[str, Row]:
        del year
        return {}

    async def untold_cases(self) -> frozenset[UUID]:
        return frozenset()

    async def untold(self, year: int, *, valid_at: date, known_at: datetime | None) -> int:
        del year, valid_at, known_at
        return 0

    async def years(self) -> Sequence[int]:
        return [2020]

    async def posts(self, year: int, *, valid_at: date, known_at: datetime | None) -> Sequence[Row]:
        if year != 2020 or valid_at < date(2020, 1, 1):
            return []
        entries = _until(valid_at, known_at)
        return [_post(code, entries, valid_at) for code in POSTS] if entries else []

    async def post(
        self, year: int, chapter: int, post: int, *, valid_at: date, known_at: datetime | None
    ) -> Row | None:
        rows = await self.posts(year, valid_at=valid_at, known_at=known_at)
        return next((row for row in rows if (row["chapter"], row["post"]) == (chapter, post)), None)

    async def funds(
        self, year: int, chapter: int, post: int, *, valid_at: date, known_at: datetime | None
    ) -> Sequence[Row]:
        code, entries = f"{chapter}/{post:02d}", _until(valid_at, known_at)
        paths = [(code, POSTS[code][0], "post", 0, 0)] + [fund for fund in FUNDS if fund[0].startswith(f"{code}/")]
        return [
            {
                "fund_id": f"{year}/{path}",
                "parent_id": f"{year}/{path.rpartition('/')[0]}" if kind != "post" else None,
                "kind": kind,
                "name": name,
                "overdrawn": False,
                **_money(f"{year}/{path}", entries),
            }
            for path, name, kind, letter, _ in paths
            if _told(letter) <= valid_at
        ]

    async def fund(self, year: int, fund_id: str, *, valid_at: date, known_at: datetime | None) -> Row | None:
        if fund_id.startswith("case-"):
            entries = [each for each in _until(valid_at, known_at) if f"case-{each.case_id}" == fund_id]
            sums = {key: sum(getattr(each, key) for each in entries) for key in MONEY}
            told = {"fund_id": fund_id, "kind": "commitment", "name": "Tilsagn", "remaining_ore": 0}
            return told | sums | {"parent_id": entries[0].fund_id} if entries else None
        chapter, post = map(int, fund_id.split("/")[1:3])
        rows = await self.funds(year, chapter, post, valid_at=valid_at, known_at=known_at)
        return next((row for row in rows if row["fund_id"] == fund_id), None)

    async def entries(
        self, year: int, chapter: int, post: int, *, valid_at: date, known_at: datetime | None
    ) -> Sequence[Row]:
        fund = f"{year}/{chapter}/{post:02d}"
        entries = _until(valid_at, known_at)
        return [asdict(entry) for entry in entries if entry.fund_id == fund or entry.fund_id.startswith(f"{fund}/")]

    async def one_post(
        self, year: int, chapter: int, post: int, *, valid_at: date, known_at: datetime | None
    ) -> SampledPost:
        async def stood(day: date) -> Row | None:
            return await self.post(year, chapter, post, valid_at=day, known_at=known_at)

        return SampledPost(
            year=year, valid_at=valid_at, stood=stood, code=f"{chapter}/{post:02}",
            entries=await self.entries(year, chapter, post, valid_at=valid_at, known_at=known_at),
            funds=await self.funds(year, chapter, post, valid_at=valid_at, known_at=known_at),
            letters=await self.letters(year, known_at=known_at),
        )  # fmt: skip

    async def letters(self, year: int, *, known_at: datetime | None) -> Sequence[Row]:
        if year != 2020:
            return []
        known_on = date.max if known_at is None else known_at.date()
        told = [row for row in LETTERS if date.fromisoformat(row["effective_on"]) <= known_on]
        return [{**row, "differences": [item for item in row["items"] if item["kind"] != "exact"]} for row in told]

    async def deviations(self, year: int, *, valid_at: date, known_at: datetime | None) -> Sequence[Row]:
        of_year = [row for row in self.amiss if row["post_id"].startswith(f"{year}/") and known_at is None]
        return [row for row in of_year if (row["on"] or valid_at) <= valid_at]

    async def letter(self, year: int, number: int, *, known_at: datetime | None) -> Row | None:
        known = {row["number"] for row in await self.letters(year, known_at=known_at)}
        return sampled_letter(number) if number in known else None

    async def reconciliation(self, year: int, number: int, *, known_at: datetime | None) -> Row | None:
        rows = {row["number"]: row for row in await self.letters(year, known_at=known_at)}
        return rows.get(number)


def _until(valid_at: date, known_at: datetime | None) -> list[Entry]:
    return [
        entry
        for entry in ENTRIES
        if entry.effective_on <= valid_at and (known_at is None or entry.recorded_at <= known_at)
    ]


def _post(code: str, entries: Sequence[Entry], valid_at: date) -> Row:
    name, transferable_from, estimated = POSTS[code]
    chapter, post = map(int, code.split("/"))
    appropriated = [kroner * 100 for day, kroner in APPROPRIATED.get(code, []) if day <= valid_at]
    told = [letter for letter in LETTERS if date.fromisoformat(letter["effective_on"]) <= valid_at]
    return {
        "fund_id": f"2020/{code}",
        "year": 2020,
        "chapter": chapter,
        "post": post,
        "name": name,
        "appropriated_ore": appropriated[-1] if appropriated else None,
        "held_back_ore": 1_450_000_000 if code == "290/01" else None,
        "transferable": transferable_from is not None and transferable_from <= valid_at,
        "estimated": estimated,
        "overdrawn": False,
        "open_differences": _count_open(told, "items", chapter, post),
        "open_earmark_differences": _count_open(told, "earmark_differences", chapter, post),
        **_money(f"2020/{code}", entries),
    }


def _count_open(letters: Iterable[Row], which: str, chapter: int, post: int) -> int:
    items = [item for letter in letters for item in letter[which] if (item["chapter"], item["post"]) == (chapter, post)]
    return sum(item["kind"] != "exact" and item["status"] == "open" for item in items)
