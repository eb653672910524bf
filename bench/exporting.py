"""A year's awards as a file: the memory that 50,000 rows take beside 5,000, in one process.

    python -m bench.exporting [AWARDS] [MORE AWARDS]

Small by default; 5000 50000 is the size that counts.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.ground import Ground, ground
from bench.measure import Figure, compared
from bench.pages import Site, logs, opened
from bench.year import OF_A_CASE
from services.httpapi.callers.caller import Role

SMALL, LARGE = 500, 2_000
ROUNDS = 3
KINDS = ("xlsx", "csv")
FILE = "/tilsagn?aar=2020&tabell=tilsagn&som={}"


def peak(site: Site, kind: str) -> float:
    """The most memory the process held while the file was made and sent (kB)."""
    Path("/proc/self/clear_refs").write_text("5")  # from here on, the most is what it holds now
    site.open(FILE.format(kind))
    found = re.search(r"VmHWM:\s+([0-9]+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return float(found[1])


def exporting(here: Ground, small: int = SMALL, large: int = LARGE) -> list[Figure]:
    """The memory of the large file to that of the small one, of each kind."""
    with (
        TemporaryDirectory() as kept,
        logs(here, Path(kept), small * OF_A_CASE, large * OF_A_CASE) as (of_few, of_many),
        opened(of_few, Path(kept), Role.controller) as few,
        opened(of_many, Path(kept), Role.controller) as many,
    ):
        for kind in KINDS:  # what is fetched the first time a file is made is fetched for both
            peak(few, kind)
        return [
            compared(f"memory of {large:,} awards as {kind}, to {small:,}", beside(few, many, kind), most=1.2)
            for kind in KINDS
        ]


def beside(few: Site, many: Site, kind: str) -> Iterator[float]:
    for _ in range(ROUNDS):
        small = peak(few, kind)
        yield peak(many, kind) / small


def main() -> None:
    small, large = [int(size) for size in sys.argv[1:3]] or [SMALL, LARGE]
    with ground() as here:
        for figure in exporting(here, small, large):
            print(figure, flush=True)


if __name__ == "__main__":
    main()
