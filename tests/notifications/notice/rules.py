"""What the tests of rules build, for other tests to use as well."""

from typing import Any

from services.notifications.facts.notice import (
    About,
    NoticeDispatched,
    NoticeDispatchFailed,
    NoticeObjected,
    NoticeOrdered,
    NoticePrepared,
    NoticeReceived,
    NoticeSendingBegun,
    NoticeWithdrawn,
)
from tests.notifications.sentences import at
from tests.notifications.world import POLICY, letter, line

SHA = "ab" * 32
ABOUT = About(kind="round", id="r")
LINES = (line("a", SHA), line("b", SHA))
PREPARED = NoticePrepared(about=ABOUT, lines=LINES, planned_on=None, renews=None, prepared_by="kari")
ORDERED = NoticeOrdered(channel="file-outbox", policy=POLICY, document_sha256=SHA, ordered_by="ingrid")
BEGUN = NoticeSendingBegun(dispatch=1, channel="file-outbox", key="k")
SENT = NoticeDispatched(dispatch=1, channel="file-outbox", reference="x", said_at=at(4))
OUT = (PREPARED, ORDERED, BEGUN, SENT)
FAILED = NoticeDispatchFailed(dispatch=1, problem="borte", lasting=True)
WITHDRAWN = NoticeWithdrawn(reason="feil", withdrawn_by="kari")
STOPPED = NoticeObjected(objection=1, items=(letter("a"),), text="vent", objected_by="marit")
CLAIM: dict[str, Any] = {"received_at": at(5), "evidence": "e-post", "evidence_sha256": SHA}
RECEIVED = NoticeReceived(dispatch=1, told_by="ingrid", proposed_by="kari", **CLAIM)
