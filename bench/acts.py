"""One tree's own acts, timed one at a time for whoever asks on its standard input (bench/before.py).

Run by its path, with the tree whose code is to be timed as the only argument: everything but this file is that tree's.
"""

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

NAMES = ("append, 16 threads", "round of 1,000 approved", "per-capita file of 5,000 lines imported and approved")


@contextlib.contextmanager
def acts_of(tree: str) -> Iterator[Mapping[str, Callable[[], float]]]:
    """By name: the seconds the act takes, each on a database of its own that grows with every act."""
    sys.path.insert(0, tree)
    from bench import appending, ground, rounds
    from bench.serving import served

    rounds.ROUNDS = sys.maxsize
    with ground.ground() as appended, ground.ground() as other, contextlib.ExitStack() as kept:
        rounds.register(other, "named")
        rounds.register(other, "per-capita")
        office = rounds.Office(*kept.enter_context(served(other)))
        approved: Iterator[Any] = rounds._approved(other, office)
        imported: Iterator[Any] = rounds._imported(other, office)
        acts = (
            lambda: 1 / appending.ours(appended, 16).per_second,
            lambda: float(next(approved).mine),
            lambda: float(next(imported).mine),
        )
        yield dict(zip(NAMES, acts, strict=True))


if __name__ == "__main__":
    with acts_of(sys.argv[1]) as timed:
        for act in timed.values():
            act()  # the first of each reads what the others find read
        print("ready", flush=True)
        for line in sys.stdin:
            print(timed[line.rstrip("\n")](), flush=True)
