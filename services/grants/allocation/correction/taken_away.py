"""What a correction takes away, told before it is made: lines of the letter that would stand no more, and money that
would no longer be at a fund's disposal."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date

from services.grants.budget_year.letter import Letter
from services.grants.budget_year.printed_figure import Place
from services.grants.budget_year.state import BudgetYear


@dataclass(frozen=True, kw_only=True)
class TakenAway:
    """One thing. `what` is the kind of line, and `name` how the letter knows it; for `money` the fund, and what is at
    its disposal at the end of the first day that there is less of it, before and after (whole øre)."""

    what: str
    name: str
    cite: str | None = None
    on: date | None = None
    before_ore: int | None = None
    after_ore: int | None = None


def taken_away(before: BudgetYear, after: BudgetYear, number: int) -> tuple[TakenAway, ...]:
    """What stood in the year before and does not after letter `number` was corrected or withdrawn."""
    corrected = after.letters.get(number)
    kept = {(what, name) for what, name, _ in _lines(corrected.letter)} if corrected else set()
    gone = [
        TakenAway(what=what, name=name, cite=place.cite)
        for what, name, place in _lines(before.letters[number].letter)
        if (what, name) not in kept
    ]
    return (*gone, *_leave(before, after), *_money(before, after))


def digest_of(taken: Iterable[TakenAway], *, number: int, stands_sha256: str, source_sha256: str) -> str:
    """What a preview showed, in one figure: it is confirmed by sending it back, and is another as soon as the letter
    that stands, the transcription or anything that would be taken away is another. SHA-256, lower case."""
    shown = [number, stands_sha256, source_sha256, *(asdict(each) for each in taken)]
    return hashlib.sha256(json.dumps(shown, sort_keys=True, default=str).encode()).hexdigest()


def _lines(letter: Letter) -> Iterator[tuple[str, str, Place]]:
    """Every line by its kind and name. Changes have no name of their own: they are told by what they move."""
    for what, lines in (
        ("post", {line.fund_id: line for line in letter.posts}),
        ("earmark", {part.fund_id: part for part in letter.earmarks}),
        ("stated", {said.fund_id: said for said in letter.stated}),
        ("keyword", {f"{word.fund_id} {word.keyword}": word for word in letter.keywords}),
        ("keyword", {f"{line.fund_id} {word}": line for line in letter.posts for word in line.keywords}),
        ("contradiction", {found.contradiction_id: found for found in letter.contradictions}),
        ("pay-out", {f"{paid.fund_id} {paid.pay_by}": paid for paid in letter.pay_outs}),
        ("assignment", {task.number: task for task in letter.assignments}),
        ("renumbering", {f"{new.letter_number} {new.old}": new for new in letter.renumberings}),
        ("restriction", {bound.restriction_id: bound for bound in letter.restrictions}),
        ("lifting", {lifted.restriction_id: lifted for lifted in letter.liftings}),
        ("authority", {given.authority_id: given for given in letter.authorities}),
        ("calendar", {f"{entry.on} {entry.what}": entry for entry in letter.calendar}),
    ):
        for name, place in lines.items():
            yield what, name, place


def _leave(before: BudgetYear, after: BudgetYear) -> Iterator[TakenAway]:
    """Leave to promise beyond the year, which is registered beside the letter that gives it."""
    for each in before.commitment_authorities:
        if each not in after.commitment_authorities:
            yield TakenAway(what="commitment-authority", name=each.fund_id, cite=each.cite)
    read_before, read_after = ({(each.fund_id, each.letter_number): each for each in year.commitment_authorities}
                               for year in (before, after))  # fmt: skip
    for place, each in read_before.items():
        if place in read_after and read_after[place].effective_on > each.effective_on:
            yield TakenAway(what="commitment-authority", name=each.fund_id, cite=each.cite, on=each.effective_on)


def _money(before: BudgetYear, after: BudgetYear) -> Iterator[TakenAway]:
    days = sorted({each.effective_on for year in (before, after) for each in year.postings})
    for fund_id in before.funds:
        for day in days:
            stood, stands = before.at_disposal_ore(fund_id, day), after.at_disposal_ore(fund_id, day)
            if stands < stood:
                yield TakenAway(what="money", name=fund_id, on=day, before_ore=stood, after_ore=stands)
                break
