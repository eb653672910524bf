"""The door of a case, for what its recipient has to know of first: what came too early is refused, or listed where an
earlier release let it happen."""

from collections.abc import Iterator, Sequence

from services.eventlog.events import Event
from services.grants.case.informed import NOT_INFORMED, Informed, LetterNotOut, informed_by


def keep_until_informed(past: Sequence[Event], new: Sequence[Event]) -> None:
    """Refuse (`LetterNotOut`) facts that presuppose that the recipient knows of an award it has not been told of."""
    keep_until_known(informed_by(past), new)


def keep_until_known(known: Informed, new: Sequence[Event]) -> None:
    """The same, of somebody whose knowledge before them has been worked out already."""
    for event in new:
        if reason := known.too_early(event):
            which = "grant letter" if known.waits else "letter that tells of this instalment"
            raise LetterNotOut(
                f"The {which} is not out: {reason}. Wait until it is. Annulment and reduction need not wait."
            )
        if known_on := known.dated_too_early(event):
            raise LetterNotOut(
                f"The recipient knew from {known_on}. Date it then or later.", first_day_on=str(known_on)
            )
        known = known.fold(event)


def list_premature(events: Sequence[Event]) -> Iterator[tuple[int, Event]]:
    """The facts of a case that came before its recipient was told, each with its version: what an earlier release let
    happen, to be corrected."""
    known = NOT_INFORMED
    for version, event in enumerate(events, 1):
        if known.too_early(event):
            yield version, event
        known = known.fold(event)
