"""S7 and S8 over every page: what recipients wrote runs nowhere, and begins no formula in any file."""

import asyncio
import csv
import io
import re
from pathlib import Path

from services.dashboard.sign_in.access import PAGES
from tests.browser.reading import read_page
from tests.conftest import Database
from tests.dashboard.access import PLACES, add_receiver, filled
from tests.dashboard.cases import HARM, year_of_cases
from tests.dashboard.office import opened, settings_of

FORMULA = re.compile(r"[=+\-@\t\r]")
NUMBER = re.compile(r"[+\-]?[0-9]+(?:[.,][0-9]+)?")


def test_what_somebody_wrote_runs_on_no_page_and_begins_no_formula_in_any_file(
    database: Database, tmp_path: Path
) -> None:
    with year_of_cases(database, tmp_path):
        pass
    add_receiver(database, PLACES["receiver"])
    met: set[str] = set()

    async def go() -> None:
        async with opened(settings_of(database, tmp_path)) as office:
            browser = office.browser()
            await browser.sign_in("everybody")
            for each in PAGES:
                answer = await browser.open(filled(each.address))
                page = read_page(answer.text)
                assert all(script.attributes.get("src") == "/static/news.js" for script in page.all("script"))
                names = {name for element in page.all() for name in element.attributes}
                assert not {name for name in names if name.startswith("on") or name == "style"}, each.address
                met.update([each.address] if HARM[:20] in page.text else [])
                for link in {a.attributes["href"] for a in page.all("a") if "som=csv" in a.attributes.get("href", "")}:
                    text = (await browser.open(link)).text.removeprefix("\ufeff")
                    separator = ";" if text.partition("\n")[0].count(";") else ","
                    for field in (cell for row in csv.reader(io.StringIO(text), delimiter=separator) for cell in row):
                        assert not FORMULA.match(field) or NUMBER.fullmatch(field), (link, field[:40])

    asyncio.run(go())
    assert met, "what is harmful was shown somewhere, as text"
