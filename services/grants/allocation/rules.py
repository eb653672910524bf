"""Letters registered and corrected.

A letter is never refused for contradicting itself or its predecessors: what it says is registered, what it adds up to
is computed, and every difference is shown until somebody settles it with a reason. What is refused is a transcription
that speaks of money nobody opened, or a second letter under a number that is taken.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Literal

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.allocation.budget_year import BudgetYear
from services.grants.allocation.events import FundOpened, LetterCorrected, LetterRegistered
from services.grants.allocation.letter import Letter
from services.grants.allocation.letter_checks import mentioned
from services.grants.allocation.movements import moved
from services.grants.allocation.printed_figure import Place
from services.grants.allocation.reconciliation import LetterUnknown
from services.grants.allocation.settlement import require_reason


class LetterNumberTaken(Refusal):
    """Another letter is registered under this number. Registered letters are never edited."""

    code = "letter-number-taken"
    title = "Nummeret er brukt av et annet brev"


class LetterRefersToNothing(Refusal):
    """The letter speaks of a post, an earmark or a restriction that no letter before it opens. `problems` name the
    lines of the transcription."""

    code = "letter-refers-to-nothing"
    status = 422
    title = "Brevet viser til noe som ikke er åpnet"


class LetterOpensTwice(Refusal):
    """The letter opens a post or earmark that another letter opens. `problems` name the lines of the transcription."""

    code = "letter-opens-twice"
    status = 422
    title = "Posten eller øremerkingen er allerede åpnet"


class WrongBudgetYear(Refusal):
    """The letter belongs to another budget year than the one it is registered in."""

    code = "wrong-budget-year"
    status = 422
    title = "Brevet gjelder et annet budsjettår"


def register_letter(year: BudgetYear, *, letter: Letter, source_sha256: str, registered_by: str) -> list[Event]:
    """Register a letter as transcribed, in any order: what it moves is the difference it makes to every fund's line.

    The same letter again is no new fact. Refuses LetterNumberTaken, LetterRefersToNothing, LetterOpensTwice,
    WrongBudgetYear.
    """
    taken = year.letters.get(letter.number)
    if taken is not None:
        if taken.source_sha256 == source_sha256 or taken.letter == letter:
            return []
        raise LetterNumberTaken(
            f"Letter {letter.number} of {letter.year} is registered with another content. Correct it instead.",
            number=letter.number,
        )
    letters = _letters_with(year, letter)
    moves = moved(year, letters)
    return [
        LetterRegistered(
            letter=letter,
            source_sha256=source_sha256,
            registered_by=registered_by,
            funds=_newly_opened(year, letter),
            postings=moves.postings,
            statements=moves.statements,
        )
    ]


def correct_letter(
    year: BudgetYear, *, letter: Letter, source_sha256: str, corrected_by: str, reason: str
) -> list[Event]:
    """Put a right transcription in the place of a wrong one; what the first moved wrongly is countered on its own days.
    Refuses LetterUnknown, ReasonMissing, and what registering refuses."""
    wrong = year.letters.get(letter.number)
    if wrong is None:
        raise LetterUnknown(f"No letter number {letter.number} is registered.", number=letter.number)
    require_reason(reason)
    if wrong.letter == letter:
        return []
    letters = _letters_with(year, letter)
    moves = moved(year, letters)
    return [
        LetterCorrected(
            letter=letter,
            source_sha256=source_sha256,
            corrected_by=corrected_by,
            reason=reason,
            funds=_newly_opened(year, letter),
            postings=moves.postings,
            statements=moves.statements,
        )
    ]


def _letters_with(year: BudgetYear, letter: Letter) -> list[Letter]:
    """All letters in order with this one among them. Refuses what cannot stand together."""
    others = {number: each.letter for number, each in year.letters.items() if number != letter.number}
    for other in others.values():
        if other.year != letter.year:
            raise WrongBudgetYear(f"This is the budget year {other.year}, the letter is of {letter.year}.")
    letters = sorted((*others.values(), letter), key=lambda each: each.order)
    _refuse_opened_twice(letters, letter)
    _refuse_references_to_nothing(letters, letter)
    return letters


def _opens(letter: Letter) -> Iterator[tuple[str, Place]]:
    yield from ((line.fund_id, line) for line in letter.posts)
    yield from ((part.fund_id, part) for part in letter.earmarks)


def _refuse_opened_twice(letters: Iterable[Letter], letter: Letter) -> None:
    elsewhere = {fund_id for each in letters if each is not letter for fund_id, _ in _opens(each)}
    problems = [
        _problem(place, f"Another letter opens {fund_id}.") for fund_id, place in _opens(letter) if fund_id in elsewhere
    ]
    if problems:
        raise LetterOpensTwice(_first_of(problems), problems=problems)


def _refuse_references_to_nothing(letters: Iterable[Letter], letter: Letter) -> None:
    opened: set[str] = set()
    restricted: set[str] = set()
    problems: list[dict[str, Any]] = []
    for each in letters:
        opened |= {fund_id for fund_id, _ in _opens(each)}
        restricted |= {bound.restriction_id for bound in each.restrictions}
        whose = "" if each is letter else f"Letter {each.number} needs it: "
        problems += [
            _problem(place, f"{whose}no letter counting from {each.dated.on} or before opens {fund_id}.")
            for fund_id, place in mentioned(each)
            if fund_id not in opened
        ]
        problems += [
            _problem(lifted, f"{whose}no letter before it sets the restriction {lifted.restriction_id}.")
            for lifted in each.liftings
            if lifted.restriction_id not in restricted
        ]
    if problems:
        raise LetterRefersToNothing(_first_of(problems), problems=problems)


def _problem(place: Place, problem: str) -> dict[str, Any]:
    return {"line": place.line, "path": "", "problem": problem[0].upper() + problem[1:]}


def _first_of(problems: list[dict[str, Any]]) -> str:
    return f"Line {problems[0]['line']}: {problems[0]['problem']}"


def _newly_opened(year: BudgetYear, letter: Letter) -> tuple[FundOpened, ...]:
    """The funds this letter is the first to open, each after the fund it lies under."""
    opened = [_fund(line.fund_id, "post", line.name, None) for line in letter.posts]
    opened += [
        _fund(part.fund_id, "recipient" if part.recipient else "earmark", part.name, part.recipient)
        for part in letter.earmarks
    ]
    return tuple(fund for fund in opened if fund.fund_id not in year.funds)


def _fund(fund_id: str, kind: Literal["post", "earmark", "recipient"], name: str, recipient: str | None) -> FundOpened:
    budget_year, chapter, post = fund_id.split("/")[:3]
    return FundOpened(
        fund_id=fund_id,
        kind=kind,
        name=name,
        year=int(budget_year),
        chapter=int(chapter),
        post=post,
        recipient=recipient,
    )
