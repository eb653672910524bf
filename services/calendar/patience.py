"""How long whoever waits for another goes on waiting before it gives up.

Each limit is written for a machine that gives a process its turn when it asks. One that is slow, or shared with many,
stands still for seconds at a time, and then such limits are met though nothing is wrong: connections are given up that
were about to come, and a service says that it is not ready. So one setting makes all of them longer together. What is
counted for another reason is none of them: how often something is looked at, how long a token or a permit lives, what a
rule says.
"""

import os

PATIENCE = "TILSAGN_PATIENCE"
"""The setting: how many times as long as is written, a whole number. 1 where it is not set."""


def times(said: str | None) -> int:
    """How many times as long. Raises ValueError unless it is a whole number of at least 1."""
    if said is None:
        return 1
    if not (said.isascii() and said.isdigit() and int(said) >= 1):
        raise ValueError(f"{PATIENCE} must be a whole number of at least 1, not {said!r}")
    return int(said)


_TIMES = times(os.environ.get(PATIENCE))


def at_most(seconds: int) -> int:
    """So many seconds, or as many times more as this process is told to be patient."""
    return seconds * _TIMES
