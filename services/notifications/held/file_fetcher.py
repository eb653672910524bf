"""Fetches the bytes of held letters from grants, so that whoever sends them has them and needs nobody.

Grants may be down: then it is asked again, ever slower, and a letter without its bytes is not released. What answers
other bytes than those that were frozen is not kept, and told loudly. A letter that cannot be had is asked for ever more
seldom, and keeps no other back.
"""

import asyncio
import hashlib
import logging
import time

import httpx
import psycopg
from prometheus_client import CollectorRegistry, Counter
from psycopg_pool import PoolTimeout

from services.calendar.patience import at_most
from services.eventlog.background.ending import end
from services.eventlog.background.sweeping import BACK_SECONDS
from services.inbox.follower import Source
from services.notifications.held.file_store import KeptFiles

TOGETHER = 50
SECONDS = at_most(30)
LARGEST_BYTES = 20 * 1024 * 1024
LONGEST_REST_SECONDS = 300.0


class GrantsAway(httpx.HTTPError):
    """It answers that it cannot serve now. Nothing is the matter with the letter that was asked for."""


AWAY = (httpx.ConnectError, httpx.ConnectTimeout, GrantsAway)

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
        self._rests: dict[str, tuple[float, float]] = {}  # how long each is left alone, and until when
        self._task: asyncio.Task[None] | None = None
        self.failures = Counter("tilsagn_fetch_failures", "times a letter could not be fetched", registry=registry)

    def start(self) -> None:
        """Begin, on the running event loop."""
        self._task = asyncio.create_task(self._run(), name="fetching")

    async def stop(self) -> None:
        """End. What is not fetched is fetched by whoever starts next."""
        await end(self._task)
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
                pause = min(pause * 2, BACK_SECONDS)
            await asyncio.sleep(pause)

    async def fetch(self) -> int:
        """Fetch what is lacking, and say how much was. Raises when grants is away."""
        fetched, after = 0, 0
        while lacking := await self._files.list_lacking(TOGETHER, after=after):
            for _, item, sha256 in lacking:
                if self._rests.get(item, (0.0, 0.0))[1] <= time.monotonic():
                    fetched += await self._fetch(item, sha256)
            after = lacking[-1][0]
        return fetched

    async def _fetch(self, item: str, sha256: str) -> bool:
        try:
            content = await self._ask(item.removeprefix("letter-"))
        except AWAY:
            raise
        except httpx.HTTPError as failure:
            self._rest(item, f"grants failed: {type(failure).__name__}")
            return False
        if content is None or hashlib.sha256(content).hexdigest() != sha256:
            self._rest(item, "grants gave other bytes than those frozen, or none")
            return False
        await self._files.keep(content)
        self._rests.pop(item, None)
        return True

    def _rest(self, item: str, why: str) -> None:
        """Leave it alone for a while, twice as long each time."""
        self.failures.inc()
        _log.error("%s is not fetched: %s", item, why)
        seconds = min(max(self._look_seconds, 2 * self._rests.get(item, (0.0, 0.0))[0]), LONGEST_REST_SECONDS)
        self._rests[item] = seconds, time.monotonic() + seconds

    async def _ask(self, case_id: str) -> bytes | None:
        """The letter's bytes; None when there are none, or more than any letter has."""
        url = f"{self._source.url}/v1/cases/{case_id}/letter"
        content = bytearray()
        async with self._client.stream("GET", url, headers=self._source.headers()) as answer:
            if answer.status_code == httpx.codes.NOT_FOUND:
                return None
            if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
                raise GrantsAway("grants cannot serve now")
            answer.raise_for_status()
            async for piece in answer.aiter_bytes():
                content += piece
                if len(content) > LARGEST_BYTES:
                    return None
        return bytes(content)
