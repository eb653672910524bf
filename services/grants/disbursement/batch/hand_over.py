"""Batches on their way to accounting: the file is handed over after the batch is recorded, and that is recorded too.

Killed between the two, the next start finds the batch without its hand-over and hands the same file over again, under
the same name and with the same bytes; accounting knows a batch by its id and takes it once (docs/accounting.md).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import date
from uuid import UUID

from psycopg_pool import AsyncConnectionPool

from services.eventlog.background.sweeping import Sweeping
from services.eventlog.command import Command, Write
from services.eventlog.folding import fold_once
from services.eventlog.log import Log
from services.grants.case.events.disbursement import PaymentBatchHandedOver
from services.grants.disbursement.batch.account_rows import AccountRows
from services.grants.disbursement.batch.accounting import Accounting, AnotherFileThere
from services.grants.disbursement.batch.payment_file import PaymentFile
from services.grants.disbursement.batch.rules import Batch, evolve_batch
from services.grants.disbursement.payment_lists import list_batches
from services.outbox.known import KnownOutbox

ACTOR = "accounting-outbox"

_log = logging.getLogger(__name__)


def stream_of(batch_id: UUID) -> str:
    """The stream of one batch."""
    return f"payment-batch-{batch_id}"


class HandingOver:
    """Hands over, every so often, each batch that is not handed over yet. Without an accounting system to hand to, a
    controller fetches the file and hands it over. In another folder than the log knows (`outbox`) nothing is laid."""

    def __init__(
        self,
        log: Log,
        pool: AsyncConnectionPool,
        accounting: Accounting,
        today: Callable[[], date],
        *,
        outbox: KnownOutbox | None = None,
        look_seconds: float = 2.0,
        kept: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """`kept` returns when what is recorded is kept outside the database too: no file leaves before that."""
        self._log = log
        self._pool = pool
        self._rows = AccountRows(pool)
        self._accounting, self._outbox = accounting, outbox
        self._today, self._kept = today, kept
        self._sweeping = Sweeping(ACTOR, self.hand_over_all, look_seconds=look_seconds, finishes=True)

    def start(self) -> None:
        """Begin; call it where the event loop runs."""
        self._sweeping.start()

    async def stop(self) -> None:
        """Finish the hand-over under way, then end."""
        await self._sweeping.stop()

    async def hand_over(self, batch_id: UUID) -> bool:
        """Hand the batch over unless it is so already, or is no batch. Whether it now is handed over. A failure is
        logged and tried again later: the batch stands either way."""
        stream = stream_of(batch_id)
        history = await self._log.load(stream)
        batch = fold_once(evolve_batch, history.events, Batch)
        if batch.made is None or batch.handed_over:
            return batch.handed_over is not None
        content = await self._rows.read_file(batch.made.sha256)
        file = PaymentFile(name=batch.made.file_name, content=content, sha256=batch.made.sha256)
        if self._outbox and not await self._outbox.is_usable():
            return False
        if self._kept is not None:
            await self._kept()
        try:
            await asyncio.to_thread(self._accounting.hand_over, file)
        except (OSError, AnotherFileThere) as failure:
            _log.error("batch %s is not handed over: %s", batch_id, type(failure).__name__)
            return False
        done = PaymentBatchHandedOver(batch_id=batch_id, place=self._accounting.place, handed_over_on=self._today())
        # Somebody else may have handed it over meanwhile, or a receipt come in: then this is stale, and looked at anew.
        outcome = await self._log.append(Command(actor=ACTOR), Write(stream, history.version, (done,)))
        return outcome.outcome == "recorded"

    async def hand_over_all(self) -> int:
        """Hand over every batch that is not. How many were."""
        waiting = await list_batches(self._pool, not_handed_over=True, limit=500)
        return sum([await self.hand_over(batch.batch_id) for batch in reversed(waiting)])
