"""A receiver beside the services, registered as an endpoint, and what is seen to arrive there."""

import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from uuid import uuid4

import httpx

from dev.children import start_child
from dev.postgres import write_private
from dev.started import Started
from dev.state import ROOT, State
from services.calendar.patience import at_most

ARRIVES_SECONDS = at_most(15)
ALLOWED = "TILSAGN_WEBHOOK_ALLOWED"
ENDPOINTS = "/v1/webhook-endpoints"


class Receiving:
    """Our own receiver, at a port of this machine."""

    def __init__(self, state: State, port: int) -> None:
        self.port, self.secret, self.log = port, state.folder / "receiver.secret", state.folder / "receiver.log"
        self.url = f"http://127.0.0.1:{port}/messages"
        self._told = 0

    @property
    def allowed(self) -> Mapping[str, str]:
        """What lets the services deliver to it, beside what whoever started us allows."""
        others = os.environ.get(ALLOWED, "").replace(",", " ").split()
        return {ALLOWED: " ".join([*others, f"http://127.0.0.1/32:{self.port}"])}

    def start(self, started: Started) -> None:
        """As a process of its own."""
        self.log.unlink(missing_ok=True)
        command = [sys.executable, "-m", "dev.receiver", str(self.port), str(self.secret), str(self.log)]
        with self.log.with_suffix(".stderr").open("wb") as said:
            child = start_child(command, last_signal=signal.SIGTERM, log=said, directory=ROOT)
        started.add_service("receiver", child)

    def register(self, base_url: str, token: str) -> None:
        """As an endpoint, and ask for a test. One that is there from before is kept."""
        client = httpx.Client(base_url=base_url, headers={"Authorization": f"Bearer {token}"}, timeout=at_most(30))
        with client:
            there = client.get(ENDPOINTS, params={"limit": 500}).raise_for_status().json()["items"]
            ours = [each["id"] for each in there if each["subscription"]["url"] == self.url]
            if not ours or not self.secret.exists():
                self.secret.unlink(missing_ok=True)
                asked = {"url": self.url, "types": ["*"], "description": "make run"}
                made = client.post(ENDPOINTS, json=asked, headers={"Idempotency-Key": str(uuid4())})
                told = made.raise_for_status().json()
                write_private(self.secret, told["secret"])
                ours = [told["id"]]
            self._becomes_active(client, ours[-1])
            tested = client.post(f"{ENDPOINTS}/{ours[-1]}/test", headers={"Idempotency-Key": str(uuid4())})
            tested.raise_for_status()

    def _becomes_active(self, client: httpx.Client, endpoint: str) -> None:
        """It has given the challenge back."""
        deadline = time.monotonic() + ARRIVES_SECONDS
        while client.get(f"{ENDPOINTS}/{endpoint}").raise_for_status().json()["state"] == "pending":
            if time.monotonic() > deadline:
                return
            time.sleep(0.1)

    def show(self, base_url: str, token: str, say: Callable[[str], None]) -> None:
        """Register it, and tell what arrives there as soon as the test has; or why nothing does."""
        try:
            self.register(base_url, token)
        except httpx.HTTPError as problem:
            say(f"  our own receiver could not be registered: {problem}")
            return
        self.tell_of(("webhook.test",), say)

    def tell_of(self, types: Sequence[str], say: Callable[[str], None], *, many: int = 1) -> None:
        """Tell what has arrived since it was last told, as soon as so many of these types are among it."""
        deadline, new = time.monotonic() + ARRIVES_SECONDS, list[str]()
        while sum(line.startswith(tuple(types)) for line in new) < many and time.monotonic() < deadline:
            time.sleep(0.1)
            new = (self.log.read_text().splitlines() if self.log.exists() else [])[self._told :]
        for line in new:
            say(f"  our own receiver was told {line}")
        self._told += len(new)
        if not new:
            say(f"  nothing has arrived at our own receiver; see {self.log}")
