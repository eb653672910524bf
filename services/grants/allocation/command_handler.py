"""A budget year over HTTP: where acts on its stream are carried out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from services.eventlog.events import Event
from services.grants.allocation.view import fold, stream_of
from services.grants.budget_year.state import BudgetYear
from services.httpapi.callers.caller import Caller
from services.httpapi.commands.answer import Answer
from services.httpapi.commands.command_handler import CommandHandler
from services.httpapi.commands.idempotency import IdempotencyKey


@dataclass(frozen=True, slots=True)
class YearCommands:
    """Asks a rule on the year as it stands, records what follows, and answers with the year as it then is."""

    desk: CommandHandler

    async def act(
        self,
        year: int,
        rule: Callable[[BudgetYear], Sequence[Event]],
        *,
        show: Callable[[BudgetYear], object],
        caller: Caller,
        key: IdempotencyKey,
    ) -> Response:
        """`show` makes the answer from the year after the act. Two acts at once are decided one after the other."""
        return await self.desk.carry_out(
            stream_of(year),
            caller=caller,
            key=key,
            decide=lambda history: rule(fold(history.events)),
            answer=lambda after: Answer(body=show(fold(after.events))),
        )
