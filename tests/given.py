"""Sentences about rules: given what has happened, when someone asks for this, then these facts or this refusal.

    given(submitted, prepared, evolve=evolve, initial=Case()).when(approve, approved_by="kari").refused(SamePersonTwice)

State comes only from events, so no test can stand on a state that cannot occur.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, TypeVar

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal

State = TypeVar("State")


def given(*events: Event, evolve: Callable[[State, Event], State], initial: State) -> "Given":
    """The state that these facts fold to."""
    return Given(reduce(evolve, events, initial))


@dataclass(frozen=True)
class Given:
    state: Any

    def when(self, decision: Callable[..., Sequence[Event]], **asked: Any) -> "Decided":
        """Asks the rule; keeps either the new facts or the refusal."""
        try:
            return Decided(list(decision(self.state, **asked)), None)
        except Refusal as refusal:
            return Decided([], refusal)


@dataclass(frozen=True)
class Decided:
    events: list[Event]
    refusal: Refusal | None

    def then(self, *expected: Event) -> None:
        """Exactly these facts follow."""
        assert self.refusal is None, f"refused: {self.refusal!r}"
        assert self.events == list(expected)

    def nothing(self) -> None:
        """It was already so: no fact, no refusal."""
        self.then()

    def refused(self, kind: type[Refusal], *, saying: str = "") -> Refusal:
        """Refused with this situation; `saying` must be part of the sentence."""
        assert self.refusal is not None, f"not refused: {self.events}"
        assert type(self.refusal) is kind, f"refused with {self.refusal!r}"
        assert saying in self.refusal.detail, self.refusal.detail
        return self.refusal
