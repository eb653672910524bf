"""A publication let out: decided with the gate, answered with how it then stands."""

from collections.abc import Mapping, Sequence

from starlette.responses import Response

from services.eventlog.events import Event
from services.eventlog.log import History
from services.httpapi.callers.caller import Caller
from services.httpapi.commands.idempotency import IdempotencyKey
from services.notifications.acts.command_handler import NotificationCommands
from services.notifications.facts.hands import words_in
from services.notifications.gate.decision import check
from services.notifications.gate.reading import standing_of
from services.notifications.publication.rules import planned, publish


async def publish_if_open(
    acting: NotificationCommands, item: str, *, caller: Caller, key: IdempotencyKey, expected: int
) -> Response:
    """Let it be published, if the gate is open; else the gate's refusal is the answer, and nothing is recorded."""
    clocks = await acting.reading.clocks(acting.now())

    def decide(histories: Mapping[str, History]) -> Sequence[Event]:
        standing = standing_of(item, histories)
        planned(standing.held)
        ground = check(item, standing.held, standing.told, clocks)
        words = words_in(each.notice for each in standing.told)
        return publish(standing.held, ground=ground, said_at=clocks.said_at, words=words, released_by=caller.subject)

    return await acting.on_item(item, decide, clocks, caller=caller, key=key, expected=expected)
