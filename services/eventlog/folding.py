"""Folding a stream's facts into states: each state once, however many ask for it, and each step of it cheap.

A command asks several states of one stream: its rule one, the doors it passes others, and the answer all that a reader
is shown. They are folded from the same facts and share parts, and none of that is worked out twice.
"""

from collections.abc import Callable, Iterable
from dataclasses import fields
from functools import cache, reduce, wraps
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

Fact = TypeVar("Fact")
State = TypeVar("State")
Part = TypeVar("Part")

if TYPE_CHECKING:
    from dataclasses import replace as replace
else:

    def replace(state: State, /, **changes: Any) -> State:
        """`dataclasses.replace` for a frozen state that is its fields and nothing more. It is copied as it is; made
        anew, every field would be handed over and set by itself, at each fact of each stream."""
        kind = type(state)
        after = object.__new__(kind)
        held = after.__dict__
        held.update(state.__dict__)
        held.update(changes)
        names = _fields_of(kind)
        if len(held) != len(names):
            assert changes.keys() <= names, f"{kind.__name__} has no {changes.keys() - names}"
            for beside in held.keys() - names:  # what was worked out of the state before is not of this one
                del held[beside]
        return after


@cache
def _fields_of(kind: type) -> frozenset[str]:
    assert not hasattr(kind, "__post_init__"), f"{kind.__name__} is more than its fields"
    return frozenset(field.name for field in fields(kind))


class Facts(tuple[Fact, ...], Generic[Fact]):
    """A stream's facts in their order, and the states that were folded from them."""

    _states: dict[Callable[..., Any], Any]
    _before: "Facts[Fact] | None" = None

    def state(self, evolve: Callable[[State, Fact], State], begins: Callable[[], State]) -> State:
        """The state these facts leave, folded the first time it is asked for. Each `evolve` begins in one way."""
        states = self.__dict__.setdefault("_states", {})
        if evolve not in states:
            before = self._before
            if before is None:
                states[evolve] = reduce(evolve, self, first(begins))
            else:
                states[evolve] = reduce(evolve, self[len(before) :], before.state(evolve, begins))
        return cast(State, states[evolve])

    def followed_by(self, new: Iterable[Fact]) -> "Facts[Fact]":
        """These facts and new ones after them: what is folded of these is folded on, and not anew."""
        after = Facts((*self, *new))
        after._before = self
        return after


def fold_once(evolve: Callable[[State, Fact], State], facts: Iterable[Fact], begins: Callable[[], State]) -> State:
    """The state these facts leave; folded once where they are a stream's own (`Facts`). `begins` makes the state that
    nothing has happened to, most often its class."""
    return facts.state(evolve, begins) if isinstance(facts, Facts) else reduce(evolve, facts, first(begins))


@cache
def first(begins: Callable[[], State]) -> State:
    """The state that nothing has happened to: one and the same for all."""
    return begins()


def shared(*kinds: type) -> Callable[[Callable[[Part, Fact], Part]], Callable[[Part, Fact], Part]]:
    """For how a state is folded that is part of several others. Facts of other `kinds` leave it as it is. What follows
    from one of them is worked out for the first of those others and kept for the rest: they begin at one and the same
    value (`first`), and go from one to the next together."""

    def of(fold: Callable[[Part, Fact], Part]) -> Callable[[Part, Fact], Part]:
        concerned: dict[type, bool] = {}

        @wraps(fold)
        def next_of(part: Part, fact: Fact) -> Part:
            kind = type(fact)
            if kind not in concerned:
                concerned[kind] = issubclass(kind, kinds)
            if not concerned[kind]:
                return part
            kept = part.__dict__.get(KEPT)
            if kept is not None and kept[0] is fact:
                return cast(Part, kept[1])
            following = fold(part, fact)
            if following is not part:
                part.__dict__[KEPT] = (fact, following)
            return following

        return next_of

    return of


KEPT = "_next"
