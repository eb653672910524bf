"""How long answers to commands are kept, and who says so.

Whoever sends a command again with the same key gets the first answer, for as long as it is kept. Until two people have
set a term, that is for good. Afterwards a command is still done once: whoever sends it again is told that it was
recorded, and that its answer is no longer kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from services.calendar.days import add_days
from services.duties import keep_apart
from services.eventlog.events import Event
from services.eventlog.folding import fold_once, replace
from services.eventlog.refusal import Refusal
from services.kept_answers.events import TermConfirmed, TermProposed
from services.reason import need_reason

LEAST_DAYS = 30
"""No answer is cleared before it is so old: whoever was cut off has had its answer by then. Our own number, no source
names one; PostgreSQL holds it too."""
LONGEST_DAYS = 36_500
AHEAD_DAYS = 2 * 366


class TermReachesBack(Refusal):
    """A term counts from today at the earliest: until then answers are promised as the term that stood says."""

    code = "answer-term-reaches-back"
    status = 422
    title = "Lagringstiden kan ikke gjelde bakover"


class TermTooFarAhead(Refusal):
    """Nobody knows by then why it was set."""

    code = "answer-term-too-far-ahead"
    status = 422
    title = "Lagringstiden begynner for langt fram"


class NoTermProposed(Refusal):
    """No term waits for a second person."""

    code = "no-answer-term-proposed"
    title = "Ingen lagringstid venter på bekreftelse"


@dataclass(frozen=True, kw_only=True)
class Terms:
    """The terms that two people have set, newest first, and the one that waits for a second person. `proposers` are all
    who have proposed one since the last was confirmed: a term that is brought again is still theirs too."""

    confirmed: tuple[TermConfirmed, ...] = ()
    waiting: TermProposed | None = None
    proposers: frozenset[str] = frozenset()

    def on(self, day: date) -> int | None:
        """How many days answers are kept that day: the term that began last, and of several that began on one day the
        one confirmed last. None: for good."""
        begun = [term for term in self.confirmed if term.valid_from <= day]
        return max(begun, key=lambda term: term.valid_from).days if begun else None


def evolve(terms: Terms, event: Event) -> Terms:
    """The terms after this fact."""
    match event:
        case TermProposed():
            return replace(terms, waiting=event, proposers=terms.proposers | {event.proposed_by})
        case TermConfirmed():
            return Terms(confirmed=(event, *terms.confirmed))
        case _:
            return terms


def fold(events: Iterable[Event]) -> Terms:
    """The terms as they stand."""
    return fold_once(evolve, events, Terms)


def propose_term(
    terms: Terms, *, days: int, valid_from: date, reason: str, proposed_by: str, today: date
) -> list[Event]:
    """Propose another term. The same again returns no event; a better one replaces what waits. Refuses
    `TermReachesBack`, `TermTooFarAhead`, `ReasonMissing`."""
    proposed = TermProposed(days=days, valid_from=valid_from, reason=reason, proposed_by=proposed_by)
    if proposed == terms.waiting:
        return []
    if valid_from < today:
        raise TermReachesBack(f"Let it count from {today} or later.", first_day_on=str(today))
    if valid_from > (last := add_days(today, AHEAD_DAYS)):
        raise TermTooFarAhead(f"Let it count from {last} or earlier.", last_day_on=str(last))
    need_reason(reason, "Say why answers are to be kept so long, and no longer.")
    return [proposed]


def confirm_term(terms: Terms, *, confirmed_by: str) -> list[Event]:
    """Agree as a second person: it counts from its day on. Confirmed again by the same person, nothing happens.
    Refuses `NoTermProposed`, `SamePersonTwice`."""
    waiting = terms.waiting
    if waiting is None:
        if terms.confirmed and terms.confirmed[0].confirmed_by == confirmed_by:
            return []
        raise NoTermProposed("Nobody has proposed another term. Propose one first.")
    keep_apart(confirmed_by, "confirm answers' term", {"propose answers' term": terms.proposers})
    return [
        TermConfirmed(
            days=waiting.days, valid_from=waiting.valid_from, reason=waiting.reason, confirmed_by=confirmed_by
        )
    ]
