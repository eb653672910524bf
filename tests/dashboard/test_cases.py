"""Schemes, awards, disputes and recipients on their pages: each figure is the API's, nothing untold is there for the
ministry, no word of anybody's is there at all, and every filter and side shows what it says."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import reduce
from itertools import product
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from services.dashboard.pages.asked import Asked
from services.dashboard.pages.award import why_no_notice
from services.dashboard.pages.notices import notices_table
from services.dashboard.pages.tables import Links
from services.dashboard.pages.tables import told as in_words
from services.grants.balance.view import AsOf
from services.grants.case.commitment import Commitment
from services.grants.case_view.answer import show
from services.grants.overview.awards.view import EVERY, Wanted, awards_of
from services.grants.overview.disputes.view import disputes_of
from services.grants.overview.overlapping.view import mark
from services.grants.overview.recipients.view import recipients_of
from tests.browser.reading import read_page
from tests.browser.sample_looks import noticed
from tests.conftest import Cluster, Database, copied
from tests.dashboard.cases import (
    HARM,
    SCHEME,
    UNTOLD_NAME,
    UNTOLD_ORE,
    WORDS,
    YearOfCases,
    case,
    case_id,
    year_of_cases,
)
from tests.dashboard.cases_seen import ADDRESSES, DAY, seen
from tests.dashboard.filed import rows_of
from tests.dashboard.office import Browser

RELEASED_WITHOUT = """
    INSERT INTO notifications.release
        (item, position, manifest_sha256, letter_sha256, ground, basis, said_at, recorded_at, released_at)
    SELECT %(item)s, 999999, x.sha, x.sha, 'scheme-policy', 'jobbsjansen-2020', x.at, x.at, x.at
    FROM (VALUES (decode(repeat('00', 32), 'hex'), '2020-06-01'::timestamptz)) AS x (sha, at)
"""
NEW_YEARS_EVE = AsOf(valid_at=date(2020, 12, 31))
TABLES = {
    "/ordninger": ("ordninger",), f"/ordninger/{SCHEME}": ("linjer", "utlysninger", "runder"), "/tilsagn": ("tilsagn",),
    "/tilsagn/{year}/1": ("terminer", "varsler", "hendelser"), "/varsler": ("varsler",),
    "/tilbakehold-og-klager": ("tilbakehold", "tilbakekrav", "klager"),
    "/tilskuddsmottakere": ("mottakere", "uten-nummer"), "/tilskuddsmottakere/974760673": ("tilsagn", "overlapp"),
}  # fmt: skip


@pytest.fixture(scope="module")
def year(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Any:
    with copied(cluster) as database, year_of_cases(database, tmp_path_factory.mktemp("year")) as made:
        yield made


def asked(year: YearOfCases, question: Callable[[AsyncConnectionPool], Awaitable[Any]]) -> Any:
    """What the dashboard's own role is answered."""

    async def go() -> Any:
        async with AsyncConnectionPool(year.year.database.dashboard_dsn, open=False) as pool:
            return await question(pool)

    return asyncio.run(go())


def as_the_api_shows(year: YearOfCases, number: int) -> Mapping[str, Any]:
    """The case as `GET /v1/cases/{id}` answers it, off the whole of its facts."""
    events = asyncio.run(_history(year.year.database, number))
    return show(case_id(number), events, number=None)


def number_of(row: Mapping[str, Any]) -> int:
    """Which of the awards it is."""
    return next(number for number in range(1, 10) if case_id(number) == row["case_id"])


async def _history(database: Database, number: int) -> Any:
    from services.eventlog.streams import Streams

    async with AsyncConnectionPool(database.service_dsn, open=False) as pool:
        return (await Streams(pool, "grants.event").load(case(number))).events


def in_kroner(ore: int) -> str:
    return f"{ore / 100:.2f}".replace(".", ",")


def test_each_figure_of_each_award_is_the_api_s(year: YearOfCases) -> None:
    rows = asked(year, lambda pool: awards_of(pool).list_awards(2020, EVERY, NEW_YEARS_EVE, skip=0, limit=50))
    assert [number_of(row) for row in rows] == [6, 5, 4, 3, 2, 1], "the last first"
    for row in rows:
        shown = as_the_api_shows(year, number_of(row))
        for name in ("state", "committed_ore", "disbursed_ore", "withheld_ore", "outstanding_ore", "repaid_ore"):
            assert row[name] == shown[name], name
        assert row["informed_on"] == shown["informed_on"]
        assert [part["free_ore"] for part in row["instalments"]] == [part["free_ore"] for part in shown["instalments"]]


