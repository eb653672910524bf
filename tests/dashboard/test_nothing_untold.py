"""Whatever the ministry is not told of is nowhere: not on a page that links lead to, not in an explanation, a file or a
search. An award before its notice is received, money added to one it is told of, and an application without an answer.
"""

import asyncio
import html
import random
import re
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from services.dashboard.sign_in.access import ENTRANCES
from services.grants.case.events.application import ApplicationReceived
from services.grants.case.events.award import Instalment
from services.grants.case.events.award_change import Ground, SupplementaryAwardApproved
from tests.browser.reading import read_page
from tests.conftest import Database
from tests.dashboard.cases import UNTOLD_NAME, YearOfCases, case, stored, year_of_cases
from tests.dashboard.crawled import Crawler
from tests.dashboard.every_figure_explained import DAY, OF_NO_DAY, UNOPENED, AFew
from tests.dashboard.office import Browser, opened, settings_of

UNTOLD, IN_PART, APPLIED = 6, 7, 8
APPLICANT = "Venter på svar kommune"
ADDED_ORE = 234_567
SUPPLEMENT = SupplementaryAwardApproved(
    amount_ore=ADDED_ORE, added=(Instalment(number=3, amount_ore=ADDED_ORE),),
    ground=Ground(code="other", text="Mer ble gitt."), approved_on=date(2020, 5, 1),
    approved_by="ola", disposal_authority="Instruks 4.2", letter_owed=True,
)  # fmt: skip
ADDED = ("2345,67", "2\N{NO-BREAK SPACE}345,67", "2353,67", "2\N{NO-BREAK SPACE}353,67")
"""What was added, and what the award comes to with it."""
NOT_TOLD = (UNTOLD_NAME, "889640782", "777,00", "777\N{NO-BREAK SPACE}", *ADDED, APPLICANT)
"""Names, numbers and amounts of what is not told, as pages and files write them; the cases' numbers beside."""


def happens(year: YearOfCases) -> None:
    """Beside the untold award of the year: a supplement nobody has told of, and an application."""
    year.award(IN_PART, name="Syvende forening", organisation="971277882", ore=800)
    year.say(case(IN_PART), SUPPLEMENT)
    received = stored("application.received.v1")
    assert isinstance(received, ApplicationReceived)
    applicant = replace(received.applicant, name=APPLICANT)
    year.say(case(APPLIED), replace(received, applicant=applicant, arrived_on=date(2020, 2, 1)))
    year.follow()


@dataclass
class Remembering(Browser):
    """A browser that keeps all it is shown."""

    shown: dict[str, str] = field(default_factory=dict)

    async def open(self, page: str, **headers: str) -> httpx.Response:
        answer = await super().open(page, **headers)
        self.shown[page] = answer.text
        return answer


async def walk(database: Database, folder: Path, person: str, looked_for: Iterable[str]) -> tuple[dict[str, str], int]:
    """All that somebody is shown who follows links, opens each file and explanation, and looks for what is not told;
    and how much the searches found."""
    async with opened(settings_of(database, folder)) as office:
        browser = Remembering(office.browser().http)
        await browser.sign_in(person)
        browser.shown.clear()
        crawler = Crawler(browser, None, random.Random(1), 10**6, choose=AFew(1), files=False)
        pages, files = AFew(4), set[str]()
        waiting = deque(f"{page.address}?{DAY}" for page in ENTRANCES if page not in OF_NO_DAY)
        while waiting:
            if pages(address := waiting.popleft()):
                page = await crawler.open(address)
                waiting.extend(link for link in crawler.links(page) if DAY in link and not link.startswith(UNOPENED))
                own = {each.attributes["href"] for each in page.all("a")}
                for file in sorted(link for link in own if "som=csv" in link and link not in files):
                    files.add(file)
                    assert (await browser.open(file)).status_code == 200, file
        assert crawler.found.wrong == []
        shown, found = dict(browser.shown), 0
        for text in looked_for:
            answer = await browser.open(f"/sok?q={quote(text)}")
            found += answer.status_code == 303 or bool(read_page(answer.text).all("table"))
        return shown, found


@pytest.mark.parametrize("person", ["ministry", "controller"])
def test_nothing_that_is_not_told_is_shown_anywhere(database: Database, tmp_path: Path, person: str) -> None:
    with year_of_cases(database, tmp_path) as year:
        happens(year)
        opened_in = asyncio.run(_opened_in(database))
        numbers = tuple(f"{opened_in}/{number}" for number in (UNTOLD, APPLIED))
        searches = (UNTOLD_NAME, "889640782", APPLICANT, *numbers)
        shown, found = asyncio.run(walk(database, tmp_path, person, searches))
    met = {told for told in NOT_TOLD for page in shown.values() if told in page}
    cases = {number for number in numbers for page in shown.values() if f"{number}<" in page or f"{number}?" in page}
    if person == "ministry":
        assert (met, cases, found) == (set(), set(), 0)
    else:
        assert {UNTOLD_NAME, "889640782"} <= met, "whoever makes awards sees it, or the walk would prove nothing"
        assert met & {*ADDED}
        assert numbers[0] in cases
        assert found >= 3


NOWHERE, NOBODY = 99_999, "974761076"
"""A case nobody has opened, and somebody who has never been given anything."""


async def answered(database: Database, folder: Path, instead: Mapping[str, str], addresses: Iterable[str]) -> list[str]:
    """The addresses that the ministry is answered otherwise at than where there is nothing. `instead` says what stands
    in the place of each number that is not told, in an address of nothing."""

    def of_nothing(text: str) -> str:
        for told, nothing in instead.items():
            text = text.replace(told, nothing).replace(quote(told, safe=""), quote(nothing, safe=""))
        return text

    otherwise = []
    async with opened(settings_of(database, folder)) as office:
        browser = office.browser()
        await browser.sign_in("ministry")
        for address in addresses:
            asked, nothing = await browser.open(address), await browser.open(of_nothing(address))
            same = (asked.status_code, of_nothing(asked.text)) == (nothing.status_code, nothing.text)
            otherwise += [] if same else [f"{address}: {asked.status_code}, {nothing.status_code}"]
    return otherwise


def test_where_it_would_stand_the_ministry_is_answered_as_where_there_is_nothing(
    database: Database, tmp_path: Path
) -> None:
    """Every address of it that links lead those to who make awards: a page that says more of what is hidden than of
    what has never been tells that it is there."""
    with year_of_cases(database, tmp_path) as year:
        happens(year)
        opened_in = asyncio.run(_opened_in(database))
        instead = {f"{opened_in}/{number}": f"{opened_in}/{NOWHERE}" for number in (UNTOLD, APPLIED)}
        instead["889640782"] = NOBODY
        shown, _ = asyncio.run(walk(database, tmp_path, "controller", ()))
        links = {link for page in shown.values() for link in re.findall(r'href="([^"#]+)"', page)}
        theirs = sorted(html.unescape(link) for link in links if any(re.search(rf"{told}\b", link) for told in instead))
        searches = [f"/sok?q={quote(told)}" for told in instead]
        assert len(theirs) > 10, "whoever makes awards is led to it"
        assert asyncio.run(answered(database, tmp_path, instead, [*theirs, *searches])) == []


async def _opened_in(database: Database) -> int:
    from psycopg import AsyncConnection

    async with await AsyncConnection.connect(database.admin_dsn) as connection:
        row = await (await connection.execute("SELECT max(year) FROM grants.case_number")).fetchone()
        assert row is not None
        return int(row[0])
