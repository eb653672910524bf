"""When a notice that is received opens what it lists. An objection ends the days of what it stops, and lifted it begins
them anew, so parts of one notice may open at different instants."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from services.notifications.facts.notice_state import Notice
from services.notifications.gate.counting import opens_at


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What opens at one instant (UTC): the items whose days began with the receipt (`after` is 0), or when the
    objection of that number, the last that stopped them, was lifted."""

    after: int
    opens_at: datetime
    items: tuple[str, ...]


def list_openings(notice: Notice) -> list[Opening]:
    """Each opening of the notice, in order of the objections; what is still stopped opens with none. None before the
    notice is ordered and received."""
    if notice.received is None or notice.ordered is None:
        return []
    received_at, policy = notice.received.received_at, notice.ordered.policy
    starts: dict[int, datetime] = {}
    groups: dict[int, list[str]] = defaultdict(list)
    for item in sorted(notice.items):
        stopped = [each for each in notice.objections if item in each.items]
        if any(each.lifted_at is None for each in stopped):
            continue
        number = max((each.number for each in stopped), default=0)
        began = max([received_at, *(each.lifted_at for each in stopped if each.lifted_at)])
        starts[number] = max(began, starts.get(number, began))
        groups[number].append(item)
    return [
        Opening(after=number, opens_at=opens_at(starts[number], policy), items=tuple(groups[number]))
        for number in sorted(groups)
    ]
