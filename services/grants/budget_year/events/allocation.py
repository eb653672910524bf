"""What can have happened to a year's allocation. Amounts are whole øre; days are days in Europe/Oslo.

Funds are a tree of path ids: a post "2020/291/71", an earmark "2020/291/71/nasjonale-ressursmiljo", a named recipient
"2020/291/71/nasjonale-ressursmiljo/fodt-fri". An event that moves money carries its postings and statements resolved,
so that whoever keeps balances adds them up and needs no rule of this room.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from services.eventlog.events import Event
from services.grants.budget_year.letter import Letter
from services.grants.budget_year.letter_duties import AuthorityId

Ground = Literal["allocated", "change", "transfer", "carry-over", "difference", "earmarked", "authority"]
Sort = Literal["total", "earmark"]
StatementName = Literal[
    "appropriated",
    "held_back",
    "transferable",
    "estimated",
    "open_differences",
    "open_earmark_differences",
    "carried_over_free",
    "carried_over_on_line",
]


@dataclass(frozen=True, kw_only=True)
class FundOpened:
    """A fund a letter opens. `recipient` is the name as printed, for a fund bound to one recipient."""

    fund_id: str
    kind: Literal["post", "earmark", "recipient"]
    name: str
    year: int
    chapter: int
    post: str
    recipient: str | None = None


@dataclass(frozen=True, kw_only=True)
class Posting:
    """What is at a fund's disposal moves by this many øre from that day. `of_which_carried_over_ore` is the part of it
    that was carried over from the year before. `letter_number` and `cite` are what it stands on."""

    fund_id: str
    effective_on: date
    at_disposal_ore: int
    of_which_carried_over_ore: int
    ground: Ground
    letter_number: int
    cite: str


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What is said of a post changes by `amount` from that day: øre for appropriated and held back (null until the
    first statement), for carried-over money that claims from the year before do not bind, and for what of it is for a
    fund below the post and none below that (on the post itself: what is so named below it, below zero); 0 or 1 for the
    keywords, a count for the open differences. The sum up to a day is the value."""

    fund_id: str
    effective_on: date
    name: StatementName
    amount: int


@dataclass(frozen=True, kw_only=True)
class LetterRegistered(Event, topic="allocation.letter-registered.v1"):
    """A letter was registered as transcribed. What it moves is the difference between every fund's line of postings
    with this letter and without it, so a back-dated letter also moves what later letters had reckoned."""

    letter: Letter
    source_sha256: str
    registered_by: str
    funds: tuple[FundOpened, ...]
    postings: tuple[Posting, ...]
    statements: tuple[Statement, ...]


@dataclass(frozen=True, kw_only=True)
class LetterCorrected(Event, topic="allocation.letter-corrected.v1"):
    """A registered transcription was wrong and this one is right. The first stays; what it moved wrongly is
    countered."""

    letter: Letter
    source_sha256: str
    corrected_by: str
    reason: str
    funds: tuple[FundOpened, ...]
    postings: tuple[Posting, ...]
    statements: tuple[Statement, ...]


@dataclass(frozen=True, kw_only=True)
class LetterWithdrawn(Event, topic="allocation.letter-withdrawn.v1"):
    """A letter that should not stand here was taken out: it was another agency's, or never sent. Its number is free
    again; what it moved is countered on its own days, from `effective_on`, the day it counted from."""

    letter_number: int
    effective_on: date
    reason: str
    withdrawn_by: str
    postings: tuple[Posting, ...]
    statements: tuple[Statement, ...]


@dataclass(frozen=True, kw_only=True)
class FundsRenamed(Event, topic="allocation.funds-renamed.v1"):
    """The names of funds follow the transcription that opens them now: `funds` are as they are from here on. Recorded
    beside the letter that says so; nothing moves."""

    letter_number: int
    funds: tuple[FundOpened, ...]


@dataclass(frozen=True, kw_only=True)
class DifferenceSettled(Event, topic="allocation.difference-settled.v1"):
    """A controller explained a difference of this size between what a letter states and what it adds up to (`total`),
    or between a fund and the parts it is split into (`earmark`). No balance moves."""

    letter_number: int
    fund_id: str
    sort: Sort
    difference_ore: int
    reason: str
    settled_by: str
    settled_on: date
    statements: tuple[Statement, ...]


