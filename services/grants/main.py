"""The grants service, put together. `python -m services.grants.main` runs a process of it: one that answers, one that
works, or one that does both (TILSAGN_ROLE)."""

import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import date, datetime
from typing import Any

from services.calendar import clock
from services.calendar.days import day_of
from services.grants.balance.digest import read_digest
from services.grants.balance.movements import effects
from services.grants.settings import Settings
from services.grants.web import LIMITS, Web
from services.grants.wiring import PROJECTIONS
from services.grants.worker import outbox_of, tasks_of
from services.httpapi.app import Service, service
from services.httpapi.reading import Reading
from services.httpapi.server import server
from services.httpapi.trust import trusted
from services.httpapi.watching.logs import configure_logs
from services.lost_grounds.view import Grounds
from services.outbox.known import WAITING
from services.process.process import Process
from services.process.schema import RELEASE


def create_app(
    settings: Settings, *, now: Callable[[], datetime] = clock.now, acted_on: Callable[[], date] | None = None
) -> Service:
    """The service as the settings say. Raises DevelopmentIssuerInProduction rather than start with our own issuer.

    `now` is this service's clock, which the log's must agree with. On the machine's own, which no setting changes, it
    refuses to start unless the database's is the machine's too; whoever composes it with another (a test, the
    demonstration) owns that database. What people decide is held to today; whoever composes the service with
    another day for that (`acted_on`) is a test that plays many days."""

    def today() -> date:
        return day_of(now())

    callers, key_routers = trusted(settings)
    process = Process(settings, schema="grants", projections=PROJECTIONS, digest=read_digest, effects=effects, now=now)
    outbox = outbox_of(process, settings)
    web = Web(process, settings, today=today, acted_on=acted_on or today) if process.role.answers else None
    reading = Reading.of(process, only=not process.role.records)

    @contextlib.asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        async with process.running(
            lambda _: tasks_of(process, settings, today, outbox), closing=[web.close] if web else []
        ):
            yield

    return service(
        "Tilsagn: grants",
        RELEASE,
        routers=[*web.routers, *key_routers] if web else [],
        callers=callers,
        checks=reading.checks(process.checks),
        limits=LIMITS,
        registry=process.registry,
        schemas=process.schemas,
        reading=reading,
        lifespan=lifespan,
        traces=settings.traces,
        at_stop=[web.let_go] if web else [],
        sandbox=web.sandbox if web else None,
        followed=process.followed,
        waiting={
            **Grounds(process.pool, "grants", "notifications").waiting(),
            **({WAITING: outbox.count_refused} if outbox else {}),
        },
    )


if __name__ == "__main__":
    configure_logs(level="INFO")
    told = Settings.from_environment()
    server(create_app(told), host=told.host, port=told.port, handed=told.handed).run()
