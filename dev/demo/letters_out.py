"""The seam to whoever sends grant letters: grants never does, and believes only the notifications service's feed.

Until that service runs in the demonstration its stand-in is told here what the service would tell of itself.
"""

import time
from typing import Protocol

import httpx

TOLD_SECONDS = 20


class LettersOut(Protocol):
    """Lets letters go: afterwards each of them is on its way to the grants service as a fact of the feed."""

    def release(self, *, case_id: str, sha256: str, organisation_number: str | None, on: str) -> None: ...


class StandIn:
    """The stand-in feed's own way in: that a letter is out, and that it has arrived, the same day."""

    def __init__(self, base_url: str) -> None:
        self._client = httpx.Client(base_url=base_url, timeout=10)

    def wait_until_up(self) -> None:
        """Return once it answers."""
        deadline = time.monotonic() + TOLD_SECONDS
        while True:
            try:
                self._client.get("/v1/feed").raise_for_status()
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return

    def release(self, *, case_id: str, sha256: str, organisation_number: str | None, on: str) -> None:
        about = {"case_id": case_id, "letter_sha256": sha256, "organisation_number": organisation_number, "on": on}
        for kind in ("released", "delivered"):
            self._client.post("/told", json={"kind": kind, **about}).raise_for_status()
