"""Rules of the permit to send a letter: grants' word, at each try, that the award stands as the letter tells it.

The gate hears of grants late, so its own word is not enough: an award was annulled while messages waited, and its
letter left. Here is where it is decided which came first, for the permit and what would make the letter wrong are
recorded in one log, and each keeps the other out.

A permit is spent by the answer, whatever it is: the notifications service's PostgreSQL lets one permit begin one try
and no more. Without an answer it is never over by itself; two people write it off, once it and the clocks' difference
have run out, and then the letter counts as left.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from services.duties import keep_apart
from services.eventlog.events import Event
from services.eventlog.recorded import Recorded
from services.grants.grant_letter.permit import sendable
from services.grants.grant_letter.permit.events import (
    Outcome,
    PermitAnswered,
    PermitGranted,
    PermitWriteOffProposed,
    PermitWrittenOff,
)
from services.grants.grant_letter.permit.refusals import NothingUnanswered, PermitStillRuns, TryUnanswered
from services.grants.grant_letter.permit.sendable import Sendable
from services.reason import need_reason

LIFE_SECONDS = 120
MOST_BETWEEN_CLOCKS = timedelta(seconds=60)
TO_BEGIN = timedelta(seconds=15)
"""What must be left of a permit, the clocks' difference apart, for it to be of any use to whoever asks again."""
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Permit:
    """The last permit of a case's letter. `outcome` is what came of it; None while nobody knows here. `write_off` waits
    for somebody who is none of its `writers`."""

    granted: PermitGranted | None = None
    granted_at: datetime = NEVER
    outcome: Outcome | None = None
    write_off: PermitWriteOffProposed | None = None
    writers: frozenset[str] = frozenset()
    written_off: PermitWrittenOff | None = None

    @property
    def until(self) -> datetime:
        """When it runs out, by the clock it was recorded by."""
        return self.granted_at + timedelta(seconds=self.granted.life_seconds if self.granted else 0)

    @property
    def is_open(self) -> bool:
        """Whether the letter may be leaving at this moment, as far as is known here."""
        return self.granted is not None and self.outcome is None


def evolve(permit: Permit, event: Event, at: datetime = NEVER) -> Permit:
    """The permit after this fact, recorded at that instant. An answer to an earlier try says nothing of this one."""
    match event:
        case PermitGranted():
            return Permit(granted=event, granted_at=at)
        case PermitAnswered(attempt=attempt, outcome=outcome) if permit.granted and permit.granted.attempt == attempt:
            return replace(permit, outcome=outcome, write_off=None)
        case PermitWriteOffProposed():
            return replace(permit, write_off=event, writers=permit.writers | {event.proposed_by})
        case PermitWrittenOff():
            return replace(permit, written_off=event, outcome=permit.outcome or "unknown", write_off=None)
    return permit


def fold(facts: Iterable[Recorded]) -> Permit:
    """The permit as its stream leaves it."""
    permit = Permit()
    for fact in facts:
        permit = evolve(permit, fact.event, fact.recorded_at)
    return permit


def grant(
    permit: Permit,
    letter: Sendable,
    *,
    attempt: int,
    letter_sha256: str,
    manifest_sha256: str,
    decision_version: int,
    case_version: int,
    now: datetime,
) -> list[Event]:
    """Let this letter be sent, in this try. Asked again while the same permit can still be used, it returns no event.

    `now` is the database's clock. Refuses `TryUnanswered` (of another try nobody has told what came of it: its answer
    would be taken for none), and what `sendable.check` refuses.
    """
    sendable.check(letter, letter_sha256=letter_sha256, decision_version=decision_version)
    if permit.is_open and permit.granted and permit.granted.attempt != attempt:
        raise TryUnanswered(f"Try {permit.granted.attempt} was permitted, and nobody has told what came of it.")
    granted = PermitGranted(
        attempt=attempt,
        letter_sha256=letter_sha256,
        manifest_sha256=manifest_sha256,
        decision_version=decision_version,
        case_version=case_version,
        life_seconds=LIFE_SECONDS,
    )
    same = permit.is_open and permit.granted and replace(permit.granted, case_version=case_version) == granted
    return [] if same and now + MOST_BETWEEN_CLOCKS + TO_BEGIN <= permit.until else [granted]


def answer(permit: Permit, *, attempt: int, outcome: Outcome, message_id: str) -> list[Event]:
    """What came of a try, as the notifications service told it. Of a try that has its answer, or that is none of the
    last permit's, it returns no event."""
    if not permit.is_open or permit.granted is None or permit.granted.attempt != attempt:
        return []
    return [PermitAnswered(attempt=attempt, outcome=outcome, message_id=message_id)]


def propose_write_off(permit: Permit, *, reason: str, proposed_by: str, now: datetime) -> list[Event]:
    """Say why no answer will come to a permit that has run out; a second person must confirm. The same reason again
    returns no event, whoever gives it: it keeps its writer.

    Refuses `NothingUnanswered`, `PermitStillRuns`, `ReasonMissing`.
    """
    granted = _unanswered(permit, now)
    need_reason(reason, "Say why no answer will come, in words that can be read later.")
    if permit.write_off and permit.write_off.reason == reason:
        return []
    return [PermitWriteOffProposed(attempt=granted.attempt, reason=reason, proposed_by=proposed_by)]


def write_off(permit: Permit, *, confirmed_by: str, now: datetime) -> list[Event]:
    """Find, as a second person, that no answer will come: the letter counts as left, and the case goes on. Confirmed
    again by the same person, it returns no event.

    Refuses `NothingUnanswered`, `PermitStillRuns`, `SamePersonTwice`.
    """
    if permit.written_off and permit.written_off.confirmed_by == confirmed_by:
        return []
    granted = _unanswered(permit, now)
    if permit.write_off is None:
        raise NothingUnanswered("Nobody has said why no answer will come. Propose the write-off first.")
    keep_apart(confirmed_by, "write off permit", {"propose write-off": permit.writers})
    return [PermitWrittenOff(attempt=granted.attempt, confirmed_by=confirmed_by)]


def _unanswered(permit: Permit, now: datetime) -> PermitGranted:
    if permit.granted is None or not permit.is_open:
        raise NothingUnanswered("No permit to send waits for an answer.")
    if now < permit.until + MOST_BETWEEN_CLOCKS:
        over = permit.until + MOST_BETWEEN_CLOCKS
        raise PermitStillRuns(f"The answer may still come. It can be written off from {over}.", until=over)
    return permit.granted
