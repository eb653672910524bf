"""What a letter asks for and allows: assignments, deadlines, the calendar, restricted money, and chapter 6."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.grants.budget_year.printed_figure import Figure, Place

Every = Literal["two-weeks", "month", "quarter", "year"]
AuthorityId = Literal[
    "net-booking", "beyond-the-year", "extra-income", "to-investment", "investment-savings", "carry-over"
]


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

    authority_id: AuthorityId
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
