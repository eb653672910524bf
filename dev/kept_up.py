"""The embedded server and the workers of a run, kept up: what has stopped by itself is started again.

PostgreSQL stops when it cannot write, as on a full disk, and nobody starts it again but whoever started it. The
services wait for it meanwhile and answer 503.
"""

import subprocess
import time
from collections.abc import Callable

from dev import postgres

TRY_AGAIN_SECONDS = 5.0


class KeptUp:
    """One server, looked at now and then by whoever runs it. `say` tells what happens, once for each time it stops."""

    def __init__(self, server: postgres.Server, say: Callable[[str], None]) -> None:
        self._server = server
        self._say = say
        self._told = False
        self._next = 0.0

    def look(self) -> None:
        """Start it again if it has stopped. Tried every five seconds for as long as it cannot be started."""
        if self._server.process is None or self._server.process.poll() is None or time.monotonic() < self._next:
            return
        if not self._told:
            last = (self._server.place / "log").read_text(errors="replace").splitlines()[-3:]
            self._say(
                "\n".join(["PostgreSQL has stopped by itself. The end of its log:", *last, "Starting it again ..."])
            )
            self._told = True
        try:
            self._server = postgres.start_again(self._server)
        except (postgres.StartFailed, OSError):
            self._next = time.monotonic() + TRY_AGAIN_SECONDS
        else:
            self._say("PostgreSQL runs again.")
            self._told = False

    def stop(self) -> None:
        """Stop it and wait until it has stopped."""
        self._server.stop()


class KeptWorker:
    """One process of several, looked at as the server is: those beside it go on, and what a worker had begun is tried
    again."""

    def __init__(
        self,
        name: str,
        child: subprocess.Popen[bytes],
        start: Callable[[], subprocess.Popen[bytes]],
        last_lines: Callable[[], str],
        say: Callable[[str], None],
    ) -> None:
        self._name, self._child, self._start = name, child, start
        self._last_lines, self._say = last_lines, say
        self._next = 0.0

    def look(self) -> None:
        """Start another if it has ended, at most one every five seconds."""
        if self._child.poll() is None or time.monotonic() < self._next:
            return
        ended = f"{self._name} ended by itself ({self._child.returncode})."
        self._say(f"{ended} Starting another ...\n{self._last_lines()}")
        self._child, self._next = self._start(), time.monotonic() + TRY_AGAIN_SECONDS
