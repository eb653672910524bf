"""The task that sends each role its daily digest. Several may run: the day's own stream lets one of them begin."""

import logging
from collections.abc import Mapping
from datetime import date, datetime

from prometheus_client import CollectorRegistry, Gauge

from services.calendar.days import day_of
from services.eventlog.background.sweeping import Sweeping
from services.eventlog.command import Command, Write
from services.eventlog.events import Event
from services.eventlog.log import Log
from services.notifications.channel.port import Carrier, Envelope, Matter, NotSent, OutcomeUnknown, Receiver
from services.notifications.deadline.digests.digest import MOST, ROLES, Digest, attempt_now, digest_of
from services.notifications.deadline.events import DigestBegun, DigestNotSent, DigestSent
from services.notifications.deadline.listing import Deadlines
from services.notifications.deadline.rules import id_of

ACTOR = "deadline-digest"
LOOK_SECONDS = 30.0
_NOW = "SELECT notifications.log_clock()"

_log = logging.getLogger(__name__)


class Digests:
    """Sends them. `addresses` says which role's go where; the carrier is the deployment's mail server."""

    def __init__(
        self,
        log: Log,
        deadlines: Deadlines,
        carrier: Carrier,
        addresses: Mapping[str, str],
        *,
        look_seconds: float = LOOK_SECONDS,
        registry: CollectorRegistry | None = None,
    ) -> None:
        self._log, self._deadlines, self._carrier, self._addresses = log, deadlines, carrier, addresses
        self._sweeping = Sweeping(ACTOR, self.send_due, look_seconds=look_seconds)
        self.sent = Gauge("tilsagn_digest_sent_seconds", "Unix time of the last digest", ["role"], registry=registry)

    def start(self) -> None:
        """Begin, on the running event loop."""
        self._sweeping.start()

    async def stop(self) -> None:
        """End, between two e-mails."""
        await self._sweeping.stop()

    async def send_due(self) -> int:
        """Send what is to be sent now. How many the mail server took."""
        async with self._deadlines.pool.connection() as connection:
            row = await (await connection.execute(_NOW)).fetchone()
        assert row is not None
        now: datetime = row[0]
        return sum([await self._send(role, address, now) for role, address in sorted(self._addresses.items())])

    async def _send(self, role: str, address: str, now: datetime) -> int:
        day = day_of(now)
        stream = f"digest-{day}-{role}"
        history = await self._log.load(stream)
        attempt = attempt_now(history.recorded, day=day, now=now)
        if attempt is None or not await self._record(
            stream, history.version, DigestBegun(role=role, day=day, attempt=attempt)
        ):
            return 0
        rows = await self._deadlines.list_some(state="due", role=role, limit=10 * MOST)
        digest = digest_of(role, rows, day=day)
        outcome = await self._hand_over(role, address, day, digest)
        await self._record(stream, history.version + 1, outcome)
        if isinstance(outcome, DigestNotSent):
            _log.error("the digest of %s is not sent: %s", role, outcome.problem)
            return 0
        self.sent.labels(role).set_to_current_time()
        return 1

    async def _hand_over(self, role: str, address: str, day: date, digest: Digest) -> DigestSent | DigestNotSent:
        key = f"digest-{day}-{role}"
        envelope = Envelope(
            key=key, kind="digest", receiver=Receiver(name=ROLES.get(role, role), address=address),
            matter=Matter(id=id_of("digest", key), title=digest.title, dated_on=day), title=digest.title,
            text=digest.text, files=(),
        )  # fmt: skip
        try:
            sent = await self._carrier.send(envelope)
        except NotSent as problem:
            return DigestNotSent(problem=str(problem)[:300])
        except OutcomeUnknown as problem:
            return DigestNotSent(problem=f"unknown: {problem}"[:300])
        return DigestSent(reference=sent.reference, overdue=digest.overdue, due=digest.due)

    async def _record(self, stream: str, version: int, event: Event) -> bool:
        outcome = await self._log.append(Command(actor=ACTOR), Write(stream, version, (event,)))
        return outcome.outcome == "recorded"
