"""What the tests of messages of facts build, for other tests to use as well."""

from uuid import UUID

from services.eventlog.events import Event
from services.eventlog.recorded import Recorded
from services.notifications.facts.channel import LetterDelivered
from services.notifications.facts.release import AfterNotice, LetterFileHeard, LetterReleaseEnded
from services.notifications.receiver.outbox import Outgoing
from services.notifications.webhook.messages_of_facts import message_of
from tests.notifications.sentences import at
from tests.notifications.world import LETTER_SHA256, held, released

HELD = held("a", scheme_id="jobbsjansen-2020")
FILE = LetterFileHeard(
    decision_version=2,
    sha256=LETTER_SHA256,
    size_bytes=9,
    template="grant-letter/2",
    dated_on=at(1).date(),
    case_number="2020/17",
)
RELEASED = released(HELD, AfterNotice(notice_id=UUID(int=5), opened_at=at(1)), at(3))
DELIVERED = LetterDelivered(
    attempt=1,
    delivered_at=at(4),
    evidence="LEST",
    told_by="channel:eformidling",
    letter_sha256=LETTER_SHA256,
    recipient_number=None,
    channel="file-outbox",
)
ENDED = LetterReleaseEnded(letter_sha256=LETTER_SHA256, code="award-changed-since", reason="Tilsagnet er annullert.")


def told(stream: str, *events: Event) -> Outgoing | None:
    """The message about the last of them."""
    return message_of([Recorded(nth, stream, nth, each, at(nth), "x", "-", "-") for nth, each in enumerate(events, 1)])
