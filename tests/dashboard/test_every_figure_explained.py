"""Every amount of every page leads to what it is made of, or is known to have nothing behind it, with the reason; and
what it leads to sums to it, to the øre: opened by who sees everything and by the ministry."""

import asyncio
import random
from collections import deque
from pathlib import Path

import pytest

from services.dashboard.sign_in.access import ENTRANCES
from tests.conftest import Database
from tests.dashboard.cases import year_of_cases
from tests.dashboard.crawled import Crawler
from tests.dashboard.every_figure_explained import DAY, OF_NO_DAY, UNOPENED, AFew, shape
from tests.dashboard.office import opened, settings_of
from tests.dashboard.unexplained import EXPLAINED, unexplained

"""They show no amount, or what a draft would do: nothing is recorded, so there is no entry."""
"""The scheme of the kept example is on a post that no letter of this year opens."""
REACHED = {
    "#/tilsagn", "#/#/#/gjenstar", "sak/#/#/tilsagn", "sak/#/#/alle/kan-utbetales", "sak/#/#/alle/krevd-tilbake",
    "sak/#/#/termin/#/betalt", "sak/#/#/tilbakehold/#/star", "sak/#/#/tilbakekrav/#/star", "sak/#/#/klage/#/venter",
    "sak/#/#/og/#/#/tilsagn", "mottaker/#/rapportert", "ordning/#/tilsagn", "ordning/#/utlysning/#/tilsagn",
    "brev/#/#/endring/#/til-disposisjon", "steg/#/#/#/#/til-disposisjon",
}  # fmt: skip
"""Kinds of figures that must be met, or the walk would prove nothing of them."""


async def walk(database: Database, folder: Path, person: str, of_each: int) -> tuple[list[str], Crawler, set[str]]:
    """Pages that links lead to from the entrances, some of each kind, and what is wrong on them."""
    async with opened(settings_of(database, folder)) as office:
        browser = office.browser()
        await browser.sign_in(person)
        figures, pages = AFew(of_each), AFew(of_each * 2)
        crawler = Crawler(browser, None, random.Random(1), 10**6, choose=figures, files=False)
        waiting = deque(f"{page.address}?{DAY}" for page in ENTRANCES if page not in OF_NO_DAY)
        without = list[str]()
        while waiting:
            if pages(address := waiting.popleft()):
                page = await crawler.open(address)
                without += unexplained(address, page)
                waiting.extend(link for link in crawler.links(page) if DAY in link and not link.startswith(UNOPENED))
        return without, crawler, {shape(each) for each in figures.met}


@pytest.mark.parametrize("person", ["controller", "ministry"])
def test_every_amount_leads_to_what_it_is_made_of(database: Database, tmp_path: Path, person: str, long: bool) -> None:
    with year_of_cases(database, tmp_path):
        without, crawler, kinds = asyncio.run(walk(database, tmp_path, person, of_each=20 if long else 2))
    assert without == []
    assert crawler.found.wrong == []
    reached = {each.removeprefix(EXPLAINED) for each in kinds}
    assert reached >= REACHED, REACHED - reached
    print(len(crawler.found.pages), crawler.found.figures, crawler.found.explained)
