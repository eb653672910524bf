"""What can have happened to the permits to send a case's letter. On a stream of their own, `permit-<case>`, so that a
permit makes nobody's version of the case stale.

People are subject ids. How long a permit runs is counted from when it was recorded, by the database's clock.
"""

from dataclasses import dataclass
from typing import Literal

from services.eventlog.events import Event

Outcome = Literal["sent", "not-sent", "unknown"]
"""What came of a try to send. What is unknown counts as left."""


@dataclass(frozen=True, kw_only=True)
class PermitGranted(Event, topic="permit.granted.v1"):
    """The letter may leave now, in this try and no other: the award stands as the letter tells it, at `case_version` of
    the case's stream. Until the outcome is known nothing is recorded in the case that would make the letter wrong.

    `attempt` is the notifications service's number of the try, `manifest_sha256` (hex) what it has bound the letter by.
    """

    attempt: int
    letter_sha256: str
    manifest_sha256: str
    decision_version: int
    case_version: int
    life_seconds: int


@dataclass(frozen=True, kw_only=True)
class PermitAnswered(Event, topic="permit.answered.v1"):
    """The notifications service told what came of the try. Only its feed records this."""

    attempt: int
    outcome: Outcome
    message_id: str


@dataclass(frozen=True, kw_only=True)
class PermitWriteOffProposed(Event, topic="permit.write-off-proposed.v1"):
    """No answer has come since the permit ran out, and somebody says why none will. A second person must confirm."""

    attempt: int
    reason: str
    proposed_by: str


@dataclass(frozen=True, kw_only=True)
class PermitWrittenOff(Event, topic="permit.written-off.v1"):
    """Two people found that no answer will come. Nobody knows whether the letter left, so it counts as left."""

    attempt: int
    confirmed_by: str
