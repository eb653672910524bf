"""A case's facts, asked the few questions that tell what is still to be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, TypeVar

from services.eventlog.events import Event
from services.grants.case_state import State, state_of
from services.grants.commitment import Commitment
from services.grants.informed import Informed, informed_by

Kind = TypeVar("Kind", bound=Event)


@dataclass(frozen=True)
class Story:
    """All facts of one case, oldest first, with the money, the state and what the recipient knows after them."""

    events: Sequence[Event]
    commitment: Commitment
    state: State
    informed: Informed

    @classmethod
    def of(cls, events: Sequence[Event]) -> "Story":
        return cls(events, reduce(Commitment.fold, events, Commitment()), state_of(events), informed_by(events))

    def list_all(self, kind: type[Kind], **about: Any) -> list[Kind]:
        """The facts of a kind, those about the same thing (`number=2`)."""
        return [event for event in self.events if isinstance(event, kind) and _is_about(event, about)]

    def find_last(self, *kinds: type[Event], **about: Any) -> Event | None:
        """The last fact of any of these kinds."""
        found = (event for event in reversed(self.events) if isinstance(event, kinds) and _is_about(event, about))
        return next(found, None)

    def find_standing(self, kind: type[Kind], *answers: type[Event], **about: Any) -> Kind | None:
        """The last fact of this kind, unless one of these answers came after it."""
        last = self.find_last(kind, *answers, **about)
        return last if isinstance(last, kind) else None


def _is_about(event: Event, about: dict[str, Any]) -> bool:
    return all(getattr(event, name, None) == value for name, value in about.items())
