"""Which of one applicant's applications overlap, and in which ways."""

from dataclasses import replace
from uuid import UUID

import pytest

from services.grants.application.overlaps import Beside, list_overlaps, similar_per_cent
from services.grants.application.view import beside, fold
from tests.grants.application.story import received

mine = beside(UUID(int=1), fold([received]))
unlike = replace(
    mine, case_id=UUID(int=2), call_id="annet-2021.var", scheme_id="annet-2021", year=2021, title="Leksehjelp"
)


def kinds(other: Beside) -> list[tuple[str, ...]]:
    return [overlap.kinds for overlap in list_overlaps(mine, [mine, other])]


def test_the_same_applicant_in_the_same_call_is_a_duplicate() -> None:
    other = replace(unlike, call_id=mine.call_id, scheme_id=mine.scheme_id, year=mine.year)
    assert kinds(other) == [("duplicate",)]


def test_another_scheme_of_the_same_year_is_an_overlap_and_of_another_year_is_none() -> None:
    assert kinds(replace(unlike, year=mine.year)) == [("other-scheme-same-year",)]
    assert kinds(unlike) == []


def test_much_the_same_title_is_shown_whatever_the_year() -> None:
    assert kinds(replace(unlike, title="JOBBSJANSEN – i Drammen!")) == [("similar-title",)]


def test_what_overlaps_in_several_ways_says_them_all_and_stands_first() -> None:
    again = replace(mine, case_id=UUID(int=3))
    (first, second) = list_overlaps(mine, [replace(unlike, year=mine.year), again])
    assert (first.kinds, first.similar_per_cent, first.other) == (("duplicate", "similar-title"), 100, again)
    assert second.kinds == ("other-scheme-same-year",)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (replace(mine, organisation_number="974760674"), False),
        (replace(mine, organisation_number=None), True),
        (replace(mine, organisation_number=None, municipality_number="0301"), False),
        (replace(mine, organisation_number=None, municipality_number=None), True),
        (replace(mine, organisation_number=None, municipality_number=None, applicant="DRAMMEN KOMMUNE"), True),
        (replace(mine, organisation_number=None, municipality_number=None, applicant="Asker kommune"), False),
    ],
)
def test_an_applicant_is_the_same_by_the_best_number_both_have(other: Beside, same: bool) -> None:
    assert bool(list_overlaps(mine, [replace(other, case_id=UUID(int=2))])) == same


def test_likeness_counts_words_not_their_order() -> None:
    assert similar_per_cent("Jobbsjansen i Drammen", "i drammen: jobbsjansen") == 100
    assert similar_per_cent("Jobbsjansen i Drammen", "Jobbsjansen i Asker") == 50
    assert similar_per_cent("", "!") == 0
