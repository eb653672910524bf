"""What is lost, and who may say that the log goes on without it: plain decisions."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from services.duties.apart import keep_apart
from services.eventlog.checkpoints.checkpoint import Checkpoint, standing
from services.eventlog.epoch.events import LogRestored
from services.httpapi.restoration.refusals import NothingLost, RestorationNotProposed
from services.reason import need_reason


@dataclass(frozen=True, kw_only=True)
class Head:
    """Where a log ends, and the hash (hex) that stands there."""

    position: int
    hash: str


@dataclass(frozen=True, kw_only=True)
class Lost:
    """What a log lacks of what was signed for. `last` is the last checkpoint that still holds, None where none does;
    `signed` are those that hold no more, oldest first."""

    head: Head
    last: Checkpoint | None
    signed: tuple[Checkpoint, ...]

    @property
    def newest(self) -> Checkpoint:
        return self.signed[-1]

    @property
    def lost_to(self) -> int:
        """The last position that was signed for; of one that resumes, the fact that told of it."""
        return self.newest.position + (self.newest.resumes is not None)

    @property
    def lost_from(self) -> int:
        """The first position that is lost, as far as it can be seen: after the end of a log that is merely shorter, and
        after the last good checkpoint where something else stands than was signed."""
        end = (self.head.position, self.head.hash)
        if all(each.position > end[0] or (each.position, each.hash) == end for each in self.signed):
            return self.head.position + 1
        return self.last.position + 1 if self.last else 1


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """That somebody proposes to go on: from there, without what checkpoints up to that number were signed for."""

    log: str
    position: int
    hash: str
    newest: int
    reason: str
    proposed_by: str


def find_lost(made: Sequence[Checkpoint], head: Head, holds: Sequence[bool]) -> Lost:
    """What the log lacks. `holds` says of each checkpoint of `made`, oldest first, whether it stands in the log.
    Refuses NothingLost."""
    still = standing(made)
    holding = {each.number for each, there in zip(made, holds, strict=True) if there}
    kept = list(takewhile(lambda each: each.number in holding, still))
    lost = tuple(still[len(kept) :])
    if not lost:
        raise NothingLost(f"The log holds all that was signed for, up to {still[-1].position if still else 0}.")
    return Lost(head=head, last=kept[-1] if kept else None, signed=lost)


def propose(lost: Lost, *, log: str, reason: str, by: str) -> Proposal:
    """Propose to go on without what is lost. Refuses without a reason in words."""
    need_reason(reason, "Say what happened and why the facts cannot be had back, in words that can be read later.")
    return Proposal(
        log=log,
        position=lost.head.position,
        hash=lost.head.hash,
        newest=lost.newest.number,
        reason=reason,
        proposed_by=by,
    )


def confirm(lost: Lost, proposal: Proposal | None, *, by: str, left_outside: Sequence[str]) -> LogRestored:
    """Confirm it, as somebody else. Refuses whoever proposed it, and a proposal made of another log, of an earlier end
    of this one, or of fewer checkpoints."""
    if proposal is None:
        raise RestorationNotProposed("Nobody has proposed to go on without what is lost. Propose it first.")
    proposed = {"propose to go on without lost facts": {proposal.proposed_by}}
    keep_apart(by, "confirm to go on without lost facts", proposed)
    seen = (proposal.position, proposal.hash, proposal.newest)
    if seen != (lost.head.position, lost.head.hash, lost.newest.number):
        raise RestorationNotProposed(
            "The log, or what was signed for, has changed since it was proposed. Propose it anew."
        )
    return LogRestored(
        goes_on_after=lost.head.position,
        lost_from=lost.lost_from,
        lost_to=lost.lost_to,
        last_checkpoint=lost.last.number if lost.last else 0,
        lost_checkpoints_from=lost.signed[0].number,
        lost_checkpoints_to=lost.newest.number,
        left_outside=tuple(sorted(left_outside)),
        reason=proposal.reason,
        proposed_by=proposal.proposed_by,
        confirmed_by=by,
    )
