"""What the gate's senders, waivers and releases stand in their tables as, worked out anew from the facts.

Written without looking at the SQL that keeps them while it records. Whether a release was lawful is judged elsewhere;
here it is held that its row says what its fact does.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from services.eventlog.events import Event
from services.eventlog.recorded import Recorded
from services.notifications.channel.events import (
    LetterDelivered,
    LetterDispatched,
    LetterDispatchFailed,
    LetterDispatchUnknown,
    LetterSendingBegun,
    LetterSentAgain,
)
from services.notifications.notice.events import (
    NoticeDispatched,
    NoticeDispatchFailed,
    NoticeDispatchUnknown,
    NoticeOrdered,
    NoticeReceived,
    NoticeSendingBegun,
    NoticeSentAgain,
    NoticeWithdrawn,
)
from services.notifications.publication.events import PublicationReleased
from services.notifications.release.events import (
    AfterNotice,
    Ground,
    LetterReleased,
    SchemeExempt,
    WaiverConfirmed,
    WaiverProposed,
    WaiverRejected,
)

SENDINGS = "SELECT stream, state, attempt, next_at FROM notifications.sending"
WAIVERS = """
    SELECT item, position, encode(manifest_sha256, 'hex'), encode(document_sha256, 'hex'), proposed_by, confirmed_by
    FROM notifications.waiver
"""
# The instant it left by the trigger's clock lies within the command that recorded it.
RELEASED = """
    SELECT item, position, encode(manifest_sha256, 'hex'), encode(letter_sha256, 'hex'), ground, basis, said_at,
           recorded_at, released_at BETWEEN recorded_at AND recorded_at + interval '60 seconds'
    FROM notifications.release
"""
Facts = Mapping[str, Sequence[Recorded]]
Row = tuple[Any, ...]

# A sender that died leaves its try begun; after so long the channel is asked.
BEGUN = timedelta(minutes=2)
UNKNOWN = timedelta(seconds=30)
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 5, 3600


def sending_rows(facts: Facts) -> Iterator[Row]:
    """How far each letter and notice has come on its way out, and before when nothing is to be done."""
    for stream, its in facts.items():
        attempt, row = 0, None
        for fact in its:
            if (step := _step(fact.event)) is None:
                continue
            state, said, pause = step
            attempt = attempt if said is None else said
            row = (stream, state, attempt, fact.recorded_at + pause)
        if row is not None:
            yield row


def _step(event: Event) -> tuple[str, int | None, timedelta] | None:
    """(state, attempt if the fact says it, how long nothing is to be done); None if this fact moves nothing."""
    match event:
        case LetterReleased() | LetterSentAgain() | NoticeOrdered() | NoticeSentAgain():
            return "due", None, timedelta()
        case LetterSendingBegun(attempt=attempt) | NoticeSendingBegun(dispatch=attempt):
            return "begun", attempt, BEGUN
        case LetterDispatched(attempt=attempt) | NoticeDispatched(dispatch=attempt):
            return "sent", attempt, timedelta()
        case LetterDispatchUnknown(attempt=attempt) | NoticeDispatchUnknown(dispatch=attempt):
            return "unknown", attempt, UNKNOWN
        case (
            LetterDispatchFailed(attempt=attempt, lasting=lasting)
            | NoticeDispatchFailed(dispatch=attempt, lasting=lasting)
        ):
            pause = min(FIRST_PAUSE_SECONDS * 2 ** min(attempt, 10), LONGEST_PAUSE_SECONDS)
            return "stuck" if lasting else "due", attempt, timedelta(seconds=pause)
        case LetterDelivered() | NoticeReceived() | NoticeWithdrawn():
            return "done", None, timedelta()
    return None


def waiver_rows(facts: Facts) -> Iterator[Row]:
    """Each waiver that was claimed and not rejected, and by whom it was confirmed."""
    for item, its in facts.items():
        claims: dict[int, WaiverProposed] = {}
        confirmed: dict[int, str] = {}
        for fact in its:
            match fact.event:
                case WaiverProposed() as claimed:
                    claims[fact.position] = claimed
                case WaiverRejected():
                    claims = {position: claim for position, claim in claims.items() if position in confirmed}
                case WaiverConfirmed() as told:
                    says = (told.manifest_sha256, told.document_sha256)
                    for position, claim in claims.items():
                        if position not in confirmed and (claim.manifest_sha256, claim.document_sha256) == says:
                            confirmed[position] = told.confirmed_by
        for position, claim in claims.items():
            digests = claim.manifest_sha256, claim.document_sha256
            yield item, position, *digests, claim.proposed_by, confirmed.get(position)


def released_rows(facts: Facts) -> Iterator[Row]:
    """What each release says in its row, as its fact says it."""
    for item, its in facts.items():
        for fact in its:
            if isinstance(released := fact.event, LetterReleased | PublicationReleased):
                letter = released.letter_sha256 if isinstance(released, LetterReleased) else None
                said = released.ground.kind, basis_of(released.ground), released.said_at, fact.recorded_at
                yield item, fact.position, released.manifest_sha256, letter, *said, True


def basis_of(ground: Ground) -> str:
    """What the ground rests on: the notice, the policy's source, or the digest of what the ministry wrote."""
    if isinstance(ground, AfterNotice):
        return f"notice-{ground.notice_id}"
    return ground.source if isinstance(ground, SchemeExempt) else ground.document_sha256
