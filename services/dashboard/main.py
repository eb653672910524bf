"""The dashboard, put together. `python -m services.dashboard.main` serves it.

It reads the facts with a role that can write nowhere, and keeps who is signed in elsewhere. Stopped, slow or asked a
thousand times at once, it holds nobody up but its own readers.
"""

import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool
from starlette.requests import Request

from services.calendar import clock
from services.calendar.days import day_of
from services.dashboard.pages.asking import Api
from services.dashboard.pages.careful import Careful
from services.dashboard.pages.language import Speaking, language_router
from services.dashboard.pages.news import LOGS, News, news_router
from services.dashboard.pages.refused import refuse_as_pages
from services.dashboard.pages.routes import Asks, page_routers, static_files
from services.dashboard.pages.signing_in import sign_in_router
from services.dashboard.pages.trying_out import BODY_BYTES, LETTER
from services.dashboard.pages.turns import Turns
from services.dashboard.pages.without_body import WithoutBody
from services.dashboard.settings import Settings
from services.dashboard.sign_in.development import DevelopmentProvider
from services.dashboard.sign_in.own_token import OwnTokens
from services.dashboard.sign_in.provider import SigningIn
from services.dashboard.sign_in.reader import Site
from services.dashboard.sign_in.sessions import Session, Sessions
from services.eventlog.connections.connecting import POOLED
from services.eventlog.connections.pool import SOON_SECONDS, Either, open_later
from services.eventlog.connections.rights import READS, refuse_changed_role, refuse_superuser, refuse_unset_pooler
from services.eventlog.node import Server, both_logs
from services.httpapi.app import Service, service
from services.httpapi.callers.bearer import Callers
from services.httpapi.issuer import DevelopmentIssuer
from services.httpapi.limits import Limits
from services.httpapi.reading import Reading
from services.httpapi.route import Router
from services.httpapi.server import server
from services.httpapi.watching.logs import configure_logs
from services.process.schema import RELEASE, Schemas, WatchingSchema
from services.process.tasks import at_work

BACK = "/logg-inn/tilbake"
ASIDE = 1
"""Connections to the facts besides those of the pages that are made: what is new, and whether the database answers."""
SIGNED_IN = 4
"""Connections to the sessions at most. A thousand readers at once wait their turn here."""
READ_ONLY = "-c default_transaction_read_only=on"
POOLED_TO_READ = POOLED | {"default_transaction_read_only": "on"}


def create_app(
    settings: Settings, *, now: Callable[[], datetime] = clock.now, reaching: httpx.AsyncBaseTransport | None = None
) -> Service:
    """The pages as the settings say. Nothing here writes a fact, and nothing can. `reaching` is the way to where people
    sign in, other than the network."""
    facts, store = facts_of(settings), open_later(settings.sessions_url, most=SIGNED_IN)
    reading = reading_of(settings, facts)
    schemas = Schemas((facts, "grants"), (facts, "notifications"), (store, "dashboard"))
    client = httpx.AsyncClient(trust_env=False, transport=reaching)
    site, news = Site(settings.address), News(facts)
    own = OwnTokens(store, settings.seal_keys)
    sessions = Sessions(pool=store, idle_minutes=settings.idle_minutes, most_hours=settings.most_hours, own=own)
    development = development_provider(settings)
    provider = development.provider if development else settings.provider
    assert provider is not None, "settings say where people sign in"
    people = tuple(settings.dev_people or ()) if development else ()
    signing_in = SigningIn(provider, client, back=settings.address + BACK)
    routers: list[Router] = [
        language_router(site),
        *page_routers(facts, asks_of(settings, client), today=lambda: day_of(now())),
        news_router(news),
        sign_in_router(signing_in, sessions, site, people=people),
        *([development.router()] if development else []),
    ]

    @contextlib.asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        async with facts, store, client:
            await schemas.look()
            await refuse_superuser(facts, "tilsagn_dashboard")
            await refuse_superuser(store, "dashboard_sessions")
            await refuse_changed_role(facts, None, READS)
            await refuse_changed_role(store, "dashboard")
            await refuse_unset_pooler(facts, POOLED_TO_READ)
            await refuse_unset_pooler(store)
            async with own.forgetting(), at_work([WatchingSchema(schemas, nothing_ends)]):
                yield

    app = service(
        "Tilsagn: dashboard",
        RELEASE,
        routers=routers,
        callers=Callers(()),
        checks=reading.checks({"schema": schemas.look, "sessions": answers(store)}),
        schemas=schemas,
        limits=Limits(larger_bodies={LETTER: BODY_BYTES}),
        lifespan=lifespan,
        traces=settings.traces,
        at_stop=[news.let_go],
        reading=reading,
        described=False,
    )
    app.state.news, app.state.turns, app.state.site, app.state.people = news, turns_of(settings), site, people
    know_readers(app, site, sessions)
    answer_as_pages(app)
    return app


