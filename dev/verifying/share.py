"""Of a large log, a process of its own looks at a part while the rest is looked at here: both on one snapshot, so that
they see the same. Of notifications that is two batches of three of letters and publications, of grants what was told of
deadlines, and the rows beside its log (`dev.verifying.share_of_grants`).

    python -m dev.verifying.share     what to look at comes as JSON on standard input, what was found goes out likewise
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from dev.state import ROOT
from dev.verifying.gate import Gate
from dev.verifying.gate_reading import Parts
from dev.verifying.reading import Snapshot, rarely_looked_through
from dev.verifying.releases import Days, days_in
from dev.verifying.unreadable import Found, could_not_be_checked
from services.eventlog.checkpoints.chain import Fault

AT_LEAST = 10_000
"""Letters and publications, or ten facts of grants for each. A process takes a second to begin, which fewer would not
save."""
HERE, THERE = Parts((0,), 3), Parts((1, 2), 3)
"""Two batches of three are looked at there: here the chain is followed besides, and both end at about the same time."""
MANY = {
    "grants": "SELECT count(*) / 10 FROM (SELECT FROM grants.event LIMIT %s * 10) e",
    "notifications": "SELECT count(*) FROM (SELECT FROM notifications.item LIMIT %s) i",
}
BY = {
    "grants": ("dev.verifying.share_of_grants", "what was told of deadlines, and the rows beside the log"),
    "notifications": ("dev.verifying.share", "two batches of three of letters and publications"),
}
"""By log: which module looks at a part of it, and at what."""


class Share:
    """What another process looks at."""

    def __init__(self, snapshot: Snapshot, schema: str, days: Days | None) -> None:
        module, self._part = BY[schema]
        begun = [sys.executable, "-m", module]
        self.process = subprocess.Popen(begun, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        asked = {"dsn": snapshot.dsn, "snapshot": snapshot.name, "days": days_in(None) if days is None else days}
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(asked).encode())
        self.process.stdin.close()

    def found(self) -> Found:
        """What it found, once it has ended. That it ended without a word is told."""
        assert self.process.stdout is not None
        said = self.process.stdout.read()
        if self.process.wait() != 0:
            ended = RuntimeError(f"its process ended with {self.process.returncode}")
            return Counter(), [could_not_be_checked(self._part, ended)]
        counts, faults = json.loads(said)
        return Counter(counts), [Fault(*each) for each in faults]


@contextmanager
def sharing(snapshot: Snapshot, schema: str, days: Days | None, *, at_least: int) -> Iterator[Share | None]:
    """Another process at work on a part of a large log; None of a small one."""
    if not _has(snapshot, schema, at_least):
        yield None
        return
    share = Share(snapshot, schema, days)
    try:
        yield share
    finally:
        share.process.kill()
        share.process.wait()
        for pipe in (share.process.stdin, share.process.stdout):
            if pipe is not None:
                pipe.close()


def _has(snapshot: Snapshot, schema: str, at_least: int) -> bool:
    """Whether there is so much. Where that cannot be read, another is not asked either."""
    try:
        with snapshot.connection.transaction():
            row = snapshot.connection.execute(MANY[schema].encode(), (at_least,)).fetchone()
    except psycopg.Error:
        return False
    return row is not None and row[0] >= at_least


def answer(look: Callable[[Snapshot, Days], Found]) -> None:
    """Look at what is asked for on standard input, and say what was found."""
    asked: dict[str, Any] = json.load(sys.stdin)
    with rarely_looked_through(), Snapshot(asked["dsn"], asked["snapshot"]) as snapshot:
        counts, faults = look(snapshot, asked["days"])
    json.dump([counts, [[each.position, each.kind, each.detail] for each in faults]], sys.stdout)


def look_at_items(snapshot: Snapshot, days: Days) -> Found:
    """Two batches of three of letters and publications."""
    gate = Gate(snapshot, days, THERE)
    gate.check_items()
    return gate.counts, gate.faults


if __name__ == "__main__":
    answer(look_at_items)
