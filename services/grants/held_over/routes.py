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
from services.grants.held_over.view import ORDER_OF_CLAIMS, ORDER_OF_DEVIATIONS, HeldOver, Row
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller, Role
from services.httpapi.commands.answer import Answer
from services.httpapi.commands.command_handler import CommandHandler
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.paging import WHOLE_UNTIL, Cursor, Limit, Listing, Page
from services.httpapi.route import Router
from services.httpapi.strict.fields import Day, Digits, Instant

Year = Annotated[int, Digits(1900, 2199)]
Chapter = Annotated[int, Digits(1, 9999)]
PostNumber = Annotated[int, Digits(0, 99, width=2)]
Anybody = Annotated[Caller, allow(*STAFF)]
CLAIMS, DEVIATIONS = Listing("claims", int, int, date, int), Listing("between-years", str, str, str)
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
        cursor: Cursor = None,
        limit: Limit = WHOLE_UNTIL,
    ) -> Response:
        """The cases held over to the post, in the order they are covered, each with its claim and how much of it is."""
        as_of, place = AsOf(valid_at=valid_at or today(), known_at=known_at), CLAIMS.after(cursor)
        every = await held_over.list_claims(post_id(year, chapter, post), as_of)
        rows = [row for row in every if place is None or tuple(row[name] for name in ORDER_OF_CLAIMS) > place]
        last = rows[limit - 1] if len(rows) > limit else None
        following = CLAIMS.cursor(*(last[name] for name in ORDER_OF_CLAIMS)) if last else None
        return JsonResponse({"items": await numbers.numbered(map(_claim, rows[:limit])), "next": following})

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
        claims = await numbers.numbered(map(_claim, await held_over.list_claims(fund_id, AsOf(valid_at=ALWAYS))))
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
        year: Year,
        _: Anybody,
        valid_at: Day | None = None,
        known_at: Instant | None = None,
        cursor: Cursor = None,
        limit: Limit = WHOLE_UNTIL,
    ) -> Response:
        """What is not as it should be between this budget year and the one before it, until it is put right."""
        as_of, place = AsOf(valid_at=valid_at or today(), known_at=known_at), DEVIATIONS.after(cursor)
        after = (str(place[0]), str(place[1]), str(place[2])) if place else ("", "", "")
        rows = await held_over.list_deviations(year, as_of, after=after, limit=limit + 1)
        last = rows[limit - 1] if len(rows) > limit else None
        following = DEVIATIONS.cursor(*(last[name] or "" for name in ORDER_OF_DEVIATIONS)) if last else None
        return JsonResponse({"items": await numbers.numbered(rows[:limit]), "next": following})

    return router


def _claim(row: Row) -> Row:
    """A claim as it is answered: without what it is put in order by and nobody is told."""
    return {name: value for name, value in row.items() if name not in ("rank", "place", "promised_at")}