def test_withholdings_reclaims_and_complaints_are_the_api_s(year: YearOfCases) -> None:
    found = asked(year, lambda pool: disputes_of(pool).of_year(2020, NEW_YEARS_EVE))
    assert len(found.withholdings) == 5
    for row in found.withholdings:
        [told] = as_the_api_shows(year, number_of(row))["withholding"]["withholdings"]
        assert {name: row[name] for name in ("amount_ore", "standing_ore", "released_ore", "decided_on")} == {
            name: told[name] for name in ("amount_ore", "standing_ore", "released_ore", "decided_on")
        }
        assert row["codes"] == [reason["code"] for reason in told["reasons"]] == ["report-missing"]
    [claim], [complaint] = found.reclaims, found.complaints
    shown = as_the_api_shows(year, 1)
    assert claim["standing_ore"] == shown["withholding"]["reclaims"][0]["standing_ore"] == 50
    assert complaint["state"] == shown["complaint"]["complaints"][0]["state"] == "forwarded"
    held = shown["withholding"]["withholdings"][0]["standing_ore"]
    assert complaint["about_ore"] == held, "the money that waits is what is held back"


@pytest.mark.parametrize("day", [date(2020, 1, 31), date(2020, 2, 1), date(2020, 2, 2), date(2020, 5, 10)])
def test_on_an_earlier_day_it_is_what_had_counted_by_then(year: YearOfCases, day: date) -> None:
    rows = asked(year, lambda pool: awards_of(pool).list_awards(2020, EVERY, AsOf(valid_at=day), skip=0, limit=50))
    for row in rows:
        events = [
            event
            for event in asyncio.run(_history(year.year.database, number_of(row)))
            if getattr(event, "approved_on", None) or not _later(event, day)
        ]
        then = reduce(Commitment.fold, events, Commitment())
        assert (row["disbursed_ore"], row["withheld_ore"]) == (then.disbursed_ore, then.withheld_ore)
        assert row["decided_on"] <= day
    found = asked(year, lambda pool: disputes_of(pool).of_year(2020, AsOf(valid_at=day)))
    assert all(row["decided_on"] <= day for row in found.withholdings)
    assert [row["lodged_on"] for row in found.complaints] == ([date(2020, 5, 9)] if day >= date(2020, 5, 9) else [])
    assert [row["state"] for row in found.complaints] == (["received"] if day >= date(2020, 5, 9) else [])


def _later(event: Any, day: date) -> bool:
    days = (getattr(event, name, None) for name in ("paid_on", "decided_on", "released_on"))
    return any(each is not None and each > day for each in days)


def test_what_was_not_known_yet_is_not_shown(year: YearOfCases) -> None:
    from datetime import UTC, datetime

    before = AsOf(valid_at=date(2020, 12, 31), known_at=datetime(2019, 1, 1, tzinfo=UTC))
    assert asked(year, lambda pool: awards_of(pool).count(2020, EVERY, before, most=9)) == 0
    assert asked(year, lambda pool: recipients_of(pool).find("974760673", before)) is None


def test_the_ministry_sees_nothing_it_is_not_told_of_on_any_page_or_in_any_file(
    year: YearOfCases, tmp_path: Path
) -> None:
    opened_in = asked(year, _year_of_numbers)

    async def every_page(browser: Browser) -> list[str]:
        found = []
        for address in ADDRESSES:
            path, _, query = address.format(year=opened_in).partition("?")
            answer = await browser.open(f"{path}?{query}")
            assert answer.status_code == 200, (path, answer.text[:400])
            found.append(answer.text)
            for name in TABLES[address.partition("?")[0]]:
                file = await browser.open(f"{path}?{query}&tabell={name}&som=csv")
                assert file.status_code == 200, (path, name)
                found.append(file.text)
        gone = await browser.open(f"/tilsagn/{opened_in}/6?{DAY}")
        other = await browser.open(f"/tilskuddsmottakere/889640782?{DAY}")
        found += [str(gone.status_code), str(other.status_code)]
        return found

    *pages, award, recipient = seen(year, tmp_path, "ministry", every_page)
    assert (award, recipient) == ("404", "404")
    for page in pages:
        for told in (UNTOLD_NAME, "889640782", f"{opened_in}/6", in_kroner(UNTOLD_ORE), "777\N{NO-BREAK SPACE}"):
            assert told not in page, told
    *pages, award, recipient = seen(year, tmp_path, "controller", every_page)
    assert (award, recipient) == ("200", "200")
    assert sum(UNTOLD_NAME in page for page in pages) >= 2, "the one who makes awards sees it"
    assert not [page for page in pages if WORDS[:12] in page], "what somebody wrote of a person is nowhere"
    ids = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
    assert not [page for page in pages if ids.search(page)], "an id is for machines"


