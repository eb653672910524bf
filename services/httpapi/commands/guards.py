"""Who is asked about every decision of a service before it is recorded, whichever room it is decided in."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from services.eventlog.events import Event
from services.eventlog.log import History
from services.httpapi.callers.caller import Caller
from services.httpapi.commands.idempotency import IdempotencyKey

Decided = Mapping[str, tuple[Event, ...]]

Decide = Callable[[Mapping[str, History]], Mapping[str, Sequence[Event]]]
"""The rule: what follows, by stream, from the streams as they stand. It refuses by raising."""

Admit = Callable[[Mapping[str, History], Decided], Awaitable[Mapping[str, int] | None]]
"""Asked about every decision before it is recorded; refuses by raising. What it needs to read, it may await. It answers
with the streams it read beside and their versions: if one has moved when the facts are recorded, it is asked anew."""

Guard = Callable[[Caller, IdempotencyKey, Mapping[str, History], Decided], Awaitable[tuple[Decided, Mapping[str, int]]]]
"""Asked about every decision of a service once its own rooms are content, with what stands in its streams before. It
refuses by raising, or gives the decision back, with facts of its own added to the streams that are decided on; and the
streams it read beside and their versions: if one has moved when the facts are recorded, it is asked anew."""


async def ask_in_turn(
    guards: Iterable[Guard],
    caller: Caller,
    key: IdempotencyKey,
    histories: Mapping[str, History],
    decided: Decided,
) -> tuple[Decided, Mapping[str, int]]:
    """The decision as the guards leave it, one after another, and every stream that any of them read beside."""
    rests_on: dict[str, int] = {}
    for guard in guards:
        decided, beside = await guard(caller, key, histories, decided)
        rests_on |= beside
    return decided, rests_on
