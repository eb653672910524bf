"""A case over HTTP: its stream, its acts, and what anybody may read of it. The rooms of a case share this door.

Every act names the version it builds on (If-Match) and carries an Idempotency-Key; what it may do stands in the rooms'
rules. What has happened is read back from the case's own stream, so an answer is never older than the last act.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import reduce
from typing import Any, TypeVar
from uuid import UUID

from starlette.responses import Response

from services.eventlog.events import Event
from services.eventlog.log import History
from services.grants.commitment import Commitment
from services.httpapi.caller import Caller
from services.httpapi.carrying import Answer, Desk
from services.httpapi.idempotency import IdempotencyKey
from services.httpapi.problem import NotFound

State = TypeVar("State")


def stream_of(case_id: UUID) -> str:
    """The case's stream, which is also the id of its commitment in the tree of funds."""
    return f"case-{case_id}"


def show(case_id: UUID, events: Sequence[Event]) -> dict[str, Any]:
    """What stands in a case: the proposal, the decision, and the money instalment by instalment (whole øre)."""
    commitment = reduce(Commitment.fold, events, Commitment())
    return {
        "case_id": str(case_id),
        "state": _state(commitment),
        "proposed": asdict(commitment.proposed) if commitment.proposed else None,
        "approved": asdict(commitment.approved) if commitment.approved else None,
        "committed_ore": commitment.committed_ore,
        "disbursed_ore": commitment.disbursed_ore,
        "withheld_ore": commitment.withheld_ore,
        "outstanding_ore": commitment.outstanding_ore,
        "instalments": [
            {**asdict(instalment), "free_ore": commitment.free_ore(instalment.number)}
            for instalment in commitment.instalments
        ],
    }


def _state(commitment: Commitment) -> str:
    if commitment.approved:
        return "approved"
    return "proposed" if commitment.proposed else "returned"


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Where the rooms' acts on a case are carried out."""

    desk: Desk

    async def history(self, case_id: UUID) -> History:
        """Everything that has happened in the case, or NotFound."""
        history = await self.desk.log.load(stream_of(case_id))
        if not history.version:
            raise NotFound(f"There is no case {case_id}.")
        return history

    async def act(
        self,
        case_id: UUID,
        decision: Callable[..., Sequence[Event]],
        asked: Mapping[str, Any],
        *,
        fold: Callable[[Sequence[Event]], State],
        caller: Caller,
        key: IdempotencyKey,
        expected: int,
        opening: bool = False,
    ) -> Response:
        """Asks the rule on the case as it stands, records what follows, and answers with the case as it then is."""
        shown: dict[str, Any] = {}

        def decide(history: History) -> Sequence[Event]:
            if not opening and not history.version:
                raise NotFound(f"There is no case {case_id}.")
            events = decision(fold(history.events), **asked)
            shown.update(show(case_id, (*history.events, *events)))
            return events

        def answer(_: int) -> Answer:
            if opening:
                return Answer(body=shown, status=201, location=f"/v1/cases/{case_id}")
            return Answer(body=shown)

        stream = stream_of(case_id)
        return await self.desk.carry_out(
            stream, caller=caller, key=key, decide=decide, answer=answer, expected=expected
        )
