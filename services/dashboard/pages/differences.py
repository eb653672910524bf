"""The letters, and what in them does not add up: stated totals, earmarks against their frame, text against table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.bokmal import as_day
from services.dashboard.charts.letter_names import letter_in_full
from services.dashboard.pages.figures import post_code
from services.dashboard.pages.source import Row
from services.dashboard.words.spoken import N_, count, gettext

_KINDS = {
    "exact": (N_("stemmer"), "success"),
    "rounding": (N_("avrunding"), "neutral"),
    "unexplained": (N_("uforklart"), "danger"),
}


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Two amounts that should be equal. `stated_ore` is what the letter states (or the frame holds), `computed_ore`
    what the changes (or the earmarks) add up to; `difference_ore` is the first less the second. `superseded_by` is the
    letter that divided the frame anew."""

    chapter: int
    post: int
    stated_ore: int
    computed_ore: int
    difference_ore: int
    kind: str
    kind_colour: str
    settled: bool
    reason: str | None
    superseded_by: int | None

    @property
    def code(self) -> str:
        return post_code(self.chapter, self.post)

    @property
    def open(self) -> bool:
        """Exact items are never open: there is nothing to settle."""
        return self.difference_ore != 0 and not self.settled


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of two things a letter says that cannot both be so, and where it says it."""

    cite: str
    says: str


@dataclass(frozen=True, kw_only=True)
class Contradiction:
    """Places of one letter that disagree, and what is reckoned with meanwhile. `code` is its post, if it has one."""

    what: str
    sides: tuple[Side, ...]
    reckoned: str
    code: str | None
    settled: bool
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class Letter:
    year: int
    number: int
    title: str
    effective_on: date
    inferred: bool
    totals: tuple[Difference, ...]
    earmarks: tuple[Difference, ...]
    contradictions: tuple[Contradiction, ...]

    @property
    def name(self) -> str:
        return letter_in_full(self.number)

    @property
    def open_totals(self) -> tuple[Difference, ...]:
        return tuple(difference for difference in self.totals if difference.open)

    @property
    def open_earmarks(self) -> tuple[Difference, ...]:
        return tuple(difference for difference in self.earmarks if difference.open)

    @property
    def open_contradictions(self) -> tuple[Contradiction, ...]:
        return tuple(contradiction for contradiction in self.contradictions if not contradiction.settled)

    @property
    def open_count(self) -> int:
        return len(self.open_totals) + len(self.open_earmarks) + len(self.open_contradictions)

    @property
    def open_in_words(self) -> str:
        """`3 åpne avvik og 2 åpne motsigelser`, the one of them there is, or nothing."""
        differences = len(self.open_totals) + len(self.open_earmarks)
        parts = [count(differences, "åpent avvik", "åpne avvik")] if differences else []
        if self.open_contradictions:
            parts.append(count(len(self.open_contradictions), "åpen motsigelse", "åpne motsigelser"))
        return f" {gettext(N_('og'))} ".join(parts)

    def about_post(self, chapter: int, post: int) -> "Letter":
        """The same letter with only what concerns one post."""
        code = post_code(chapter, post)
        return replace(
            self,
            totals=tuple(item for item in self.totals if item.code == code),
            earmarks=tuple(item for item in self.earmarks if item.code == code),
            contradictions=tuple(item for item in self.contradictions if item.code == code),
        )


def letters(rows: Iterable[Row]) -> tuple[Letter, ...]:
    """The letters by number."""
    return tuple(sorted((letter(row, totals=row["differences"]) for row in rows), key=lambda each: each.number))


def by_day(told: Sequence[Letter], day: date) -> tuple[list[Letter], list[Letter]]:
    """Those that count on the day, newest first, and those that do not yet, next one first."""
    counting = [letter for letter in reversed(told) if letter.effective_on <= day]
    return counting, [letter for letter in told if letter.effective_on > day]


def letter(row: Row, *, totals: Iterable[Row]) -> Letter:
    """One letter; `totals` are its stated totals (`differences` on the year's page, all `items` on its own)."""
    return Letter(
        year=row["year"],
        number=row["number"],
        title=row["title"],
        effective_on=as_day(row["effective_on"]),
        inferred=row["inferred"],
        totals=tuple(_difference(item) for item in totals),
        earmarks=tuple(_difference(item) for item in row["earmark_differences"]),
        contradictions=tuple(map(_contradiction, row["contradictions"])),
    )


def _difference(row: Row) -> Difference:
    kind, colour = _KINDS[row["kind"]]
    return Difference(
        chapter=int(row["chapter"]),
        post=int(row["post"]),
        stated_ore=row["stated_ore"],
        computed_ore=row["computed_ore"],
        difference_ore=row["difference_ore"],
        kind=gettext(kind),
        kind_colour=colour,
        settled=row["status"] == "settled",
        reason=row["reason"],
        superseded_by=row["superseded_by"],
    )


def _contradiction(row: Row) -> Contradiction:
    return Contradiction(
        what=row["what"],
        sides=tuple(Side(cite=side["cite"], says=side["says"]) for side in row["sides"]),
        reckoned=row["reckoned"],
        code=_post_of(row["fund_id"]),
        settled=row["status"] == "settled",
        reason=row["reason"],
    )


def _post_of(fund_id: str | None) -> str | None:
    """`291/71` for the post's own fund `2020/291/71` and for every fund below it."""
    return None if fund_id is None else post_code(*fund_id.split("/")[1:3])
