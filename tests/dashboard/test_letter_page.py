"""A letter's page on any day and as known at any instant: before it was put right as it was then, with the post's page
beside it; and in the same words to everybody, for a letter is no award."""

import asyncio
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from services.grants.budget_year.events.allocation import LetterCorrected, LetterRegistered
from tests.browser.reading import Element, read_page
from tests.conftest import Database
from tests.dashboard.office import Browser, opened, settings_of
from tests.eventlog.played import played
from tests.grants.allocation.letters import opening, registered, supplement
from tests.notifications.deadline.publishing import met, record

NBSP = "\N{NO-BREAK SPACE}"
SAID = """
changes:
  - {{fund: 291/71, increase: "{amount}", moves: appropriation, why: "{why}", cite: "5.1"}}
assignments:
  - number: "2020-020"
    title: Kartlegging
    cite: "4.1"
    deadlines: [{{what: Rapport, on: 2020-09-01, printed: "Frist 1.9."}}]
"""


def told_by(amount: str, why: str) -> LetterRegistered:
    """A supplement that says so of the post, as it is registered."""
    return registered(opening(), supplement(1, "2020-06-22", SAID.format(amount=amount, why=why)))[1]


def corrected(first: LetterRegistered, right: LetterRegistered) -> LetterCorrected:
    """The right transcription in the place of the first, which is countered."""
    countered = tuple(replace(each, at_disposal_ore=-each.at_disposal_ore) for each in first.postings)
    return LetterCorrected(
        letter=right.letter, source_sha256="1" * 64, corrected_by="siri", reason="Feil lest", funds=(),
        postings=countered + right.postings, statements=(),
    )  # fmt: skip


def rows(page: Element, name: str) -> list[list[str]]:
    table = page.one("table", id=f"tabell-{name}")
    return [[cell.text.replace(NBSP, " ") for cell in row.all("th", "td")] for row in table.one("tbody").all("tr")]


async def see(browser: Browser, known: datetime | None = None, day: str = "2020-12-31") -> Any:
    at = "" if known is None else f"&kjent={known.isoformat().replace('+00:00', 'Z')}"
    answer = await browser.open(f"/brev/2020/1?gjelder={day}{at}")
    return read_page(answer.text) if answer.status_code == 200 else answer.status_code


def test_it_is_told_as_it_was_known(database: Database, tmp_path: Path) -> None:
    at: list[datetime] = []
    first, right = told_by("2,5 mill.", "Feil lest <script>"), told_by("2 mill.", "Rett lest")
    with played(database, tmp_path) as year:
        for version, fact in enumerate((registered(opening())[0], first, corrected(first, right))):
            at.append(datetime.now(UTC))
            year.say("allocation-2020", version, fact)
    record(database, met("letter-publication-1-1", date(2020, 6, 24)))

    async def go() -> None:
        async with opened(settings_of(database, tmp_path)) as office:
            said = {}
            for person in ("ministry", "controller"):
                browser = office.browser()
                await browser.sign_in(person)
                assert await see(browser, at[1]) == 404, "nobody knew of it"
                before, now = await see(browser, at[2]), await see(browser)
                assert [row[3:5] for row in rows(before, "linjer")] == [["Feil lest <script>", "2 500 000"]]
                assert [row[3:5] for row in rows(now, "linjer")] == [["Rett lest", "2 000 000"]]
                assert [row[-1] for row in rows(before, "endret")] == ["2 500 000"]
                assert sum(int(row[-1].replace(" ", "").replace("−", "-")) for row in rows(now, "endret")) == 2_000_000
                assert rows(now, "oppdrag")[0][:4] == ["2020-020", "Kartlegging", "Rapport", "1. september 2020"]
                assert "Publisert 24." in now.one("main").text
                assert "ikke registrert som publisert" in before.one("main").text
                early = await see(browser, day="2020-06-23")
                assert "ikke registrert som publisert" in early.one("main").text
                assert "Brevet gjelder ikke ennå" in (await see(browser, day="2020-06-21")).one("main").text
                said[person] = re.sub(r"\s+", " ", now.one("main").text)
                file = await browser.open("/brev/2020/1?gjelder=2020-12-31&tabell=linjer&som=csv")
                assert file.text.strip().endswith(";Rett lest;2000000,00;2 mill.")
                steps = read_page((await browser.open("/poster/2020/291/71?gjelder=2020-12-31")).text)
                assert [row[1] for row in rows(steps, "brevene")][:2] == ["50 000 000", "2 000 000"]
            assert said["ministry"] == said["controller"]

    asyncio.run(go())
