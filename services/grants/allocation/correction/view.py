"""What a correction or a withdrawal would do, before it is made."""

from dataclasses import dataclass

from services.grants.allocation.correction.rules import confirmation, correction, withdrawal
from services.grants.allocation.correction.taken_away import TakenAway
from services.grants.allocation.deviation.found import Around
from services.grants.allocation.preview import Preview, previewed
from services.grants.budget_year.letter import Letter
from services.grants.budget_year.state import BudgetYear


@dataclass(frozen=True, kw_only=True)
class CorrectionPreview(Preview):
    """The consequences, and what would be taken away. Where something would, `confirm_with` is the digest to send back
    as `confirmed`; null where nothing needs to be."""

    takes_away: tuple[TakenAway, ...]
    confirm_with: str | None


def preview_correction(
    year: BudgetYear, *, letter: Letter, source_sha256: str, reason: str, around: Around | None = None
) -> CorrectionPreview:
    """The consequences of this correction, or the refusal it would get."""
    events = correction(year, letter=letter, source_sha256=source_sha256, corrected_by="", reason=reason)
    taken, digest = confirmation(year, letter.number, events, source_sha256)
    shown = previewed(year, events, of_year=letter.year, number=letter.number, around=around or Around())
    return CorrectionPreview(**vars(shown), takes_away=taken, confirm_with=digest)


def preview_withdrawal(
    year: BudgetYear, *, of_year: int, number: int, reason: str, around: Around | None = None
) -> CorrectionPreview:
    """The consequences of this withdrawal, or the refusal it would get."""
    events = withdrawal(year, number=number, withdrawn_by="", reason=reason)
    taken, digest = confirmation(year, number, events, "")
    shown = previewed(year, events, of_year=of_year, number=number, around=around or Around())
    return CorrectionPreview(**vars(shown), takes_away=taken, confirm_with=digest)