DeviationKind = Literal[
    "below-zero",
    "below-promised",
    "earmarked-beyond-promised",
    "transfer-not-conserving",
    "carry-over-without-ground",
    "carry-over-beyond-unused",
    "carry-over-of-unknown-year",
    "carry-over-not-above",
    "authority-used-without-letter",
    "authority-of-no-letter",
]


@dataclass(frozen=True, kw_only=True)
class DeviationSettled(Event, topic="allocation.deviation-settled.v1"):
    """A controller explained what a letter does that cannot be as meant, or what is done about it. Nothing moves; it
    holds for a deviation of this very size."""

    letter_number: int
    fund_id: str
    kind: DeviationKind
    amount_ore: int
    reason: str
    settled_by: str
    settled_on: date


@dataclass(frozen=True, kw_only=True)
class ContradictionSettled(Event, topic="allocation.contradiction-settled.v1"):
    """A controller explained where a letter disagrees with itself. Nothing moves."""

    letter_number: int
    contradiction_id: str
    reason: str
    settled_by: str
    settled_on: date


@dataclass(frozen=True, kw_only=True)
class Limit:
    """How far an authority reached on the day it was used. `base` names which of two readings was the stricter one;
    `used_before_ore` is what the same authority had been used for on the post before."""

    base: Literal["appropriated", "at_disposal", "unused", "none"]
    base_ore: int
    limit_ore: int
    used_before_ore: int


@dataclass(frozen=True, kw_only=True)
class AuthorityUsed(Event, topic="allocation.authority-used.v1"):
    """An authority of the letter's chapter 6 was used on a post, within its limit. `reference` is the agency's own for
    the matter; `stated` are the answers given to the paragraph's conditions. `savings` are (year, øre) to be saved."""

    authority_id: AuthorityId
    reference: str
    fund_id: str
    amount_ore: int
    used_on: date
    used_by: str
    paragraph: str
    limit: Limit
    stated: tuple[str, ...]
    to_fund_id: str | None = None
    until_on: date | None = None
    consent_reference: str | None = None
    savings: tuple[tuple[int, int], ...] = ()
    postings: tuple[Posting, ...] = field(default=())


@dataclass(frozen=True, kw_only=True)
class CarryOverApplied(Event, topic="allocation.carry-over-applied.v1"):
    """Carry-over was applied for with the accounts of 31 December. Nothing is at disposal before a supplement of the
    next year releases it (Bevilgningsreglementet § 5)."""

    reference: str
    fund_id: str
    amount_ore: int
    unused_ore: int
    accounts_on: date
    applied_by: str
    paragraph: str
    limit: Limit


@dataclass(frozen=True, kw_only=True)
class PostSucceeded(Event, topic="allocation.post-succeeded.v1"):
    """A line of money goes on under another chapter or number: `fund_id` follows `predecessor_id` of an earlier
    year."""

    fund_id: str
    predecessor_id: str
    reason: str
    recorded_by: str


@dataclass(frozen=True, kw_only=True)
class PostSucceededAmongSeveral(Event, topic="allocation.post-succeeded.v2"):
    """A line of money goes on among several: `fund_id` carries on a part of `predecessor_id` (`split`), or it together
    with other posts (`join`). Takes the place of what was recorded of the two before. `claims_on` is the part of a
    split that what is held over goes on to; where none takes it, that is the post of the same chapter and number."""

    fund_id: str
    predecessor_id: str
    how: Literal["split", "join"]
    reason: str
    recorded_by: str
    claims_on: str | None = None


@dataclass(frozen=True, kw_only=True)
class SuccessionWithdrawn(Event, topic="allocation.succession-withdrawn.v1"):
    """That one post carries on another was recorded wrongly, and holds no more. `claims_on` is as for the other
    parts."""

    fund_id: str
    predecessor_id: str
    reason: str
    withdrawn_by: str
    claims_on: str | None = None


@dataclass(frozen=True, kw_only=True)
class CommitmentAuthorityRegistered(Event, topic="allocation.commitment-authority-registered.v1"):
    """A letter lets the agency promise money of a post beyond the budget year (bevilgningsreglementet § 6), to the end
    of `until_year`. `limit_ore` is how much in all such promises may come to, or None where the letter sets no limit.
    `effective_on` is the letter's own day. `reason` says why it takes the place of what was read from it before."""

    fund_id: str
    until_year: int
    limit_ore: int | None
    letter_number: int
    cite: str
    effective_on: date
    registered_by: str
    reason: str | None = None
