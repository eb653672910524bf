"""The rooms of this service: their addresses, and what each tells other services."""

from collections.abc import Callable, Mapping
from datetime import date

from psycopg_pool import AsyncConnectionPool

from services.eventlog.feed import Feed, Mapper
from services.grants.allocation import messages as allocation_messages
from services.grants.allocation.authority_routes import authorities_router
from services.grants.allocation.duty_routes import duties_router
from services.grants.allocation.routes import letters_router
from services.grants.allocation.view import Letters
from services.grants.allocation.year_file import YearFile
from services.grants.award import messages as award_messages
from services.grants.award.routes import award_router
from services.grants.balance.routes import posts_router
from services.grants.balance.view import Balances
from services.grants.case_file import CaseFile
from services.grants.case_reading import case_router
from services.grants.dashboard.routes import dashboard_router
from services.grants.disbursement.routes import disbursement_router
from services.grants.log_routes import log_router
from services.grants.page_source import PageSource
from services.grants.settings import Settings
from services.grants.withholding.routes import withholding_router
from services.httpapi.caller import Role, allow, open_to_all
from services.httpapi.carrying import Desk
from services.httpapi.route import Router

MESSAGES: Mapping[str, Mapper] = {**allocation_messages.MESSAGES, **award_messages.MESSAGES}


def routers(
    *,
    desk: Desk,
    cases: CaseFile,
    balances: Balances,
    letters: Letters,
    feed: Feed,
    pool: AsyncConnectionPool,
    settings: Settings,
    today: Callable[[], date],
) -> list[Router]:
    """Every room's routes. The pages are open to whoever reaches them in development; in production they ask for a
    token like everything else, which the ministry's sign-in proxy adds."""
    years = YearFile(desk)
    readers = open_to_all if settings.environment == "development" else allow(*Role)
    return [
        dashboard_router(PageSource(balances, letters), authorised=readers, today=today),
        posts_router(balances, today),
        letters_router(years, letters, today),
        authorities_router(years, letters, today),
        duties_router(years, letters, balances, today),
        case_router(cases, pool),
        award_router(cases, balances, system_began_on=settings.system_began_on),
        disbursement_router(cases),
        withholding_router(cases),
        log_router(feed, pool, settings.checkpoint_dir),
    ]
