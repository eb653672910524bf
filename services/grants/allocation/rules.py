"""Letters registered.

A letter is never refused for contradicting itself or its predecessors: what it says is registered, what it adds up to
is computed, and every difference is shown until somebody settles it with a reason. What is refused is a transcription
that speaks of money nobody opened, or a second letter under a number that is taken.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Literal

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.allocation.movements import moved
from services.grants.allocation.recognition import find_another
from services.grants.budget_year.events.allocation import FundOpened, FundsRenamed, LetterRegistered
from services.grants.budget_year.letter import Letter
from services.grants.budget_year.letter_checks import mentioned
from services.grants.budget_year.printed_figure import Place
from services.grants.budget_year.state import BudgetYear


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
        raise LetterNumberTaken(_taken_by(taken.letter, letter), number=letter.number)
    moves = moved(year, letters_with(year, letter))
    return [
        LetterRegistered(
            letter=letter,
            source_sha256=source_sha256,
            registered_by=registered_by,
            funds=newly_opened(year, letter),
            postings=moves.postings,
            statements=moves.statements,
        ),
        *renamed(year, letter),
    ]


def _taken_by(registered: Letter, letter: Letter) -> str:
    stands = f"Letter {letter.number} of {letter.year} is registered with another content."
    if why := find_another(registered, letter):
        return f"{stands} This is another letter: {why} Register it under its own number, in its own agency's system."
    return f"{stands} If this is the same letter, read better, correct it: a dry run shows what that takes away."


def letters_with(year: BudgetYear, letter: Letter) -> list[Letter]:
    """All letters in order with this one among them. Refuses what cannot stand together."""
    others = {number: each.letter for number, each in year.letters.items() if number != letter.number}
    for other in others.values():
        if other.year != letter.year:
            raise WrongBudgetYear(f"This is the budget year {other.year}, the letter is of {letter.year}.")
    letters = sorted((*others.values(), letter), key=lambda each: each.order)
    _refuse_opened_twice(letters, letter)
    refuse_references_to_nothing(letters, letter)
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


def refuse_references_to_nothing(letters: Iterable[Letter], letter: Letter | None = None) -> None:
    """Refuses letters of which one speaks of what no letter before it opens; `letter` is the one that is new."""
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


def newly_opened(year: BudgetYear, letter: Letter) -> tuple[FundOpened, ...]:
    """The funds this letter is the first to open, each after the fund it lies under."""
    return tuple(fund for fund in _funds(letter) if fund.fund_id not in year.funds)


def _funds(letter: Letter) -> Iterator[FundOpened]:
    for line in letter.posts:
        yield _fund(line.fund_id, "post", line.name, None)
    for part in letter.earmarks:
        yield _fund(part.fund_id, "recipient" if part.recipient else "earmark", part.name, part.recipient)


def renamed(year: BudgetYear, letter: Letter) -> list[Event]:
    """The names of funds that are open already, where the letter that opens them names them otherwise now."""
    known = {fund.fund_id: fund for fund in _funds(letter) if fund.fund_id in year.funds}
    funds = tuple(fund for fund in known.values() if fund != year.funds[fund.fund_id])
    return [FundsRenamed(letter_number=letter.number, funds=funds)] if funds else []


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
