"""Grants' word, asked at each try to send a letter: a permit that runs for two minutes, or the reason there is none.

When grants does not answer, letters wait, and nothing else does: it is then asked ever more seldom, by one letter for
all of them.
"""

import logging
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID, uuid4

import httpx

from services.calendar.patience import at_most
from services.eventlog.recorded import HeardAt
from services.inbox.follower import Source
from services.notifications.facts.channel import Permit
from services.notifications.facts.release import HeldLetter

SECONDS = at_most(5)
FIRST_REST_SECONDS, LONGEST_REST_SECONDS = 1.0, 30.0
STOPPED = frozenset(
    {"letter-superseded", "award-not-approved", "award-changed-since", "decision-suspended", "award-stopped"}
)
"""What grants answers when the award is not what the letter tells of, or may not be carried out. Anything else it may
answer says nothing of the award: then the letter waits."""

_log = logging.getLogger(__name__)


class PermitRefused(Exception):
    """Grants will not have this letter sent: its code, and its sentence."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code, self.reason = code, reason


class NoWord(Exception):
    """Grants did not answer, or not so that it can be acted on. The letter waits."""


class Permits(Protocol):
    """Who is asked."""

    async def ask(self, letter: HeldLetter, *, attempt: int) -> Permit:
        """A permit for this try. Raises PermitRefused, NoWord."""
        ...


class Nobody:
    """A notifications service that knows of no grants: its letters wait."""

    async def ask(self, letter: HeldLetter, *, attempt: int) -> Permit:
        raise NoWord(f"nobody to ask of {letter.manifest.case_id}, try {attempt}")


class GrantsPermits:
    """Asks grants over HTTP. `source` is where it is (`url` its root)."""

    def __init__(self, source: Source, *, client: httpx.AsyncClient | None = None) -> None:
        self._source = source
        self._client = client or httpx.AsyncClient(timeout=SECONDS)
        self._rest_seconds, self._silent_until = FIRST_REST_SECONDS, 0.0

    async def ask(self, letter: HeldLetter, *, attempt: int) -> Permit:
        """Raises PermitRefused, NoWord; at once, without asking, for a while after grants did not answer."""
        if time.monotonic() < self._silent_until:
            raise NoWord("grants did not answer a moment ago")
        manifest = letter.manifest
        asked = {
            "attempt": attempt,
            "letter_sha256": letter.letter_sha256,
            "manifest_sha256": letter.manifest_sha256,
            "decision_version": manifest.decision_version,
        }
        try:
            answer = await self._put(manifest.case_id, asked)
        except (httpx.HTTPError, OSError) as failure:
            self._silent(type(failure).__name__)
            raise NoWord(f"grants does not answer: {type(failure).__name__}") from failure
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            self._silent(str(answer.status_code))
            raise NoWord(f"grants answers {answer.status_code}")
        self._rest_seconds = FIRST_REST_SECONDS
        try:
            told: Mapping[str, Any] = answer.json()
            if answer.status_code == httpx.codes.CONFLICT and told["code"] in STOPPED:
                raise PermitRefused(told["code"], str(told["detail"]))
            if answer.is_success:
                return permit_of(told)
        except (ValueError, KeyError, TypeError) as unreadable:
            raise NoWord(f"grants answers what cannot be read: {type(unreadable).__name__}") from unreadable
        raise NoWord(f"grants answers {answer.status_code} {told.get('code')}")

    async def _put(self, case_id: UUID, asked: Mapping[str, Any]) -> httpx.Response:
        headers = self._source.headers() | {"Idempotency-Key": str(uuid4())}
        return await self._client.put(
            f"{self._source.url}/v1/cases/{case_id}/letter/permit", json=asked, headers=headers
        )

    def _silent(self, why: str) -> None:
        _log.warning("grants gives no permits: %s; letters wait", why)
        self._silent_until = time.monotonic() + self._rest_seconds
        self._rest_seconds = min(2 * self._rest_seconds, LONGEST_REST_SECONDS)

    async def close(self) -> None:
        """Nothing more is asked."""
        await self._client.aclose()


def permit_of(told: Mapping[str, Any]) -> Permit:
    """The permit as grants answers it. Raises ValueError, KeyError or TypeError for what is none."""
    return Permit(
        position=int(told["position"]),
        hash=str(told["hash"]),
        attempt=int(told["attempt"]),
        letter_sha256=str(told["letter_sha256"]),
        granted_at=datetime.fromisoformat(told["granted_at"]),
        until=datetime.fromisoformat(told["until"]),
    )


def heard_at(permit: Permit) -> HeardAt:
    """Where grants' log says it."""
    return HeardAt(log="grants", position=permit.position, hash=permit.hash)
