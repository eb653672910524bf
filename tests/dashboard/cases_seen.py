"""What the tests of cases build, for other tests to use as well."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from tests.dashboard.cases import SCHEME, YearOfCases
from tests.dashboard.office import Browser, opened, settings_of

DAY = "gjelder=2020-12-31"
ADDRESSES = (
    f"/ordninger?aar=2020&{DAY}",
    f"/ordninger/{SCHEME}?{DAY}",
    f"/tilsagn?aar=2020&{DAY}",
    f"/tilsagn/{{year}}/1?{DAY}",
    f"/varsler?aar=2020&{DAY}",
    f"/tilbakehold-og-klager?aar=2020&{DAY}",
    f"/tilskuddsmottakere?{DAY}",
    f"/tilskuddsmottakere/974760673?{DAY}",
)


def seen(year: YearOfCases, folder: Path, person: str, look: Callable[[Browser], Awaitable[Any]]) -> Any:
    async def go() -> Any:
        async with opened(settings_of(year.year.database, folder)) as office:
            browser = office.browser()
            await browser.sign_in(person)
            return await look(browser)

    return asyncio.run(go())
