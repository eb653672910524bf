"""Which instalments the letters that are out tell of, told fact by fact."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from services.eventlog.events import Event
from services.grants.case.events.award_change import Reduction
from services.grants.case.informed import LetterNotOut, informed_by
from services.grants.case.until_informed import keep_until_informed, list_premature
from services.grants.grant_letter import state as letter_state
from tests.grants.acts_on_a_case import approved, proposed, warned
from tests.grants.award.changes import less
from tests.grants.letters_told import (
    FIRST,
    SECOND,
    also_out,
    anew,
    arrived,
    as_before,
    first_not_out,
    frozen,
    left,
    may_leave,
    more,
    not_out,
    of_change,
    out,
    told,
)


@pytest.mark.parametrize(
    ("events", "untold"),
    [
        (told, set()),
        ((*told, more), {3}),
        ((*told, as_before), set()),
        ((*told, more, of_change), {3}),
        ((*told, more, of_change, also_out), set()),
        ((*told, more, of_change, also_out, not_out), {3}),
        ((*told, of_change, more, also_out), {3}),
        ((proposed, frozen, approved, more), set()),
        ((proposed, frozen, approved, may_leave, more), {3}),  # it may have left as it was
        ((proposed, frozen, approved, may_leave, more, left), {3}),
        ((proposed, frozen, approved, may_leave, more, arrived), {3}),
        ((proposed, frozen, approved, may_leave, left, more), {3}),
        ((proposed, frozen, approved, may_leave, more, first_not_out, anew), {3}),
        ((proposed, frozen, approved, may_leave, more, first_not_out, anew, replace(left, sha256=SECOND)), set()),
        ((*told, more, first_not_out), {3}),
    ],
)
def test_what_is_added_after_the_letter_is_told_of_by_a_letter_of_the_change(
    events: Sequence[Event], untold: set[int]
) -> None:
    assert informed_by(events).letters.untold == untold


@pytest.mark.parametrize("instalment", [1, 3])
def test_nobody_is_warned_of_money_no_letter_has_told_of(instalment: int) -> None:
    fact = replace(warned, instalment=instalment)
    left_before = (proposed, frozen, approved, may_leave, left, more)
    if instalment == 3:
        with pytest.raises(LetterNotOut, match="of this instalment"):
            keep_until_informed(left_before, (fact,))
        assert list(list_premature((*left_before, fact))) == [(7, fact)]
    else:
        keep_until_informed(left_before, (fact,))
    told_of_it = (*left_before, of_change, replace(may_leave, sha256=SECOND), replace(left, sha256=SECOND))
    keep_until_informed(told_of_it, (fact,))
    assert list(list_premature((*told_of_it, fact))) == []


def test_what_no_letter_has_told_of_is_taken_back_without_a_hearing_and_what_one_has_is_not() -> None:
    after = (proposed, frozen, approved, may_leave, left, more)
    known = informed_by(after)
    assert [known.knows_nothing_of(parts) for parts in ({3}, {1}, {1, 3}, set())] == [True, False, False, False]
    untold = replace(less, reductions=(Reduction(instalment=3, amount_ore=50),))
    for change, taken in ((replace(untold, hearing=None), True), (untold, False), (less, True)):
        assert (informed_by(after).too_early(change) is None) is taken


def test_a_recipient_knows_since_its_first_letter_whatever_becomes_of_the_next() -> None:
    for events in ((*told, more), (*told, more, of_change, also_out), (*told, more, of_change, also_out, not_out)):
        assert informed_by(events).since == out.released_on
    assert informed_by((*told, more, of_change, also_out)).letters.told_on == {3: also_out.released_on}
    assert informed_by((*told, first_not_out)).since is None


def test_a_letter_of_the_change_waits_while_the_first_is_out() -> None:
    after = letter_state.fold((*told, more))
    assert after.waiting is not None
    assert (after.waiting.amount_ore, after.made, after.released) == (300, None, out)
    assert letter_state.fold((*told, as_before)).waiting is None
    made = letter_state.fold((*told, more, of_change))
    assert (made.made, made.find(SECOND), made.find(FIRST)) == (of_change, of_change, frozen)
    left = letter_state.fold((*told, more, of_change, also_out))
    assert (left.waiting, left.released, left.frozen) == (None, also_out, of_change)


def test_a_letter_frozen_of_the_change_is_the_letter_when_the_first_has_not_left_after_all() -> None:
    letter = letter_state.fold((*told, more, of_change, first_not_out))
    assert (letter.released, letter.frozen, letter.following) == (None, of_change, False)
    unfrozen = letter_state.fold((*told, more, first_not_out))
    assert unfrozen.waiting is not None
    assert (unfrozen.frozen, unfrozen.waiting.amount_ore) == (None, 300)
