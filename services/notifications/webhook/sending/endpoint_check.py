"""How long a worker may go by what it knew of an endpoint. Somebody who pauses, changes or deletes one is answered when
that time is over, or nothing is under way; so nothing is sent there once it is answered."""

import time

from services.notifications.webhook.sending.claims import Claimed, Claims

KNOWN_SECONDS = 0.5
"""Of the worker's own time, from before it asked."""


class Stopped(Exception):
    """The endpoint was paused, changed or deleted before anything was sent."""


class EndpointCheck:
    """What is known of one try's endpoint, since when."""

    def __init__(self, claims: Claims, claimed: Claimed, *, known_at: float) -> None:
        self._claims, self._claimed, self._known_at = claims, claimed, known_at

    async def check(self) -> None:
        """Returns where it may be sent now. Raises Stopped."""
        asked_at = time.monotonic()
        if asked_at - self._known_at < KNOWN_SECONDS:
            return
        if not await self._claims.stands(self._claimed):
            raise Stopped("the endpoint was paused, changed or deleted before it was sent")
        self._known_at = asked_at
