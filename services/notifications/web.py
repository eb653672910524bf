"""What the notifications service answers: every room's routes on the process's log, and what they need beside it. It
has no channel's credentials, and sends nothing."""

from collections.abc import Sequence
from pathlib import Path

from services.eventlog.feeds.feed import Feed
from services.eventlog.feeds.head import Head
from services.httpapi.commands.command_handler import CommandHandler
from services.httpapi.problems.catalogue import WORDS
from services.httpapi.problems.routes import problem_router
from services.httpapi.route import Router
from services.notifications.acts.command_handler import NotificationCommands
from services.notifications.gate.reading import GateReading
from services.notifications.held.file_store import KeptFiles
from services.notifications.settings import Settings
from services.notifications.webhook.delivery_log.streaming import MessageStream
from services.notifications.webhook.sending.reaching import Reaching
from services.notifications.webhook.sending.sealing import Seals, Secrets
from services.notifications.wiring import MESSAGES, refused, routers
from services.process.process import Process


class Web:
    """The routes, and what is let go when the process is asked to end (`let_go`) and when it has answered (`close`)."""

    def __init__(self, process: Process, settings: Settings) -> None:
        log, pool = process.log, process.pool
        self._head = Head(pool, schema=process.schema)
        self._stream = MessageStream(pool, stream_seconds=settings.stream_seconds)
        self._reaching = Reaching(settings.webhook_allowed)
        reading, desk = GateReading(log, pool), CommandHandler(log, refused=refused)
        self.routers: Sequence[Router] = [
            *routers(
                NotificationCommands(
                    desk, reading, KeptFiles(pool), process.now, channels=settings.channels_to_the_ministry
                ),
                Feed(pool, self._head, schema=process.schema, source="/notifications", mappers=MESSAGES),
                pool,
                settings.checkpoint_dir,
                Secrets(pool, Seals.from_file(settings.webhook_key)),
                self._reaching,
                self._stream,
            ),
            problem_router("services.notifications", Path(__file__).with_name(WORDS)),
        ]

    def let_go(self) -> None:
        """Those who only wait are answered now."""
        self._head.let_go()
        self._stream.head.let_go()

    async def close(self) -> None:
        """Nobody is answered any more."""
        await self._reaching.close()
        await self._head.close()
        await self._stream.head.close()
