"""What a letter of allocation says: the content of one letter, typed, as its transcription was read.

Nothing here is worked out. Each part carries the `cite` of the letter's own section and the `line` of the transcription
it was read from; a line is no part of what was said, so two transcriptions that differ only in their lines are equal.
Amounts are whole øre beside the text as printed and the value of its last printed digit.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Keyword = Literal["transferable", "estimated"]
Moves = Literal["appropriation", "at_disposal"]
Every = Literal["two-weeks", "month", "quarter", "year"]


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where something was read: the letter's own section, and the line of the transcription."""

    cite: str
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, kw_only=True)
class Figure(Place):
    """An amount as the letter prints it. `unit_ore` is what one step of its last printed digit is worth."""

    printed: str
    amount_ore: int
    unit_ore: int


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
    A transfer names the fund at its other end. `outside_table` marks money named only in the text of an assignment.
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
class Deadline(Place):
    """Something due. `on` is null where the letter names no day; `printed` keeps its own words. Days in Europe/Oslo."""

    what: str
    on: date | None
    printed: str
    every: Every | None


@dataclass(frozen=True, kw_only=True)
class PayOut(Place):
    """Money that must have been paid by a day (the day included)."""

    fund_id: str
    amount: Figure
    pay_by: date
    assignment: str | None


@dataclass(frozen=True, kw_only=True)
class Frame(Place):
    """The money an assignment is to be done within, named by the letter. It is no earmark."""

    fund_id: str
    amount: Figure


@dataclass(frozen=True, kw_only=True)
class Assignment(Place):
    """An assignment (oppdrag). `printed` is the number as the letter prints it, where that differs."""

    number: str
    printed: str | None
    title: str
    parts: tuple[str, ...]
    deadlines: tuple[Deadline, ...]
    frames: tuple[Frame, ...]
    starts_on: date | None
    funding: str | None


@dataclass(frozen=True, kw_only=True)
class Renumbering(Place):
    """A letter gives an assignment of an earlier letter another number."""

    letter_number: int
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class CalendarEntry(Place):
    """An entry of the calendar of the governance dialogue. `as_of` is the day a report counts to."""

    kind: Literal["meeting", "report", "publication"]
    what: str
    on: date | None
    printed: str
    as_of: date | None


@dataclass(frozen=True, kw_only=True)
class Restriction(Place):
    """Money on a fund that may not be used for anything else until the ministry has cleared it."""

    restriction_id: str
    fund_id: str
    what: str
    until: str


@dataclass(frozen=True, kw_only=True)
class Lifting(Place):
    """The ministry clears a restriction. Only a letter can."""

    restriction_id: str


@dataclass(frozen=True, kw_only=True)
class Authority(Place):
    """An authority delegated for this budget year (chapter 6), in the letter's own limits.

    `limit_basis_points` is of what `base` says; null where the limit is not a share. `posts` are the post numbers it
    reaches, `to_posts` those money may move to. `savings_years` is how many years the saving may be spread over.
    """

    authority_id: "AuthorityId"
    name: str
    paragraph: str
    posts: tuple[str, ...]
    to_posts: tuple[str, ...]
    limit_basis_points: int | None
    base: Literal["post", "unused"] | None
    savings_years: int | None
    consent_each_time: bool
    conditions: tuple[str, ...]
    ambiguities: tuple[str, ...]


AuthorityId = Literal[
    "net-booking", "beyond-the-year", "extra-income", "to-investment", "investment-savings", "carry-over"
]


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
