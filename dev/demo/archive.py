"""Whoever empties the outbox: letters are carried to their recipients the moment they are there."""

import json
import threading
from pathlib import Path

from dev.demo.clock import SimulatedClock

EVIDENCE = "demonstrasjon: arkivsystemets kvittering"
LOOK_SECONDS = 0.02


class Archive:
    """Watches one outbox, in a thread of its own."""

    def __init__(self, outbox: Path, clock: SimulatedClock) -> None:
        self._outbox, self._clock = outbox, clock
        self._receipts = outbox / "receipts"
        self._receipts.mkdir(parents=True, exist_ok=True)
        self._ended = threading.Event()
        threading.Thread(target=self._run, daemon=True, name="archive").start()

    def end(self) -> None:
        """Carry nothing more."""
        self._ended.set()

    def _run(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            for told in self._outbox.glob("*/message.json"):
                receipt = self._receipts / f"{told.parent.name}.json"
                if not receipt.exists() and json.loads(told.read_text(encoding="utf-8"))["kind"] == "letter":
                    self._leave(receipt)

    def _leave(self, receipt: Path) -> None:
        """The whole receipt or none."""
        unfinished = receipt.with_suffix(".unfinished")
        delivered = {"delivered_at": self._clock.now().isoformat(), "evidence": EVIDENCE}
        unfinished.write_text(json.dumps(delivered), encoding="utf-8")
        unfinished.replace(receipt)
