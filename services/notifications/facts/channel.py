"""What can have happened to a released letter on its way out. On the letter's own stream, `letter-<case>`.

`_at` are instants in UTC; `said_at` is the sender's own clock.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.eventlog.events import Event

Channel = Literal["file-outbox", "smtp", "eformidling"]


@dataclass(frozen=True, kw_only=True)
class LetterSendingBegun(Event, topic="letter.sending-begun.v1"):
    """A sender took the letter, under a key the channel knows it by. Attempts count from 1. Of the time when no permit
    was asked for."""

    attempt: int
    channel: Channel
    key: str


@dataclass(frozen=True, kw_only=True)
class Permit:
    """Grants' word that the award stands as the letter tells it, for one try: where it stands in grants' log, and until
    when it runs by grants' clock (UTC)."""

    position: int
    hash: str
    attempt: int
    letter_sha256: str
    granted_at: datetime
    until: datetime


@dataclass(frozen=True, kw_only=True)
class LetterSendingPermitted(Event, topic="letter.sending-begun.v2"):
    """A sender took the letter, by a permit that still ran, under a key the channel knows it by. Attempts count from
    1."""

    attempt: int
    channel: Channel
    key: str
    permit: Permit


@dataclass(frozen=True, kw_only=True)
class LetterDispatched(Event, topic="letter.dispatched.v1"):
    """The channel has the letter, byte for byte as released."""

    attempt: int
    channel: Channel
    reference: str
    said_at: datetime


@dataclass(frozen=True, kw_only=True)
class LetterDispatchUnknown(Event, topic="letter.dispatch-unknown.v1"):
    """It may or may not have been sent, and the channel cannot tell yet. It is asked, never sent blindly again."""

    attempt: int
    problem: str


@dataclass(frozen=True, kw_only=True)
class LetterDispatchFailed(Event, topic="letter.dispatch-failed.v1"):
    """The channel says that it was not sent, or could not be delivered. `lasting`: trying again is of no use, and a
    person must look. Not `begun`: the gate, or grants, would not have it sent once more, and what came of the try
    before stands as it was."""

    attempt: int
    problem: str
    lasting: bool
    begun: bool = True


@dataclass(frozen=True, kw_only=True)
class LetterSentAgain(Event, topic="letter.sent-again.v1"):
    """Somebody found that the letter had not left, or not arrived, and asked for it to be sent once more: as a new
    sending of the same bytes, which the channel knows by a new key."""

    reason: str
    asked_by: str


@dataclass(frozen=True, kw_only=True)
class LetterDelivered(Event, topic="letter.delivered.v1"):
    """The recipient has the letter, by what counts as received on its channel."""

    attempt: int
    delivered_at: datetime
    evidence: str
    told_by: str
    letter_sha256: str
    recipient_number: str | None
    channel: Channel


@dataclass(frozen=True, kw_only=True)
class LetterFollowed(Event, topic="letter.followed.v1"):
    """More was promised after this letter left, and a letter of the change is held next. What left stays left, and has
    no more to be done with it."""

    letter_sha256: str
