"""Whether the letter of a proposal could be set: the bounds of all letters (`scheme/letter_bounds.py`), asked of an
award."""

from collections.abc import Collection

from services.grants.case.events.award import Agreed, AwardBasis, AwardProposed, Instalment, NamedIn, PerCapita
from services.grants.scheme.letter_bounds import MOST_INSTALMENTS, MOST_REPORTS, at_most, check_signs, check_texts


def check_letter_of(
    proposal: AwardProposed, *, instalments: Collection[Instalment] | None = None, change: str = ""
) -> None:
    """Refuse (`LetterTooLong`, `LetterUnsettable`) a proposal whose letter could not be set. `instalments` are those it
    would tell of once changed, `change` why it is. Per-capita awards have no letter."""
    if isinstance(proposal.basis, PerCapita):
        return
    plan = proposal.instalments if instalments is None else instalments
    conditions = (each.condition for each in plan if each.condition is not None)
    at_most("instalments", len(plan), MOST_INSTALMENTS)
    at_most("reports", len(proposal.reports), MOST_REPORTS)
    reasons = [text for text in (proposal.reasons, change) if text]
    check_texts([proposal.purpose, *proposal.terms, *conditions, *reasons])
    check_signs([proposal.recipient.name, *proposal.recipient.address, *_told_of(proposal.basis)])


def _told_of(basis: AwardBasis) -> tuple[str, ...]:
    """What of its basis the letter tells in somebody's own words."""
    match basis:
        case NamedIn(section=section):
            return (section,)
        case Agreed(document=document):
            return (document,)
        case _:
            return ()
