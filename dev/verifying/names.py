"""Facts of what was heard, as earlier releases recorded them: what follows from the other log is held against that.

What is heard of grants says who did it, since grants tells that. A letter counted as out once it was let out, until
grants' sixth rules; and until its ninth, what came of a try was asked of its permit alone, and a letter's arrival
answered none."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from services.eventlog.events import Event
from services.grants.case.events.grant_letter import (
    LetterDelivered,
    LetterMayLeave,
    LetterNotArrived,
    LetterPerhapsLeft,
    LetterReleased,
)
from services.grants.grant_letter.permit.events import PermitAnswered

NAMES: Mapping[str, tuple[str, ...]] = {
    "letter.award-heard.v1": ("proposed_by",),
    "letter.file-heard.v1": ("frozen_by",),
    "letter.decision-heard.v1": ("decided_by", "change"),
}
ONLY_OF_SOMEBODY = "no.tilsagn.award.change-proposed.v1"


def tells_of_somebody(event: Event) -> bool:
    """Whether it says who did what, as everything heard of that kind does since grants tells it."""
    return any(getattr(event, name, None) is not None for name in NAMES.get(event.TOPIC, ()))


def nameless(event: Event) -> Event:
    """The fact as it was heard before it was told who."""
    changed: dict[str, Any] = dict.fromkeys(NAMES.get(event.TOPIC, ()))
    return replace(event, **changed)


def out_once_let_out(event: Event) -> Event:
    """The fact as it was recorded while a letter counted as out once it was let out."""
    if not isinstance(event, LetterMayLeave):
        return event
    return LetterReleased(released_on=event.released_on, sha256=event.sha256, message_id=event.message_id)


def tries_of_permits_alone(events: Sequence[tuple[str, Event]]) -> list[tuple[str, Event]]:
    """What followed from one message while the case was told nothing of a try that failed or was unknown, and no permit
    that a letter had arrived; each with its stream."""
    arrived = any(isinstance(event, LetterDelivered) for _, event in events)
    kept = [each for each in events if not isinstance(each[1], LetterPerhapsLeft | LetterNotArrived)]
    return [each for each in kept if not (arrived and isinstance(each[1], PermitAnswered))]
