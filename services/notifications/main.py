"""The notifications service, put together. `python -m services.notifications.main` serves it.

Only this service can send: it alone has the channels' credentials and the bytes that leave. It follows the grants feed
and offers its own; either service runs while the other is down.
"""

import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from prometheus_client import CollectorRegistry

from services.calendar import clock
from services.eventlog.behind import signed_at
from services.eventlog.checkpoint import Checkpoints, load_signing_key
from services.eventlog.checkpointer import Checkpointer
from services.eventlog.feed import Feed
from services.eventlog.head import Head
from services.eventlog.log import Log
from services.eventlog.pool import open_later
from services.eventlog.rights import refuse_changed_role, refuse_replaced_clock, refuse_superuser
from services.eventlog.runner import Runner
from services.httpapi.app import Service, service
from services.httpapi.carrying import Desk
from services.httpapi.logs import configure_logs
from services.httpapi.problems.catalogue import WORDS
from services.httpapi.problems.routes import problem_router
from services.httpapi.server import server
from services.httpapi.trust import trusted
from services.inbox.follower import Follower, Source
from services.notifications.acts.command_handler import Acting
from services.notifications.channel.carriers import carriers_of, ministry_of
from services.notifications.channel.permits import GrantsPermits, Nobody, Permits
from services.notifications.channel.post import Post
from services.notifications.channel.sender import Sender
from services.notifications.gate.digest import read_digest
from services.notifications.gate.reading import GateReading
from services.notifications.grants_feed.inbox import heard
from services.notifications.held.file_fetcher import Fetching
from services.notifications.held.file_store import KeptFiles
from services.notifications.notice.notice_post import NoticePost
from services.notifications.release.letter_post import LetterPost
from services.notifications.release.sweep import Sweep
from services.notifications.settings import Settings
from services.notifications.webhook.reaching import Reaching
from services.notifications.webhook.sealing import Seals, Secrets
from services.notifications.webhook.streaming import MessageStream
from services.notifications.webhook.view import EndpointList
from services.notifications.wiring import MESSAGES, PROJECTIONS, refused, routers


class Task(Protocol):
    """What runs beside the requests."""

    def start(self) -> None: ...
    async def stop(self) -> None: ...


def create_app(
    settings: Settings, *, now: Callable[[], datetime] = clock.now, permits: Permits | None = None
) -> Service:
    """The service as the settings say. Raises DevelopmentIssuerInProduction rather than start with our own issuer.

    `now` is this service's clock. On the machine's own, which no setting changes, it refuses to start unless the
    database's is the machine's too; whoever composes it with another (a test, the demonstration) owns that database. A
    release needs the two to agree. `permits` is whom each try to send a letter is asked of: grants, where the settings
    say it is; a test's own stand-in; else nobody, and letters wait."""
    callers, key_routers = trusted(settings)
    registry = CollectorRegistry()
    pool = open_later(settings.database_url)
    signed = signed_at(settings.checkpoint_dir, schema="notifications")
    log = Log(settings.database_url, pool, schema="notifications", signed=signed, now=now, registry=registry)
    head = Head(pool, schema="notifications")
    reading, files = GateReading(log, pool), KeptFiles(pool)
    acting = Acting(Desk(log, refused=refused), reading, files, now, channels=settings.channels_to_the_ministry)
    secrets, reaching = Secrets(pool, Seals.from_file(settings.webhook_key)), Reaching(settings.webhook_allowed)
    projections = Runner(
        settings.database_url, PROJECTIONS, schema="notifications", views="notifications_view", registry=registry
    )
    stream = MessageStream(pool, stream_seconds=settings.stream_seconds)
    feed = Feed(pool, head, schema="notifications", source="/notifications", mappers=MESSAGES)

    async def database_answers() -> None:
        async with pool.connection(timeout=2) as connection:
            await connection.execute("SELECT 1")

    @contextlib.asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        async with pool:
            await refuse_superuser(pool, "notifications_service")
            await refuse_changed_role(pool, "notifications")
            if now is clock.now:
                await refuse_replaced_clock(pool, "notifications")
            checkpointer = sealing(settings, log, now, registry)
            asked = permits or permits_of(settings)
            tasks = beside(settings, reading, files, LetterPost(reading, asked, now), now, registry)
            if checkpointer:
                tasks.append(checkpointer)
            for task in tasks:
                task.start()
            if settings.projects:
                projections.start()
            try:
                yield
            finally:
                for task in reversed(tasks):
                    await task.stop()
                if isinstance(asked, GrantsPermits):
                    await asked.close()
                await reaching.close()
                await head.close()
                await stream.head.close()
                if settings.projects:
                    projections.stop()
                log.close()

    return service(
        "Tilsagn: notifications",
        "0.1.0",
        routers=[
            *routers(acting, feed, pool, settings.checkpoint_dir, secrets, reaching, stream),
            *key_routers,
            problem_router("services.notifications", Path(__file__).with_name(WORDS)),
        ],
        callers=callers,
        checks={"database": database_answers, "writer": log.records},
        registry=registry,
        lifespan=lifespan,
        at_stop=[head.let_go, stream.head.let_go],
        parked=lambda: projections.parked,
        waiting=EndpointList(pool).waiting(),
    )


def sealing(
    settings: Settings, log: Log, now: Callable[[], datetime], registry: CollectorRegistry
) -> Checkpointer | None:
    """Who signs the log's state into files outside the database, where the settings say where and with what key."""
    if settings.checkpoint_dir is None or settings.checkpoint_key is None:
        return None
    key = load_signing_key(settings.checkpoint_key)
    kept = Checkpoints(settings.checkpoint_dir)
    dsn = settings.database_url
    return Checkpointer(
        dsn,
        kept,
        key,
        log="notifications",
        digest=read_digest,
        refused=log.look_again,
        now=now,
        registry=registry,
    )


def permits_of(settings: Settings) -> Permits:
    """Whose word is asked at each try to send a letter."""
    if settings.grants_url is None:
        return Nobody()
    return GrantsPermits(Source(name="grants", url=settings.grants_url, token_file=settings.grants_token))


def beside(
    settings: Settings,
    reading: GateReading,
    files: KeptFiles,
    letters: LetterPost,
    now: Callable[[], datetime],
    registry: CollectorRegistry,
) -> list[Task]:
    """What runs beside the requests: the sender, the sweep, and, where grants is known, its follower and fetcher."""
    posts: dict[str, Post] = {"letter": letters, "notice": NoticePost(files, ministry_of(settings), now)}
    tasks: list[Task] = [
        Sender(reading.log, reading.pool, carriers_of(settings), posts, now, registry=registry),
        Sweep(reading, files, now, registry=registry),
    ]
    if settings.grants_url:
        feed = Source(name="grants", url=f"{settings.grants_url}/v1/feed", token_file=settings.grants_token)
        root = Source(name="grants", url=settings.grants_url, token_file=settings.grants_token)
        tasks.append(Follower(reading.log, feed, heard(settings.letter_channel), registry=registry))
        tasks.append(Fetching(files, root, registry=registry))
    return tasks


if __name__ == "__main__":
    configure_logs(level="INFO")
    told = Settings.from_environment()
    server(create_app(told), host=told.host, port=told.port).run()
