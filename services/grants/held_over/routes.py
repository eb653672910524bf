"""Claims held over to a post, in which order they are covered, and what is amiss between two years. Whole øre."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from starlette.responses import Response

from services.eventlog.events import Event
from services.eventlog.folding import fold_once
from services.eventlog.log import History
from services.grants.balance.view import AsOf, post_id
from services.grants.case_number.view import CaseNumbers
from services.grants.held_over.requests import Ranking
from services.grants.held_over.responses import Claim, Deviation
from services.grants.held_over.rules import Orders, evolve, rank_claims
from services.grants.held_over.view import HeldOver
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller, Role
from services.httpapi.commands.answer import Answer
from services.httpapi.commands.command_handler import CommandHandler
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.paging import Page
from services.httpapi.route import Router
from services.httpapi.strict.fields import Day, Digits, Instant

Year = Annotated[int, Digits(1900, 2199)]
Chapter = Annotated[int, Digits(1, 9999)]
PostNumber = Annotated[int, Digits(0, 99, width=2)]
Anybody = Annotated[Caller, allow(*STAFF)]
ALWAYS = date(9999, 11, 30)


def held_over_router(desk: CommandHandler, held_over: HeldOver, today: Callable[[], date]) -> Router:
    """`today` gives the day in Europe/Oslo that claims are read at when `valid_at` is left out."""
    router, numbers = Router(prefix="/v1", tags=["held-over"]), CaseNumbers(held_over.pool)

    @router.get("/posts/{year}/{chapter}/{post}/held-over", response_model=Page[Claim])
    async def list_claims(
        year: Year,
        chapter: Chapter,
        post: PostNumber,
        _: Anybody,
        valid_at: Day | None = None,
        known_at: Instant | None = None,
    ) -> Response:
        """The cases held over to the post, in the order they are covered, each with its claim and how much of it is."""
        as_of = AsOf(valid_at=valid_at or today(), known_at=known_at)
        return _items(await numbers.numbered(await held_over.list_claims(post_id(year, chapter, post), as_of)))

    @router.put("/posts/{year}/{chapter}/{post}/held-over/order", response_model=Page[Claim])
    async def set_order_of_claims(
        year: Year,
        chapter: Chapter,
        post: PostNumber,
        ranking: Ranking,
        caller: Annotated[Caller, allow(Role.controller)],
        key: Idempotency,
    ) -> Response:
        """Sets which claims are covered first from a day on; the others follow, the oldest promise first. Answers with
        the claims as they stood before, in the order they were covered."""
        fund_id = post_id(year, chapter, post)
        claims = await numbers.numbered(await held_over.list_claims(fund_id, AsOf(valid_at=ALWAYS)))
        known = {UUID(each["case_id"]) for each in claims}

        def decide(history: History) -> Sequence[Event]:
            orders = fold_once(evolve, history.events, Orders)
            return rank_claims(
                orders,
                fund_id=fund_id,
                known=known,
                case_ids=ranking.case_ids,
                reason=ranking.reason,
                ranked_on=ranking.ranked_on,
                ranked_by=caller.subject,
            )

        shown = {"items": claims, "next": None}
        return await desk.carry_out(
            f"allocation-{year}", caller=caller, key=key, decide=decide, answer=lambda _: Answer(body=shown)
        )

    @router.get("/turn-of-year/deviations", response_model=Page[Deviation])
    async def list_deviations_between_years(
        year: Year, _: Anybody, valid_at: Day | None = None, known_at: Instant | None = None
    ) -> Response:
        """What is not as it should be between this budget year and the one before it, until it is put right."""
        as_of = AsOf(valid_at=valid_at or today(), known_at=known_at)
        return _items(await numbers.numbered(await held_over.list_deviations(year, as_of)))

    return router


def _items(rows: Sequence[object]) -> Response:
    return JsonResponse({"items": rows, "next": None})
