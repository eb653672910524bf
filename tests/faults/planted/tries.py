"""Tries to send that were never begun, or begun without grants' word: every table follows from the facts and agrees."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg

from services.eventlog.events import Event
from services.notifications.facts.channel import (
    LetterDelivered,
    LetterDispatched,
    LetterDispatchFailed,
    LetterDispatchUnknown,
    LetterSendingBegun,
    LetterSendingPermitted,
)
from services.notifications.facts.notice import NoticeDispatched, NoticeObjected
from services.notifications.facts.release import AfterNotice
from tests.faults.planted.lived import BEGAN, signer, simulated
from tests.faults.planted.releases import released
from tests.faults.planted.tampering import Copy, Tampering
from tests.faults.planted.told import BY_NOTIFICATIONS, notice_of, told
from tests.notifications.permits import permit

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


OPEN_TO_ALL = """
    CREATE OR REPLACE FUNCTION notifications.refuse_closed(which text, may_have_left boolean) RETURNS void LANGUAGE sql
    VOLATILE SET search_path = pg_catalog, pg_temp AS 'SELECT'
"""
ASKED_ANEW = "SELECT pg_get_functiondef('notifications.refuse_closed'::regproc)"


def begun_over_an_objection(copy: Copy) -> int:
    """A letter is let out when its days are over, and the ministry objects before it has left. The owner replaces the
    function that asks the gate at each try, and lays back what was shipped."""
    item, notice, at = copy.letters["young"], notice_of("young")(copy), BEGAN + timedelta(days=40)
    with simulated(copy.database) as clock, psycopg.connect(copy.database.migrator_dsn, autocommit=True) as owner:
        clock.set(at)
        ground = AfterNotice(notice_id=UUID(notice.removeprefix("notice-")), opened_at=at)
        out = released(copy, item, ground, at)
        copy.append("notifications", item, out, now=clock.now)
        objected = NoticeObjected(objection=1, items=(), text="Vent.", objected_by="departementet")
        copy.append("notifications", notice, objected, now=clock.now)
        owner.execute("SET ROLE tilsagn_owner")
        [(shipped,)] = owner.execute(ASKED_ANEW).fetchall()
        owner.execute(OPEN_TO_ALL)
        by = permit(out.letter_sha256, at)
        begun = LetterSendingPermitted(attempt=1, channel="file-outbox", key="x", permit=by)
        position = copy.append("notifications", item, begun, now=clock.now)
        owner.execute(shipped.encode())
        assert signer(copy.database, copy.folder, "notifications", clock.now).sign()
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
    Tampering(
        name="a letter begun to be sent over an objection made since it was released",
        by="owner",
        does=begun_over_an_objection,
        found=r"position {at}: gate: tries: .*as it began to leave, the ministry's objection 1 of .* was open",
        touches=("notifications.event", "notifications.sending"),
    ),
)
