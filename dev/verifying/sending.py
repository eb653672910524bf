"""What the gate's senders, waivers and releases stand in their tables as, worked out anew from the facts.

Written without looking at the SQL that keeps them while it records. Whether a release was lawful is judged elsewhere;
here it is held that its row says what its fact does.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, fields
from datetime import timedelta
from typing import Any

from services.eventlog.events import Event
from services.eventlog.recorded import Recorded
from services.notifications.facts.channel import (
    LetterDelivered,
    LetterDispatched,
    LetterDispatchFailed,
    LetterDispatchUnknown,
    LetterFollowed,
    LetterSendingBegun,
    LetterSendingPermitted,
    LetterSentAgain,
)
from services.notifications.facts.notice import (
    CountingPolicy,
    NoticeDispatched,
    NoticeDispatchFailed,
    NoticeDispatchUnknown,
    NoticeOrdered,
    NoticeReceived,
    NoticeSendingBegun,
    NoticeSentAgain,
    NoticeWithdrawn,
)
from services.notifications.facts.publication import PublicationReleased
from services.notifications.facts.release import (
    AfterNotice,
    Ground,
    LetterReleased,
    LetterReleaseEnded,
    SchemeExempt,
    WaiverConfirmed,
    WaiverProposed,
    WaiverRejected,
)

SENDINGS = "SELECT stream, state, attempt, next_at, left_here FROM notifications.sending"
WAIVERS = """
    SELECT item, position, encode(manifest_sha256, 'hex'), encode(document_sha256, 'hex'), proposed_by, confirmed_by
    FROM notifications.waiver
"""
# The instant it left by the trigger's clock lies within the command that recorded it.
RELEASED = """
    SELECT item, position, encode(manifest_sha256, 'hex'), encode(letter_sha256, 'hex'), ground, basis, said_at,
           recorded_at, number, released_at BETWEEN recorded_at AND recorded_at + interval '60 seconds'
    FROM notifications.release
"""
FROZEN = f"SELECT {', '.join(each.name for each in fields(CountingPolicy))} FROM notifications.policy"
Facts = Mapping[str, Sequence[Recorded]]
Row = tuple[Any, ...]

# A sender that died leaves its try begun; after so long the channel is asked.
BEGUN = timedelta(minutes=2)
UNKNOWN = timedelta(seconds=30)
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 5, 3600


def sending_rows(facts: Facts, permits_from: int) -> Iterator[Row]:
    """How far each letter and notice has come on its way out, before when nothing is to be done, and whether anything
    of it may have left by tries that are over. Before the rules that asked for a permit at each try, which hold after
    `permits_from`, whatever was asked for again counts as that."""
    for stream, its in facts.items():
        state, attempt, row, left_here = "", 0, None, False
        for fact in its:
            left_here = left_here or _left(fact.event, state, earlier=fact.position < permits_from)
            left_here = left_here and not isinstance(fact.event, LetterFollowed)
            if (step := _step(fact.event)) is None:
                continue
            state, said, pause = step
            attempt = attempt if said is None else said
            row = (stream, state, attempt, fact.recorded_at + pause)
        if row is not None:
            yield *row, left_here


def _left(event: Event, state: str, *, earlier: bool) -> bool:
    """Whether this fact, told in that state, says that a letter may have left by a try that is over."""
    if isinstance(event, LetterSentAgain):
        return earlier or state in {"begun", "unknown"}
    return isinstance(event, LetterDispatched | LetterDelivered)


def _step(event: Event) -> tuple[str, int | None, timedelta] | None:
    """(state, attempt if the fact says it, how long nothing is to be done); None if this fact moves nothing."""
    match event:
        case LetterReleased() | LetterSentAgain() | NoticeOrdered() | NoticeSentAgain():
            return "due", None, timedelta()
        case (
            LetterSendingBegun(attempt=attempt)
            | LetterSendingPermitted(attempt=attempt)
            | NoticeSendingBegun(dispatch=attempt)
        ):
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
        case LetterDelivered() | LetterReleaseEnded() | LetterFollowed() | NoticeReceived() | NoticeWithdrawn():
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
        number = 0
        for fact in its:
            if isinstance(released := fact.event, LetterReleased | PublicationReleased):
                number += 1
                letter = released.letter_sha256 if isinstance(released, LetterReleased) else None
                said = released.ground.kind, basis_of(released.ground), released.said_at, fact.recorded_at
                yield item, fact.position, released.manifest_sha256, letter, *said, number, True


def lacking_policies(facts: Facts, standing: set[Row]) -> Iterator[tuple[int, str]]:
    """(position, version) of each notice whose rule of counting does not stand as the notice froze it."""
    for its in facts.values():
        for fact in its:
            if isinstance(fact.event, NoticeOrdered) and astuple(fact.event.policy) not in standing:
                yield fact.position, fact.event.policy.version


def basis_of(ground: Ground) -> str:
    """What the ground rests on: the notice, the policy's source, or the digest of what the ministry wrote."""
    if isinstance(ground, AfterNotice):
        return f"notice-{ground.notice_id}"
    return ground.source if isinstance(ground, SchemeExempt) else ground.document_sha256
