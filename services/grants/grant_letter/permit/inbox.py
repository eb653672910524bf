"""What is made of what the notifications service tells of its tries to send: each answers the permit it was begun by.
`grant_letter/inbox.py` hears it, for the case has to know it too."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.eventlog.events import Event
from services.eventlog.log import History
from services.grants.grant_letter.permit.events import Outcome
from services.grants.grant_letter.permit.rules import answer, fold
from services.inbox.taking import Reaction


def answered(outcome: Outcome, message_id: str, data: Mapping[str, Any]) -> Reaction:
    """The last permit of the case has its answer, if it was asked for in that try."""

    def decide(history: History) -> Sequence[Event]:
        return answer(fold(history.facts), attempt=data["attempt"], outcome=outcome, message_id=message_id)

    return Reaction(stream=f"permit-{UUID(data['case_id'])}", decide=decide)
