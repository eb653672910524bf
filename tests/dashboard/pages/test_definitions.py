"""A word of money is told where it stands, and means what the glossary says."""

import re
from pathlib import Path

import pytest

from services.dashboard.pages.definitions import DEFINITIONS, Definition, definitions
from services.dashboard.pages.figures import POST_COLUMNS
from services.dashboard.pages.tables import Column, Table
from services.dashboard.words.spoken import catalogue
from tests.browser.reading import read_page
from tests.browser.serving import client

GLOSSARY = Path(__file__).parents[3] / "docs" / "glossary.md"


def glossary() -> dict[str, str]:
    """What each Norwegian term means there."""
    rows = [line.split("|")[1:4] for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    return {term: means.strip() for terms, _, means in rows for term in re.split(r", ", terms.strip())}


@pytest.mark.parametrize("each", DEFINITIONS, ids=[each.term for each in DEFINITIONS])
def test_a_word_means_what_the_glossary_says(each: Definition) -> None:
    assert catalogue("en").gettext(each.means) == glossary()[each.term]


def test_every_word_of_money_has_its_definition() -> None:
    assert {name for _, name in POST_COLUMNS} <= {each.word for each in DEFINITIONS}
    assert len({each.word for each in DEFINITIONS}) == len(DEFINITIONS)


def test_a_table_tells_of_the_words_it_bears_and_of_no_other() -> None:
    columns = (Column("name", "Navn"), Column("paid", "Utbetalt", "money"), Column("again", "Utbetalt", "money"))
    table = Table("prove", "En prøve", columns, (), words=("overtrukket",))
    assert [each.word for each in definitions(table)] == ["Utbetalt", "overtrukket"]


@pytest.mark.parametrize(
    ("language", "word", "means"),
    [
        ("nb", "Gjenstår", "stilt til disposisjon minus tilsagn"),
        ("en", "Remaining", "at disposal less committed"),
    ],
)
def test_they_stand_folded_with_the_table(language: str, word: str, means: str) -> None:
    page = read_page(client().get("/?gjelder=31.12.2020", headers={"accept-language": language}).text)
    told = {
        term.one("dt").text: term.one("dd").text for folded in page.with_class("terms") for term in folded.all("div")
    }
    assert told[word] == means
