"""The letter an award says that its recipient is named in is there, and the award is not older than it.

Asked of everything that is decided, whichever room it is decided in: a proposal of a case, a line of a round, an award
decided outside, an approval. What was recorded before folds as before, and is asked when it is approved.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from services.eventlog.events import Event
from services.eventlog.log import History
from services.eventlog.refusal import Refusal
from services.grants.allocation.view import Letters, stream_of
from services.grants.back_dating.order import BeforeItsBasis
from services.grants.case.events.award import AwardApproved, AwardImported, AwardProposed, NamedIn
from services.httpapi.callers.caller import Caller
from services.httpapi.commands.guards import Decided
from services.httpapi.commands.idempotency import IdempotencyKey


class LetterNotRegistered(Refusal):
    """An award names a letter of allocation that nobody has registered, or that is withdrawn."""

    code = "letter-not-registered"
    status = 422
    title = "Brevet som navngir mottakeren, er ikke registrert"


class Named(NamedTuple):
    """A letter that names a recipient, and the day of the award that stands on it; None while it is proposed."""

    year: int
    letter: int
    made_on: date | None


def list_named(past: Sequence[Event], new: Iterable[Event]) -> list[Named]:
    """The letters that what is decided on one stream stands on."""
    proposed: AwardProposed | None = None
    found: list[Named] = []
    for event in new:
        made_on = None
        match event:
            case AwardProposed():
                proposed = event
            case AwardApproved() | AwardImported():
                proposed = proposed or _last_proposed(past)
                made_on = event.approved_on
            case _:
                continue
        if proposed is not None and isinstance(proposed.basis, NamedIn):
            found.append(Named(proposed.basis.year, proposed.basis.letter, made_on))
    return found


def _last_proposed(past: Sequence[Event]) -> AwardProposed | None:
    for event in reversed(past):
        if isinstance(event, AwardProposed):
            return event
    return None


def check_named(named: Named, letters: Mapping[int, date]) -> None:
    """Refuse an award on a letter that is not among those of its year (`LetterNotRegistered`), or that was made before
    the letter it stands on (`BeforeItsBasis`). `letters` are the days they count from, by number."""
    dated_on = letters.get(named.letter)
    if dated_on is None:
        known = ", ".join(str(number) for number in sorted(letters)) or "none"
        raise LetterNotRegistered(
            f"Letter {named.letter} of {named.year} is not registered. Registered of that year: {known}.",
            registered=sorted(letters),
        )
    if named.made_on is not None and named.made_on < dated_on:
        raise BeforeItsBasis(
            f"{named.made_on} is before {dated_on}, the day of the letter that names the recipient. Give that day or a"
            " later one.",
            first_day_on=str(dated_on),
        )


@dataclass(frozen=True, slots=True)
class NamedLetters:
    """The guard. Reads the letters of a year only where an award stands on one."""

    letters: Letters

    async def __call__(
        self, _: Caller, __: IdempotencyKey, histories: Mapping[str, History], decided: Decided
    ) -> tuple[Decided, Mapping[str, int]]:
        """What is decided, as it is, and the versions of the years that were read. Refuses what `check_named` does."""
        named = {
            each
            for stream, events in decided.items()
            if stream.startswith("case-")
            for each in list_named(histories[stream].events, events)
        }
        read: dict[str, int] = {}
        for year in {each.year for each in named}:
            history = await self.letters.log.load(stream_of(year))
            read[history.stream] = history.version
            letters = self.letters.fold(history).letters
            days = {number: each.letter.dated.on for number, each in letters.items()}
            for each in named:
                if each.year == year:
                    check_named(each, days)
        return decided, read
