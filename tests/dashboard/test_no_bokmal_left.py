"""Whoever reads in English or nynorsk is shown no sentence of ours in bokmål, on any page of a year: not in headings or
fields, and not in words that come with the rows either."""

import asyncio
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from dev.words import read
from tests.browser.serving import PAGES, client
from tests.conftest import Cluster, copied
from tests.dashboard.cases import YearOfCases, year_of_cases
from tests.dashboard.cases_seen import ADDRESSES
from tests.dashboard.office import opened, settings_of

ALOUD = ("aria-label", "title", "placeholder", "alt")
OUR_NAME = {"Tilsagn"}
"""The name of the system, which is shown on every page; what letters say, they say in their own words."""


class Told(HTMLParser):
    """Every text of a page that is shown or read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        self.texts += [value for name, value in attrs if value and name in ALOUD]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def texts(said: Any) -> list[str]:
    """The one sentence, or the two of which one tells of one and the other of more."""
    return [said] if isinstance(said, str) else list(said)


def bokmal(language: str) -> set[str]:
    """Our sentences that are otherwise in this language."""
    found = set[str]()
    for each in read(language):
        if each.id:
            pairs = zip(texts(each.id), texts(each.string), strict=True)
            found |= {one for one, other in pairs if one != other and "%(" not in one}
    return found - {each.string for each in read(language) if isinstance(each.string, str)}


def left(page: str, language: str) -> set[str]:
    """What of it stands on the page: as a whole text, or within one where it is a sentence that is long enough to be
    nobody else's."""
    reader = Told()
    reader.feed(page)
    shown = {" ".join(text.replace("\N{NO-BREAK SPACE}", " ").split()).strip(" ,.:") for text in reader.texts}
    whole, ours = " \n ".join(shown), bokmal(language)
    within = {each for each in ours if len(each.split()) >= 4 and each.strip(" .:") in whole}
    return (within | {each for each in ours if each.strip(" ,.:") in shown}) - OUR_NAME


@pytest.mark.parametrize("language", ["en", "nn"])
def test_no_page_of_posts_letters_and_duties_has_any(language: str) -> None:
    browser = client()
    found = {page: left(browser.get(page, headers={"accept-language": language}).text, language) for page in PAGES}
    assert {page: words for page, words in found.items() if words} == {}


@pytest.fixture(scope="module")
def year(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Any:
    with copied(cluster) as database, year_of_cases(database, tmp_path_factory.mktemp("year")) as made:
        yield made


@pytest.mark.parametrize("language", ["en", "nn"])
def test_no_page_of_cases_has_any(year: YearOfCases, tmp_path: Path, language: str) -> None:
    async def go() -> dict[str, set[str]]:
        async with opened(settings_of(year.year.database, tmp_path)) as office:
            browser = office.browser()
            await browser.sign_in("auditor")
            found = {}
            for address in ADDRESSES:
                page = await browser.open(address.format(year=2020), **{"accept-language": language})
                if page.status_code == 404:
                    page = await browser.open(address.format(year=2026), **{"accept-language": language})
                assert page.status_code == 200, address
                found[address] = left(page.text, language)
            return found

    assert {page: words for page, words in asyncio.run(go()).items() if words} == {}


def test_a_sentence_that_is_left_would_be_seen() -> None:
    assert left("<td>Termin utbetalt</td>", "en") == {"Termin utbetalt"}
    assert left("<p>Instalment paid</p>", "en") == set()