async def _year_of_numbers(pool: AsyncConnectionPool) -> int:
    [row] = await awards_of(pool).list_awards(2020, EVERY, NEW_YEARS_EVE, skip=0, limit=1)
    return int(row["case_number"].partition("/")[0])


def test_counts_and_sums_of_a_scheme_are_without_what_is_not_told(year: YearOfCases, tmp_path: Path) -> None:
    async def read(browser: Browser) -> dict[str, str]:
        [row] = rows_of((await browser.open(f"/ordninger?aar=2020&{DAY}&tabell=ordninger&som=csv")).text)
        return row

    everything, told = (seen(year, tmp_path, person, read) for person in ("controller", "ministry"))
    assert (everything["Antall tilsagn"], told["Antall tilsagn"]) == ("2", "1")
    assert everything["Tilsagn"] == in_kroner(600 + UNTOLD_ORE)
    assert told["Tilsagn"] == in_kroner(600)


def test_a_harmful_name_is_a_name(year: YearOfCases, tmp_path: Path) -> None:
    async def read(browser: Browser) -> list[str]:
        paths = ("/tilsagn?aar=2020&", "/tilskuddsmottakere?", "/tilskuddsmottakere/971032081?")
        return [(await browser.open(f"{path}{DAY}")).text for path in paths]

    for page in seen(year, tmp_path, "controller", read):
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page
        read_page(page)
        assert len(page) < 200_000, "a name of 100,000 signs is shortened"


def test_every_filter_shows_what_it_says_and_the_sides_are_the_whole(year: YearOfCases) -> None:
    whole = asked(year, lambda pool: _listed(pool, EVERY))
    states = {row["state"] for row in whole} | {"closed"}

    async def every(pool: AsyncConnectionPool) -> None:
        for scheme, state, notice, post in product(
            (None, SCHEME), (None, *states), (None, "none", "sent", "received"), (None, (291, 71), (291, 62))
        ):
            chapter, number = post or (None, None)
            wanted = Wanted(scheme=scheme, state=state, notice=notice, chapter=chapter, post=number)
            expected = [
                row["case_number"]
                for row in whole
                if scheme in (None, row["scheme_id"])
                and state in (None, row["state"])
                and notice in (None, row["notice"] or "none")
                and post in (None, (row["chapter"], row["post"]))
            ]
            assert await _sides(wanted, pool) == (expected, len(expected), expected), wanted

    asked(year, every)


async def _listed(pool: AsyncConnectionPool, wanted: Wanted) -> Any:
    return [row async for row in awards_of(pool).every_award(2020, wanted, NEW_YEARS_EVE)]


async def _sides(wanted: Wanted, pool: AsyncConnectionPool) -> Any:
    awards, found = awards_of(pool), list[str]()
    while rows := await awards.list_awards(2020, wanted, NEW_YEARS_EVE, skip=len(found), limit=2):
        found += [row["case_number"] for row in rows]
    every = [row["case_number"] for row in await _listed(pool, wanted)]
    return found, await awards.count(2020, wanted, NEW_YEARS_EVE, most=99), every


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/tilsagn?ordning=<script>", 400),
        ("/tilsagn?tilstand=sovende", 400),
        ("/tilsagn?post=291", 400),
        ("/tilsagn?side=to", 400),
        ("/tilsagn/2020/0", 404),
        ("/tilsagn/2020/99999", 404),
        ("/tilsagn/2020/a", 404),
        ("/ordninger/<script>", 404),
        ("/ordninger/ingen-2020", 404),
        ("/tilskuddsmottakere/97476067", 404),
        ("/tilskuddsmottakere/000000000", 404),
        ("/tilskuddsmottakere?sok=%00%25_%5C", 200),
        ("/tilskuddsmottakere?sok=%3Cscript%3E", 200),
    ],
)
def test_what_is_not_there_or_not_understood_is_said_and_shown_nothing_of(
    year: YearOfCases, tmp_path: Path, address: str, status: int
) -> None:
    answer = seen(year, tmp_path, "controller", lambda browser: browser.open(address))
    assert answer.status_code == status, answer.text[:300]
    assert "<script>" not in answer.text


