"""What is promised on a post, one by one: whose it is, as its reader may see it, and whatever somebody has called
themselves."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from services.eventlog.projections.projector import Projector
from services.grants.case.events.award import AwardProposed, Recipient
from services.grants.case_view.list_projection import Cases
from tests.browser.reading import Element, read_page
from tests.conftest import Database
from tests.dashboard.filed import rows_of
from tests.dashboard.office import opened, settings_of
from tests.eventlog.played import Played, case, life, played
from tests.eventlog.projector import catch_up, engine_of
from tests.grants.overview.untold import RELEASED

ADDRESS = "/poster/2020/291/71/tilsagn?gjelder=2020-12-31"
RIGHT_TO_LEFT = "\u202e"
CALLED = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://evil.example";"Klikk")',
    f"Forening {RIGHT_TO_LEFT}gnineroF",
    "Å" * 100_000,
    "{{ 7 * 7 }} %(count)s",
)


@contextmanager
def promised(database: Database, folder: Path, *names: str) -> Iterator[Played]:
    """A year in which each of these is promised money; the ministry is told of all but the last."""
    with played(database, folder) as year:
        year.open_year()
        for number, name in enumerate(names, 1):
            proposed, approved = life(number)[:2]
            assert isinstance(proposed, AwardProposed)
            named = replace(proposed, recipient=Recipient(name=name, organisation_number="974760673"))
            told = [] if number == len(names) else [RELEASED]
            year.say(case(number), 0, named, approved, *told)
        catch_up(
            Projector(
                engine_of(database), Cases(), schema="grants", views="grants_view",
                first_pause_seconds=0.001, longest_pause_seconds=0.002,
            )
        )  # fmt: skip
        yield year


def rows(page: str) -> list[Element]:
    return read_page(page).one("tbody").all("tr")


def test_each_reader_sees_who_is_promised_what_they_may_see(database: Database, tmp_path: Path) -> None:
    async def go() -> None:
        async with opened(settings_of(database, tmp_path)) as office:
            seen = {}
            for person in ("ministry", "auditor"):
                browser = office.browser()
                await browser.sign_in(person)
                page, file = await browser.open(ADDRESS), await browser.open(f"{ADDRESS}&tabell=tilsagn&som=csv")
                of_line = await browser.open(f"{ADDRESS}&linje=ressursmiljo")
                seen[person] = [row.one("th").text for row in rows(page.text)]
                assert rows(of_line.text)[0].one("th").text == seen[person][0]
                assert [line["Mottaker"] for line in rows_of(file.text)] == seen[person]
                post = await browser.open("/poster/2020/291/71?gjelder=2020-12-31")
                assert ("Hemmelig forening" in page.text + post.text + file.text) == (person == "auditor")
                for missing in ("finnes-ikke", "ressursmiljo/../x", "%27", "ressursmiljo/"):
                    assert (await browser.open(f"{ADDRESS}&linje={missing}")).status_code == 404, missing
            assert seen == {"ministry": ["Åpen forening"], "auditor": ["Åpen forening", "Hemmelig forening"]}

    with promised(database, tmp_path, "Åpen forening", "Hemmelig forening"):
        asyncio.run(go())


def test_whatever_somebody_is_called_is_harmless(database: Database, tmp_path: Path) -> None:
    async def go() -> None:
        async with opened(settings_of(database, tmp_path)) as office:
            browser = office.browser()
            await browser.sign_in("auditor")
            page = (await browser.open(ADDRESS)).text
            file = (await browser.open(f"{ADDRESS}&tabell=tilsagn&som=csv")).text
            book = await browser.open(f"{ADDRESS}&tabell=tilsagn&som=xlsx")
        assert [each.attributes for each in read_page(page).all("script") if "src" not in each.attributes] == []
        assert "alert(1)</script>" not in page
        named = [row.one("th") for row in rows(page)]
        assert [each.text for each in named][:3] == list(CALLED[:3])
        assert all(each.one("bdi").text == each.text for each in named), "a name turns nothing about it"
        assert len(named[3].text) <= 400
        assert named[4].text == CALLED[4]
        told = [line["Mottaker"] for line in rows_of(file)]
        assert told[1] == "'" + CALLED[1]
        assert RIGHT_TO_LEFT not in file
        assert book.status_code == 200

    with promised(database, tmp_path, *CALLED):
        asyncio.run(go())


def test_many_are_leafed_through_and_the_file_has_all(database: Database, tmp_path: Path) -> None:
    names = [f"Forening {number:02}" for number in range(47)]

    async def go() -> None:
        async with opened(settings_of(database, tmp_path)) as office:
            browser = office.browser()
            await browser.sign_in("auditor")
            sides = [(await browser.open(f"{ADDRESS}&side={side}")).text for side in (1, 2, 3, 4)]
            found = [row.one("th").text for page in sides[:3] for row in rows(page)]
            assert sorted(found) == names
            assert "Side 3 av 3" in sides[2]
            assert "Tabellen har ikke så mange sider." in sides[3]
            file = (await browser.open(f"{ADDRESS}&tabell=tilsagn&som=csv&side=2")).text
            assert [line["Mottaker"] for line in rows_of(file)] == found

    with promised(database, tmp_path, *names):
        asyncio.run(go())
