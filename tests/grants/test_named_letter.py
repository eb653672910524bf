"""An award on a letter stands on one that is registered, and is made no earlier than it."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.grants.allocation.named_letter import LetterNotRegistered, Named, check_named, list_named
from services.grants.back_dating.order import BeforeItsBasis
from services.grants.case.events.award import Agreed, AwardImported, NamedIn
from tests.grants.fodt_fri import approved, proposed

LETTERS = {0: date(2020, 1, 1), 2: date(2020, 4, 7)}


def test_letter_999_of_2199_names_nobody() -> None:
    with pytest.raises(LetterNotRegistered) as refused:
        check_named(Named(year=2199, letter=999, made_on=None), {})
    assert refused.value.details == {"registered": []}
    with pytest.raises(LetterNotRegistered, match="0, 2"):
        check_named(Named(year=2020, letter=1, made_on=None), LETTERS)


@given(letter=some.sampled_from([0, 2]), made_on=some.dates(date(2019, 12, 1), date(2020, 6, 1)))
def test_an_award_is_made_on_the_day_of_its_letter_or_later(letter: int, made_on: date) -> None:
    named = Named(year=2020, letter=letter, made_on=made_on)
    if made_on >= LETTERS[letter]:
        check_named(named, LETTERS)
    else:
        with pytest.raises(BeforeItsBasis) as refused:
            check_named(named, LETTERS)
        assert refused.value.details == {"first_day_on": str(LETTERS[letter])}


def test_what_is_proposed_approved_and_imported_is_asked_and_nothing_else() -> None:
    assert isinstance(proposed.basis, NamedIn)
    waits = Named(year=2020, letter=0, made_on=None)
    made = waits._replace(made_on=approved.approved_on)
    assert list_named([], [proposed]) == [waits]
    assert list_named([proposed], [approved]) == [made]
    assert list_named([], [proposed, approved]) == [waits, made]
    assert list_named([proposed, approved], []) == []
    by_agreement = replace(proposed, basis=Agreed(document="20/1", agreed_on=date(2019, 1, 1)))
    assert list_named([by_agreement], [approved]) == []
    assert list_named([proposed, by_agreement], [approved]) == []
    assert "approved_on" in AwardImported.__dataclass_fields__
