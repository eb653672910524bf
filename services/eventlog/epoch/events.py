"""What the log says of itself, on a stream of its own: `log`. No service folds it; verifiers do."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.eventlog.events import Event

STREAM = "log"
RESTORED = "log-restored"
"""The owner alone tells of `log`; this one a service may tell of, and what it tells is nothing without the checkpoint
that is signed beside it."""


@dataclass(frozen=True, kw_only=True)
class LogRulesChanged(Event, topic="log.rules-changed.v1"):
    """A log that already held facts was upgraded: what stands after this one is judged by the rules of that number,
    what stands before it by the rules it was recorded under. A log that has this fact began under the first rules, and
    one that began under those it tells of never has it."""

    rules: int


@dataclass(frozen=True, kw_only=True)
class LogRulesReplaced(Event, topic="log.rules-changed.v2"):
    """A log that already held facts was upgraded: what stands after this one is judged by the rules of that number.
    Until here those of the number `before` held; in a log that says nothing of them earlier, from its beginning."""

    rules: int
    before: int


@dataclass(frozen=True, kw_only=True)
class CommandsSealed(Event, topic="log.commands-sealed.v1"):
    """So many commands stood before commands were chained; `sha256` (hex) is the digest of all of them, in which the
    chain of the others begins."""

    commands: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class ClockCorrected(Event, topic="log.clock-corrected.v1"):
    """Positions `ran_from` to `ran_to` were stamped by a clock that ran ahead, up to `head_at`. Two people say so, on a
    document with that SHA-256 (hex), and time in the log goes on from when this fact was recorded."""

    ran_from: int
    ran_to: int
    head_at: datetime
    reason: str
    document_sha256: str
    asked_by: str
    confirmed_by: str


@dataclass(frozen=True, kw_only=True)
class BoundRow:
    """An erasable row as it stood: its id, and the salted SHA-256 (hex) of it; None of one that was erased."""

    id: UUID
    digest: str | None


@dataclass(frozen=True, kw_only=True)
class RowsBound(Event, topic="log.rows-bound.v1"):
    """Rows of an erasable table that stood before the facts that name rows carried their digests."""

    table: str
    rows: tuple[BoundRow, ...]


@dataclass(frozen=True, kw_only=True)
class LogRestored(Event, topic="log.restored.v1"):
    """The log lacked what was signed for, and two people agreed that it goes on without it. It stands on the stream
    `log-restored`, at the position after the checkpoint that resumes.

    `goes_on_after` is the last position that stands; `lost_from` to `lost_to` are the positions that were signed for
    and are not there (or are other facts now), by checkpoints `lost_checkpoints_from` to `lost_checkpoints_to`.
    `last_checkpoint` is the last that still holds (0: none). `left_outside` are the names of what lay in our outboxes
    then and the log knows nothing of: it left in the lost span, and somebody has to look at each."""

    goes_on_after: int
    lost_from: int
    lost_to: int
    last_checkpoint: int
    lost_checkpoints_from: int
    lost_checkpoints_to: int
    left_outside: tuple[str, ...]
    reason: str
    proposed_by: str
    confirmed_by: str
