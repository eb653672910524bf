"""What is heard of grants says who did it, since grants tells that. What was heard before is held against what follows
from grants' log but for the names."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services.eventlog.events import Event

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
