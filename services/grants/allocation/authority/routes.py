"""The authorities of a letter's chapter 6 over HTTP: what is left of each, and one command for each. Whole øre."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from starlette.responses import Response

from services.eventlog.events import Event
from services.grants.allocation.authority.authorities import list_authorities
from services.grants.allocation.authority.carry_over import apply_for_carry_over
from services.grants.allocation.authority.requests import (
    BeyondTheYear,
    CarryOver,
    ExtraIncome,
    InvestmentSavings,
    NetBooking,
    ToInvestment,
    UseAsked,
)
from services.grants.allocation.authority.rules import (
    book_net,
    commit_beyond_year,
    move_to_investment,
    overspend_for_investment,
    spend_extra_income,
)
from services.grants.allocation.authority.use import Use
from services.grants.allocation.command_handler import YearCommands
from services.grants.allocation.view import Letters
from services.grants.budget_year.events.allocation import AuthorityUsed, CarryOverApplied
from services.grants.budget_year.state import BudgetYear
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller, Role
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.idempotency import Idempotency, IdempotencyKey
from services.httpapi.route import Router
from services.httpapi.strict.fields import Day, Digits, Instant

Year = Annotated[int, Digits(1900, 2199)]
Controller = Annotated[Caller, allow(Role.controller)]


def authorities_router(years: YearCommands, letters: Letters, today: Callable[[], date]) -> Router:
    """`today` gives the day in Europe/Oslo that the authorities are listed for when `valid_at` is left out."""
    router = Router(prefix="/v1/authorities", tags=["authorities"])

    @router.get("")
    async def list_in_force(
        year: Year,
        _: Annotated[Caller, allow(*STAFF)],
        valid_at: Day | None = None,
        known_at: Instant | None = None,
    ) -> Response:
        """The authorities in force on a day, with their paragraphs, limits, and what is used on each post."""
        on = valid_at or today()
        as_of = await letters.year(year, valid_at=on, known_at=known_at)
        return JsonResponse({"items": list_authorities(as_of, on=on), "next": None})

    async def act(
        year: int,
        asked: UseAsked,
        rule: Callable[[BudgetYear, Use], Sequence[Event]],
        *,
        caller: Caller,
        key: IdempotencyKey,
    ) -> Response:
        use = Use(
            fund_id=asked.fund_id,
            amount_ore=asked.amount_ore,
            reference=asked.reference,
            used_on=asked.used_on,
            used_by=caller.subject,
        )
        return await years.act(
            year,
            lambda it: rule(it, use),
            show=lambda after: _used(after, asked.reference),
            caller=caller,
            key=key,
        )

    @router.post("/{year}/net-booking")
    async def use_net_booking(year: Year, asked: NetBooking, caller: Controller, key: Idempotency) -> Response:
        """Books income from used equipment net. Moves nothing at disposal."""
        return await act(
            year,
            asked,
            lambda it, use: book_net(
                it,
                use=use,
                routine_renewal=asked.routine_renewal,
                belongs_on_post_45=asked.belongs_on_post_45,
                booked_in_account_class_3=asked.booked_in_account_class_3,
            ),
            caller=caller,
            key=key,
        )

    @router.post("/{year}/beyond-the-year")
    async def use_beyond_the_year(year: Year, asked: BeyondTheYear, caller: Controller, key: Idempotency) -> Response:
        """Enters an agreement beyond the budget year. Moves nothing at disposal."""
        return await act(
            year,
            asked,
            lambda it, use: commit_beyond_year(
                it,
                use=use,
                until_on=asked.until_on,
                ordinary_operations=asked.ordinary_operations,
                unchanged_level=asked.unchanged_level,
                termination_assessed=asked.termination_assessed,
            ),
            caller=caller,
            key=key,
        )

    @router.post("/{year}/extra-income")
    async def use_extra_income(year: Year, asked: ExtraIncome, caller: Controller, key: Idempotency) -> Response:
        """Overspends against extra income. Raises what is at disposal."""
        return await act(
            year,
            asked,
            lambda it, use: spend_extra_income(
                it,
                use=use,
                reported_income_ore=asked.reported_income_ore,
                same_agency=asked.same_agency,
                from_increased_activity=asked.from_increased_activity,
                within_mandate=asked.within_mandate,
                binds_later_level=asked.binds_later_level,
            ),
            caller=caller,
            key=key,
        )

    @router.post("/{year}/to-investment")
    async def use_to_investment(year: Year, asked: ToInvestment, caller: Controller, key: Idempotency) -> Response:
        """Moves money from 01 to 45 of the same chapter."""
        return await act(
            year,
            asked,
            lambda it, use: move_to_investment(
                it,
                use=use,
                to_fund_id=asked.to_fund_id,
                binds_later_spending=asked.binds_later_spending,
                restricted_ore=asked.restricted_ore,
            ),
            caller=caller,
            key=key,
        )

    @router.post("/{year}/investment-savings")
    async def use_investment_savings(
        year: Year, asked: InvestmentSavings, caller: Controller, key: Idempotency
    ) -> Response:
        """Overspends for an investment with the ministry's consent to this very case. Raises what is at disposal."""
        savings = tuple((saving.year, saving.amount_ore) for saving in asked.savings)
        return await act(
            year,
            asked,
            lambda it, use: overspend_for_investment(
                it, use=use, consent_reference=asked.consent_reference, savings=savings
            ),
            caller=caller,
            key=key,
        )

    @router.post("/{year}/carry-over")
    async def apply_carry_over(year: Year, asked: CarryOver, caller: Controller, key: Idempotency) -> Response:
        """Applies for carry-over. Nothing is at disposal before a supplement of the next year releases it."""
        return await act(
            year,
            asked,
            lambda it, use: apply_for_carry_over(
                it, use=use, unused_ore=asked.unused_ore, restricted_ore=asked.restricted_ore
            ),
            caller=caller,
            key=key,
        )

    return router


def _used(year: BudgetYear, reference: str) -> dict[str, Any]:
    """The use, or the application, that has this reference."""
    matters: list[AuthorityUsed | CarryOverApplied] = [*year.uses, *year.applications]
    return next(asdict(each) for each in matters if each.reference == reference)
