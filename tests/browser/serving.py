"""The pages over the sample year, as a client without a browser meets them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.requests import Request

from services.dashboard.pages.amiss import deviations_router
from services.dashboard.pages.asking import Api
from services.dashboard.pages.audit import audit_router
from services.dashboard.pages.audit_files import audit_files_router
from services.dashboard.pages.changed import changed_router
from services.dashboard.pages.deadlines import deadlines_router
from services.dashboard.pages.explained_page import explained_router
from services.dashboard.pages.language import Speaking, language_router
from services.dashboard.pages.letter import letter_router
from services.dashboard.pages.looked_at import Looks
from services.dashboard.pages.news import Fresh
from services.dashboard.pages.post import post_router
from services.dashboard.pages.promises import promises_router
from services.dashboard.pages.receiver import receiver_router
from services.dashboard.pages.receivers import receivers_router
from services.dashboard.pages.refused import refuse_as_pages
from services.dashboard.pages.routes import statement_router, static_files
from services.dashboard.pages.search import search_router
from services.dashboard.pages.source import Source
from services.dashboard.pages.trying_out import trying_out_router
from services.dashboard.pages.year import year_router
from services.dashboard.sign_in.reader import Site
from services.dashboard.sign_in.sessions import Session
from services.eventlog.connections.freshness import Freshness
from services.httpapi.callers.caller import Caller, Role
from tests.browser.sample import Sample
from tests.browser.sample_behind import SampleBehind, SampleBetween, SampleFinds
from tests.browser.sample_duties import Delivered, Numbers, Register, Released, answering
from tests.browser.sample_letter import SampledPublishing
from tests.browser.sample_looks import sampled_looks

PAGES = (
    "/?aar=2020&gjelder=2020-12-31",
    "/?aar=2020&gjelder=2020-04-10&kjent=2020-06-01T12:00",
    "/?aar=2020&gjelder=2019-12-31",
    "/?aar=2031",
    "/poster/2020/291/71?gjelder=2020-12-31",
    "/poster/2020/291/70?gjelder=2020-12-31",
    "/poster/2020/292/60?gjelder=2020-08-01",
    "/poster/2020/291/71?gjelder=2020-12-31&side=3",
    "/poster/2020/291/71/tilsagn?gjelder=2020-12-31",
    "/poster/2020/291/71/tilsagn?gjelder=2020-12-31&linje=ressursmiljo",
    "/poster/2020/291/70/tilsagn?gjelder=2020-12-31",
    "/brev/2020/4?gjelder=2020-12-31",
    "/brev/2020/1?gjelder=2020-12-31",
    "/brev/2020/0?gjelder=2020-12-31",
    "/brev/2020/8?gjelder=2020-06-30",
    "/tilgjengelighet",
    "/mottakere",
    "/forklar/2020/291/71/tilsagn?gjelder=2020-12-31",
    "/forklar/2020/291/71/til-disposisjon?gjelder=2020-12-31",
    "/forklar/2020/291/71/nasjonale-ressursmiljo/gjenstar?gjelder=2020-12-31",
    "/forklar/2020/291/bevilget?gjelder=2020-12-31",
    "/forklar/2020/290/01/bevilget?gjelder=2020-12-31",
    "/endringer?gjelder=2020-12-31&fra=2019-12-31",
    "/endringer?gjelder=2020-12-31&fra=31.12.2020",
    "/sok",
    "/sok?q=ingen",
    "/sok?q=f%C3%B8dt",
    f"/mottakere/{UUID(int=1)}",
    f"/mottakere/{UUID(int=1)}?tilstand=failed&forsok={UUID(int=1030)}",
    f"/mottakere/{UUID(int=1)}?sendt=1&side=2",
    f"/mottakere/{UUID(int=1)}?sendt=0&tilstand=expired",
    "/frister?aar=2020",
    "/frister?aar=2020&side=2",
    "/frister?aar=2020&tilstand=undated",
    "/frister?aar=2020&tilstand=overdue&slag=assignment",
    "/frister?aar=2020&dag=31.12.2020",
    "/frister?maaned=12.2020",
    "/frister?maaned=03.2019",
    "/avvik?aar=2020&gjelder=2020-12-31",
    "/avvik?aar=2020&gjelder=2020-12-31&vis=brev&status=aapne",
    "/avvik?aar=2020&gjelder=2020-12-31&vis=motsigelser",
    "/avvik?aar=2020&gjelder=2020-12-31&vis=avvik&status=avklarte",
    "/revisjon",
)
"""Every kind of page, full and empty, that answers 200."""


class Listed:
    """Three receivers: one fails, one waits for an answer, one takes all it is sent."""

    async def list_standing(self, *, only: UUID | None = None) -> Sequence[Mapping[str, Any]]:
        at = datetime(2020, 12, 30, 8, 15, tzinfo=UTC)
        usual = {"id": UUID(int=1), "types": ["*"], "ordered": False, "rate_per_second": 50}
        usual |= {"state": "active", "failing_since": None, "last": 12, "committed": 0, "waiting": 0, "next_at": None}
        rows = [
            usual | {"url": "https://svikter.example/hook", "state": "failing", "failing_since": at, "waiting": 1000},
            usual | {"url": "https://ny.example/hook", "state": "pending", "waiting": 3, "next_at": at},
            usual | {"url": "https://virker.example/hook?plass=<arkiv>"},
        ]
        return rows[:1] if only else rows


class UpToDate:
    """How fresh the sample year is: all of it is there."""

    async def now(self) -> Fresh:
        at = datetime(2020, 12, 31, 11, 5, tzinfo=UTC)
        of_money = Freshness(
            log="grants", position=1234, recorded_at=at, followed=1234, waiting_since=None, asked_at=at,
            standby=False, connected=None, replayed_at=None,
        )  # fmt: skip
        return Fresh((of_money,))


AUDITOR = Session(caller=Caller(subject="riksrevisjonen", roles=frozenset({Role.auditor})), proof="0" * 64)
"""Whoever reads, where it does not matter who."""


def new_years_eve() -> date:
    return date(2020, 12, 31)


def pages(
    source: Source | None = None, *, session: Session | None = AUDITOR, looks: Looks | None = None, address: str
) -> FastAPI:
    """The pages on New Year's Eve 2020, to whoever is signed in, at an address."""
    app = FastAPI()
    app.include_router(year_router(source or Sample(), looks or sampled_looks(), today=new_years_eve))
    for of_a_day in (post_router, promises_router):
        app.include_router(of_a_day(source or Sample(), today=lambda: date(2020, 12, 31)))
    app.include_router(letter_router(source or Sample(), SampledPublishing(), today=lambda: date(2020, 12, 31)))
    sample = source or Sample()
    app.include_router(explained_router(sample, lambda _: SampleBehind(), today=new_years_eve))
    app.include_router(changed_router(sample, lambda _: SampleBetween(Sample()), today=new_years_eve))
    app.include_router(search_router(sample, lambda _: SampleFinds(), today=new_years_eve))
    known = source or Sample()
    asked = Api(address="http://services", client=httpx.AsyncClient(transport=httpx.MockTransport(answering)))
    app.include_router(deadlines_router(Register(), Sample(), today=lambda: date(2020, 12, 31)))
    app.include_router(deviations_router(known, today=lambda: date(2020, 12, 31)))
    app.include_router(receivers_router(Listed()))
    app.include_router(receiver_router(Listed(), Delivered(), asked))
    app.include_router(audit_files_router(Numbers(), grants=asked, notifications=asked))
    app.include_router(audit_router(Released(), Numbers()))
    app.include_router(trying_out_router(known, asked, today=lambda: date(2020, 12, 31)))
    app.include_router(statement_router())
    app.include_router(language_router(Site(address)))
    app.add_middleware(Speaking)
    refuse_as_pages(app)
    app.mount("/static", static_files())

    async def find_session(_: Request) -> Session | None:
        return session

    app.state.news = UpToDate()

    async def find_own_token(_: Request) -> str | None:
        return "token"

    app.state.find_own_token = find_own_token
    app.state.find_session, app.state.site, app.state.people = find_session, Site(address), ()
    return app


def client(source: Source | None = None, *, looks: Looks | None = None) -> TestClient:
    """A client of the pages on New Year's Eve 2020."""
    return TestClient(pages(source, looks=looks, address="http://testserver"))
