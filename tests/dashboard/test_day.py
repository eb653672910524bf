"""Which day and which year a page is of: today where none is asked for, the day's own year where no year is, and told
in words where the day has not come or lies in another year. What the ministry is not told of is counted of that look.
"""

import asyncio
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from starlette.routing import Route

from dev.demo.clock import DatabaseClock, SimulatedClock
from dev.demo.dashboard import CLOCK
from services.dashboard.charts.course import course_of
from services.dashboard.main import create_app
from services.dashboard.pages.asked import Asked
from services.dashboard.pages.found_tables import leads_to
from services.dashboard.pages.seen_notices import of_year
from services.dashboard.sign_in.access import PAGES
from services.grants.overview.search.view import Found
from tests.browser.sample_looks import noticed
from tests.conftest import Cluster, copied
from tests.dashboard.access import filled
from tests.dashboard.cases import YearOfCases, year_of_cases
from tests.dashboard.filed import left_out_of
from tests.dashboard.office import opened, settings_of

TODAY = date(2020, 6, 15)
TO_COME, OUTSIDE = "Dagen er ikke kommet", "er ikke i budsjettåret"
HELD_OUT, IN_GENERAL = "1 tilsagn er holdt utenfor her", "er ikke regnet med her (Instruks 5.4)"
NOT_OF_A_DAY = ("/frister", "/prov", "/sok")
OF_ITS_YEAR = ("/poster/", "/brev/", "/forklar/", "/ordninger/{")


