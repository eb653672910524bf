"""Tries to send that were never begun, or begun without grants' word: every table follows from the facts and agrees."""

from datetime import UTC, datetime

import psycopg

from services.eventlog.events import Event
from services.notifications.channel.events import (
    LetterDelivered,
    LetterDispatched,
    LetterDispatchFailed,
    LetterDispatchUnknown,
    LetterSendingBegun,
)
from services.notifications.notice.events import NoticeDispatched
from tests.faults.planted.tampering import Copy, Tampering
from tests.faults.planted.told import BY_NOTIFICATIONS, notice_of, told

AT = datetime(2020, 3, 20, tzinfo=UTC)
NEVER_BEGUN: tuple[Event, ...] = (
    LetterDispatched(attempt=9, channel="file-outbox", reference="x", said_at=AT),
    LetterDispatchUnknown(attempt=9, problem="x"),
    LetterDispatchFailed(attempt=9, problem="x", lasting=False),
    LetterDelivered(
        attempt=9,
        delivered_at=AT,
        evidence="x",
        told_by="channel:file-outbox",
        letter_sha256="ab" * 32,
        recipient_number=None,
        channel="file-outbox",
    ),
)
UNASKED = """
    CREATE OR REPLACE FUNCTION notifications.tell_tries(topic text, which text, at bigint, d jsonb, now_at timestamptz)
    RETURNS void LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS 'SELECT'
"""
SHIPPED = "SELECT pg_get_functiondef('notifications.tell_tries'::regproc)"


def begun_without_a_permit(copy: Copy) -> int:
    """The owner replaces the function that asks for one, and lays back what was shipped."""
    with psycopg.connect(copy.database.migrator_dsn, autocommit=True) as owner:
        owner.execute("SET ROLE tilsagn_owner")
        [(shipped,)] = owner.execute(SHIPPED).fetchall()
        owner.execute(UNASKED)
        begun = LetterSendingBegun(attempt=9, channel="file-outbox", key="x")
        position = copy.append("notifications", copy.letters["noticed"], begun)
        owner.execute(shipped.encode())
    return position


TRIES = (
    *(
        told(
            f"{fact.TOPIC} of a try that nobody began",
            BY_NOTIFICATIONS,
            lambda copy: copy.letters["noticed"],
            r"position {at}: gate: tries: .*nobody began",
            fact,
        )
        for fact in NEVER_BEGUN
    ),
    told(
        "a notice told to have been sent in a try that nobody began",
        BY_NOTIFICATIONS,
        notice_of("young"),
        r"position {at}: gate: tries: .*nobody began",
        NoticeDispatched(dispatch=9, channel="file-outbox", reference="x", said_at=AT),
    ),
    Tampering(
        name="a letter begun to be sent without grants' permit",
        by="owner",
        does=begun_without_a_permit,
        found=r"position {at}: gate: tries: .*without grants' permit",
        touches=("notifications.event", "notifications.sending"),
    ),
)
