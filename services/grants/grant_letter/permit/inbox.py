"""What is made of what the notifications service tells of its tries to send: each answers the permit it was begun by.

Its feed tells a case's facts in order, so that a letter is released here before its try is answered."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.eventlog.events import Event
from services.eventlog.log import History
from services.grants.grant_letter.permit.events import Outcome
from services.grants.grant_letter.permit.rules import answer, fold
from services.inbox.taking import Hear, Take

DISPATCHED = "no.tilsagn.letter.dispatched.v1"
FAILED = "no.tilsagn.letter.dispatch-failed.v1"
UNKNOWN = "no.tilsagn.letter.dispatch-unknown.v1"


def _answered(outcome: Outcome) -> Hear:
    def take(message_id: str, data: Mapping[str, Any]) -> Take:
        def decide(history: History) -> Sequence[Event]:
            return answer(fold(history.facts), attempt=data["attempt"], outcome=outcome, message_id=message_id)

        return Take(stream=f"permit-{UUID(data['case_id'])}", decide=decide)

    return take


HEARD: Mapping[str, Hear] = {
    DISPATCHED: _answered("sent"),
    FAILED: _answered("not-sent"),
    UNKNOWN: _answered("unknown"),
}
