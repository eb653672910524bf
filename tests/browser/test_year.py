"""The first page: the year's posts on a day, and the letters beside them."""

import asyncio
from datetime import date, datetime

import pytest

from services.bokmal import kroner
from services.dashboard.pages.source import Row
from tests.browser.reading import Element, read_page
from tests.browser.sample import Sample
from tests.browser.serving import client

NBSP = "\N{NO-BREAK SPACE}"
COLUMNS = ["Bevilget", "Stilt til disposisjon", "Tilsagn", "Utbetalt", "Holdt tilbake hos mottaker", "Gjenstår"]


def opened(address: str) -> Element:
    return read_page(client().get(address).text)


def row_of(page: Element, code: str) -> Element:
    """The table row of a post."""
    return next(row for row in page.with_class("figures__post") if row.one("th").text.startswith(code))


def amount(row: Element, column: str) -> str:
    return row.one("td", **{"data-label": column}).text


def test_without_a_question_it_shows_the_latest_year_on_its_latest_day() -> None:
    page = opened("/")
    assert page.one("h1").text == "Budsjettåret 2020"
    assert page.one("input", id="gjelder").attributes["value"] == "31.12.2020"


def test_the_chosen_day_is_also_written_in_words() -> None:
    page = opened("/?gjelder=2020-06-22")
    assert page.one("p", id="gjelder-ord").text == f"22.{NBSP}juni 2020, hele dagen"


@pytest.mark.parametrize(
    ("code", "kroner_at_disposal"),
    [
        ("290/01", "291 964 000"),
        ("291/60", "7 068 926 000"),
        ("291/61", "1 612 175 000"),
        ("291/62", "227 971 000"),
        ("291/71", "145 443 000"),
        ("292/60", "1 286 502 000"),
    ],
)
def test_the_years_end_stands_as_the_last_letter_says(code: str, kroner_at_disposal: str) -> None:
    row = row_of(opened("/?gjelder=2020-12-31"), code)
    assert amount(row, "Stilt til disposisjon") == kroner_at_disposal.replace(" ", NBSP)


def test_the_columns_stand_in_the_order_their_headers_promise() -> None:
    page = opened("/")
    headers = [
        each.text for each in page.one("table", id="tabell-poster").all("th") if each.attributes["scope"] == "col"
    ]
    assert headers == ["Post", *COLUMNS]
    for row in page.with_class("figures__post") + page.with_class("figures__sum"):
        assert [cell.attributes["data-label"] for cell in row.all("td")] == COLUMNS


async def _rows(day: date) -> list[Row]:
    return list(await Sample().posts(2020, valid_at=day, known_at=None))


def test_every_amount_on_the_page_is_the_sources_own() -> None:
    page = opened("/?gjelder=2020-06-22")
    shown = {row.one("th").text[:6]: [cell.text for cell in row.all("td")] for row in page.with_class("figures__post")}
    keys = ["appropriated_ore", "at_disposal_ore", "committed_ore", "disbursed_ore", "withheld_ore", "remaining_ore"]
    told = {
        f"{row['chapter']}/{row['post']:02d}": [
            "–ikke oppgitt i brevene" if row[key] is None else kroner(row[key]) for key in keys
        ]
        for row in asyncio.run(_rows(date(2020, 6, 22)))
    }
    assert shown == told


def test_keywords_come_with_the_letter_that_sets_them() -> None:
    tags = [tag.text for tag in row_of(opened("/?gjelder=2020-12-30"), "291/71").with_class("ds-tag")]
    assert "kan overføres" not in tags
    tags = [tag.text for tag in row_of(opened("/?gjelder=2020-12-31"), "291/71").with_class("ds-tag")]
    assert "kan overføres" in tags
    assert "overslagsbevilgning" in row_of(opened("/"), "291/61").text


def test_a_chapter_is_summed_only_where_every_amount_is_known() -> None:
    chapter = opened("/?gjelder=2020-12-31").with_class("figures__sum")
    assert [row.one("th").text for row in chapter] == ["Sum kapittel 291"]
    assert amount(chapter[0], "Stilt til disposisjon") == "9 196 266 553".replace(" ", NBSP)
    assert amount(chapter[0], "Bevilget") == "–ikke oppgitt for alle postene"


