"""Of a large log of grants, a process of its own looks at what was told of deadlines, and at the rows beside the log.

python -m dev.verifying.share_of_grants     asked and answered as `dev.verifying.share`
"""

from dev.verifying.beside_the_log import beside_the_log
from dev.verifying.reading import Snapshot
from dev.verifying.releases import Days
from dev.verifying.share import answer
from dev.verifying.unreadable import Found, look_at_each
from services.grants import main as grants

KNOWS = grants
"""Put together, so that every kind of fact is known by its topic."""


def look_beside(snapshot: Snapshot, _: Days) -> Found:
    """What was found of each, or that it could not be looked at."""
    return look_at_each(snapshot.connection, beside_the_log(snapshot.connection))


if __name__ == "__main__":
    answer(look_beside)
