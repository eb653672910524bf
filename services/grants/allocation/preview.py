"""What a letter would do, before it is registered: the very facts registering would record, made readable."""

from dataclasses import dataclass
from datetime import date
from functools import reduce

from services.grants.allocation.budget_year import BudgetYear, evolve
from services.grants.allocation.events import FundOpened, LetterRegistered, Posting, Statement
from services.grants.allocation.letter import Letter
from services.grants.allocation.reconciliation import Reconciliation, reconcile
from services.grants.allocation.rules import register_letter
from services.grants.allocation.tree import post_of


@dataclass(frozen=True, kw_only=True)
class PostPreview:
    """What would be at a post's disposal at the end of a day it moves on, without and with the letter, in øre.
    `before_ore` is null for a post that the letter opens."""

    fund_id: str
    name: str
    on: date
    before_ore: int | None
    after_ore: int


@dataclass(frozen=True, kw_only=True)
class Preview:
    """The letter's consequences. A letter that is registered already has none: `repeated`."""

    year: int
    number: int
    repeated: bool
    posts: tuple[PostPreview, ...]
    funds: tuple[FundOpened, ...]
    postings: tuple[Posting, ...]
    statements: tuple[Statement, ...]
    reconciliation: Reconciliation


def preview(year: BudgetYear, letter: Letter) -> Preview:
    """The consequences of registering this letter, or the refusal it would get."""
    events = register_letter(year, letter=letter, source_sha256="", registered_by="")
    after = reduce(evolve, events, year)
    fact = next((event for event in events if isinstance(event, LetterRegistered)), None)
    postings = fact.postings if fact else ()
    moved = sorted({(each.effective_on, each.fund_id) for each in postings if each.fund_id == post_of(each.fund_id)})
    return Preview(
        year=letter.year,
        number=letter.number,
        repeated=fact is None,
        posts=tuple(
            PostPreview(
                fund_id=post_id,
                name=after.funds[post_id].name,
                on=on,
                before_ore=year.at_disposal_ore(post_id, on) if post_id in year.funds else None,
                after_ore=after.at_disposal_ore(post_id, on),
            )
            for on, post_id in moved
        ),
        funds=fact.funds if fact else (),
        postings=postings,
        statements=fact.statements if fact else (),
        reconciliation=reconcile(after, letter.number),
    )
