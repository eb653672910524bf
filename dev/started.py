"""What a run has started, stopped in the opposite order; the services all at once, and told as they end."""

import contextlib
import signal
import subprocess
import time
from collections.abc import Callable

from dev.children import end_child


class Started(contextlib.ExitStack):
    """An exit stack that knows the services among what was started.

    Each of them follows the other. Stopped in turn, the first waits for a neighbour that still runs and the second for
    one that is gone; asked together, both end at once.
    """

    def __init__(self, say: Callable[[str], None], *, seconds: float) -> None:
        super().__init__()
        self._say = say
        self._seconds = seconds
        self._services: dict[str, subprocess.Popen[bytes]] = {}
        self.looks: list[Callable[[], None]] = []  # what whoever waits for the end looks after meanwhile

    def add_service(self, name: str, child: subprocess.Popen[bytes]) -> None:
        """One more to ask. They are stopped where the first of them stands among all that was started."""
        if not self._services:
            self.callback(self._end_services)
        self._services[name] = child

    def _end_services(self) -> None:
        """Ask them all, and say who has ended; after the seconds, insist."""
        running = {name: child for name, child in self._services.items() if child.poll() is None}
        if running:
            self._say(f"\nStopping {' and '.join(running)} ...")
        for child in running.values():
            child.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + self._seconds
        while running and time.monotonic() < deadline:
            for name in [name for name, child in running.items() if child.poll() is not None]:
                del running[name]
                self._say(f"  {name} has stopped.")
            time.sleep(0.02)
        for name, child in running.items():
            end_child(child, ask=signal.SIGKILL, insist=signal.SIGKILL, seconds=self._seconds)
            self._say(f"  {name} did not stop in {self._seconds:g} seconds and was ended.")
