"""What can have happened to facts of ours whose ground is lost. On the stream `inbox-<that service>-looked-into`."""

from dataclasses import dataclass

from services.eventlog.events import Event


@dataclass(frozen=True, kw_only=True)
class LostGroundsLookedInto(Event, topic="inbox.lost-grounds-looked-into.v1"):
    """Somebody has looked into facts of ours, at these `positions`, that rest on what the other log no longer says, and
    says what they found and what was done of it. The facts stand as they were recorded."""

    positions: tuple[int, ...]
    finding: str
    looked_into_by: str
