"""What can have happened to the bound on back-dating, and to a decision that was dated back.

The bound stands on a stream of its own (`rules-back-dating`). A decision that was dated back is told of on the stream
it stands in, in the same command. Days are days in Europe/Oslo.
"""

from dataclasses import dataclass
from datetime import date

from services.eventlog.events import Event


@dataclass(frozen=True, kw_only=True)
class BoundProposed(Event, topic="back-dating.bound-proposed.v1"):
    """Somebody proposes how many days back a decision may be dated, from a day on, and why. Nothing changes yet."""

    days: int
    valid_from: date
    reason: str
    proposed_by: str


@dataclass(frozen=True, kw_only=True)
class BoundConfirmed(Event, topic="back-dating.bound-confirmed.v1"):
    """A second person agreed: from that day on, a decision may be dated so many days before the day it is made."""

    days: int
    valid_from: date
    reason: str
    confirmed_by: str


@dataclass(frozen=True, kw_only=True)
class DecisionBackDated(Event, topic="decision.back-dated.v1"):
    """What stands beside this fact was given a day before the day it was done, within the bound, for this reason.

    `decisions` are the stored names of what carries the day; `today` is the day it was done, `bound_days` how far back
    it might have been dated then.
    """

    decisions: tuple[str, ...]
    day: date
    today: date
    bound_days: int
    reason: str
    dated_by: str
