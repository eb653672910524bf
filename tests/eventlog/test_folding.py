"""States are folded once, however many ask for them, and what is made of one is `dataclasses.replace` made cheap."""

import dataclasses
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pytest

from services.eventlog.folding import Facts, first, fold_once, replace, shared


class Said(str):
    """A fact. One that says the same is another fact."""

    __slots__ = ()


class Sighed(str):
    """A fact of another kind."""

    __slots__ = ()


WORKED: Counter[int] = Counter()


@dataclass(frozen=True, kw_only=True)
class Words:
    """A part of several states."""

    heard: tuple[str, ...] = ()

    @shared(Said)
    def fold(self, fact: str) -> "Words":
        WORKED[id(fact)] += 1
        return replace(self, heard=(*self.heard, str(fact)))


NO_WORDS = first(Words)


@dataclass(frozen=True, kw_only=True)
class Telling:
    """A state that has it, and more."""

    words: Words = NO_WORDS
    facts: int = 0
    by_letter: dict[str, int] = field(default_factory=dict)

    @cached_property
    def first_word(self) -> str:
        return self.words.heard[0]


def tell(state: Telling, fact: str) -> Telling:
    FOLDED[id(fact)] += 1
    return replace(state, words=state.words.fold(fact), facts=state.facts + 1)


def count(state: Telling, fact: str) -> Telling:
    return replace(state, words=state.words.fold(fact))


FOLDED: Counter[int] = Counter()


@pytest.fixture(autouse=True)
def _anew() -> None:
    WORKED.clear()
    FOLDED.clear()


def test_a_state_is_folded_once_for_all_who_ask_and_folded_on_when_more_follows() -> None:
    facts = Facts[str]([Said("a"), Said("a"), Sighed("b")])
    assert fold_once(tell, facts, Telling) is fold_once(tell, facts, Telling)
    after = facts.followed_by([Said("c")]).followed_by([Said("d")])
    assert tuple(after) == ("a", "a", "b", "c", "d")
    assert fold_once(tell, after, Telling).facts == 5
    assert fold_once(tell, facts, Telling).facts == 3
    assert set(FOLDED.values()) == {1}
    assert len(FOLDED) == 5


def test_a_part_is_worked_out_once_for_all_the_states_it_is_part_of() -> None:
    facts = Facts[str]([Said("a"), Sighed("b"), Said("a"), Said("c")])
    told, counted = fold_once(tell, facts, Telling), fold_once(count, facts, Telling)
    assert told.words is counted.words is fold_once(Words.fold, facts, Words)
    assert told.words.heard == ("a", "a", "c")
    assert len(WORKED) == 3
    assert set(WORKED.values()) == {1}


def test_other_facts_leave_a_part_as_it_is_and_one_stream_takes_nothing_from_another() -> None:
    assert Words().fold(Sighed("b")) == Words()
    one, other = Facts[str]([Said("a"), Said("b")]), Facts[str]([Said("a"), Said("c")])
    assert fold_once(tell, one, Telling).words.heard == ("a", "b")
    assert fold_once(tell, other, Telling).words.heard == ("a", "c")
    assert fold_once(count, one, Telling).words.heard == ("a", "b")


def test_facts_that_are_nobodys_stream_are_folded_each_time() -> None:
    facts = [Said("a")]
    assert fold_once(tell, facts, Telling) == fold_once(tell, facts, Telling)
    assert {id(facts[0]): 2} == FOLDED


def test_what_replace_makes_is_what_dataclasses_makes_and_nothing_worked_out_before_comes_with_it() -> None:
    state = Telling(words=Words(heard=("a",)), by_letter={"a": 1})
    assert state.first_word == "a"
    state.words.fold(Said("z"))
    changed = replace(state, words=Words(heard=("b",)))
    assert changed == dataclasses.replace(state, words=Words(heard=("b",)))
    assert changed.first_word == "b"
    assert replace(state.words, heard=("c",)).fold(Said("d")).heard == ("c", "d")
    assert state == Telling(words=Words(heard=("a",)), by_letter={"a": 1})


def test_what_a_state_does_not_have_cannot_be_replaced_in_it() -> None:
    sung: dict[str, Any] = {"sung": 1}
    with pytest.raises(AssertionError, match="Telling has no"):
        replace(Telling(), **sung)
