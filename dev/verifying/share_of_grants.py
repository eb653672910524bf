"""Of a large log of grants, a process of its own looks at what was told of deadlines.

python -m dev.verifying.share_of_grants     asked and answered as `dev.verifying.share`
"""

from dev.verifying.reading import Snapshot
from dev.verifying.releases import Days
from dev.verifying.share import answer
from dev.verifying.told_deadlines import TOLD, check_told_deadlines
from dev.verifying.unreadable import Found, looked_at
from services.grants import main as grants

KNOWS = grants
"""Put together, so that every kind of fact is known by its topic."""


def look_at_deadlines(snapshot: Snapshot, _: Days) -> Found:
    """What was told of deadlines, or that it could not be looked at."""
    connection = snapshot.connection
    return looked_at(connection, TOLD, lambda: check_told_deadlines(connection))


if __name__ == "__main__":
    answer(look_at_deadlines)
