"""The money side of the pages: posts by chapter, the tree of funds, the ledger.

Nothing is worked out here that a reader could mistake for a figure of the letters: the only sums are those of one and
the same column over the posts of a chapter or a year.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from services.bokmal import as_day, as_instant
from services.dashboard.pages.bars import Bar, bar
from services.dashboard.pages.grounds import ground_in_words
from services.dashboard.pages.source import Row
from services.dashboard.words.spoken import N_, signed_kroner

FROM_THE_MINISTRY = (
    ("appropriated_ore", N_("Bevilget")),
    ("held_back_ore", N_("Holdt tilbake i departementet")),
    ("carried_over_ore", N_("Overført fra i fjor")),
    ("at_disposal_ore", N_("Stilt til disposisjon")),
)
AT_THE_DIRECTORATE = (
    ("earmarked_ore", N_("Øremerket")),
    ("committed_ore", N_("Tilsagn")),
    ("disbursed_ore", N_("Utbetalt")),
    ("withheld_ore", N_("Holdt tilbake hos mottaker")),
    ("remaining_ore", N_("Gjenstår")),
)
POST_COLUMNS = FROM_THE_MINISTRY + AT_THE_DIRECTORATE
YEAR_COLUMNS = (POST_COLUMNS[0], POST_COLUMNS[3], *AT_THE_DIRECTORATE[1:])
FUND_COLUMNS = (("at_disposal_ore", N_("Stilt til disposisjon")), *AT_THE_DIRECTORATE)
SUMMARY_COLUMNS = (POST_COLUMNS[3], *AT_THE_DIRECTORATE[1:])
_NOT_IN_ENTRIES = ("appropriated_ore", "held_back_ore", "remaining_ore")
MOVEMENTS = tuple(column for column in POST_COLUMNS if column[0] not in _NOT_IN_ENTRIES)

FUND_KINDS = {
    "post": N_("Post"),
    "earmark": N_("Øremerking"),
    "recipient": N_("Navngitt mottaker"),
    "commitment": N_("Tilsagn"),
}

Amounts = dict[str, int | None]
"""Whole øre by column; `None` where no letter states the amount."""


@dataclass(frozen=True, kw_only=True)
class PostLine:
    chapter: int
    post: int
    name: str
    keywords: tuple[str, ...]
    amounts: Amounts
    bar: Bar
    overdrawn: bool
    open_differences: int
    open_earmark_differences: int

    @property
    def code(self) -> str:
        """As the letters write it: `290/01`."""
        return post_code(self.chapter, self.post)


@dataclass(frozen=True, kw_only=True)
class Chapter:
    number: int
    posts: tuple[PostLine, ...]
    sums: Amounts


@dataclass(frozen=True, kw_only=True)
class FundLine:
    """A fund with its `level` in the tree: 0 for the post itself or for whatever has no parent here. `part` is what the
    post's own address is followed by to name it; `promises`: cases are promised money right on it."""

    level: int
    name: str
    kind: str
    amounts: Amounts
    bar: Bar
    overdrawn: bool
    fund_id: str
    part: str
    promises: bool


@dataclass(frozen=True, kw_only=True)
class EntryLine:
    position: int
    effective_on: str
    recorded_at: str
    ground: str
    fund: str
    cite: str | None
    letter_number: int | None
    case: str | None
    movements: tuple[tuple[str, str], ...]


def post_code(chapter: int | str, post: int | str) -> str:
    """As the letters write it: `290/01`."""
    return f"{int(chapter)}/{int(post):02d}"


def post_line(row: Row) -> PostLine:
    """One post as the pages show it."""
    keywords = (("transferable", N_("kan overføres")), ("estimated", N_("overslagsbevilgning")))
    return PostLine(
        chapter=int(row["chapter"]),
        post=int(row["post"]),
        name=row["name"],
        keywords=tuple(word for key, word in keywords if row[key]),
        amounts={key: row[key] for key, _ in POST_COLUMNS},
        bar=bar(row),
        overdrawn=row["overdrawn"],
        open_differences=row["open_differences"],
        open_earmark_differences=row["open_earmark_differences"],
    )


def chapters(rows: Iterable[Row]) -> tuple[Chapter, ...]:
    """The posts by chapter, in the order of the budget."""
    lines = sorted(map(post_line, rows), key=lambda line: (line.chapter, line.post))
    grouped = [(number, tuple(posts)) for number, posts in groupby(lines, key=lambda line: line.chapter)]
    return tuple(Chapter(number=number, posts=posts, sums=column_sums(posts)) for number, posts in grouped)


def column_sums(posts: Sequence[PostLine]) -> Amounts:
    """Each column added up by itself; `None` where one of its amounts is unknown, since such a sum would be false."""
    return {key: _sum([line.amounts[key] for line in posts]) for key, _ in POST_COLUMNS}


def _sum(amounts: Sequence[int | None]) -> int | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None


def fund_lines(rows: Sequence[Row]) -> tuple[FundLine, ...]:
    """The tree of funds, each parent followed by its children in the order they were given."""
    ids = {row["fund_id"] for row in rows}
    children: dict[str | None, list[Row]] = {}
    for row in rows:
        children.setdefault(row["parent_id"] if row["parent_id"] in ids else None, []).append(row)

    def below(parent: str | None, level: int) -> Iterable[FundLine]:
        for row in children.get(parent, ()):
            yield _fund_line(row, level)
            yield from below(row["fund_id"], level + 1)

    return tuple(below(None, 0))


def _fund_line(row: Row, level: int) -> FundLine:
    return FundLine(
        level=level,
        name=row["name"],
        kind=FUND_KINDS.get(row["kind"], N_("Del")),
        amounts={key: row[key] for key, _ in FUND_COLUMNS},
        bar=bar(row),
        overdrawn=row["overdrawn"],
        fund_id=row["fund_id"],
        part=part_of(row["fund_id"]),
        promises=bool(row.get("promises")),
    )


def part_of(fund_id: str) -> str:
    """What names a line below its post: `ressursmiljo/fodt-fri` of `2020/291/71/ressursmiljo/fodt-fri`."""
    return "/".join(fund_id.split("/")[3:])


def without_zeros(rows: Sequence[Row]) -> tuple[list[Row], int]:
    """The lines on which anything stands, with those above them, and how many are left out."""
    keys = [key for key, _ in FUND_COLUMNS]
    kept = {row["fund_id"] for row in rows if row["kind"] == "post" or any(row[key] for key in keys)}
    kept |= {row["parent_id"] for row in rows if row["fund_id"] in kept}
    shown = [row for row in rows if row["fund_id"] in kept]
    return shown, len(rows) - len(shown)


def entry_lines(rows: Iterable[Row], fund_names: Mapping[str, str]) -> tuple[EntryLine, ...]:
    """The ledger, newest first, with the name of the fund each entry moved."""
    newest_first = sorted(rows, key=lambda row: int(row["position"]), reverse=True)
    return tuple(_entry_line(row, fund_names) for row in newest_first)


def _entry_line(row: Row, fund_names: Mapping[str, str]) -> EntryLine:
    return EntryLine(
        position=row["position"],
        effective_on=as_day(row["effective_on"]).isoformat(),
        recorded_at=as_instant(row["recorded_at"]).isoformat(timespec="milliseconds"),
        ground=ground_in_words(row["ground"]),
        fund=fund_names.get(row["fund_id"], row["fund_id"]),
        cite=row["cite"],
        letter_number=row["letter_number"],
        case=row["case_number"],
        movements=tuple((name, signed_kroner(row[key])) for key, name in MOVEMENTS if row[key]),
    )
