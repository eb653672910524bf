"""What the ministry is told, when it counts as told, and what it says to that."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.duties import SamePersonTwice
from services.notifications.facts.hands import NONE
from services.notifications.facts.notice import (
    NoticeDispatched,
    NoticeDispatchUnknown,
    NoticeObjectionLifted,
    NoticeReceiptProposed,
    NoticeReceiptRejected,
    NoticeReceiptRevoked,
    NoticeReceived,
    NoticeSentAgain,
)
from services.notifications.gate.planned_day import PlannedDayPassed, PlannedTooFarAhead
from services.notifications.notice import objections, rules, sending
from services.notifications.notice.refusals import (
    MOST_LINES,
    AlreadyOrdered,
    AlreadyReceived,
    ChannelNotSetUp,
    NoSuchObjection,
    NothingClaimed,
    NothingToTell,
    NoticeGone,
    NoticeTooLong,
    NotInTheNotice,
    NotReceived,
    NotSentYet,
    ReceivedBeforeSent,
    ReceivedInTheFuture,
)
from services.reason import ReasonMissing
from tests.notifications.notice.rules import (
    ABOUT,
    BEGUN,
    CLAIM,
    FAILED,
    LINES,
    ORDERED,
    OUT,
    PREPARED,
    RECEIVED,
    SENT,
    SHA,
    STOPPED,
    WITHDRAWN,
)
from tests.notifications.sentences import at, notice_after
from tests.notifications.world import POLICY, letter

UNKNOWN = NoticeDispatchUnknown(dispatch=1, problem="kuttet")
AGAIN = NoticeSentAgain(reason="tapt", asked_by="kari")
CLAIMED = NoticeReceiptProposed(dispatch=1, proposed_by="kari", **CLAIM)
ASKED = {"about": ABOUT, "lines": LINES, "planned_on": None, "renews": None, "prepared_by": "kari"}
CHANNELS = frozenset({"file-outbox", "smtp"})
ORDER = {
    "channel": "file-outbox",
    "channels": CHANNELS,
    "policy": POLICY,
    "document_sha256": SHA,
    "waits": True,
    "ordered_by": "ingrid",
}
WHY = {"reason": "tapt"}


def test_a_notice_tells_of_something() -> None:
    notice_after().when(rules.prepare, **ASKED).then(PREPARED)
    notice_after(PREPARED).when(rules.prepare, **ASKED).nothing()
    notice_after().when(rules.prepare, **ASKED | {"lines": ()}).refused(NothingToTell)


def test_a_notice_is_no_longer_than_somebody_reads() -> None:
    most = LINES[:1] * MOST_LINES
    notice_after().when(rules.prepare, **ASKED | {"lines": [*most, *LINES[:1]]}).refused(NoticeTooLong, saying="10001")
    assert notice_after().when(rules.prepare, **ASKED | {"lines": most}).events


def test_it_is_ordered_once_and_not_when_withdrawn() -> None:
    notice_after(PREPARED).when(rules.order, **ORDER).then(ORDERED)
    notice_after(PREPARED, ORDERED).when(rules.order, **ORDER).refused(AlreadyOrdered)
    notice_after(PREPARED, WITHDRAWN).when(rules.order, **ORDER).refused(NoticeGone)
    elsewhere = ORDER | {"channel": "eformidling"}
    notice_after(PREPARED).when(rules.order, **elsewhere).refused(ChannelNotSetUp)


def test_it_is_sent_again_only_when_it_was_sent_or_failed() -> None:
    asked = WHY | {"asked_by": "kari", "waits": True}
    notice_after(*OUT).when(rules.send_again, **asked).then(AGAIN)
    notice_after(PREPARED, ORDERED, BEGUN, FAILED).when(rules.send_again, **asked).then(AGAIN)
    notice_after(PREPARED, ORDERED, BEGUN).when(rules.send_again, **asked).refused(NotSentYet)
    notice_after(PREPARED).when(rules.send_again, **asked).refused(NotSentYet)
    notice_after(*OUT, WITHDRAWN).when(rules.send_again, **asked).refused(NoticeGone)
    notice_after(*OUT).when(rules.send_again, reason=" ", waits=True, asked_by="kari").refused(ReasonMissing)


def test_the_ministry_is_not_told_of_what_waits_no_more() -> None:
    notice_after(PREPARED).when(rules.order, **ORDER | {"waits": False}).refused(NothingToTell)
    notice_after(PREPARED, ORDERED).when(rules.order, **ORDER | {"waits": False}).refused(AlreadyOrdered)
    asked = WHY | {"asked_by": "kari", "waits": False}
    notice_after(*OUT).when(rules.send_again, **asked).refused(NothingToTell)


def test_a_channels_receipt_counts_no_earlier_than_the_sending_and_no_later_than_now() -> None:
    told = {"dispatch": 1, "evidence": "LEVERT", "channel": "eformidling", "now": at(6)}

    def received(hour: int) -> NoticeReceived:
        by: dict[str, Any] = {"dispatch": 1, "evidence": "LEVERT", "evidence_sha256": None}
        return NoticeReceived(received_at=at(hour), told_by="channel:eformidling", **by)

    for said, counts in ((5, 5), (2, 4), (9, 6)):
        notice_after(*OUT).when(rules.receive, received_at=at(said), **told).then(received(counts))
    notice_after(*OUT, received(5)).when(rules.receive, received_at=at(5), **told).nothing()
    notice_after(*OUT, AGAIN).when(rules.receive, received_at=at(5), **told).nothing()
    notice_after(*OUT).when(rules.receive, received_at=at(5), **told | {"dispatch": 2}).nothing()
    notice_after(*OUT, WITHDRAWN).when(rules.receive, received_at=at(5), **told).nothing()


def test_the_ministry_acknowledges_what_was_sent() -> None:
    asked = {"hands": NONE, "now": at(6), "acknowledged_by": "marit"}
    by: dict[str, Any] = {
        "evidence": "bekreftet av departementet i tjenesten",
        "evidence_sha256": None,
        "told_by": "marit",
    }
    counts = replace(RECEIVED, received_at=at(6), proposed_by=None, **by)
    notice_after(*OUT).when(rules.acknowledge, **asked).then(counts)
    notice_after(*OUT, RECEIVED).when(rules.acknowledge, **asked).nothing()
    notice_after(PREPARED, ORDERED).when(rules.acknowledge, **asked).refused(NotSentYet)
    notice_after(*OUT, WITHDRAWN).when(rules.acknowledge, **asked).refused(NoticeGone)


def test_a_receipt_that_a_person_records_lies_between_the_sending_and_now() -> None:
    asked = CLAIM | {"now": at(6), "proposed_by": "kari"}
    notice_after(*OUT).when(rules.propose_receipt, **asked).then(CLAIMED)
    notice_after(*OUT, CLAIMED).when(rules.propose_receipt, **asked).nothing()
    early, late = at(4) - timedelta(microseconds=1), at(6) + timedelta(microseconds=1)
    notice_after(*OUT).when(rules.propose_receipt, **asked | {"received_at": early}).refused(ReceivedBeforeSent)
    notice_after(*OUT).when(rules.propose_receipt, **asked | {"received_at": late}).refused(ReceivedInTheFuture)
    notice_after(*OUT, RECEIVED).when(rules.propose_receipt, **asked).refused(AlreadyReceived)
    notice_after(PREPARED, ORDERED).when(rules.propose_receipt, **asked).refused(NotSentYet)
    notice_after(*OUT).when(rules.propose_receipt, **asked | {"evidence": " "}).refused(ReasonMissing)


def test_a_second_person_confirms_or_rejects_it() -> None:
    confirm = {"now": at(6), "confirmed_by": "ingrid"}
    notice_after(*OUT, CLAIMED).when(rules.confirm_receipt, **confirm).then(RECEIVED)
    own = confirm | {"confirmed_by": "kari"}
    notice_after(*OUT, CLAIMED).when(rules.confirm_receipt, **own).refused(SamePersonTwice)
    notice_after(*OUT).when(rules.confirm_receipt, **confirm).refused(NothingClaimed)
    rejected = NoticeReceiptRejected(reason="tapt", rejected_by="ingrid")
    notice_after(*OUT, CLAIMED).when(rules.reject_receipt, **WHY, rejected_by="ingrid").then(rejected)
    notice_after(*OUT, CLAIMED, rejected).when(rules.confirm_receipt, **confirm).refused(NothingClaimed)
    notice_after(*OUT).when(rules.reject_receipt, **WHY, rejected_by="ingrid").refused(NothingClaimed)


def test_a_receipt_proposed_before_it_was_sent_again_is_no_longer_there_to_confirm() -> None:
    sent = NoticeDispatched(dispatch=2, channel="file-outbox", reference="y", said_at=at(7))
    confirm = {"now": at(9), "confirmed_by": "ingrid"}
    notice_after(*OUT, CLAIMED, AGAIN, sent).when(rules.confirm_receipt, **confirm).refused(NothingClaimed)


def test_a_receipt_is_revoked_when_there_was_none() -> None:
    asked = WHY | {"revoked_by": "kari"}
    revoked = NoticeReceiptRevoked(reason="tapt", revoked_by="kari")
    notice_after(*OUT, RECEIVED).when(rules.revoke_receipt, **asked).then(revoked)
    notice_after(*OUT, RECEIVED, revoked).when(rules.revoke_receipt, **asked).refused(NotReceived)


def test_the_ministry_stops_what_the_notice_tells_of_and_lifts_it_once() -> None:
    asked = {"items": (letter("a"),), "text": "vent", "objected_by": "marit", "hands": NONE}
    notice_after(*OUT).when(objections.object_to, **asked).then(STOPPED)
    notice_after(*OUT).when(objections.object_to, **asked | {"items": (letter("z"),)}).refused(NotInTheNotice)
    notice_after(*OUT).when(objections.object_to, **asked | {"text": ""}).refused(ReasonMissing)
    notice_after(PREPARED).when(objections.object_to, **asked).refused(NotSentYet)
    lift = {"objection": 1, "reason": "avklart", "lifted_by": "marit", "hands": NONE, "now": at(7)}
    lifted = NoticeObjectionLifted(objection=1, reason="avklart", lifted_by="marit", said_at=at(7))
    notice_after(*OUT, STOPPED).when(objections.lift, **lift).then(lifted)
    notice_after(*OUT, STOPPED, lifted).when(objections.lift, **lift).nothing()
    notice_after(*OUT, STOPPED).when(objections.lift, **lift | {"objection": 2}).refused(NoSuchObjection)


def test_it_is_withdrawn_once() -> None:
    notice_after(*OUT).when(rules.withdraw, reason="feil", withdrawn_by="kari").then(WITHDRAWN)
    notice_after(*OUT, WITHDRAWN).when(rules.withdraw, reason="feil", withdrawn_by="kari").nothing()
    notice_after(*OUT).when(rules.withdraw, reason="", withdrawn_by="kari").refused(ReasonMissing)


@pytest.mark.parametrize("over", [(WITHDRAWN,), (RECEIVED,)], ids=["withdrawn", "received"])
def test_what_is_over_is_not_sent(over: tuple[Any, ...]) -> None:
    done = notice_after(*OUT, *over)
    done.when(sending.begin, channel="file-outbox", key="k").nothing()
    done.when(sending.taken, channel="file-outbox", reference="x", said_at=at(5)).nothing()
    done.when(sending.failed, problem="borte", lasting=True).nothing()
    done.when(sending.unknown, problem="kuttet").nothing()


def test_a_sending_is_begun_and_has_one_outcome() -> None:
    notice_after(PREPARED, ORDERED).when(sending.begin, channel="file-outbox", key="k").then(BEGUN)
    begun = notice_after(PREPARED, ORDERED, BEGUN)
    begun.when(sending.begin, channel="file-outbox", key="k").nothing()
    begun.when(sending.taken, channel="file-outbox", reference="x", said_at=at(4)).then(SENT)
    begun.when(sending.failed, problem="borte", lasting=True).then(FAILED)
    begun.when(sending.unknown, problem="kuttet").then(UNKNOWN)
    unknown = notice_after(PREPARED, ORDERED, BEGUN, UNKNOWN)
    unknown.when(sending.unknown, problem="kuttet igjen").nothing()
    unknown.when(sending.taken, channel="file-outbox", reference="x", said_at=at(4)).then(SENT)


def test_nothing_is_planned_to_leave_on_a_day_that_is_past_or_decades_ahead() -> None:
    today = date(2026, 11, 26)
    far = ASKED | {"planned_on": date(2199, 1, 1), "today": today}
    assert notice_after().when(rules.prepare, **far).refused(PlannedTooFarAhead).details["last_on"] == "2031-12-31"
    assert notice_after().when(rules.prepare, **far | {"planned_on": date(2031, 12, 31)}).events
    planned = ASKED | {"planned_on": date(2020, 3, 2), "today": today}
    refusal = notice_after().when(rules.prepare, **planned).refused(PlannedDayPassed)
    assert refusal.details["first_day_on"] == "2026-11-26"
    (told,) = notice_after().when(rules.prepare, **planned | {"planned_on": today}).events
    assert getattr(told, "planned_on", None) == today
