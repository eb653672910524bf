"""The port everything leaves by, whatever carries it. A channel is asked three things, and never does more than asked.

Each sending has a key of ours, the same however often it is tried. A channel that has seen the key does not send again.
When an answer is lost, the channel is asked for the key (`find`); nothing is ever sent blindly a second time.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol
from uuid import UUID

from services.notifications.facts.channel import Channel


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """Whom it is for. `number` is the organisation number, `address` an e-mail address where the channel needs one."""

    name: str
    number: str | None = None
    address: str | None = None


@dataclass(frozen=True, kw_only=True)
class File:
    """One file, byte for byte as it was released. `title` is what its receiver reads of it in a list."""

    name: str
    title: str
    media_type: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Matter:
    """The matter it belongs to, as an archive files it: the same `id` for all that is sent of it, and of a case the
    `number` people call it by (`2020/17`), where it is known. `dated_on` is the day of what is sent (Europe/Oslo)."""

    id: UUID
    title: str
    dated_on: date
    number: str | None = None


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """What is to be sent. The first file is the letter or the notice itself; `text` is what a covering message says."""

    key: str
    kind: Literal["letter", "notice", "digest"]
    receiver: Receiver
    matter: Matter
    title: str
    text: str
    files: tuple[File, ...]


@dataclass(frozen=True, kw_only=True)
class Sent:
    """The channel has it, and knows it by this reference."""

    reference: str


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """By what counts as received on this channel, the receiver has it since `at` (UTC)."""

    at: datetime
    evidence: str


@dataclass(frozen=True, kw_only=True)
class Lost:
    """The channel says that it will never arrive."""

    problem: str


class NotSent(Exception):
    """It was certainly not sent. `lasting` tells that the same would fail again: somebody must look."""

    def __init__(self, problem: str, *, lasting: bool) -> None:
        super().__init__(problem)
        self.lasting = lasting


class OutcomeUnknown(Exception):
    """It may have been sent: the answer is lost. Ask `find` before anything else is done."""


class CannotTell(Exception):
    """The channel cannot say now, or never can, whether it has the key."""


class Carrier(Protocol):
    """A channel."""

    @property
    def name(self) -> Channel: ...

    async def send(self, envelope: Envelope) -> Sent:
        """Hand it over. Raises NotSent or OutcomeUnknown."""
        ...

    async def find(self, key: str) -> Sent | None:
        """What the channel has under the key; None when it certainly has nothing. Raises CannotTell."""
        ...

    async def follow(self, key: str, reference: str) -> Arrived | Lost | None:
        """What became of it; None while it is on its way, and for ever on a channel without receipts. Raises
        CannotTell."""
        ...
