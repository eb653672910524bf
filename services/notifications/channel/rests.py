"""How long each stream is let alone before it is looked at again.

What PostgreSQL refuses to have begun, as where the two services' clocks disagree, it refuses for long, and each try
leaves a permit in the other log: it is tried ever more seldom, an hour apart in the end.
"""

import time

MOST_DOUBLINGS = 8


class Rests:
    """By stream, when its rest is over, in seconds of this process's clock that only goes forward."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until: dict[str, float] = {}
        self._refused: dict[str, int] = {}

    def is_over(self, stream: str) -> bool:
        """Whether it may be looked at again."""
        return self._until.get(stream, 0.0) <= time.monotonic()

    def begin(self, stream: str) -> None:
        """Nothing new is to be seen of it for a while."""
        self._until[stream] = time.monotonic() + self._seconds

    def begin_refused(self, stream: str) -> None:
        """It was refused, and is let alone twice as long as after the time before."""
        times = self._refused.get(stream, 0)
        self._until[stream] = time.monotonic() + self._seconds * 2**times
        self._refused[stream] = min(times + 1, MOST_DOUBLINGS)

    def forget(self, stream: str) -> None:
        """It was recorded: the next refusal is a first one."""
        self._refused.pop(stream, None)
