"""What was named when a feed was gone back in, and what has been found of it since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.eventlog.events import Event
from services.eventlog.folding import replace
from services.eventlog.refusal import Refusal
from services.inbox.events import Beyond, FeedResumed
from services.lost_grounds.events import LostGroundsLookedInto
from services.reason import need_reason


class LostGroundUnknown(Refusal):
    """Nobody has named a fact at this position as one whose ground is lost."""

    code = "lost-ground-unknown"
    status = 422
    title = "Hendelsen er ikke blant dem som har mistet grunnlaget sitt"


@dataclass(frozen=True, kw_only=True)
class LostGrounds:
    """Each fact that was named, by its position in our log, with the act it was named in; and what was last found of
    those that were looked into."""

    named: Mapping[int, tuple[Beyond, FeedResumed]] = field(default_factory=dict)
    found: Mapping[int, LostGroundsLookedInto] = field(default_factory=dict)

    @property
    def open(self) -> frozenset[int]:
        """The positions of those that nobody has looked into yet."""
        return frozenset(self.named.keys() - self.found.keys())


def evolve(grounds: LostGrounds, event: Event) -> LostGrounds:
    """What is named and found after this fact."""
    match event:
        case FeedResumed(beyond=beyond):
            return replace(grounds, named={**grounds.named, **{each.position: (each, event) for each in beyond}})
        case LostGroundsLookedInto(positions=positions):
            return replace(grounds, found={**grounds.found, **dict.fromkeys(positions, event)})
    return grounds


def look_into(grounds: LostGrounds, *, positions: Sequence[int], finding: str, by: str) -> list[Event]:
    """Say that these facts were looked into, and what was found. What was found before is found anew where somebody
    says otherwise, and the last finding counts. The same again, by the same person, is nothing.

    Refuses `LostGroundUnknown`, and `ReasonMissing`: whoever comes later reads what was found and done."""
    need_reason(finding, "Say what you found and what was done of it, in words that can be read later.")
    unknown = sorted({*positions} - grounds.named.keys())
    if unknown:
        raise LostGroundUnknown(f"No feed was gone back in that named {unknown[0]}.", positions=unknown)
    anew = tuple(sorted(each for each in {*positions} if not _is_found(grounds.found.get(each), finding, by)))
    return [LostGroundsLookedInto(positions=anew, finding=finding, looked_into_by=by)] if anew else []


def _is_found(found: LostGroundsLookedInto | None, finding: str, by: str) -> bool:
    return found is not None and (found.finding, found.looked_into_by) == (finding, by)
