"""Which commands are written together: all that wait, and those who come back when they were answered together.

Whoever is answered comes back with the next command a moment after the others who were. A writer that took the first of
them at once would write it alone, the others after it, and so on for ever: two parties, each paying a commit. So the
writer gives each newcomer a moment after the one before, until as many have come as were about when it last answered:
those it answered and those who waited. Nobody who comes alone is kept waiting, nor anybody once all are there.
"""

from queue import Empty, SimpleQueue
from typing import TypeVar

Item = TypeVar("Item")

MOST_TOGETHER = 64  # PostgreSQL keeps 64 sub-transactions at hand; more spill to disk
SECONDS_BETWEEN = 0.0002  # about a tenth of what sixteen commands take together


def gather(queue: "SimpleQueue[Item | None]", *, about: int) -> tuple[list[Item], bool]:
    """Wait for what is to be written next, and whether anything is to come after it: None in the queue is the end.
    `about` is how many may be there: those answered a moment ago, and those who waited meanwhile."""
    if (first := queue.get()) is None:
        return [], False
    together = [first]
    try:
        while len(together) < MOST_TOGETHER:
            all_are_here = len(together) >= about
            following = queue.get_nowait() if all_are_here else queue.get(timeout=SECONDS_BETWEEN)
            if following is None:
                return together, False
            together.append(following)
    except Empty:
        pass
    return together, True
