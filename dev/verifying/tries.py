"""What is told of tries to send, held against how they were begun: no letter begins to leave without a permit, and
nothing comes of a try that nobody began.

Whoever holds the service's role can tell that a letter left; whoever owns the database can have it begin without the
word of grants. Both stand in facts that every table follows from, so only who reads the facts themselves finds them.
"""

from collections.abc import Iterator, Sequence

from services.eventlog.recorded import Recorded
from services.notifications.facts.channel import (
    LetterDelivered,
    LetterDispatched,
    LetterDispatchFailed,
    LetterDispatchUnknown,
    LetterSendingBegun,
    LetterSendingPermitted,
)
from services.notifications.facts.notice import (
    NoticeDispatched,
    NoticeDispatchFailed,
    NoticeDispatchUnknown,
    NoticeSendingBegun,
)


def list_problems(facts: Sequence[Recorded], permits_from: int) -> Iterator[tuple[int, str]]:
    """(position, what is wrong) in one stream. `permits_from` is where the rules begin that ask for a permit at each
    try; what stood in a log before went by the rules of its day."""
    begun = set[int]()
    for fact in facts:
        match fact.event:
            case LetterSendingBegun(attempt=attempt):
                begun.add(attempt)
                if fact.position > permits_from:
                    yield fact.position, f"try {attempt} was begun without grants' permit"
            case LetterSendingPermitted(attempt=attempt) | NoticeSendingBegun(dispatch=attempt):
                begun.add(attempt)
            case (
                LetterDispatched(attempt=attempt)
                | LetterDispatchUnknown(attempt=attempt)
                | LetterDispatchFailed(attempt=attempt)
                | LetterDelivered(attempt=attempt)
                | NoticeDispatched(dispatch=attempt)
                | NoticeDispatchUnknown(dispatch=attempt)
                | NoticeDispatchFailed(dispatch=attempt)
            ) if attempt not in begun:
                yield fact.position, f"{fact.event.TOPIC} is told of try {attempt}, which nobody began"
