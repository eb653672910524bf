"""Notices as the dashboard reads them: when each opens is the gate's own, on any day by what was known, and the
ministry is shown those it has received and no other."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg_pool import AsyncConnectionPool

from services.calendar.days import day_of
from services.dashboard.pages.asked import Asked
from services.dashboard.pages.notices import draw, notices_table, when
from services.notifications.acts.answers import show_notice
from services.notifications.deadline.of_notices import of_notice
from services.notifications.facts.notice import (
    About,
    NoticeDispatched,
    NoticeObjected,
    NoticeObjectionLifted,
    NoticeOrdered,
    NoticePrepared,
    NoticeReceived,
    NoticeSendingBegun,
    NoticeWithdrawn,
)
from services.notifications.facts.notice_state import id_of as notice_id_of
from services.notifications.overview.view import NoticeOverview, NoticeRow, without
from tests.conftest import Database
from tests.notifications.world import BEGAN, OWING, POLICY, Kept, KeptWorld, decided, held, id_of, letter, line, notice

WORDS = "hemmelig ord"
TITLE = '<script>"}],"items":["x"]</script>\u202e'


def told(world: KeptWorld, name: str, *letters: str, received: bool = True) -> None:
    """A notice of these letters, sent, and received an hour later."""
    lines = tuple(
        replace(
            line(each, held(each).manifest_sha256), title=TITLE, purpose=WORDS, case_number=f"2020/{n}", amount_ore=100
        )
        for n, each in enumerate(letters, 1)
    )
    world.record(
        notice(name),
        NoticePrepared(
            about=About(kind="scheme", id=OWING), lines=lines, planned_on=None, renews=None, prepared_by=WORDS
        ),
        NoticeOrdered(channel="file-outbox", policy=POLICY, document_sha256="ef" * 32, ordered_by=WORDS),
        NoticeSendingBegun(dispatch=1, channel="file-outbox", key=WORDS),
        NoticeDispatched(dispatch=1, channel="file-outbox", reference=WORDS, said_at=world.now),
    )
    world.now += timedelta(hours=1)
    if received:
        world.record(
            notice(name),
            NoticeReceived(
                dispatch=1, received_at=world.now, evidence=WORDS, evidence_sha256="ef" * 32, told_by="ola",
                proposed_by="kari",
            ),
        )  # fmt: skip


def seen(
    database: Database, day: date, *, known_at: datetime | None = None, only_told: bool = False
) -> list[NoticeRow]:
    async def go() -> list[NoticeRow]:
        async with AsyncConnectionPool(database.dashboard_dsn, open=False) as pool:
            return await NoticeOverview(pool, only_told).list_all(valid_at=day, known_at=known_at)

    return asyncio.run(go())


def in_order(rows: list[NoticeRow], names: tuple[str, ...]) -> list[str]:
    called = {id_of(name): name for name in names}
    return [called[row.notice_id] for row in rows]


def test_each_opens_when_the_gate_says_and_the_ministry_sees_what_it_has(database: Database) -> None:
    names = ("a", "b", "c", "d")
    with Kept(database) as world:
        for each in ("en", "to", "tre", "fire", "fem"):
            world.record(letter(each), decided(), held(each))
        told(world, "a", "en", "to")
        told(world, "b", "tre", received=False)
        told(world, "c", "fire")
        world.record(notice("c"), NoticeWithdrawn(reason=WORDS, withdrawn_by="kari"))
        told(world, "d", "fem")
        world.record(notice("d"), NoticeObjected(objection=1, items=(letter("fem"),), text=WORDS, objected_by="dep"))
        stopped_at = world.now
        day = BEGAN.date()
        rows = seen(database, day + timedelta(days=1))
        assert set(in_order(rows, names)) == set(names)
        for row in rows:
            stands = world.notice(f"notice-{row.notice_id}")
            shown = show_notice(notice_id_of(f"notice-{row.notice_id}"), stands)
            assert (row.state, row.stale_at) == (shown["state"], shown["stale_at"])
            gates = {each.kind: each.due_at for each in of_notice(row.notice_id, stands)}
            assert row.opens_at == gates.get("notice-opens")
        first = next(row for row in rows if row.notice_id == id_of("a"))
        [(opens,)] = world.owner.execute(
            "SELECT opens_at FROM notifications.item WHERE item = %s", (letter("en"),)
        ).fetchall()
        assert first.opens_at == first.lines[0].opens_at == opens, "PostgreSQL counts the same"
        assert set(in_order(seen(database, day + timedelta(days=1), only_told=True), names)) == {"a", "d"}
        whole = str(rows)
        assert WORDS not in whole, "no word of a receipt, an objection or a purpose is read"
        assert first.lines[0].title == TITLE
        assert set(in_order(seen(database, day, known_at=BEGAN - timedelta(days=1)), names)) == set()
        assert not seen(database, day - timedelta(days=1)), "nothing of it had happened"
        world.now = stopped_at + timedelta(days=3)
        lifting = NoticeObjectionLifted(objection=1, reason=WORDS, lifted_by="dep", said_at=world.now)
        world.record(notice("d"), lifting)
        [before] = [row for row in seen(database, day + timedelta(days=1)) if row.notice_id == id_of("d")]
        [after] = [row for row in seen(database, world.now.date()) if row.notice_id == id_of("d")]
        assert (before.state, before.opens_at, before.lines[0].stopped) == ("objected", None, True)
        assert (after.state, after.lines[0].stopped) == ("received", False)
        assert after.opens_at is not None
        assert after.opens_at > world.now + timedelta(days=14), "its days began anew"
        left = without([after, first], [id_of("fem")])
        assert in_order(left, names) == ["a"], "a notice that tells of nothing else is not told of"
        pages(rows, day + timedelta(days=1))


def pages(rows: list[NoticeRow], day: date) -> None:
    """What the page makes of them: those that open this week first, and each bar from receipt to opening."""
    question = Asked(year=2020, valid_at=day)
    groups = [when(row, day) for row in rows]
    assert sorted(groups) == ["running", "sent", "stopped", "withdrawn"]
    opening = next(row for row in rows if row.opens_at)
    assert opening.opens_at is not None
    that_week = day_of(opening.opens_at)
    assert when(opening, that_week) == "week"
    assert when(opening, that_week + timedelta(days=7)) == "opened"
    table: Any = notices_table(rows, replace(question, valid_at=that_week))
    assert table.rows[0]["opens_at"] == opening.opens_at
    days = draw(rows, day)
    assert days is not None
    assert {span.stopped for span in days.spans} == {True, False}
    for span in days.spans:
        assert 0 <= span.start < span.start + span.length <= 1000
    whole = (days.last - days.first).days + 1
    running = next(span for span in days.spans if not span.stopped)
    assert running.start + running.length == (that_week - days.first).days * 1000 // whole
    assert draw([], day) is None
    assert isinstance(opening.lines[0].case_id, UUID)
