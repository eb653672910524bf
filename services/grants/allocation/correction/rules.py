"""Letters corrected and withdrawn. What a letter first was registered as stays; what it moved wrongly is countered by a
new fact. Nothing is taken away that the caller has not been shown and confirmed."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import reduce

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.allocation.correction.taken_away import TakenAway, digest_of, taken_away
from services.grants.allocation.movements import moved
from services.grants.allocation.recognition import find_another
from services.grants.allocation.rules import letters_with, newly_opened, refuse_references_to_nothing, renamed
from services.grants.budget_year.events.allocation import LetterCorrected, LetterWithdrawn
from services.grants.budget_year.letter import Letter
from services.grants.budget_year.reconciliation import LetterUnknown
from services.grants.budget_year.state import BudgetYear, evolve
from services.reason import need_reason


class AnotherLetter(Refusal):
    """The transcription is of another letter than the one it would correct: another agency's, as a rule."""

    code = "another-letter"
    title = "Dette er et annet brev"


class CorrectionUnconfirmed(Refusal):
    """The correction takes something away, and what was confirmed is not what it would take away now. `takes_away`
    tells it; a dry run gives the digest that confirms it."""

    code = "correction-unconfirmed"
    title = "Det rettingen tar bort må bekreftes"


def correct_letter(
    year: BudgetYear, *, letter: Letter, source_sha256: str, corrected_by: str, reason: str, confirmed: str | None
) -> list[Event]:
    """Put a right transcription in the place of a wrong one; what the first moved wrongly is countered on its own days,
    and names follow. `confirmed` is the digest of what a dry run said it would take away.
    Refuses LetterUnknown, ReasonMissing, AnotherLetter, CorrectionUnconfirmed, and what registering refuses."""
    events = correction(year, letter=letter, source_sha256=source_sha256, corrected_by=corrected_by, reason=reason)
    _require_confirmed(year, letter.number, events, source_sha256, confirmed)
    return events


def correction(year: BudgetYear, *, letter: Letter, source_sha256: str, corrected_by: str, reason: str) -> list[Event]:
    """The facts of a correction, whatever it takes away."""
    wrong = year.letters.get(letter.number)
    if wrong is None:
        raise LetterUnknown(f"No letter number {letter.number} is registered.", number=letter.number)
    need_reason(reason)
    if wrong.letter == letter:
        return []
    if why := find_another(wrong.letter, letter):
        raise AnotherLetter(
            f"This is another letter than number {letter.number} of {letter.year}: {why} If the registered one should "
            "not stand here, withdraw it; then register this."
        )
    moves = moved(year, letters_with(year, letter))
    return [
        LetterCorrected(
            letter=letter,
            source_sha256=source_sha256,
            corrected_by=corrected_by,
            reason=reason,
            funds=newly_opened(year, letter),
            postings=moves.postings,
            statements=moves.statements,
        ),
        *renamed(year, letter),
        *_leave_follows(year, letter, corrected_by=corrected_by, reason=reason),
    ]


def _leave_follows(year: BudgetYear, letter: Letter, *, corrected_by: str, reason: str) -> list[Event]:
    """What the letter lets be promised beyond the year counts from the letter's own day, also when that is another."""
    last_read = {each.fund_id: each for each in year.commitment_authorities if each.letter_number == letter.number}
    return [
        replace(each, effective_on=letter.dated.on, registered_by=corrected_by, reason=reason)
        for each in last_read.values()
        if each.effective_on != letter.dated.on
    ]


def withdraw_letter(
    year: BudgetYear, *, number: int, withdrawn_by: str, reason: str, confirmed: str | None
) -> list[Event]:
    """Take a letter out that should never have stood here. Its posts stay open with nothing at their disposal, and what
    was promised on them leaves them overdrawn. Refuses LetterUnknown, ReasonMissing, CorrectionUnconfirmed, and
    LetterRefersToNothing where another letter stands on it."""
    events = withdrawal(year, number=number, withdrawn_by=withdrawn_by, reason=reason)
    _require_confirmed(year, number, events, "", confirmed)
    return events


def withdrawal(year: BudgetYear, *, number: int, withdrawn_by: str, reason: str) -> list[Event]:
    """The facts of a withdrawal, whatever it takes away."""
    registered = year.letters.get(number)
    if registered is None:
        raise LetterUnknown(f"No letter number {number} is registered.", number=number)
    need_reason(reason)
    others = [each.letter for each in year.in_order if each is not registered]
    refuse_references_to_nothing(others)
    moves = moved(year, others)
    return [
        LetterWithdrawn(
            letter_number=number,
            effective_on=registered.letter.dated.on,
            reason=reason,
            withdrawn_by=withdrawn_by,
            postings=moves.postings,
            statements=moves.statements,
        )
    ]


def confirmation(
    year: BudgetYear, number: int, events: Sequence[Event], source_sha256: str
) -> tuple[tuple[TakenAway, ...], str | None]:
    """What these facts on the letter take away, and the digest that confirms it; none where they take nothing."""
    taken = taken_away(year, reduce(evolve, events, year), number)
    if not taken:
        return (), None
    stands_sha256 = year.letters[number].source_sha256
    return taken, digest_of(taken, number=number, stands_sha256=stands_sha256, source_sha256=source_sha256)


def _require_confirmed(
    year: BudgetYear, number: int, events: Sequence[Event], source_sha256: str, confirmed: str | None
) -> None:
    taken, digest = confirmation(year, number, events, source_sha256)
    if confirmed == digest or not taken:
        return
    asked = "what it takes away has changed since" if confirmed else "nobody has confirmed it"
    first = taken[0]
    raise CorrectionUnconfirmed(
        f"This takes away {len(taken)} things, first {first.what} {first.name}, and {asked}. Try it with dry_run=true, "
        "read what it takes away, and send its digest back as `confirmed`.",
        takes_away=[asdict(each) | {"on": each.on.isoformat() if each.on else None} for each in taken],
    )
