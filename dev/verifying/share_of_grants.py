"""Of a large log of grants, a process of its own looks at what was told of deadlines, and at the rows beside the log.

python -m dev.verifying.share_of_grants     asked and answered as `dev.verifying.share`
"""

from collections import Counter
from functools import partial

from dev.verifying.beside_the_log import OF_GRANTS
from dev.verifying.reading import Snapshot
from dev.verifying.releases import Days
from dev.verifying.share import answer
from dev.verifying.unreadable import Found, looked_at
from services.eventlog.checkpoints.chain import Fault
from services.grants import main as grants

KNOWS = grants
"""Put together, so that every kind of fact is known by its topic."""


def look_beside(snapshot: Snapshot, _: Days) -> Found:
    """What was found of each, or that it could not be looked at."""
    counts, faults = Counter[str](), list[Fault]()
    for what, check in OF_GRANTS.items():
        counted, wrong = looked_at(snapshot.connection, what, partial(check, snapshot.connection))
        counts += counted
        faults += wrong
    return counts, faults


if __name__ == "__main__":
    answer(look_beside)