def test_letters_after_the_day_stand_apart_and_lead_to_their_own_day() -> None:
    page = opened("/?gjelder=2020-06-22")
    later = page.with_class("timeline__letter--later")
    assert [each.one("h3").text for each in later] == [f"Tillegg nr. {number}" for number in (8, 7, 6, 5)]
    assert later[0].all("a")[1].attributes["href"] == "/?gjelder=2020-12-31&aar=2020"


def test_a_letter_counts_on_its_own_day_and_none_is_left_out() -> None:
    page = opened("/?gjelder=2020-06-22")
    names = [each.one("h3").text for each in page.with_class("timeline__letter")]
    assert names == [*(f"Tillegg nr. {number}" for number in range(8, 0, -1)), "Tildelingsbrevet"]
    assert "Tillegg nr. 4" not in [each.one("h3").text for each in page.with_class("timeline__letter--later")]


def test_a_day_the_letter_does_not_print_is_marked_as_inferred() -> None:
    marked = {each.one("h3").text: "utledet" in each.text for each in opened("/").with_class("timeline__letter")}
    assert [name for name, inferred in marked.items() if not inferred] == [
        f"Tillegg nr. {number}" for number in (7, 5, 4, 3, 1)
    ]


def test_open_differences_stand_with_size_kind_and_status_and_settled_ones_do_not() -> None:
    letter = next(each for each in opened("/").with_class("timeline__letter") if "Tillegg nr. 4" in each.one("h3").text)
    lines = [line.text.replace(NBSP, " ") for line in letter.all("li")]
    assert "292/60 −61 577 000 uforklart åpent" in lines
    assert "291/62 −2 429 000 uforklart åpent" in lines
    assert not [line for line in lines if line.startswith("290/01")]


def test_a_contradiction_shows_both_sides_and_what_was_computed_on() -> None:
    said = next(each for each in opened("/").with_class("contradiction") if "9 millionene" in each.one("h5").text)
    assert [side.text for side in said.all("dt")] == ["5.1, teksten", "5.1, tabellen"]
    assert "«Kap. 290 Post 45»" in said.all("dd")[0].text
    assert "Regnet med: 291/45" in said.text


def test_what_was_known_then_is_said_and_kept_in_every_link() -> None:
    page = opened("/?gjelder=2020-04-10&kjent=2020-06-01T12:00")
    assert f"1.{NBSP}juni 2020 kl.{NBSP}12.00" in page.with_class("known")[0].text
    posts = [row.one("th").one("a").attributes["href"] for row in page.with_class("figures__post")]
    assert all(link.endswith("?gjelder=2020-04-10&kjent=2020-06-01T10%3A00%3A00Z") for link in posts)


def test_a_day_before_the_first_letter_says_so_and_shows_the_way() -> None:
    empty = opened("/?aar=2020&gjelder=2019-12-31").with_class("empty")[0]
    assert "Ingen brev gjaldt" in empty.text
    assert empty.one("a").attributes["href"] == "/?gjelder=2020-01-01&aar=2020"


def test_a_year_without_letters_says_so() -> None:
    assert (
        "Ingen tildelingsbrev er registrert for budsjettåret 2031" in opened("/?aar=2031").with_class("empty")[0].text
    )


class Hostile(Sample):
    """A source whose letters were written by an enemy."""

    async def posts(self, year: int, *, valid_at: date, known_at: datetime | None) -> list[Row]:
        rows = await super().posts(year, valid_at=valid_at, known_at=known_at)
        return [{**row, "name": '<script>alert("1")</script>&amp;'} for row in rows]


def test_a_hostile_name_is_text_and_nothing_else() -> None:
    page = read_page(client(Hostile()).get("/").text)
    assert [each.attributes["src"] for each in page.all("script")] == ["/static/news.js"]
    assert '<script>alert("1")</script>&amp;' in row_of(page, "290/01").all("a")[0].text