def test_overlapping_awards_of_one_recipient_are_marked_with_why(year: YearOfCases) -> None:
    found = asked(year, lambda pool: recipients_of(pool).find("974760673", NEW_YEARS_EVE))
    assert [number_of(row) for row in found.awards] == [2, 1]
    [marked] = found.marked
    assert (marked.kinds, marked.similar_per_cent) == (("similar-title",), 75)
    assert marked.first_on <= marked.last_on
    assert found.awards[1]["reported_ore"] == 120
    assert found.awards[1]["reclaimed_ore"] == 50
    alone = [row for row in found.awards if number_of(row) == 1]
    assert list(mark(alone)) == []
    apart = [
        dict(row, first_on=date(2021 + n, 1, 1), last_on=date(2021 + n, 2, 1)) for n, row in enumerate(found.awards)
    ]
    assert list(mark(apart)) == [], "awards that never meet in time are no double"
    gone = [dict(row, left_ore=0) for row in found.awards]
    assert list(mark(gone)) == []


def test_recipients_are_found_by_name_or_number_and_those_without_one_stand_apart(year: YearOfCases) -> None:
    async def find(pool: AsyncConnectionPool) -> Any:
        recipients = recipients_of(pool)
        texts = ("", "FØRSTE", "974 760 673", HARM[:6], "%", "finnes ikke", UNTOLD_NAME)
        found = {}
        for text in texts:
            rows = await recipients.list_numbered(text, NEW_YEARS_EVE, skip=0, limit=50)
            assert await recipients.count(text, NEW_YEARS_EVE, most=9) == len(rows)
            found[text] = [row["organisation_number"] for row in rows]
        told = [row["organisation_number"] for row in await recipients.told().list_numbered(
            "", NEW_YEARS_EVE, skip=0, limit=50)]  # fmt: skip
        assert await recipients.count_unnumbered(NEW_YEARS_EVE, most=9) == 1
        assert await recipients.list_unnumbered(NEW_YEARS_EVE, skip=1, limit=5) == []
        return found, told, await recipients.list_unnumbered(NEW_YEARS_EVE, skip=0, limit=5)

    found, told, apart = asked(year, find)
    assert sorted(found[""]) == ["889640782", "958935420", "971032081", "974760673"]
    assert found["FØRSTE"] == found["974 760 673"] == ["974760673"]
    assert found[HARM[:6]] == ["971032081"]
    assert found["%"] == found["finnes ikke"] == []
    assert found[UNTOLD_NAME] == ["889640782"]
    assert "889640782" not in told
    assert [row["recipient"] for row in apart] == ["Uten nummer"]
    assert apart[0]["purpose"] is None, "what is written of somebody without a number is not read"


def test_what_needs_attention_agrees_with_the_other_pages_of_the_day(year: YearOfCases, tmp_path: Path) -> None:
    """Each complaint that waits for the ministry is on the overview, with the money and the day of its own page; and
    the ministry finds nothing there of the award it is not told of."""

    async def look(browser: Browser) -> tuple[list[dict[str, str]], list[dict[str, str]], str]:
        overview = await browser.open(f"/?aar=2020&{DAY}&tabell=oppmerksomhet&som=csv")
        complaints = await browser.open(f"/tilbakehold-og-klager?aar=2020&{DAY}&tabell=klager&som=csv")
        return rows_of(overview.text), rows_of(complaints.text), (await browser.open(f"/?aar=2020&{DAY}")).text

    for person in ("controller", "ministry"):
        overview, complaints, page = seen(year, tmp_path, person, look)
        waiting = [row for row in complaints if row["Tilstand"] == "hos departementet"]
        told = [row for row in overview if row["Slag"] == "venter på departementet"]
        assert [row["Hva"] for row in told] == [f"Klage i sak {row['Sak']}" for row in waiting] != []
        assert [row["Beløp"] for row in told] == [row["Penger som venter"] for row in waiting]
        assert "venter på departementet" in page
        everything = page + str(overview)
        assert (UNTOLD_NAME in everything, "777,00" in everything) == (False, False), person


