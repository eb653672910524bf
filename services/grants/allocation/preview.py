"""What a letter would do, before it is registered: the very facts registering would record, made readable."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce

from services.eventlog.events import Event
from services.grants.allocation.deviation.found import Around, Deviation
from services.grants.allocation.deviation.leaning import promised_without_letter, used_without_letter
from services.grants.allocation.deviation.rules import deviations_of
from services.grants.allocation.rules import register_letter
from services.grants.budget_year.events.allocation import (
    FundOpened,
    FundsRenamed,
    LetterCorrected,
    LetterRegistered,
    LetterWithdrawn,
    Posting,
    Statement,
)
from services.grants.budget_year.letter import Letter
from services.grants.budget_year.reconciliation import Reconciliation, reconcile
from services.grants.budget_year.state import BudgetYear, evolve
from services.grants.budget_year.tree import post_of


@dataclass(frozen=True, kw_only=True)
class PostPreview:
    """What would be at a post's disposal at the end of a day it moves on, without and with the letter, in øre.
    `before_ore` is null for a post that the letter opens; `promised_ore` is what is promised on it by then."""

    fund_id: str
    name: str
    on: date
    before_ore: int | None
    after_ore: int
    promised_ore: int = 0


@dataclass(frozen=True, kw_only=True)
class Preview:
    """The letter's consequences. A letter that is registered already has none: `repeated`. `names` are the funds that
    would be called otherwise, as they would be."""

    year: int
    number: int
    repeated: bool
    posts: tuple[PostPreview, ...]
    funds: tuple[FundOpened, ...]
    names: tuple[FundOpened, ...]
    postings: tuple[Posting, ...]
    statements: tuple[Statement, ...]
    reconciliation: Reconciliation | None
    deviations: tuple[Deviation, ...]


def preview(year: BudgetYear, letter: Letter, around: Around | None = None) -> Preview:
    """The consequences of registering this letter, or the refusal it would get."""
    events = register_letter(year, letter=letter, source_sha256="", registered_by="")
    return previewed(year, events, of_year=letter.year, number=letter.number, around=around or Around())


def previewed(year: BudgetYear, events: Sequence[Event], *, of_year: int, number: int, around: Around) -> Preview:
    """What these facts on a letter would do to the year, held against what stands around it."""
    after = reduce(evolve, events, year)
    letters = [each for each in events if isinstance(each, LetterRegistered | LetterCorrected | LetterWithdrawn)]
    postings = tuple(posting for each in letters for posting in each.postings)
    return Preview(
        year=of_year,
        number=number,
        repeated=not events,
        posts=tuple(_posts(year, after, postings, around)),
        funds=tuple(fund for each in letters if not isinstance(each, LetterWithdrawn) for fund in each.funds),
        names=tuple(fund for each in events if isinstance(each, FundsRenamed) for fund in each.funds),
        postings=postings,
        statements=tuple(statement for each in letters for statement in each.statements),
        reconciliation=reconcile(after, number) if number in after.letters else None,
        deviations=tuple(_deviations(after, number, around)) if events or number in after.letters else (),
    )


def _deviations(after: BudgetYear, number: int, around: Around) -> Iterator[Deviation]:
    """Those of the letter, and what would lean on leave that no letter gives."""
    if number in after.letters:
        yield from deviations_of(after, number, around)
    if number != min(after.letters, default=None):
        yield from used_without_letter(after, letter_number=number)
    yield from promised_without_letter(after, around, letter_number=number)


def _posts(year: BudgetYear, after: BudgetYear, postings: Sequence[Posting], around: Around) -> Iterator[PostPreview]:
    moved = sorted({(each.effective_on, each.fund_id) for each in postings if each.fund_id == post_of(each.fund_id)})
    for on, post_id in moved:
        yield PostPreview(
            fund_id=post_id,
            name=after.funds[post_id].name,
            on=on,
            before_ore=year.at_disposal_ore(post_id, on) if post_id in year.funds else None,
            after_ore=after.at_disposal_ore(post_id, on),
            promised_ore=sum(committed for day, committed, _ in around.promised.get(post_id, ()) if day <= on),
        )