async def nothing_ends() -> None:
    """Nothing works here beside the pages, and they are refused as long as the schema does not serve them."""


def answer_as_pages(app: Service) -> None:
    """In the reader's language, refusals too; with its headers alone where that is asked; and always carefully."""
    refuse_as_pages(app)
    for layer in (Speaking, WithoutBody, Careful):
        app.add_middleware(layer)
    app.mount("/static", static_files())


def facts_of(settings: Settings) -> Either:
    """Where the facts are read: as the settings say, and at the primary instead where they name one."""
    instead = make_conninfo(settings.primary_url, options=READ_ONLY) if settings.primary_url else None
    reads = make_conninfo(settings.database_url, options=READ_ONLY)
    return open_later(reads, most=settings.pages_at_once + ASIDE, instead=instead)


def reading_of(settings: Settings, facts: Either) -> Reading:
    """How far behind what is read there may be."""
    at_most = timedelta(seconds=settings.behind_at_most_seconds)
    primary = Server(facts.instead, both_logs(LOGS)) if facts.instead else None
    return Reading(Server(facts, both_logs(LOGS)), only=True, at_most=at_most, primary=primary)


def turns_of(settings: Settings) -> Turns:
    """As many as there are connections to the facts, and half of them to one session at most."""
    return Turns(at_once=settings.pages_at_once, of_one=settings.pages_at_once // 2)


def asks_of(settings: Settings, client: httpx.AsyncClient) -> Asks:
    """The services that readers ask in their own name, where the settings say where they are."""
    return Asks(
        grants=Api(address=settings.grants_url, client=client),
        notifications=Api(address=settings.notifications_url, client=client),
    )


def know_readers(app: Service, site: Site, sessions: Sessions) -> None:
    """By what their browsers hold: who is signed in, and what they ask the services with."""

    async def find_session(request: Request) -> Session | None:
        held = request.cookies.get(site.session_cookie)
        return await sessions.find(held) if held else None

    async def find_own_token(request: Request) -> str | None:
        held = request.cookies.get(site.session_cookie)
        return await sessions.own.find(held) if held else None

    async def look_at_session(request: Request) -> Session | None:
        held = request.cookies.get(site.session_cookie)
        return await sessions.look_at(held) if held else None

    app.state.find_session, app.state.look_at_session = find_session, look_at_session
    app.state.find_own_token = find_own_token


def development_provider(settings: Settings) -> DevelopmentProvider | None:
    """The provider of our own, where the settings have one: they refuse to, where anybody else could reach it."""
    if settings.dev_issuer_key is None:
        return None
    issuer = DevelopmentIssuer.from_file(
        settings.dev_issuer_key, issuer=settings.dev_issuer, audience=settings.audience
    )
    return DevelopmentProvider(
        issuer, settings.dev_people or {}, address=settings.address, back=settings.address + BACK
    )


def answers(pool: AsyncConnectionPool) -> Callable[[], Any]:
    """A check that the database behind a pool answers."""

    async def check() -> None:
        async with pool.connection(timeout=SOON_SECONDS) as connection:
            await connection.execute("SELECT 1")

    return check


if __name__ == "__main__":
    configure_logs(level="INFO")
    told = Settings.from_environment()
    server(create_app(told), host=told.host, port=told.port).run()
