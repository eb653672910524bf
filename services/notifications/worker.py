"""The worker of the notifications service. `python -m services.notifications.worker` runs one; any number may.

It reads the log for what receivers outside are told and delivers it, keeps the register of deadlines up to the log and
tells of what is due. Beside that it answers probes and nothing else, so nothing a receiver does touches who serves
people; and it works while nobody serves.
"""

import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry

from services.calendar import clock
from services.eventlog.behind import signed_at
from services.eventlog.log import Log
from services.eventlog.pool import open_later
from services.eventlog.rights import refuse_changed_role, refuse_replaced_clock, refuse_superuser
from services.eventlog.runner import Runner
from services.httpapi.app import Service, service
from services.httpapi.logs import configure_logs
from services.httpapi.server import server
from services.httpapi.trust import trusted
from services.inbox.events import FeedRead
from services.notifications.channel.smtp import SmtpChannel
from services.notifications.deadline.digest_post import Digests
from services.notifications.deadline.listing import Deadlines
from services.notifications.deadline.sweep import LONGEST_SECONDS, Alerting
from services.notifications.settings import Settings
from services.notifications.webhook.delivering import Delivering
from services.notifications.webhook.following import Following
from services.notifications.webhook.reaching import Reaching
from services.notifications.webhook.sealing import Seals, Secrets
from services.notifications.webhook.view import EndpointList
from services.notifications.wiring import PROJECTIONS

HEARD = (FeedRead,)
"""Facts of this log that no room here tells of. They are known all the same: a read model stands still before a fact
that it cannot tell to be none of its own."""


class Worker:
    """Everything the worker does, as one thing to enter and leave. `now` is as the service's: on the machine's own
    clock it refuses a database whose clock was replaced. It looks for what is due every `look_seconds`."""

    def __init__(
        self,
        settings: Settings,
        *,
        now: Callable[[], datetime] = clock.now,
        look_seconds: float = LONGEST_SECONDS,
        reaching: Reaching | None = None,
        registry: CollectorRegistry | None = None,
    ) -> None:
        registry = registry or CollectorRegistry()
        self._own_clock = now is clock.now
        self.pool = open_later(settings.database_url)
        signed = signed_at(settings.checkpoint_dir, schema="notifications")
        self.log = Log(
            settings.database_url, self.pool, schema="notifications", signed=signed, now=now, registry=registry
        )
        self.reaching = reaching or Reaching(settings.webhook_allowed)
        secrets = Secrets(self.pool, Seals.from_file(settings.webhook_key))
        self.following = Following(self.log, self.pool, registry=registry)
        self.delivering = Delivering(self.log, self.pool, secrets, self.reaching, registry=registry)
        self.alerting = Alerting(self.log, self.pool, look_seconds=look_seconds, registry=registry)
        self.tasks: list[Following | Delivering | Alerting | Digests] = [self.following, self.delivering, self.alerting]
        if settings.digests and settings.smtp:
            carrier = SmtpChannel(settings.smtp)
            self.tasks.append(Digests(self.log, Deadlines(self.pool), carrier, settings.digests, registry=registry))
        self.projections = Runner(
            settings.database_url, PROJECTIONS, schema="notifications", views="notifications_view", registry=registry
        )
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> "Worker":
        """Open what is needed, refuse what a service refuses, and begin."""
        await self._stack.enter_async_context(self.pool)
        self._stack.callback(self.log.close)
        self._stack.push_async_callback(self.reaching.close)
        await refuse_superuser(self.pool, "notifications_service")
        await refuse_changed_role(self.pool, "notifications")
        if self._own_clock:
            await refuse_replaced_clock(self.pool, "notifications")
        self.projections.start()
        self._stack.callback(self.projections.stop)
        for task in self.tasks:
            task.start()
            self._stack.push_async_callback(task.stop)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Begin nothing more, end what is begun, and let go."""
        await self._stack.aclose()

    async def answers(self) -> None:
        """Returns when the database answers."""
        async with self.pool.connection(timeout=2) as connection:
            await connection.execute("SELECT 1")


def create_app(
    settings: Settings, *, now: Callable[[], datetime] = clock.now, look_seconds: float = LONGEST_SECONDS
) -> Service:
    """The worker with what probes ask of it: whether it lives, whether it can work, how it is doing."""
    registry = CollectorRegistry()
    worker = Worker(settings, now=now, look_seconds=look_seconds, registry=registry)

    @contextlib.asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        async with worker:
            yield

    return service(
        "Tilsagn: the worker of notifications",
        "0.1.0",
        routers=[],
        callers=trusted(settings)[0],
        checks={"database": worker.answers, "writer": worker.log.records},
        waiting=EndpointList(worker.pool).waiting(),
        registry=registry,
        lifespan=lifespan,
    )


if __name__ == "__main__":
    configure_logs(level="INFO")
    told = Settings.from_environment()
    server(create_app(told), host=told.host, port=told.port).run()
