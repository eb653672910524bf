"""Which figure an address names: those the pages write, and no other."""

from datetime import date

import pytest

from services.dashboard.pages.asked import Asked
from services.dashboard.pages.explained import COLUMNS, Figure, address_of, place_of, read_figure
from services.dashboard.pages.explained_tables import SIZE
from services.dashboard.sign_in.access import own_page
from tests.browser.reading import read_page
from tests.browser.serving import client

ASKED = Asked(year=2020, valid_at=date(2020, 12, 31))
COMMITMENT = {"kind": "commitment", "fund_id": "case-0/2021", "case_number": "2020/17"}
PLACES = (
    "2020", "2020/291", "2020/291/71", "2020/291/71/nasjonale-ressursmiljo/fodt-fri", "sak/2020/17", "sak/2020/17/2021",
)  # fmt: skip
NO_FIGURES = (
    "", "tilsagn", "2020/ukjent", "20201/tilsagn", "2020/291/1/tilsagn", "2020/291/71/../tilsagn",
    "2020/291/71//tilsagn", "2020/291/71/tilsagn/", "2020/291/71/<script>/tilsagn", "sak/2020/0/tilsagn",
    "sak/2020/9999999999/tilsagn", "2020/291/71/\u0662/tilsagn", "\u0662\u0660\u0662\u0660/tilsagn",
    "2020/291/71/a\x00b/tilsagn", "sak/2020/17/x/tilsagn",
)  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("column", sorted(COLUMNS.values()))
def test_every_figure_has_an_address_that_names_it_and_can_be_come_back_to(place: str, column: str) -> None:
    address = address_of(column, place, ASKED)
    assert address.startswith("/forklar/")
    assert read_figure(address.partition("?")[0].removeprefix("/forklar/")) == Figure(place, column)
    assert own_page(address) == address


def test_a_commitment_is_named_by_its_case_and_the_year_it_stands_in() -> None:
    assert place_of(COMMITMENT) == "sak/2020/17/2021"
    assert place_of({**COMMITMENT, "fund_id": "case-0"}) == "sak/2020/17"
    assert place_of({"kind": "earmark", "fund_id": "2020/291/71/x"}) == "2020/291/71/x"


@pytest.mark.parametrize("text", NO_FIGURES)
def test_what_names_no_figure_is_not_there_and_is_not_shown_back(text: str) -> None:
    assert read_figure(text) is None
    if text.isprintable() and text and ".." not in text:
        answer = client().get(f"/forklar/{text}")
        assert answer.status_code == 404
        assert "ukjent" not in answer.text
        assert "<script" not in answer.text


def test_a_figure_of_a_day_without_it_is_not_there() -> None:
    assert client().get("/forklar/2020/291/71/tilsagn?gjelder=2019-12-31").status_code == 404
    assert client().get("/forklar/2031/tilsagn").status_code == 404
    assert client().get("/forklar/sak/2020/17/tilsagn").status_code == 404


def test_each_side_shows_some_of_the_entries_and_one_beyond_the_last_is_not_there() -> None:
    def numbers(side: str) -> list[str]:
        page = read_page(client().get(f"/forklar/2020/utbetalt?gjelder=2020-12-31&side={side}").text)
        table = page.one("table", id="tabell-foringer")
        return [row.one("th").text for row in table.all("tbody")[0].all("tr")]

    sides = [numbers(str(side)) for side in (1, 2)]
    assert len(sides[0]) == SIZE
    assert not set(sides[0]) & set(sides[1])
    assert client().get("/forklar/2020/utbetalt?gjelder=2020-12-31&side=999").status_code == 404
    assert client().get("/forklar/2020/utbetalt?side=x").status_code == 400
