"""What this room shows of a case: who has approved and who is still to, and what has become of the award since."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from services.eventlog.events import Event
from services.grants.award.rules import fold


def shown(events: Sequence[Event]) -> dict[str, Any] | None:
    """Changes made and waiting, what the recipient said, and how the year's end left it; None before any proposal."""
    granted = fold(events)
    proposed, approved = granted.commitment.proposed, granted.commitment.approved
    if proposed is None and approved is None:
        return None
    return {
        "prepared_by": proposed.proposed_by if proposed else None,
        "approved_by": approved.approved_by if approved else None,
        "letter_out_on": granted.out_on,
        "terms_accepted": asdict(granted.accepted) if granted.accepted else None,
        "change_waiting": asdict(granted.waiting) if granted.waiting else None,
        "change_returned": asdict(granted.sent_back) if granted.sent_back else None,
        "changes": [{"what": change.TOPIC, **asdict(change)} for change in granted.changes],
        "gone": {"what": granted.gone.TOPIC, **asdict(granted.gone)} if granted.gone else None,
        "change_requests": [
            {**asdict(request), "answer": asdict(answer) if (answer := granted.find_answer(request.number)) else None}
            for request in granted.requests
        ],
        "turns_of_year": [{"what": turn.TOPIC, **asdict(turn)} for turn in granted.turns],
        "ended": granted.ended,
    }