def test_a_scheme_s_name_finds_the_scheme_and_its_cases(year: YearOfCases, tmp_path: Path) -> None:
    async def look(browser: Browser) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
        schemes = await browser.open("/sok?q=Jobbsjansen&tabell=ordninger&som=csv")
        cases = await browser.open("/sok?q=Jobbsjansen&tabell=saker&som=csv")
        return rows_of(schemes.text), rows_of(cases.text)

    for person, expected in (("controller", [UNTOLD_NAME, "Første forening"]), ("ministry", ["Første forening"])):
        schemes, cases = seen(year, tmp_path, person, look)
        assert len(schemes) == 1
        assert [row["Mottaker"] for row in cases] == expected


def test_a_case_without_a_notice_says_why(year: YearOfCases, tmp_path: Path) -> None:
    assert why_no_notice("scheme-policy", imported=False).startswith("Varsel trengtes ikke: ordningen er unntatt")
    assert why_no_notice("scheme-policy", imported=True).startswith("Varsel trengtes ikke: ordningen er unntatt")
    assert why_no_notice("waiver", imported=False).startswith("Varsel trengtes ikke: departementet har gitt")
    assert why_no_notice(None, imported=True).startswith("Tilsagnet er gitt før systemet.")
    assert why_no_notice(None, imported=False) == why_no_notice("notice", imported=False)
    with psycopg.connect(year.year.database.admin_dsn) as connection:
        connection.execute("ALTER TABLE notifications.release DISABLE TRIGGER USER")
        connection.execute(RELEASED_WITHOUT, {"item": f"letter-{case_id(1)}"})
    [row] = [each for each in asked(year, _awards) if number_of(each) == 1]

    async def look(browser: Browser) -> tuple[str, str]:
        address = f"/tilsagn/{row['case_number']}?gjelder="
        return (await browser.open(f"{address}2020-12-31")).text, (await browser.open(f"{address}2020-05-20")).text

    after, before = seen(year, tmp_path, "auditor", look)
    assert "ordningen er unntatt, etter en regel" in after
    assert "ordningen er unntatt, etter en regel" not in before, "it had not left"
    assert "Departementet har ikke fått noe varsel om tilsagnet" in before


async def _awards(pool: AsyncConnectionPool) -> Any:
    return await awards_of(pool).list_awards(2020, EVERY, NEW_YEARS_EVE, skip=0, limit=50)


def test_each_case_of_a_notice_leads_to_its_case() -> None:
    question = Asked(year=2020, valid_at=date(2020, 12, 31))
    one = noticed(1, None).lines[0]
    for many, shown, more in ((1, 1, 0), (5, 5, 0), (13, 13, 0), (30, 12, 18)):
        lines = tuple(replace(one, case_number=f"2020/{number}") for number in range(1, many + 1))
        [row] = notices_table([noticed(1, None, lines=lines)], question).rows
        cell = row["cases"]
        assert isinstance(cell, Links)
        assert [each.address for each in cell.links][:1] == ["/tilsagn/2020/1?gjelder=2020-12-31"]
        assert (len(cell.links), len(cell.first), cell.more) == (many, shown, more)
        assert in_words(cell) == ", ".join(f"2020/{number}" for number in range(1, many + 1))


def test_of_no_complaint_nothing_is_said_twice_over(year: YearOfCases, tmp_path: Path) -> None:
    async def look(browser: Browser) -> str:
        return (await browser.open("/tilbakehold-og-klager?aar=2020&gjelder=2020-02-01")).text

    lead = read_page(seen(year, tmp_path, "controller", look)).with_class("lead")[0].text
    said = lead.replace("\N{NO-BREAK SPACE}", " ")
    assert said == "0 kroner er holdt tilbake, og ingen klager venter på avgjørelse. Pengene er fortsatt bundet."
