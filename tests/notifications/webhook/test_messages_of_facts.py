"""What receivers outside are told of what happens to notices and letters."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from services.eventlog.events import Event
from services.eventlog.log import Log
from services.eventlog.recorded import Recorded
from services.notifications.facts.notice import NoticeObjectionLifted
from services.notifications.receiver.outbox import OF_DEADLINES, TYPES, Outgoing
from services.notifications.webhook import following as module
from services.notifications.webhook.following import FALLBACK, Following
from services.notifications.webhook.messages_of_facts import TOPICS, message_of, post_of
from tests.conftest import Database
from tests.notifications.notice.rules import BEGUN, FAILED, ORDERED, PREPARED, RECEIVED, SENT, STOPPED, WITHDRAWN
from tests.notifications.sentences import at
from tests.notifications.webhook.messages_of_facts import DELIVERED, ENDED, FILE, HELD, RELEASED, told
from tests.notifications.world import Kept, id_of, letter, notice


def of_notice(*events: Event) -> Outgoing:
    message = told(notice("n"), *events)
    assert message is not None
    return message


@pytest.mark.parametrize(
    ("events", "kind", "data"),
    [
        ((PREPARED, ORDERED, BEGUN, SENT), "notice.sent", {"channel": "file-outbox", "letters": 2, "publications": 0}),
        ((PREPARED, ORDERED, BEGUN, SENT, RECEIVED), "notice.received", {"opens_on": "2020-03-16"}),
        ((PREPARED, ORDERED, BEGUN, FAILED), "notice.delivery_failed", {"lasting": True}),
        ((PREPARED, ORDERED, BEGUN, SENT, STOPPED), "notice.objected", {"objection": 1, "stopped": 1}),
        ((PREPARED, WITHDRAWN), "notice.superseded", {"by": None}),
    ],
)
def test_a_notice_is_told_of(events: Sequence[Event], kind: str, data: dict[str, Any]) -> None:
    message = of_notice(*events)
    assert message.type == kind
    assert message.subject["notice_id"] == str(id_of("n"))
    assert data.items() <= message.data.items()
    assert message.data["see"] == f"/v1/notices/{id_of('n')}"
    assert message.occurred_at == at(len(events))


def test_when_it_opens_is_told_as_the_gate_counts_it() -> None:
    """An objection lifted later than the receipt begins the days anew; it opens with the first that is not stopped."""
    lifted = NoticeObjectionLifted(objection=1, reason="greit", lifted_by="marit", said_at=at(4) + timedelta(days=3))
    stopped = replace(STOPPED, items=())
    assert of_notice(PREPARED, ORDERED, BEGUN, SENT, stopped, lifted, RECEIVED).data["opens_on"] == "2020-03-19"
    assert of_notice(PREPARED, ORDERED, BEGUN, SENT, STOPPED, RECEIVED).data["opens_on"] == "2020-03-16"


def test_what_a_notice_lists_is_what_endpoints_filter_on() -> None:
    lines = tuple(
        replace(each, scheme_id="s", fund_id="2020/671/60/x", case_number="2020/9") for each in PREPARED.lines
    )
    message = of_notice(replace(PREPARED, lines=lines), ORDERED, BEGUN, SENT)
    cases = sorted([str(id_of("a")), str(id_of("b"))])
    assert dict(message.subject) == {
        "notice_id": str(id_of("n")),
        "scheme_ids": ["s"],
        "posts": ["671.60"],
        "case_ids": cases,
        "case_numbers": ["2020/9"] * 2,
    }
    assert of_notice(replace(PREPARED, lines=lines), STOPPED).subject["case_ids"] == [str(id_of("a"))]


def test_the_notice_before_is_told_of_when_another_takes_over() -> None:
    message = of_notice(replace(PREPARED, renews=id_of("m")), ORDERED)
    assert (message.type, message.subject["notice_id"]) == ("notice.superseded", str(id_of("m")))
    assert message.data["by"] == str(id_of("n"))
    assert told(notice("n"), PREPARED, ORDERED) is None


@pytest.mark.parametrize(
    ("fact", "kind", "data"),
    [
        (RELEASED, "letter.released", {"released_on": "2020-03-01", "channel": "file-outbox"}),
        (DELIVERED, "letter.delivered", {"delivered_on": "2020-03-01"}),
        (ENDED, "letter.refused", {"code": "award-changed-since"}),
    ],
)
def test_a_letter_is_told_of(fact: Event, kind: str, data: dict[str, Any]) -> None:
    message = told(letter("a"), FILE, HELD, fact)
    assert message is not None
    assert message.type == kind
    assert message.subject == {
        "case_id": str(id_of("a")), "case_number": "2020/17", "scheme_id": "jobbsjansen-2020", "post": "291.71"
    }  # fmt: skip
    assert data.items() <= message.data.items()


def test_nothing_anybody_wrote_is_told() -> None:
    written = (
        STOPPED.text,
        ENDED.reason,
        WITHDRAWN.reason,
        FAILED.problem,
        HELD.manifest.recipient_name,
        "kari",
        "marit",
    )
    for fact in (ENDED, RELEASED, DELIVERED):
        message = told(letter("a"), FILE, HELD, fact)
        assert message is not None
        assert not [word for word in written if word in str(message)]
    for last in (STOPPED, WITHDRAWN, FAILED, RECEIVED):
        assert not [word for word in written if word in str(of_notice(PREPARED, SENT, last))]


def test_every_fact_that_is_told_has_a_type_and_one_by_name_alone() -> None:
    assert set(FALLBACK.values()) == {
        kind for kind in TYPES if not kind.startswith("endpoint.") and kind not in OF_DEADLINES
    }
    assert FALLBACK.keys() == set(TOPICS) - {ORDERED.TOPIC}  # that of itself tells of no notice but the one before


def test_a_post_is_read_from_the_fund() -> None:
    assert post_of("2020/671/60") == post_of("2020/671/60/jobbsjansen/x") == "671.60"
    assert post_of("2020") is None


def messages(database: Database) -> list[tuple[str, Any]]:
    with psycopg.connect(database.admin_dsn) as connection:
        return connection.execute(
            "SELECT m.type, m.data -> 'incomplete' FROM notifications.message m"
            " JOIN notifications.message_waiting w USING (id) ORDER BY w.nth"
        ).fetchall()


def follow(database: Database, *, readers: int = 1) -> None:
    """Everything there is, by so many at once."""

    async def go() -> None:
        async with AsyncConnectionPool(database.notifications_dsn, kwargs={"autocommit": True}) as pool:
            log = Log(database.notifications_dsn, pool, schema="notifications")
            try:
                each = [Following(log, pool) for _ in range(readers)]
                for _ in range(5):
                    await asyncio.gather(*(one.step() for one in each))
            finally:
                log.close()

    asyncio.run(go())


def test_the_log_is_followed_once_whoever_follows(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TOGETHER", 2)
    with Kept(database) as world:
        world.record(letter("a"), FILE, HELD)
        for nth, name in enumerate(("n", "m")):
            world.now += timedelta(hours=1)
            world.record(notice(name), PREPARED, ORDERED)
            world.record(notice(name), BEGUN, replace(SENT, said_at=world.now))
            if nth:
                world.record(notice(name), STOPPED)
        follow(database, readers=3)
        expected = [("notice.sent", None), ("notice.sent", None), ("notice.objected", None)]
        assert messages(database) == expected
        follow(database, readers=2)
        assert messages(database) == expected
        world.record(notice("m"), WITHDRAWN)
        follow(database)
        assert messages(database) == [*expected, ("notice.superseded", None)]


def test_a_fact_that_cannot_be_made_out_is_told_by_name_and_holds_up_no_other(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(facts: Sequence[Recorded]) -> Outgoing | None:
        if facts[-1].event == STOPPED:
            raise ValueError("cannot be read")
        return message_of(facts)

    monkeypatch.setattr(module, "message_of", fails)
    with Kept(database) as world:
        world.record(notice("n"), PREPARED, ORDERED)
        world.record(notice("n"), BEGUN, replace(SENT, said_at=world.now))
        world.record(notice("n"), STOPPED)
        world.record(notice("n"), WITHDRAWN)
        follow(database)
        assert messages(database) == [("notice.sent", None), ("notice.objected", True), ("notice.superseded", None)]
