"""Every page of the dashboard, put together; what dresses them; and the accessibility statement, open to all.

A page is described in the table of pages (`services/dashboard/sign_in/access.py`) and stands in a module of its own
here, with its template. This is the one place that knows all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from os import PathLike
from pathlib import Path
from typing import Any

from psycopg_pool import AsyncConnectionPool
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from services.dashboard.pages import page
from services.dashboard.pages.amiss import deviations_router
from services.dashboard.pages.answering import html
from services.dashboard.pages.asking import Api
from services.dashboard.pages.audit import audit_router
from services.dashboard.pages.audit_files import audit_files_router
from services.dashboard.pages.award import award_router
from services.dashboard.pages.awards import awards_router
from services.dashboard.pages.changed import changed_router
from services.dashboard.pages.deadlines import deadlines_router
from services.dashboard.pages.disputes import disputes_router
from services.dashboard.pages.explained_awards import OfAwards
from services.dashboard.pages.explained_duties import OfDuties
from services.dashboard.pages.explained_moves import OfLetters
from services.dashboard.pages.explained_page import explained_router
from services.dashboard.pages.letter import letter_router
from services.dashboard.pages.looked_at import Looks
from services.dashboard.pages.notices import notices_router
from services.dashboard.pages.post import post_router
from services.dashboard.pages.promises import promises_router
from services.dashboard.pages.receiver import receiver_router
from services.dashboard.pages.receivers import receivers_router
from services.dashboard.pages.recipient import recipient_router
from services.dashboard.pages.recipients import recipients_router
from services.dashboard.pages.schemes import schemes_router
from services.dashboard.pages.search import search_router
from services.dashboard.pages.source import Source
from services.dashboard.pages.trying_out import trying_out_router
from services.dashboard.pages.year import year_router
from services.grants.overview.awards.view import awards_of
from services.grants.overview.changed.view import Changes
from services.grants.overview.disputes.view import disputes_of
from services.grants.overview.explained.view import Explanations
from services.grants.overview.recipients.view import recipients_of
from services.grants.overview.reckoned.view import Reckonings
from services.grants.overview.schemes.view import schemes_of
from services.grants.overview.search.view import Kept, Search
from services.grants.overview.view import Overview, overview_of
from services.httpapi.callers.admission import open_to_all
from services.httpapi.route import Router
from services.notifications.deadline.publishing.view import Publishing
from services.notifications.overview.duties.view import LettersOut, deadlines_of, deliveries_of
from services.notifications.overview.view import NoticeOverview
from services.notifications.webhook.view import EndpointList


@dataclass(frozen=True, kw_only=True)
class Asks:
    """The services, as readers ask them in their own name."""

    grants: Api
    notifications: Api


def page_routers(facts: AsyncConnectionPool, asks: Asks, *, today: Callable[[], date]) -> list[Router]:
    """The pages over the facts. `today` gives the day in Europe/Oslo that is shown when none is asked for. The table of
    pages says whom each serves. An address that cannot be read gives 400, what is not there 404, both as a page that
    shows nothing of the address back."""
    overview, kept = overview_of(facts), Kept()
    awards, schemes = awards_of(facts), schemes_of(facts)
    notices, recipients = NoticeOverview(facts), recipients_of(facts)
    disputes, register = disputes_of(facts), deadlines_of(facts)
    looks = Looks(register=register, notices=notices, awards=awards, disputes=disputes)
    return [
        year_router(overview, looks, today=today),
        post_router(overview, today=today),
        promises_router(overview, today=today),
        letter_router(overview, Publishing(facts), today=today),
        explained_router(
            overview,
            lambda seen: Explanations(_whole(seen)),
            OfAwards(source=overview, reckonings=Reckonings(awards), schemes=schemes),
            OfLetters(source=overview),
            OfDuties(source=overview, awards=awards, notices=notices, register=register),
            today=today,
        ),
        changed_router(overview, lambda seen: Changes(_whole(seen)), today=today),
        search_router(overview, lambda seen: Search(_whole(seen), kept), today=today),
        schemes_router(overview, schemes, today=today),
        awards_router(overview, awards, schemes, today=today),
        award_router(awards, schemes, notices, LettersOut(facts), today=today),
        notices_router(overview, notices, awards, today=today),
        disputes_router(overview, disputes, today=today),
        recipients_router(overview, recipients, schemes, today=today),
        recipient_router(overview, recipients, schemes, today=today),
        deadlines_router(register, overview, today=today),
        deviations_router(overview, today=today),
        receivers_router(EndpointList(facts)),
        receiver_router(EndpointList(facts), deliveries_of(facts), asks.notifications),
        trying_out_router(overview, asks.grants, today=today),
        audit_router(LettersOut(facts), overview),
        audit_files_router(overview, grants=asks.grants, notifications=asks.notifications),
        statement_router(),
    ]


def _whole(seen: Source) -> Overview:
    """What a page sees, by all that can be asked of it."""
    assert isinstance(seen, Overview), "the pages are shown over the facts"
    return seen


def statement_router() -> Router:
    """`/tilgjengelighet`, open to all."""
    router = Router(include_in_schema=False)

    @router.get("/tilgjengelighet", dependencies=[open_to_all])
    async def see_statement() -> Response:
        return html(page.accessibility_page())

    return router


class _Static(StaticFiles):
    """Style sheets and fonts. Kept an hour by the browser, then asked for again by their ETag."""

    def file_response(self, full_path: PathLike[str] | str, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(full_path, *args, **kwargs)
        response.headers["Cache-Control"] = "public, max-age=3600"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def static_files() -> StaticFiles:
    """What the pages are dressed in, to be mounted at `/static`. Open to all: there is nothing in it but style."""
    return _Static(directory=Path(__file__).parent / "static")
