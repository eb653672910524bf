"""The authorities of a letter's chapter 6 over HTTP: what is left of each, and one command for each. Whole øre."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from fastapi.encoders import jsonable_encoder
from starlette.responses import JSONResponse, Response

from services.eventlog.events import Event
from services.grants.allocation.authority.authorities import list_authorities
from services.grants.allocation.authority.carry_over import apply_for_carry_over
from services.grants.allocation.authority.rules import (
    book_net,
    commit_beyond_year,
    move_to_investment,
    overspend_for_investment,
    spend_extra_income,
)
from services.grants.allocation.authority.use import Use
from services.grants.allocation.command_handler import YearFile
from services.grants.allocation.view import Letters
from services.grants.budget_year.events.allocation import AuthorityUsed, CarryOverApplied
from services.grants.budget_year.state import BudgetYear
from services.httpapi.admission import allow
from services.httpapi.caller import STAFF, Caller, Role
from services.httpapi.fields import Body, CalendarYear, DatedBody, Day, Digits, Instant, Line, Many, Ore, OreOrZero
from services.httpapi.idempotency import Idempotency
from services.httpapi.route import Router

Year = Annotated[int, Digits(1900, 2199)]
Controller = Annotated[Caller, allow(Role.controller)]


class UseAsked(DatedBody):
    """The post, how much (øre), the agency's own reference for the matter, and the day (Europe/Oslo)."""

    fund_id: Line
    amount_ore: Ore
    reference: Line
    used_on: Day


class NetBooking(UseAsked):
    """Income from used equipment booked net on 01 or 21 (Bevilgningsreglementet § 3, 4. ledd)."""

    routine_renewal: bool
    belongs_on_post_45: bool
    booked_in_account_class_3: bool


class BeyondTheYear(UseAsked):
    """A lease or purchase of services beyond the year (§ 6, 2. ledd); the amount is its dearest year's cost."""

    until_on: Day
    ordinary_operations: bool
    unchanged_level: bool
    termination_assessed: bool


class ExtraIncome(UseAsked):
    """Overspending of 01 or 21 against extra income (§ 11, 4. ledd, nr. 1)."""

    reported_income_ore: OreOrZero
    same_agency: bool
    from_increased_activity: bool
    within_mandate: bool
    binds_later_level: bool


class ToInvestment(UseAsked):
    """Money from 01 to 45 of the same chapter (§ 11, 4. ledd, nr. 2)."""

    to_fund_id: Line
    binds_later_spending: bool
    restricted_ore: OreOrZero | None = None


class Saving(Body):
    """What is saved in one of the years that follow (øre)."""

    year: CalendarYear
    amount_ore: Ore


class InvestmentSavings(UseAsked):
    """Overspending for an investment, saved in the years that follow (§ 11, 4. ledd, nr. 3), with consent."""

    consent_reference: Line | None = None
    savings: Many[Saving]


class CarryOver(UseAsked):
    """Unused money applied for to be carried over, with the accounts of 31 December (§ 5)."""

    unused_ore: OreOrZero
    restricted_ore: OreOrZero | None = None


def authorities_router(years: YearFile, letters: Letters, today: Callable[[], date]) -> Router:
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
        return JSONResponse(jsonable_encoder({"items": list_authorities(as_of, on=on), "next": None}))

    async def use(
        year: int, asked: UseAsked, rule: Callable[..., Sequence[Event]], caller: Caller, key: Any, **more: Any
    ) -> Response:
        own = {name: value for name, value in asked if name not in UseAsked.model_fields}
        common = asked.model_dump(include=set(UseAsked.model_fields))
        told = {**own, **more, "use": Use(**common, used_by=caller.subject)}
        return await years.act(
            year, rule, told, show=lambda after: _used(after, asked.reference), caller=caller, key=key
        )

    @router.post("/{year}/net-booking")
    async def use_net_booking(year: Year, asked: NetBooking, caller: Controller, key: Idempotency) -> Response:
        """Books income from used equipment net. Moves nothing at disposal."""
        return await use(year, asked, book_net, caller, key)

    @router.post("/{year}/beyond-the-year")
    async def use_beyond_the_year(year: Year, asked: BeyondTheYear, caller: Controller, key: Idempotency) -> Response:
        """Enters an agreement beyond the budget year. Moves nothing at disposal."""
        return await use(year, asked, commit_beyond_year, caller, key)

    @router.post("/{year}/extra-income")
    async def use_extra_income(year: Year, asked: ExtraIncome, caller: Controller, key: Idempotency) -> Response:
        """Overspends against extra income. Raises what is at disposal."""
        return await use(year, asked, spend_extra_income, caller, key)

    @router.post("/{year}/to-investment")
    async def use_to_investment(year: Year, asked: ToInvestment, caller: Controller, key: Idempotency) -> Response:
        """Moves money from 01 to 45 of the same chapter."""
        return await use(year, asked, move_to_investment, caller, key)

    @router.post("/{year}/investment-savings")
    async def use_investment_savings(
        year: Year, asked: InvestmentSavings, caller: Controller, key: Idempotency
    ) -> Response:
        """Overspends for an investment with the ministry's consent to this very case. Raises what is at disposal."""
        savings = tuple((saving.year, saving.amount_ore) for saving in asked.savings)
        return await use(year, asked, overspend_for_investment, caller, key, savings=savings)

    @router.post("/{year}/carry-over")
    async def apply_carry_over(year: Year, asked: CarryOver, caller: Controller, key: Idempotency) -> Response:
        """Applies for carry-over. Nothing is at disposal before a supplement of the next year releases it."""
        return await use(year, asked, apply_for_carry_over, caller, key)

    return router


def _used(year: BudgetYear, reference: str) -> dict[str, Any]:
    """The use, or the application, that has this reference."""
    matters: list[AuthorityUsed | CarryOverApplied] = [*year.uses, *year.applications]
    return next(asdict(each) for each in matters if each.reference == reference)
