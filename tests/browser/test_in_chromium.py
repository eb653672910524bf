"""Every page in a real Chromium, its scripts off: it fits each screen, axe-core finds nothing in it, the keyboard
reaches all of it, and it prints whole. Each page is loaded once, and looked at in every way from there.

`tests/faults/test_year_seen.py` does the same over the whole year of the demonstration.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from dev.chromium import Chromium, Tab
from dev.looking import contents, keyboard
from dev.looking.tables import not_as_tables
from services.dashboard.sign_in.access import AWARD, PAGES
from tests.browser.driven import BROWSERS, dashboard_at, has, sample_at, served
from tests.conftest import Cluster, Database, copied
from tests.dashboard.access import PLACES, add_receiver, filled
from tests.dashboard.cases import year_of_cases
from tests.dashboard.news import record
from tests.patience import wait_until

OF_THE_SAMPLE = (
    "/?aar=2020&gjelder=2020-12-31",
    "/poster/2020/291/71?gjelder=2020-12-31",
    "/poster/2020/292/60?gjelder=2020-08-01",
    "/brev/2020/4?gjelder=2020-12-31",
    "/tilgjengelighet",
    "/endringer?gjelder=2020-12-31&fra=2019-12-31",
    "/frister?aar=2020",
    "/frister?maaned=12.2020",
    "/revisjon",
    "/?gjelder=2020-02-31",
)
"""Those that show more there than of the cases."""
HARMED = ("/tilskuddsmottakere/971032081", "/tilskuddsmottakere/958935420", "/sok?q=%3Cscript")
OF_CASES = (*(filled(each.address) for each in PAGES), *HARMED, filled(AWARD.address).replace("/1", "/3"))


WIDTHS = (320, 1280, 390)
SAID = "document.getElementById('nytt').textContent.trim()"


@dataclass
class Seen:
    """A browser, and where what it looks at is served: the sample year, and a year of cases written by an enemy."""

    database: Database
    browser: Chromium
    sample: str
    cases: str

    def __post_init__(self) -> None:
        self.still = self.browser.tab()
        self.lively = self.browser.tab(scripts=True)
        self.still.go(f"{self.cases}/logg-inn/begynn?person=everybody")


@pytest.fixture(scope="module")
def seen(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory, long: bool) -> Iterator[Seen | None]:
    if not has(*BROWSERS, long=long, why="every page in a browser"):
        yield None
        return
    folder = tmp_path_factory.mktemp("seen")
    with copied(cluster) as database, year_of_cases(database, folder):
        add_receiver(database, PLACES["receiver"])
        with served(dashboard_at(database, folder)) as cases, served(sample_at) as sample, Chromium() as browser:
            yield Seen(database, browser, sample, cases)


def faults_of(tab: Tab, *, turn: int, long: bool) -> list[str]:
    """What is wrong with the page that is open, on each screen, to each reader, and on paper. axe-core looks at it by
    turns in light and dark, wide and narrow. A quick run looks at it on one screen by turns."""
    found = contents.turned(tab)
    for width in WIDTHS if long else (WIDTHS[turn % len(WIDTHS)],):
        tab.look(width=width, scheme="light")
        found += [f"at {width} px: {each}" for each in contents.misfits(tab, width)]
    found += not_as_tables(tab)
    tab.look(width=(390, 1280)[turn % 2], scheme=("light", "dark")[turn // 2 % 2])
    if contents.axe() is not None:
        found += contents.violations(tab)
    return found + contents.not_on_paper(tab)


def unreached(tab: Tab) -> list[str]:
    """What the keyboard does not reach of the page that is open."""
    tab.look(width=1280, scheme="light")
    reached, found = keyboard.unreached(tab)
    assert reached > 4, "the keyboard reached something"
    return found


@pytest.mark.parametrize("address", OF_CASES)
def test_every_page_of_cases(seen: Seen | None, address: str, long: bool) -> None:
    """A quick run walks every third of them with the keyboard."""
    if seen is not None:
        turn = OF_CASES.index(address)
        seen.still.go(seen.cases + address)
        assert seen.still.status == 200
        found = faults_of(seen.still, turn=turn, long=long)
        assert found + (unreached(seen.still) if long or turn % 3 == 0 else []) == []


@pytest.mark.parametrize("address", OF_THE_SAMPLE)
def test_every_page_of_the_sample(seen: Seen | None, address: str, long: bool) -> None:
    if seen is not None:
        seen.still.go(seen.sample + address)
        faults = faults_of(seen.still, turn=OF_THE_SAMPLE.index(address), long=long)
        assert faults + (unreached(seen.still) if long else []) == []


@pytest.mark.parametrize("address", OF_CASES)
def test_what_somebody_wrote_runs_nowhere(seen: Seen | None, address: str) -> None:
    if seen is not None:
        seen.lively.go(seen.cases + address)
        assert contents.ran(seen.browser, seen.lively, seen.cases) == []


def test_a_page_that_is_open_hears_a_number_and_says_that_there_is_newer(seen: Seen | None) -> None:
    if seen is None:
        return
    tab = seen.lively
    tab.go(seen.cases)
    shown = tab.evaluate("Number(document.getElementById('nytt').dataset.number)")
    wait_until(lambda: set(tab.heard()) == {str(shown)})
    assert tab.evaluate(SAID) == ""
    record(seen.database)
    wait_until(lambda: tab.evaluate(SAID) != "")
    assert "registrert noe nytt" in tab.evaluate(SAID)
    heard = tab.heard()  # a number may be said again while nothing is new
    assert sorted(set(heard), key=heard.index) == [str(shown), str(shown + 1)], "numbers, and nothing else"
    assert [each for each in tab.asked if "/nytt" in each] == [f"{seen.cases}/nytt"]
    assert tab.evaluate("document.querySelector('#nytt a').href").startswith(seen.cases)