@pytest.fixture(scope="module")
def year(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Any:
    with copied(cluster) as database, year_of_cases(database, tmp_path_factory.mktemp("year")) as made:
        yield made


def noon() -> datetime:
    return datetime(2020, 6, 15, 10, tzinfo=UTC)


def looked_at(year: YearOfCases, folder: Path, person: str, *addresses: str) -> dict[str, tuple[int, str]]:
    async def go() -> dict[str, tuple[int, str]]:
        async with opened(settings_of(year.year.database, folder), now=noon) as office:
            browser = office.browser()
            await browser.sign_in(person)
            answers = {address: await browser.open(address) for address in addresses}
            return {address: (each.status_code, each.text) for address, each in answers.items()}

    return asyncio.run(go())


def takes(year: YearOfCases, folder: Path, name: str) -> list[str]:
    """The pages that are asked for with this."""
    routes = create_app(settings_of(year.year.database, folder)).routes
    asked = {
        route.path: [each.name for each in getattr(getattr(route, "dependant", None), "query_params", ())]
        for route in routes
        if isinstance(route, Route)
    }
    return [each.address for each in PAGES if name in asked[each.address]]


def test_every_page_of_a_day_says_which_day_and_which_year_it_is_of(year: YearOfCases, tmp_path: Path) -> None:
    draw, wanted = random.Random(13), dict[str, tuple[date, int | None, str]]()
    of_a_year = takes(year, tmp_path, "aar")
    pages = takes(year, tmp_path, "gjelder")
    assert len(pages) > 14
    assert set(of_a_year) <= set(pages)
    days = [TODAY, TODAY + timedelta(days=1), date(2019, 12, 31), date(2020, 12, 31), date(2021, 1, 1)]
    days += [date(2019, 6, 1) + timedelta(days=draw.randrange(900)) for _ in range(3)]
    for address in pages:
        for day in days:
            if address in of_a_year:
                asked = draw.choice((None, 2019, 2020, 2021))
                more = f"&aar={asked}" if asked else ""
            else:
                asked, more = 2020 if address.startswith(OF_ITS_YEAR) else None, ""
            wanted[f"{filled(address)}?gjelder={day}{more}"] = (day, asked, address)
    shown = 0
    for where, (status, text) in looked_at(year, tmp_path, "everybody", *wanted).items():
        day, asked, address = wanted[where]
        if status == 404 and day < TODAY:
            continue  # nothing was there yet
        if status == 404 and address.startswith(("/tilsagn/", "/forklar/", "/poster/")):
            continue
        shown += 1
        assert status == 200, where
        if address not in NOT_OF_A_DAY:
            assert (TO_COME in text) == (day > TODAY), where
            assert not (day > TODAY and "Slik det sto" in text), where
        assert (OUTSIDE in text) == (asked is not None and asked != day.year), where
        if OUTSIDE in text:
            assert f"aar={day.year}" in text, where
    assert shown > 80


def test_a_page_without_a_day_is_of_today(year: YearOfCases, tmp_path: Path) -> None:
    pages = [filled(each) for each in takes(year, tmp_path, "gjelder") if each not in NOT_OF_A_DAY]
    pages = [each for each in pages if not each.startswith(("/tilsagn/", "/brev/"))]
    for where, (status, text) in looked_at(year, tmp_path, "everybody", *pages).items():
        assert (status, TO_COME in text) == (200, False), where
        assert "15.06.2020" in text, where


def test_what_is_held_out_is_counted_of_the_look_and_said_in_files_too(year: YearOfCases, tmp_path: Path) -> None:
    counted = ("/", "/tilsagn", "/ordninger", "/tilbakehold-og-klager", "/avvik")
    general = ("/tilskuddsmottakere", "/tilskuddsmottakere/974760673", "/varsler", "/sok")
    then, before, on = "?aar=2020&gjelder=2020-12-31", "?aar=2020&gjelder=2019-12-31", "?gjelder=2020-12-31"
    unknown = f"{then}&kjent=2019-01-01"
    files = [f"/tilsagn{then}&tabell=tilsagn&som=csv", f"/tilskuddsmottakere{on}&tabell=mottakere&som=csv"]
    addresses = [each + look for each in counted for look in (then, before, unknown)]
    told = looked_at(year, tmp_path, "ministry", *addresses, *(each + on for each in general), *files)
    for each in counted:
        assert [HELD_OUT in told[each + look][1] for look in (then, before, unknown)] == [True, False, False], each
    assert [each for each in general if IN_GENERAL not in told[each + on][1]] == []
    assert left_out_of(told[files[0]][1]).startswith(HELD_OUT)
    assert IN_GENERAL in left_out_of(told[files[1]][1])
    seen = looked_at(
        year, tmp_path, "controller", *(each + then for each in counted), *(each + on for each in general), *files
    )
    assert not [each for each, (_, text) in seen.items() if HELD_OUT in text or IN_GENERAL in text]


def test_notices_are_of_the_year_of_their_cases_or_of_their_own() -> None:
    rows = [noticed(1, None), noticed(2, None), noticed(3, None)]
    years = {UUID(int=1): 2021, UUID(int=2): 2020}
    assert of_year(rows, 2021, years) == rows[:1]
    assert of_year(rows, 2020, years) == rows[1:], "the last was received in 2020"


def test_nothing_is_drawn_of_days_that_have_not_come() -> None:
    rows = [
        {"on": day, "at_disposal_ore": 1, "committed_ore": 2, "disbursed_ore": 3}
        for day in (date(2020, 1, 1), date(2020, 6, 15), date(2020, 9, 1))
    ]
    drawn = course_of("291/71", 2020, date(2020, 12, 31), days=rows, moves=(), demands=(), reached=TODAY)
    assert (drawn.until, drawn.days) == (TODAY, (date(2020, 1, 1), TODAY))
    assert all(len(each) == 2 for each in drawn.figures.values())


def test_a_post_that_is_looked_for_leads_to_a_day_of_its_own_year() -> None:
    post = {"fund_id": "2020/292/60", "kind": "post", "year": 2020}
    at = Asked(year=2021, valid_at=date(2021, 4, 6))
    assert leads_to(Found(funds=[post], exact=("funds", post)), at) == "/poster/2020/292/60?gjelder=2020-12-31"
    newer = {"fund_id": "2021/292/60", "kind": "post", "year": 2021}
    found = Found(funds=[newer, post], exact=("funds", newer))
    assert leads_to(found, at) == "/poster/2021/292/60?gjelder=2021-04-06"
    assert leads_to(found, at.in_year(2020)) == "/poster/2020/292/60?gjelder=2020-12-31"


def test_the_demonstration_s_pages_are_of_the_day_its_database_has_come_to(year: YearOfCases) -> None:
    clock = SimulatedClock(year.year.database.migrator_dsn, begins_on="2031-04-06")
    assert DatabaseClock(year.year.database.dashboard_dsn, CLOCK).now().date() == date(2031, 4, 6)
    clock.close()
