"""Fetches the bytes of held letters from grants, so that whoever sends them has them and needs nobody.

Grants may be down: then it is asked again, ever slower, and a letter without its bytes is not released. What answers
other bytes than those that were frozen is not kept, and told loudly.
"""

import asyncio
import hashlib
import logging
from contextlib import suppress

import httpx
import psycopg
from prometheus_client import CollectorRegistry, Counter
from psycopg_pool import PoolTimeout

from services.inbox.follower import Source
from services.notifications.kept_files import KeptFiles

TOGETHER = 50
SECONDS = 30.0
LARGEST_BYTES = 20 * 1024 * 1024

_log = logging.getLogger(__name__)


class Fetching:
    """Looks every so often for letters whose bytes are lacking. `source` is where grants is (`url` its root)."""

    def __init__(
        self,
        files: KeptFiles,
        source: Source,
        *,
        client: httpx.AsyncClient | None = None,
        registry: CollectorRegistry | None = None,
        look_seconds: float = 0.5,
    ) -> None:
        self._files, self._source = files, source
        self._client = client or httpx.AsyncClient(timeout=SECONDS)
        self._look_seconds = look_seconds
        self._task: asyncio.Task[None] | None = None
        self.failures = Counter("tilsagn_fetch_failures", "times a letter could not be fetched", registry=registry)

    def start(self) -> None:
        """Begin, on the running event loop."""
        self._task = asyncio.create_task(self._run(), name="fetching")

    async def stop(self) -> None:
        """End. What is not fetched is fetched by whoever starts next."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self._client.aclose()

    async def _run(self) -> None:
        pause = self._look_seconds
        while True:
            try:
                await self.fetch()
                pause = self._look_seconds
            except (psycopg.Error, PoolTimeout, httpx.HTTPError, OSError) as failure:
                self.failures.inc()
                _log.warning("letters were not fetched: %s", type(failure).__name__)
                pause = min(pause * 2, 30.0)
            await asyncio.sleep(pause)

    async def fetch(self) -> int:
        """Fetch what is lacking, and say how much was. One letter that cannot be had does not hold up the others."""
        fetched = 0
        for item, sha256 in await self._files.list_lacking(TOGETHER):
            content = await self._ask(item.removeprefix("letter-"))
            if content is not None and hashlib.sha256(content).hexdigest() == sha256:
                await self._files.keep(content)
                fetched += 1
            else:
                self.failures.inc()
                _log.error("grants gave other bytes than those frozen for %s, or none", item)
        return fetched

    async def _ask(self, case_id: str) -> bytes | None:
        url = f"{self._source.url}/v1/cases/{case_id}/letter"
        answer = await self._client.get(url, headers=self._source.headers())
        if answer.status_code == httpx.codes.NOT_FOUND or len(answer.content) > LARGEST_BYTES:
            return None
        answer.raise_for_status()
        return answer.content
