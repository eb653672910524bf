"""The pages tell of what is not as it should be, and of nothing that is."""

from datetime import date
from typing import Any, get_args

import pytest

from services.dashboard.pages.deviations import deviations
from services.grants.budget_year.events.allocation import DeviationKind
from services.grants.held_over.responses import Deviation
from tests.browser.sample import Sample
from tests.browser.serving import client

CUT: dict[str, Any] = {
    "post_id": "2020/291/71", "fund_id": "2020/291/71", "kind": "below-promised", "amount_ore": 62_000_000_00,
    "letter_number": 4, "case_id": None, "on": date(2020, 5, 29), "status": "open", "reason": None,
}  # fmt: skip
FALLEN = CUT | {"kind": "cover-fallen", "letter_number": None, "case_id": "abc", "on": None, "amount_ore": 500}
EXPLAINED = CUT | {"kind": "below-zero", "status": "settled", "reason": "Nysaldering."}


class Amiss(Sample):
    amiss = (EXPLAINED, CUT, FALLEN)


def page(source: Sample, path: str) -> str:
    text: str = client(source).get(path).text
    return text.replace("\xa0", " ")


def test_the_year_counts_what_is_open_on_each_post_and_the_post_tells_of_each() -> None:
    year = page(Amiss(), "/")
    assert "2 forhold å rette" in year
    assert "Post 291/71: 2 forhold å rette" in year
    post = page(Amiss(), "/poster/2020/291/71")
    assert "Må rettes eller forklares" in post
    in_order = ["Brevet kutter under", "Saken har mistet dekning", "Forklart: Nysaldering."]
    places = [post.index(told) for told in in_order]
    assert places == sorted(places)
    assert "Må rettes" not in page(Amiss(), "/poster/2020/290/01")


def test_where_all_is_well_nothing_is_said() -> None:
    assert "forhold" not in page(Sample(), "/")
    assert "Må rettes" not in page(Sample(), "/poster/2020/291/71")


@pytest.mark.parametrize("kind", [*get_args(DeviationKind), *get_args(Deviation.model_fields["kind"].annotation)])
def test_every_kind_of_deviation_has_its_words(kind: str) -> None:
    (line,) = deviations([CUT | {"kind": kind}])
    assert line.what != kind
