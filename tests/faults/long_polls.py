"""`python -m tests.faults.long_polls grants`: a service as it is, but that nobody's wait for the next message ends by
itself while a test waits. Whoever is let go earlier was let go."""

import runpy
import sys
from typing import Any

from services.eventlog.feeds import feed

NEVER_SECONDS = 3600.0


def lengthen() -> None:
    """Every wait for a message, however short it was asked to be."""
    read = feed.Feed.read

    def wait_on(of: feed.Feed, after: int, limit: int, wait: float, **more: Any) -> Any:
        return read(of, after, limit, NEVER_SECONDS if wait else 0, **more)

    for of, name, stands in ((feed, "LONGEST_WAIT_SECONDS", NEVER_SECONDS), (feed.Feed, "read", wait_on)):
        setattr(of, name, stands)


if __name__ == "__main__":
    lengthen()
    runpy.run_module(f"services.{sys.argv[1]}.main", run_name="__main__", alter_sys=True)
