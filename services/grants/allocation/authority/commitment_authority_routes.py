"""Commitment authorities over HTTP: registered by a controller from a letter, read by everybody. Whole øre."""

from typing import Annotated

from pydantic import Field, Strict
from starlette.responses import Response

from services.grants.allocation.authority.commitment_authority import register_commitment_authority
from services.grants.allocation.command_handler import YearCommands
from services.grants.allocation.view import Letters
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller, Role
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.route import Router
from services.httpapi.strict.fields import Body, CalendarYear, Digits, Line, Ore, Prose

Year = Annotated[int, Digits(1900, 2199)]


class CommitmentAuthorityAsked(Body):
    """The post, the last year promised money may fall due in, the limit of all such promises (or null), and the letter
    (0 is the letter of allocation) with the place that gives it. `reason`: why an earlier reading is replaced."""

    fund_id: Line
    until_year: CalendarYear
    limit_ore: Ore | None = None
    letter_number: Annotated[int, Strict(), Field(ge=0, le=999)]
    cite: Line
    reason: Prose | None = None


def commitment_authorities_router(years: YearCommands, letters: Letters) -> Router:
    router = Router(prefix="/v1/authorities", tags=["authorities"])

    @router.get("/{year}/commitment")
    async def list_commitment_authorities(year: Year, _: Annotated[Caller, allow(*STAFF)]) -> Response:
        """The commitment authorities of the year's posts, in the order they were registered."""
        items = (await letters.year(year)).commitment_authorities
        return JsonResponse({"items": items, "next": None})

    @router.post("/{year}/commitment")
    async def register(
        year: Year,
        asked: CommitmentAuthorityAsked,
        caller: Annotated[Caller, allow(Role.controller)],
        key: Idempotency,
    ) -> Response:
        """Registers that a letter lets money of a post be promised beyond the year. Moves nothing at disposal."""
        return await years.act(
            year,
            lambda it: register_commitment_authority(
                it,
                fund_id=asked.fund_id,
                until_year=asked.until_year,
                limit_ore=asked.limit_ore,
                letter_number=asked.letter_number,
                cite=asked.cite,
                reason=asked.reason,
                registered_by=caller.subject,
            ),
            show=lambda after: {"items": after.commitment_authorities, "next": None},
            caller=caller,
            key=key,
        )

    return router
