"""The notifications service, put together. `python -m services.notifications.main` runs a process of it: one that
answers, one that works, or one that does both (TILSAGN_ROLE).

Only this service can send: its workers alone have the channels' credentials and the bytes that leave. It follows the
grants feed and offers its own; either service runs while the other is down.
"""

import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any

from services.calendar import clock
from services.httpapi.app import Service, service
from services.httpapi.reading import Reading
from services.httpapi.server import server
from services.httpapi.trust import trusted
from services.httpapi.watching.logs import configure_logs
from services.lost_grounds.view import Grounds
from services.notifications.channel.permits import Permits
from services.notifications.deadline.sweep import LONGEST_SECONDS
from services.notifications.gate.digest import read_digest
from services.notifications.grants_feed.lost_policies import LostPolicies
from services.notifications.settings import Settings
from services.notifications.web import Web
from services.notifications.webhook.view import EndpointList
from services.notifications.wiring import PROJECTIONS
from services.notifications.worker import outbox_of, permits_of, sending, telling
from services.outbox.known import WAITING
from services.process.process import Process
from services.process.schema import RELEASE
from services.process.tasks import Task


def create_app(
    settings: Settings,
    *,
    now: Callable[[], datetime] = clock.now,
    permits: Permits | None = None,
    look_seconds: float = LONGEST_SECONDS,
) -> Service:
    """The service as the settings say. Raises DevelopmentIssuerInProduction rather than start with our own issuer.

    `now` is this service's clock. On the machine's own, which no setting changes, it refuses to start unless the
    database's is the machine's too; whoever composes it with another (a test, the demonstration) owns that database. A
    release needs the two to agree. `permits` is whom each try to send a letter is asked of: grants, where the settings
    say it is; a test's own stand-in; else nobody, and letters wait. What is due is looked for every `look_seconds`."""
    callers, key_routers = trusted(settings)
    process = Process(settings, schema="notifications", projections=PROJECTIONS, digest=read_digest, now=now)
    outbox = outbox_of(process, settings)
    web = Web(process, settings) if process.role.answers else None
    reading = Reading.of(process, only=not process.role.records)

    def tasks(stack: AsyncExitStack) -> list[Task]:
        telling_others = telling(process, settings, stack, look_seconds=look_seconds) if settings.delivers else []
        return [*sending(process, settings, permits or permits_of(settings, stack), outbox), *telling_others]

    @contextlib.asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        async with process.running(tasks, projects=settings.projects, closing=[web.close] if web else []):
            yield

    return service(
        "Tilsagn: notifications",
        RELEASE,
        routers=[*web.routers, *key_routers] if web else [],
        callers=callers,
        checks=reading.checks(process.checks),
        registry=process.registry,
        schemas=process.schemas,
        reading=reading,
        lifespan=lifespan,
        traces=settings.traces,
        at_stop=[web.let_go] if web else [],
        followed=process.followed,
        waiting={
            **EndpointList(process.pool).waiting(),
            **LostPolicies(process.pool).waiting(),
            **Grounds(process.pool, "notifications", "grants").waiting(),
            **({WAITING: outbox.count_refused} if outbox else {}),
        },
    )


if __name__ == "__main__":
    configure_logs(level="INFO")
    told = Settings.from_environment()
    server(create_app(told), host=told.host, port=told.port, handed=told.handed).run()
