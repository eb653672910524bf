"""Acts on a scheme: decided on its stream, recorded, and answered with the scheme as it then stands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from starlette.responses import Response

from services.eventlog.after import After
from services.eventlog.events import Event
from services.grants.scheme.responses import show_scheme
from services.grants.scheme.view import show, stream_of
from services.httpapi.callers.caller import Caller
from services.httpapi.commands.answer import Answer
from services.httpapi.commands.command_handler import CommandHandler
from services.httpapi.commands.idempotency import IdempotencyKey

State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class SchemeCommands:
    """Where the acts on schemes, their calls and their notice policies are carried out."""

    desk: CommandHandler

    async def act(
        self,
        scheme_id: str,
        fold: Callable[[Sequence[Event]], State],
        rule: Callable[[State], Sequence[Event]],
        *,
        caller: Caller,
        key: IdempotencyKey,
        expected: int | None,
        location: str | None = None,
    ) -> Response:
        """Asks the rule on the scheme as `fold` tells it. With a `location`, something begins there."""

        def answer(after: After) -> Answer:
            stands = show(after.events, after.version)
            assert stands is not None, "a scheme that was acted on is registered"
            body = show_scheme(stands)
            return Answer(body=body, status=201 if location else 200, location=location)

        return await self.desk.carry_out(
            stream_of(scheme_id),
            caller=caller,
            key=key,
            decide=lambda history: rule(fold(history.events)),
            answer=answer,
            expected=expected,
        )
