"""A folder that things leave by, held against the one the log knows before anything is done with it."""

import asyncio
import logging
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge

from services.eventlog.command import Command, Write
from services.eventlog.folding import fold_once
from services.eventlog.log import History, Log
from services.outbox.mark import find_mark, make_mark
from services.outbox.rules import Outbox, OutboxNotKnown, evolve, move, take_into_use

WAITING = "outbox_not_known"

_log = logging.getLogger(__name__)


class KnownOutbox:
    """The folder a worker was told of, as one of the log's outboxes (`name`)."""

    def __init__(
        self, log: Log, directory: Path, *, name: str, makes: bool = False, registry: CollectorRegistry | None = None
    ) -> None:
        """`makes`: the folder is made at its first use, if it is not there."""
        self._log, self._directory, self._name, self._makes = log, directory, name, makes
        self._stream = f"outbox-{name}"
        self._told = False
        self._refused = Gauge(
            "tilsagn_outbox_not_known", "1 while things wait that would leave by another folder", registry=registry
        )

    async def admit(self) -> None:
        """Returns where things may leave by this folder; the first is marked, and recorded. Raises OutboxNotKnown, and
        OSError where the folder cannot be read."""
        history, outbox = await self._known()
        found = await asyncio.to_thread(find_mark, self._directory)
        if outbox.identity_sha256 is None:
            found = await asyncio.to_thread(self._marked)
        try:
            facts = take_into_use(outbox, name=self._name, found=found)
            if facts:
                write = Write(self._stream, history.version, tuple(facts))
                await self._log.append(Command(actor=f"outbox:{self._name}"), write)
                _, outbox = await self._known()  # another may have been first, with another folder
                take_into_use(outbox, name=self._name, found=found)
        except OutboxNotKnown as refused:
            self._refused.set(1)
            if not self._told:
                _log.error("%s: %s", refused.code, refused.detail)
            self._told = True
            raise
        self._refused.set(0)
        self._told = False

    async def is_usable(self) -> bool:
        """Whether things may leave by this folder now; the first is marked, and recorded."""
        try:
            await self.admit()
        except OutboxNotKnown:
            return False
        except OSError as failure:
            _log.error("the folder of %s cannot be used: %s", self._name, failure.strerror)
            return False
        return True

    async def is_known(self) -> bool:
        """Whether things may leave by this folder. Nothing is marked or recorded by asking."""
        _, outbox = await self._known()
        found = await asyncio.to_thread(find_mark, self._directory)
        return outbox.identity_sha256 in (None, found)

    async def count_refused(self) -> int:
        """1 while nothing leaves by this folder; for readiness."""
        return 0 if await self.is_known() else 1

    async def move(self, *, reason: str, moved_by: str) -> str:
        """Things leave by this folder from now on, whatever was used before. The digest (hex) of its mark. Raises
        OutboxIsKnown where there is nothing to move."""
        history, outbox = await self._known()
        found = await asyncio.to_thread(self._marked)
        facts = move(outbox, name=self._name, found=found, reason=reason, moved_by=moved_by)
        outcome = await self._log.append(Command(actor=moved_by), Write(self._stream, history.version, tuple(facts)))
        assert outcome.outcome == "recorded", outcome
        return found

    def _marked(self) -> str:
        if self._makes:
            self._directory.mkdir(parents=True, exist_ok=True)
        return make_mark(self._directory)

    async def _known(self) -> tuple[History, Outbox]:
        history = await self._log.load(self._stream)
        return history, fold_once(evolve, history.events, Outbox)
