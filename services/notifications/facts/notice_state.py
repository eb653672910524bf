"""A notice as its facts leave it. The room of notices decides on it, and so does the gate of everything it lists."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.duties.of_notices import FOR_THE_DIRECTORATE, FOR_THE_MINISTRY
from services.duties.table import ACTS_OF
from services.eventlog.events import Event
from services.eventlog.folding import fold_once, replace
from services.eventlog.recorded import Recorded
from services.notifications.facts.notice import (
    NoticeDispatched,
    NoticeDispatchFailed,
    NoticeDispatchUnknown,
    NoticeObjected,
    NoticeObjectionLifted,
    NoticeOrdered,
    NoticePrepared,
    NoticeReceiptProposed,
    NoticeReceiptRejected,
    NoticeReceiptRevoked,
    NoticeReceived,
    NoticeSendingBegun,
    NoticeSentAgain,
    NoticeWithdrawn,
)

Trouble = NoticeDispatchUnknown | NoticeDispatchFailed


NOBODY: Mapping[str, frozenset[str]] = {act: frozenset() for act in (*FOR_THE_DIRECTORATE, *FOR_THE_MINISTRY)}


@dataclass(frozen=True, kw_only=True)
class Objection:
    """The ministry stops these items, until `lifted_at`."""

    number: int
    items: frozenset[str]
    lifted_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Notice:
    """`ordered_position` tells which of several notices governs: the latest ordered. `attempt` is the last sending
    begun, `under_way` that nobody knows yet what came of it, `again` how often a person asked for another. `dispatch`
    is the last sending the channel took, under its `reference`, since `dispatched_at`: the later of the database's
    clock and the sender's. `received` is the receipt that counts, `claims` all receipts that were recorded since one
    did. `done` tells who did which act on it, for the directorate or for the ministry."""

    version: int = 0
    prepared: NoticePrepared | None = None
    ordered: NoticeOrdered | None = None
    ordered_position: int = 0
    attempt: int = 0
    again: int = 0
    under_way: bool = False
    trouble: Trouble | None = None
    dispatch: int | None = None
    reference: str | None = None
    dispatched_at: datetime | None = None
    claimed: NoticeReceiptProposed | None = None
    claims: tuple[NoticeReceiptProposed, ...] = ()
    received: NoticeReceived | None = None
    objections: tuple[Objection, ...] = ()
    withdrawn: NoticeWithdrawn | None = None
    done: Mapping[str, frozenset[str]] = field(default_factory=lambda: NOBODY)

    @property
    def items(self) -> frozenset[str]:
        """Everything it lists."""
        return frozenset(line.item for line in self.prepared.lines) if self.prepared else frozenset()

    def manifest_of(self, item: str) -> str | None:
        """The hash (hex) under which it lists an item."""
        lines = self.prepared.lines if self.prepared else ()
        return next((line.manifest_sha256 for line in lines if line.item == item), None)

    @property
    def state(self) -> str:
        """Where it stands, in one word."""
        if self.withdrawn:
            return "withdrawn"
        if any(objection.lifted_at is None for objection in self.objections):
            return "objected"
        if self.received:
            return "received"
        if self.dispatch is not None:
            return "dispatched"
        return "ordered" if self.ordered else "prepared"


def evolve(notice: Notice, fact: Recorded) -> Notice:
    """The notice after this fact."""
    notice = replace(notice, version=fact.version, done=_done(notice.done, fact.event))
    match fact.event:
        case NoticePrepared() as prepared:
            return replace(notice, prepared=prepared)
        case NoticeOrdered() as ordered:
            return replace(notice, ordered=ordered, ordered_position=fact.position)
        case NoticeSendingBegun(dispatch=attempt):
            return replace(notice, attempt=attempt, under_way=True, trouble=None)
        case NoticeDispatched() as sent:
            since = max(fact.recorded_at, sent.said_at)
            notice = replace(notice, attempt=max(notice.attempt, sent.dispatch), under_way=False, trouble=None)
            notice = replace(notice, dispatch=sent.dispatch, reference=sent.reference, dispatched_at=since)
            return replace(notice, received=None, claimed=None)
        case NoticeDispatchUnknown() | NoticeDispatchFailed() as trouble:
            return replace(notice, under_way=False, trouble=trouble)
        case NoticeSentAgain():
            notice = replace(notice, again=notice.again + 1, under_way=False, trouble=None)
            return replace(notice, dispatch=None, dispatched_at=None, received=None, claimed=None)
        case NoticeWithdrawn() as withdrawn:
            return replace(notice, withdrawn=withdrawn)
    return _answered(notice, fact)


def _answered(notice: Notice, fact: Recorded) -> Notice:
    """What the ministry said, or what was taken for it."""
    match fact.event:
        case NoticeReceiptProposed() as claimed:
            return replace(notice, claimed=claimed, claims=(*notice.claims, claimed))
        case NoticeReceiptRejected():
            return replace(notice, claimed=None)
        case NoticeReceived() as received:
            return replace(notice, received=received, claimed=None, claims=())
        case NoticeReceiptRevoked():
            return replace(notice, received=None)
        case NoticeObjected(objection=number, items=items):
            stopped = Objection(number=number, items=frozenset(items) & notice.items if items else notice.items)
            return replace(notice, objections=(*notice.objections, stopped))
        case NoticeObjectionLifted(objection=number, said_at=said_at):
            lifted_at = max(fact.recorded_at, said_at)
            lifted = (
                replace(each, lifted_at=lifted_at) if each.number == number and each.lifted_at is None else each
                for each in notice.objections
            )
            return replace(notice, objections=tuple(lifted))
    return notice


def _done(done: Mapping[str, frozenset[str]], event: Event) -> Mapping[str, frozenset[str]]:
    """Who has done what, after this fact. A channel is nobody."""
    match event:
        case NoticeReceived(told_by=person) if person.startswith("channel:"):
            return done
        case NoticeReceived(told_by=person, proposed_by=another):
            return _with(done, "confirm receipt" if another else "acknowledge notice", person)
    for act in ACTS_OF.get(event.TOPIC, ()):
        done = _with(done, act.name, getattr(event, act.by))
    return done


def _with(done: Mapping[str, frozenset[str]], act: str, person: str) -> Mapping[str, frozenset[str]]:
    return {**done, act: done[act] | {person}}


def fold(facts: Iterable[Recorded]) -> Notice:
    """The notice as its stream leaves it."""
    return fold_once(evolve, facts, Notice)


def stream_of(notice_id: UUID) -> str:
    """The notice's stream."""
    return f"notice-{notice_id}"


def id_of(stream: str) -> UUID:
    """The notice a stream holds."""
    return UUID(stream.removeprefix("notice-"))
