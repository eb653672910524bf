"""Calendars people subscribe to: opened by a token alone, and read back by the library that others write their programs
with."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from icalendar import Calendar, Timezone
from psycopg_pool import AsyncConnectionPool

from services.calendar.clock import OSLO
from services.httpapi.callers.caller import Role
from services.notifications.deadline.digests.digest import digest_of
from services.notifications.deadline.listing import Deadlines
from services.notifications.deadline.rules import id_of
from services.notifications.deadline.subscriptions import calendar_routes
from services.notifications.deadline.subscriptions.icalendar_file import Edition, calendar_of
from services.notifications.facts.release import LetterFileHeard
from tests import node_packages
from tests.conftest import Database
from tests.faults.service import signed_in
from tests.notifications.deadline.calendars import AT, ROW
from tests.notifications.deadline.registered import (
    ASSIGNMENT,
    CASE,
    INSTALMENT,
    Registry,
    at_the_registry,
    follow,
    of_case,
    of_year,
)
from tests.notifications.office import KARI, MINISTRY
from tests.notifications.world import LETTER_SHA256, OWING, held, letter
from tests.notifications.world import id_of as world_id

STREAM, YEAR = f"deadlines-{CASE}", "deadlines-2020"
PER = "per"
ASKED = {"role": "attestor", "what_for": "Attestantenes felles kalender"}


async def asks(registry: Registry, person: str, role: Role, method: str, path: str, body: Any = None) -> Any:
    signed = signed_in(registry.settings, person, role) | {"Idempotency-Key": f"key-{next(registry.keys)}"}
    return await registry.client.request(method, path, json=body, headers=signed)


async def opened(registry: Registry) -> dict[str, Any]:
    answer = await asks(registry, PER, Role.attestor, "POST", "/v1/calendars", ASKED)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return dict(answer.json())


async def entries(registry: Registry, address: str, database: Database) -> dict[str, Any]:
    """What a program reads there, by UID; it sends no token of a person."""
    follow(database)
    answer = await registry.client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return {str(each["UID"]): each for each in Calendar.from_ical(answer.content).walk("VEVENT")}


def test_a_moved_day_moves_its_entry_and_a_met_one_goes(database: Database, tmp_path: Path) -> None:
    async def story(registry: Registry) -> None:
        registry.hears(STREAM, of_case(INSTALMENT))
        registry.hears(YEAR, of_year(ASSIGNMENT))
        address = (await opened(registry))["address"]
        uid = f"{id_of(STREAM, INSTALMENT.key)}@tilsagn"
        first = await entries(registry, address, database)
        assert first.keys() == {uid}, "the assignment is another role's"
        assert (first[uid].decoded("DTSTART"), first[uid]["SEQUENCE"]) == (date(2020, 3, 20), 0)
        assert first[uid]["SUMMARY"] == "Utbetaling av termin 1 (2020/17)"
        registry.hears(STREAM, of_case(replace(INSTALMENT, due_on=date(2020, 3, 27))))
        moved = await entries(registry, address, database)
        assert (moved[uid].decoded("DTSTART"), moved[uid]["SEQUENCE"]) == (date(2020, 3, 27), 1)
        registry.move(days=30)
        assert str((await entries(registry, address, database))[uid]["SUMMARY"]).startswith("Forfalt: ")
        registry.move(days=200)
        assert uid in await entries(registry, address, database), "however late, it is not met"
        assert (await registry.client.head(address)).status_code == 200
        registry.hears(STREAM, of_case(replace(INSTALMENT, due_on=date(2020, 3, 27), state="met")))
        assert await entries(registry, address, database) == {}

    at_the_registry(database, tmp_path, story)


def test_a_token_is_shown_once_kept_as_a_hash_and_opens_nothing_once_withdrawn(
    database: Database, tmp_path: Path
) -> None:
    async def story(registry: Registry) -> None:
        made = await opened(registry)
        token = made["address"].rpartition("/")[2].removesuffix(".ics")
        assert len(token) == 43
        with psycopg.connect(database.admin_dsn) as owner:
            question = "SELECT count(*) FROM notifications.{} t WHERE position(%s IN t::text) > 0"
            for table in ("event_text", "command"):
                assert owner.execute(question.format(table).encode(), (token,)).fetchone() == (0,)
                hexed = token.encode().hex()
                assert owner.execute(question.format(table).encode(), (hexed,)).fetchone() == (0,)
        listed = await registry.asks(KARI, "GET", "/v1/calendars")
        assert [each["what_for"] for each in listed.json()["items"]] == [ASKED["what_for"]]
        assert token not in listed.text
        wrong = made["address"].replace(token, token[::-1])
        assert (await registry.client.get(wrong)).status_code == 404
        at, why = f"/v1/calendars/{made['calendar_id']}/withdrawal", {"reason": "Adressen er kommet bort."}
        assert (await asks(registry, KARI, Role.caseworker, "PUT", at, why)).status_code == 403
        withdrawn = await asks(registry, PER, Role.attestor, "PUT", at, why)
        assert (withdrawn.status_code, withdrawn.json()["withdrawn"]) == (200, True), withdrawn.text
        gone = await registry.client.get(made["address"])
        assert (gone.status_code, gone.json()["code"]) == (404, "unknown-calendar")
        assert token not in gone.text
        assert (await registry.asks(KARI, "GET", "/v1/calendars")).json()["items"] == []

    at_the_registry(database, tmp_path, story)


def test_a_repeat_opens_no_other_and_shows_no_token(database: Database, tmp_path: Path) -> None:
    async def story(registry: Registry) -> None:
        signed = signed_in(registry.settings, PER, Role.attestor) | {"Idempotency-Key": "once"}
        first = await registry.client.post("/v1/calendars", json=ASKED, headers=signed)
        again = await registry.client.post("/v1/calendars", json=ASKED, headers=signed)
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json()["address"]
        assert again.json() == first.json() | {"address": None}

    at_the_registry(database, tmp_path, story)


def test_whose_calendar_one_may_open(database: Database, tmp_path: Path) -> None:
    async def story(registry: Registry) -> None:
        other = await asks(registry, PER, Role.attestor, "POST", "/v1/calendars", ASKED | {"role": "controller"})
        assert (other.status_code, other.json()["code"]) == (403, "not-your-calendar")
        any_ = await asks(registry, "drift", Role.administrator, "POST", "/v1/calendars", ASKED | {"role": "ministry"})
        assert any_.status_code == 201
        own = await asks(registry, MINISTRY, Role.ministry, "POST", "/v1/calendars", ASKED | {"role": "ministry"})
        assert own.status_code == 201
        registry.hears(YEAR, of_year(replace(ASSIGNMENT, what='Æ, ø og å; "sitat" \\ og en lang linje ' + "x" * 200)))
        (entry,) = (await entries(registry, own.json()["address"], database)).values()
        assert entry["SUMMARY"].startswith('Æ, ø og å; "sitat" \\ og en lang linje xxx')
        assert entry.decoded("DTEND") - entry.decoded("DTSTART") == timedelta(days=1)

    at_the_registry(database, tmp_path, story)


def test_a_calendar_of_nothing_is_one_that_programs_read(database: Database, tmp_path: Path) -> None:
    """RFC 5545 3.6: a calendar has at least one component."""

    async def story(registry: Registry) -> None:
        address = (await opened(registry))["address"]
        assert await entries(registry, address, database) == {}
        content = (await registry.client.get(address)).content
        (zone,) = Calendar.from_ical(content).subcomponents
        assert isinstance(zone, Timezone)
        assert zone["TZID"] == "Europe/Oslo"
        for instant in (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 0, tzinfo=UTC), AT):
            assert f"{instant.astimezone(zone.to_tz()):%c %z}" == f"{instant.astimezone(OSLO):%c %z}"

    at_the_registry(database, tmp_path, story)


def test_every_change_of_what_an_entry_says_is_another_edition_of_it(database: Database, tmp_path: Path) -> None:
    async def story(registry: Registry) -> None:
        address = (await opened(registry))["address"]
        editions: list[tuple[int, datetime]] = []

        async def reads() -> str:
            registry.move(hours=1)
            (entry,) = (await entries(registry, address, database)).values()
            editions.append((entry["SEQUENCE"], entry.decoded("LAST-MODIFIED")))
            return str(entry["SUMMARY"])

        registry.hears(STREAM, of_case(INSTALMENT))
        first = await reads()
        assert await reads() == first
        assert editions[0] == editions[1], "nothing is said otherwise"
        registry.hears(STREAM, of_case(replace(INSTALMENT, what="Utbetaling av termin 1 (venter på: regnskapet)")))
        assert await reads() != first
        registry.hears(STREAM, of_case(replace(INSTALMENT, fund_id="2020/291/71/frivillige-organisasjoner")))
        assert await reads() == first, "the post stands in the description"
        registry.move(days=30)
        assert (await reads()).startswith("Forfalt: ")
        registry.hears(STREAM, of_case(replace(INSTALMENT, due_on=date(2020, 6, 1))))
        await reads()
        sequences, times = zip(*editions[1:], strict=True)
        assert list(sequences) == [0, 1, 2, 3, 4]
        assert sorted(set(times)) == list(times), "each is later than the one before"

    at_the_registry(database, tmp_path, story)


def test_the_ministry_is_told_that_a_notice_is_to_come_and_of_no_award_in_it(
    database: Database, tmp_path: Path
) -> None:
    """By its calendar and by its e-mail, which nobody asks for: of awards the notice itself tells it."""

    async def story(registry: Registry) -> None:
        file = LetterFileHeard(
            decision_version=2, sha256=LETTER_SHA256, size_bytes=9, template="grant-letter/2",
            dated_on=registry.world.now.date(), case_number="2020/17",
        )  # fmt: skip
        registry.world.record(letter("a"), file, held("a"))
        about = {"about": {"kind": "letter", "id": str(world_id("a"))}, "planned_on": "2020-04-15"}
        await registry.does(KARI, "POST", "/v1/notices", about)
        read = {}
        for person, role in ((KARI, Role.caseworker), (MINISTRY, Role.ministry)):
            made = await asks(registry, person, role, "POST", "/v1/calendars", ASKED | {"role": role.value})
            assert made.status_code == 201, made.text
            entry = next(
                each for each in (await entries(registry, made.json()["address"], database)).values()
                if "15.04.2020" in each["SUMMARY"]
            )  # fmt: skip
            async with AsyncConnectionPool(database.notifications_dsn, open=False) as pool:
                rows = await Deadlines(pool).list_some(role=role.value)
            digest = digest_of(role.value, rows, day=rows[0].due_on or date.max)
            read[role] = [f"{entry['SUMMARY']} {entry['DESCRIPTION']}", digest.text]
        for said in read[Role.caseworker]:
            assert "2020/17" in said
        for said in read[Role.ministry]:
            assert "for at brevene kan gå 15.04.2020" in said
            assert not any(each in said for each in ("2020/17", OWING, "291.71", "1 brev"))

    at_the_registry(database, tmp_path, story)


# And by the library of the browsers' programs, where it is there.

READS = """
const library = require("ical.js"), ical = library.default || library;
const read = new ical.Component(ical.parse(require("node:fs").readFileSync(0, "utf8")));
const told = read.getAllSubcomponents("vevent").map((each) => new ical.Event(each));
console.log(JSON.stringify(told.map((each) => [each.uid, each.sequence, each.startDate.toString(), each.summary])));
"""


def test_a_calendar_that_does_not_hold_all_says_so() -> None:
    rows, editions = [ROW], {ROW.deadline_id: Edition(sequence=0, said_at=AT)}
    whole = Calendar.from_ical(calendar_of(rows, editions, title="x", now=AT))
    assert "description" not in whole
    cut = Calendar.from_ical(calendar_of(rows, editions, title="x", now=AT, cut=True))
    assert str(cut["description"]) == "De første 1 fristene. Resten finnes i listen over frister."


def test_a_calendar_holds_so_many_and_no_more(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendar_routes, "MOST", 2)

    async def story(registry: Registry) -> None:
        address = (await opened(registry))["address"]
        for count, cut in ((2, False), (3, True)):
            registry.hears(STREAM, of_case(*(replace(INSTALMENT, key=f"k-{n}", part=n) for n in range(1, count + 1))))
            assert len(await entries(registry, address, database)) == 2
            read = Calendar.from_ical((await registry.client.get(address)).content)
            assert ("description" in read) == cut

    at_the_registry(database, tmp_path, story)


def test_ical_js_reads_it_alike() -> None:
    opening = replace(ROW, deadline_id=UUID(int=6), kind="notice-opens")
    given = dict.fromkeys((ROW.deadline_id, opening.deadline_id), Edition(sequence=3, said_at=AT))
    content = calendar_of([ROW, opening], given, title="Frister", now=AT)
    said = node_packages.run(READS, content, "ical.js")
    if said is None:
        return
    summary = f"{ROW.what} (2026/17)"
    assert json.loads(said) == [
        [f"{UUID(int=5)}@tilsagn", 3, "2026-12-15", summary],
        [f"{UUID(int=6)}@tilsagn", 3, "2026-12-15T23:00:00Z", summary],
    ]
