"""Every page is HTML as a public checker reads it: the Nu Html Checker, which says nothing against any."""

import asyncio
from pathlib import Path

from dev.looking import markup
from services.dashboard.sign_in import access
from services.dashboard.words.spoken import LANGUAGES
from tests.browser.driven import has
from tests.browser.serving import PAGES, client
from tests.conftest import Database
from tests.dashboard.access import PLACES, add_receiver, filled
from tests.dashboard.cases import year_of_cases
from tests.dashboard.office import opened, settings_of

REFUSED = ("/?gjelder=2020-02-31", "/poster/2020/999/1", "/brev/2020/99")


def test_the_checker_says_nothing_against_any_page(long: bool) -> None:
    """Each page in one of the languages, by turns; in the long run each in all."""
    if not has("java", long=long, why="the checker of HTML") or not markup.is_here():
        return
    browser, languages = client(), list(LANGUAGES)
    pages = {
        f"{address} ({language})": browser.get(address, headers={"accept-language": language}).text
        for number, address in enumerate((*PAGES, *REFUSED))
        for language in (languages if long else [languages[number % len(languages)]])
    }
    pages["a page with a mistake"] = (
        "<!doctype html><title>x</title><p><b>x</p><table role=table><tr role=row><td>x</table>"
    )
    said = markup.errors(pages)
    assert [each for each in said if not each.startswith("a page with a mistake")] == []
    assert len(said) > 2, "it sees a mistake"


def test_nor_against_any_page_of_cases(database: Database, tmp_path: Path, long: bool) -> None:
    """As everybody in one sees them, recorded at any fraction of a second, and written by an enemy."""
    if not has("java", long=long, why="the checker of HTML") or not markup.is_here():
        return
    with year_of_cases(database, tmp_path):
        pass
    add_receiver(database, PLACES["receiver"])
    pages: dict[str, str] = {}

    async def go() -> None:
        async with opened(settings_of(database, tmp_path)) as office:
            browser = office.browser()
            await browser.sign_in("everybody")
            for each in access.PAGES:
                pages[each.address] = (await browser.open(filled(each.address))).text

    asyncio.run(go())
    assert markup.errors(pages) == []
