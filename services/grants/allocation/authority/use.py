"""One use of an authority of chapter 6: what every use tells, and the steps every use takes."""

from dataclasses import dataclass, replace
from datetime import date

from services.eventlog.events import Event
from services.grants.allocation.authority.authorities import (
    InForce,
    in_force,
    limit_on_post,
    require_reached,
    require_within,
)
from services.grants.allocation.authority.refusals import ConditionNotMet, ReferenceTaken
from services.grants.budget_year.events.allocation import AuthorityUsed, Posting
from services.grants.budget_year.letter_duties import AuthorityId
from services.grants.budget_year.state import BudgetYear
from services.grants.case.commitment_refusals import positive
from services.text.folding import reads_alike


@dataclass(frozen=True, kw_only=True)
class Use:
    """What every use tells: the post, how much (øre), the agency's own reference, the day (Europe/Oslo) and who."""

    fund_id: str
    amount_ore: int
    reference: str
    used_on: date
    used_by: str


def reaching(year: BudgetYear, authority_id: AuthorityId, use: Use) -> InForce:
    """The authority in force, once it reaches the post. Refuses AuthorityNotGiven, AuthorityDoesNotReach."""
    given = in_force(year, authority_id, use.used_on)
    positive(use.amount_ore)
    require_reached(year, given.authority, use.fund_id)
    return given


def require_met(given: InForce, *conditions: tuple[str, bool]) -> tuple[str, ...]:
    """The conditions, once all are met. Refuses ConditionNotMet, naming every one that is not."""
    unmet = [sentence for sentence, met in conditions if not met]
    if unmet:
        raise ConditionNotMet(
            f"{given.authority.paragraph} asks for more: {' '.join(unmet)}",
            paragraph=given.authority.paragraph,
            conditions=unmet,
        )
    return tuple(sentence for sentence, _ in conditions)


def use_of(year: BudgetYear, given: InForce, use: Use, stated: tuple[str, ...]) -> AuthorityUsed:
    """The use as it would be recorded, with the limit it is held against."""
    return AuthorityUsed(
        authority_id=given.authority.authority_id,
        reference=use.reference,
        fund_id=use.fund_id,
        amount_ore=use.amount_ore,
        used_on=use.used_on,
        used_by=use.used_by,
        paragraph=given.authority.paragraph,
        limit=limit_on_post(year, given.authority, use.fund_id, use.used_on),
        stated=stated,
    )


def posting_of(given: InForce, use: Use, fund_id: str, amount_ore: int) -> Posting:
    """What the use moves at a post's disposal, in øre."""
    return Posting(
        fund_id=fund_id,
        effective_on=use.used_on,
        at_disposal_ore=amount_ore,
        of_which_carried_over_ore=0,
        ground="authority",
        letter_number=given.letter_number,
        cite=given.authority.paragraph,
    )


def used_once(year: BudgetYear, used: AuthorityUsed) -> list[Event]:
    """The use, within the limit; nothing where the very same is recorded under the reference, however it is written."""
    for before in year.uses:
        if before.authority_id == used.authority_id and reads_alike(before.reference, used.reference):
            refuse_another(before, replace(used, used_by=before.used_by, limit=before.limit))
            return []
    require_within(used.limit, used.amount_ore, paragraph=used.paragraph, fund_id=used.fund_id)
    return [used]


def refuse_another(before: Event, asked: Event) -> None:
    """Refuses ReferenceTaken unless this is the very same use again."""
    if before != asked:
        raise ReferenceTaken("Another use is recorded under this reference. Give this one its own.")
