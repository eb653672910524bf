"""A notifications log of letters that left after the ministry's days, a hundred in each notice."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice
from uuid import UUID

import psycopg
from psycopg_pool import AsyncConnectionPool
from pydantic import TypeAdapter

from bench.gate import BYTES, IN_A_NOTICE, held, item_of, lines_of
from services.eventlog.command import Command, Write
from services.eventlog.events import Event
from services.eventlog.log import Log
from services.notifications.channel.rules import key_of
from services.notifications.facts.channel import LetterDispatched, LetterSendingPermitted, Permit
from services.notifications.facts.notice import (
    About,
    CountingPolicy,
    NoticeDispatched,
    NoticeLine,
    NoticeOrdered,
    NoticePrepared,
    NoticeReceived,
    NoticeSendingBegun,
)
from services.notifications.facts.release import AfterNotice, LetterHeld, LetterReleased, LetterReleaseOrdered
from services.notifications.facts.scheme_policy import DecisionHeard
from services.notifications.gate.counting import opens_at
from services.notifications.notice.document import must_read

OF_A_LETTER = 6
TOLD_AT = datetime(2020, 6, 1, 9, tzinfo=UTC)
DECIDED = DecisionHeard(version=3, decided_at=datetime(2020, 5, 1, tzinfo=UTC))
LEFT_AT = TOLD_AT + timedelta(days=20)
NAMES = [each.name for each in fields(CountingPolicy)]
POLICY = f"SELECT {', '.join(NAMES)} FROM notifications.policy ORDER BY valid_from LIMIT 1"
CLOCK = "SELECT pg_get_functiondef('notifications.log_clock()'::regprocedure)"


def fill(dsn: str, owner_dsn: str, events: int) -> None:
    """So many facts of letters, recorded as the service would: held and told on one day, sent on another."""
    with psycopg.connect(owner_dsn, autocommit=True) as owner:
        owner.execute("INSERT INTO notifications.letter_file (content) VALUES (%s)", (BYTES,))
        row, shipped = owner.execute(POLICY.encode()).fetchone(), owner.execute(CLOCK).fetchone()
        assert row is not None
        assert shipped is not None
        policy = TypeAdapter(CountingPolicy).validate_python(dict(zip(NAMES, row, strict=True)))
        _at(owner, TOLD_AT)
        log = Log(dsn, AsyncConnectionPool(dsn, open=False), schema="notifications", now=lambda: TOLD_AT)
        for number, letters in enumerate(_letters(events // OF_A_LETTER)):
            facts = [Write(item_of(each), 0, (DECIDED, each)) for each in letters]
            text = _text_of(lines_of(letters))
            owner.execute("INSERT INTO notifications.letter_file (content) VALUES (%s)", (text,))
            _record(log, *facts, Write(f"notice-{UUID(int=number)}", 0, tuple(_told(letters, policy, text))))
        log.close()
        _at(owner, LEFT_AT)
        log = Log(dsn, AsyncConnectionPool(dsn, open=False), schema="notifications", now=lambda: LEFT_AT)
        for number, letters in enumerate(_letters(events // OF_A_LETTER)):
            _record(log, *(Write(item_of(each), 2, tuple(_leaving(each, number, policy))) for each in letters))
        log.close()
        owner.execute(shipped[0].encode())


def _letters(number: int) -> Iterator[Sequence[LetterHeld]]:
    letters = (held(UUID(int=each)) for each in range(number))
    while some := list(islice(letters, IN_A_NOTICE)):
        yield some


def _text_of(lines: Sequence[NoticeLine]) -> bytes:
    """What the ministry reads of them, and no more than it must."""
    told = (row for number, line in enumerate(lines, 1) for row in must_read(number, line))
    return "\n".join(("", *told, "")).encode()


def _told(letters: Sequence[LetterHeld], policy: CountingPolicy, text: bytes) -> Iterator[Event]:
    lines = lines_of(letters)
    about = About(kind="scheme", id="bench")
    yield NoticePrepared(about=about, lines=lines, planned_on=None, renews=None, prepared_by="kari")
    yield NoticeOrdered(
        channel="file-outbox", policy=policy, document_sha256=sha256(text).hexdigest(), ordered_by="ola"
    )
    yield NoticeSendingBegun(dispatch=1, channel="file-outbox", key="x")
    yield NoticeDispatched(dispatch=1, channel="file-outbox", reference="x", said_at=TOLD_AT)
    yield NoticeReceived(
        dispatch=1, received_at=TOLD_AT, evidence="x", evidence_sha256=None, told_by="channel:file-outbox"
    )


def _leaving(letter: LetterHeld, notice: int, policy: CountingPolicy) -> Iterator[Event]:
    item = item_of(letter)
    yield LetterReleaseOrdered(manifest_sha256=letter.manifest_sha256, ordered_by="ola")
    yield LetterReleased(
        manifest_sha256=letter.manifest_sha256,
        letter_sha256=letter.letter_sha256,
        ground=AfterNotice(notice_id=UUID(int=notice), opened_at=opens_at(TOLD_AT, policy)),
        said_at=LEFT_AT,
        released_by="ola",
        recipient_number=None,
        channel="file-outbox",
    )
    permit = Permit(
        position=letter.manifest.case_id.int + 1,
        hash=sha256(item.encode()).hexdigest(),
        attempt=1,
        letter_sha256=letter.letter_sha256,
        granted_at=LEFT_AT,
        until=LEFT_AT + timedelta(minutes=2),
    )
    yield LetterSendingPermitted(attempt=1, channel="file-outbox", key=key_of(item, 0), permit=permit)
    yield LetterDispatched(attempt=1, channel="file-outbox", reference="x", said_at=LEFT_AT)


def _record(log: Log, *writes: Write) -> None:
    outcome = log.append_now(Command(actor="bench"), *writes)
    assert outcome.outcome == "recorded", outcome


def _at(owner: psycopg.Connection, at: datetime) -> None:
    """What the owner says it is now."""
    owner.execute(
        "CREATE OR REPLACE FUNCTION notifications.log_clock() RETURNS timestamptz LANGUAGE sql VOLATILE"
        f" SET search_path = pg_catalog, pg_temp AS $$ SELECT '{at.isoformat()}'::timestamptz $$".encode()
    )
