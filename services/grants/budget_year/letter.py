"""What a letter of allocation says: the content of one letter, typed, as its transcription was read.

Nothing here is worked out. Each part carries the `cite` of the letter's own section and the `line` of the transcription
it was read from; a line is no part of what was said, so two transcriptions that differ only in their lines are equal.
Amounts are whole øre beside the text as printed and the value of its last printed digit.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.grants.budget_year.letter_duties import (
    Assignment,
    Authority,
    CalendarEntry,
    Lifting,
    PayOut,
    Renumbering,
    Restriction,
)
from services.grants.budget_year.printed_figure import Figure, Place

Keyword = Literal["transferable", "estimated"]
Moves = Literal["appropriation", "at_disposal"]


@dataclass(frozen=True, kw_only=True)
class Dated:
    """The day a letter counts from: its printed date, or one inferred for a reason that is told."""

    on: date
    ground: Literal["printed", "inferred"]
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class ChapterLine(Place):
    """A chapter of the table, with the sum printed under it. `sum_differs` tells why it is not what
    stands above it, where it is not."""

    chapter: int
    name: str
    sum: Figure | None
    sum_differs: str | None


@dataclass(frozen=True, kw_only=True)
class PostLine(Place):
    """A post the letter opens. Appropriated and held back are null where the letter prints no such figure."""

    fund_id: str
    name: str
    at_disposal: Figure
    appropriated: Figure | None
    held_back: Figure | None
    keywords: tuple[Keyword, ...]


@dataclass(frozen=True, kw_only=True)
class Earmark(Place):
    """Money bound to a purpose under a post or another earmark; with a `recipient`, bound to that one recipient."""

    fund_id: str
    parent_id: str
    name: str
    amount: Figure
    recipient: str | None


@dataclass(frozen=True, kw_only=True)
class Split(Place):
    """How a fund is divided. `whole` where the letter divides all of it, so that parts and fund should agree."""

    fund_id: str
    whole: bool
    sum: Figure | None
    sum_differs: str | None


@dataclass(frozen=True, kw_only=True)
class Change(Place):
    """One fund's amount goes up or down. `amount_ore` has its sign; `figure` is what is printed, without one.

    `moves` tells whether the letter moves the appropriation (and with it what is at disposal) or only the latter.
    A transfer names the fund at its other end. `outside_table` marks money named only in the text of an assignment,
    `free` carried-over money that the letter says is not for what is held over from the year before.
    """

    fund_id: str
    amount_ore: int
    figure: Figure
    ground: Literal["change", "transfer", "carry-over"]
    moves: Moves
    counterpart_id: str | None
    outside_table: bool
    assignment: str | None
    why: str
    free: bool = False


@dataclass(frozen=True, kw_only=True)
class Stated(Place):
    """What a letter says a post stands at after its changes. Null is: this letter does not say."""

    fund_id: str
    at_disposal: Figure | None
    appropriated: Figure | None
    held_back: Figure | None


@dataclass(frozen=True, kw_only=True)
class KeywordChange(Place):
    """A keyword given to a post or taken from it. A table that only omits a keyword takes nothing."""

    fund_id: str
    keyword: Keyword
    given: bool
    why: str


@dataclass(frozen=True, kw_only=True)
class Side(Place):
    """One of the two things a letter says that cannot both be so."""

    says: str


@dataclass(frozen=True, kw_only=True)
class Contradiction(Place):
    """Where a letter disagrees with itself: both sides, and what is reckoned with until someone settles it."""

    contradiction_id: str
    fund_id: str | None
    what: str
    sides: tuple[Side, ...]
    reckoned: str


@dataclass(frozen=True, kw_only=True)
class Remark(Place):
    """Something the transcriber tells the reader, which moves no money."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One letter of allocation (number 0) or supplement (1, 2, ...) of a budget year."""

    year: int
    number: int
    title: str
    reference: str | None
    dated: Dated
    chapters: tuple[ChapterLine, ...] = ()
    posts: tuple[PostLine, ...] = ()
    earmarks: tuple[Earmark, ...] = ()
    splits: tuple[Split, ...] = ()
    changes: tuple[Change, ...] = ()
    stated: tuple[Stated, ...] = ()
    keywords: tuple[KeywordChange, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    pay_outs: tuple[PayOut, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    renumberings: tuple[Renumbering, ...] = ()
    calendar: tuple[CalendarEntry, ...] = ()
    restrictions: tuple[Restriction, ...] = ()
    liftings: tuple[Lifting, ...] = ()
    authorities: tuple[Authority, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def order(self) -> tuple[date, int]:
        """Letters count in the order of the days they count from, then of their numbers."""
        return (self.dated.on, self.number)
