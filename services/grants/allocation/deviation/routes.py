"""What a letter does that cannot be as meant, settled over HTTP."""

from collections.abc import Callable
from datetime import date
from typing import Annotated

from starlette.responses import Response

from services.grants.allocation.command_handler import YearCommands
from services.grants.allocation.deviation.found import Deviation
from services.grants.allocation.deviation.rules import deviations_of, settle_deviation
from services.grants.allocation.deviation.view import Surroundings
from services.grants.allocation.requests import Number, Year
from services.grants.budget_year.events.allocation import DeviationKind
from services.grants.budget_year.reconciliation import LetterUnknown
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import Caller, Role
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.paging import Page
from services.httpapi.route import Router
from services.httpapi.strict.fields import DatedBody, Day, Line, Prose


class DeviationExplained(DatedBody):
    """Why a deviation is as it is, or what is done about it. It counts as settled from `settled_on` (a day in
    Europe/Oslo; today when left out)."""

    fund_id: Line
    kind: DeviationKind
    reason: Prose
    settled_on: Day | None = None


def deviations_router(years: YearCommands, surroundings: Surroundings, today: Callable[[], date]) -> Router:
    """`today` gives the day in Europe/Oslo that a settlement is dated."""
    router = Router(tags=["letters"])

    @router.put("/v1/letters/{year}/{number}/deviations", response_model=Page[Deviation])
    async def explain_deviation(
        year: Year,
        number: Number,
        explained: DeviationExplained,
        caller: Annotated[Caller, allow(Role.controller)],
        key: Idempotency,
    ) -> Response:
        """Settles a deviation with a reason. Nothing moves; one that later gets another size is open again."""
        registered = (await surroundings.letters.year(year)).letters.get(number)
        if registered is None:
            raise LetterUnknown(f"Letter {number} of {year} is not registered.")
        around = await surroundings.around(year, [registered.letter])
        return await years.act(
            year,
            lambda it: settle_deviation(
                it,
                letter_number=number,
                fund_id=explained.fund_id,
                kind=explained.kind,
                reason=explained.reason,
                settled_by=caller.subject,
                settled_on=explained.settled_on or today(),
                around=around,
            ),
            show=lambda after: {"items": deviations_of(after, number, around), "next": None},
            caller=caller,
            key=key,
        )

    return router
