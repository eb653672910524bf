"""What a sender needs to know of the two things it sends: what is to be done next, what goes into the envelope, and
which facts tell what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from services.eventlog.events import Event
from services.eventlog.log import History
from services.eventlog.recorded import HeardAt
from services.notifications.channel.port import Envelope
from services.notifications.channel.rules import Next
from services.notifications.facts.channel import Channel


class NotNow(Exception):
    """Nothing says that it may leave at this moment. It waits, and is looked at again."""


class BytesDiffer(Exception):
    """What is kept is not what was released. Nothing is sent, and somebody must look."""


@dataclass(frozen=True, kw_only=True)
class Sending:
    """Where one sending stands: what to do, by which channel, under which key, and the channel's reference if known.
    `dated_on` is the day (Europe/Oslo) of what is sent: it cannot have left before."""

    next: Next
    channel: Channel
    key: str
    dated_on: date
    reference: str | None = None


@dataclass(frozen=True, kw_only=True)
class Beginning:
    """What is recorded as a try begins, and whether it is then sent; or what is recorded instead. `heard` is where
    another log says that it may."""

    facts: Sequence[Event]
    sends: bool
    heard: HeardAt | None = None


class Post(Protocol):
    """One kind of thing that is sent."""

    def sending(self, history: History) -> Sending: ...

    async def envelope(self, history: History) -> Envelope:
        """Raises BytesDiffer."""
        ...

    async def begin(self, history: History) -> Beginning:
        """Raises NotNow."""
        ...

    def taken(self, history: History, *, reference: str, said_at: datetime) -> Sequence[Event]: ...
    def failed(self, history: History, *, problem: str, lasting: bool) -> Sequence[Event]: ...
    def unknown(self, history: History, *, problem: str) -> Sequence[Event]: ...
    def arrived(self, history: History, *, at: datetime, evidence: str) -> Sequence[Event]: ...
