"""What is made of what the notifications service tells of its tries to send: each answers the permit it was begun by.

Its feed tells a case's facts in order, so that a letter is released here before its try is answered."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.eventlog.events import Event
from services.eventlog.log import History
from services.grants.grant_letter.permit.events import Outcome
from services.grants.grant_letter.permit.rules import answer, fold
from services.inbox.taking import MessageHandler, Reaction

DISPATCHED = "no.tilsagn.letter.dispatched.v1"
FAILED = "no.tilsagn.letter.dispatch-failed.v1"
UNKNOWN = "no.tilsagn.letter.dispatch-unknown.v1"


def _answered(outcome: Outcome) -> MessageHandler:
    def take(message_id: str, data: Mapping[str, Any]) -> Reaction:
        def decide(history: History) -> Sequence[Event]:
            return answer(fold(history.facts), attempt=data["attempt"], outcome=outcome, message_id=message_id)

        return Reaction(stream=f"permit-{UUID(data['case_id'])}", decide=decide)

    return take


HEARD: Mapping[str, MessageHandler] = {
    DISPATCHED: _answered("sent"),
    FAILED: _answered("not-sent"),
    UNKNOWN: _answered("unknown"),
}
