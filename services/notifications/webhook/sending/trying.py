"""One try to deliver: the message made, signed and sent, the answer judged, and what follows of it at once."""

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from uuid import UUID

from services.eventlog.command import Command, Write
from services.eventlog.events import Event
from services.eventlog.log import Log
from services.notifications.webhook import rules
from services.notifications.webhook.rules import Endpoint, fold, stream_of
from services.notifications.webhook.sending.claims import Claimed, Failing
from services.notifications.webhook.sending.composing import MEDIA_TYPE, SEQUENCE_HEADER, Content, compose
from services.notifications.webhook.sending.endpoint_check import EndpointCheck
from services.notifications.webhook.sending.reaching import Answered, Reaching
from services.notifications.webhook.sending.sealing import Secrets
from services.notifications.webhook.sending.signing import Keys, headers

ACTOR = "webhook-worker"
GONE = 410
TRIES_TO_RECORD = 8
KNOWN_KEYS = 2_000

_log = logging.getLogger(__name__)


class Trying:
    """Tries, one at a time for each of whom it is asked."""

    def __init__(self, log: Log, secrets: Secrets, reaching: Reaching) -> None:
        self._log, self._secrets, self._reaching = log, secrets, reaching
        self._keys: dict[UUID, Keys] = {}

    async def wear_out(self, failing: Failing) -> None:
        """It has done nothing but fail for as long as is borne."""
        rule = partial(rules.disable, reason="failing", failing_since=failing.failing_since)
        await self._record(failing.endpoint_id, rule)

    async def send(self, claimed: Claimed, standing: EndpointCheck) -> Answered:
        """Send it once. Raises CannotCompose, CannotUnseal, AddressRefused, NotReached and Stopped."""
        body = compose(content_of(claimed), claimed.contract)
        keys = [await self._key(each) for each in (claimed.secret_id, claimed.previous_secret_id) if each]
        sent: Mapping[str, str] = {
            "Content-Type": MEDIA_TYPE,
            "User-Agent": "Tilsagn-Webhooks/1",
            **headers(keys, id=str(claimed.message_id), at=claimed.now_at, body=body),
            **({} if claimed.sequence is None else {SEQUENCE_HEADER: str(claimed.sequence)}),
        }
        seconds = (claimed.expires_at - claimed.now_at).total_seconds() if claimed.expires_at else None
        return await self._reaching.post(
            claimed.url, body, sent, seconds=seconds, admit=standing.check, sent_at=claimed.now_at
        )

    async def _key(self, id: UUID) -> Keys:
        if id not in self._keys:
            if len(self._keys) >= KNOWN_KEYS:
                self._keys.clear()
            self._keys[id] = await self._secrets.open(id)
        return self._keys[id]

    async def judge(self, claimed: Claimed, answered: Answered) -> str | None:
        """What is wrong with the answer, if anything; and what follows from it at once. Consent is recorded before the
        try is settled: a worker that dies in between asks once more."""
        if answered.status == GONE:
            rule = partial(rules.disable, reason="gone", failing_since=claimed.now_at)
            await self._record(claimed.endpoint_id, rule)
        if not 200 <= answered.status < 300:
            return f"it answered {answered.status}"
        if claimed.kind != "challenge":
            return None
        if not answered.whole or answered.body != (claimed.challenge or "").encode():
            return "the challenge did not come back exactly, and alone"
        came_back = partial(
            rules.consent, url=claimed.url, challenge_id=claimed.delivery_id, answered_at=claimed.now_at
        )
        await self._record(claimed.endpoint_id, came_back)
        return None

    async def _record(self, endpoint_id: UUID, rule: Callable[[Endpoint], Sequence[Event]]) -> None:
        """What follows for the endpoint, decided on it as it stands."""
        for _ in range(TRIES_TO_RECORD):
            history = await self._log.load(stream_of(endpoint_id))
            facts = tuple(rule(fold(history.facts)))
            if not facts:
                return
            write = Write(history.stream, history.version, facts)
            outcome = await self._log.append(Command(actor=ACTOR), write)
            if outcome.outcome != "stale":
                if outcome.outcome != "recorded":
                    _log.error("%s: %s", history.stream, outcome.problem)
                return


def content_of(claimed: Claimed) -> Content:
    """What the try tells."""
    data: Mapping[str, object] = claimed.data or {}
    if claimed.kind == "challenge":
        data = {"challenge": claimed.challenge}
    return Content(
        id=claimed.message_id,
        type=claimed.type or f"webhook.{claimed.kind}",
        occurred_at=claimed.occurred_at,
        sequence=claimed.sequence,
        subject={"endpoint_id": str(claimed.endpoint_id)} if claimed.subject is None else claimed.subject,
        data=data,
        hash=claimed.hash,
    )
