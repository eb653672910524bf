"""This tree beside an earlier one, in one run: `python -m bench.beside <clone of the earlier commit, with its .venv>`.

The two take turns, so that what the machine does meanwhile meets both; what is told is the median of the pairs' ratios.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

HERE = Path(__file__).parents[1]
ONE_TREE = Path(__file__).parent / "one_tree.py"
TURNS = 3
LEAST = 0.95


def main() -> None:
    """Ends with what did not reach 0.95 of the earlier tree's speed."""
    earlier = Path(sys.argv[1])
    found: dict[str, list[float]] = {}
    for _ in range(TURNS):
        before, now = measured(earlier), measured(HERE)
        for name, seconds in now.items():
            found.setdefault(name, []).append(median(before[name]) / median(seconds))
    short = []
    for name, ratios in found.items():
        ratio = median(ratios)
        print(f"{name}: {ratio:.2f} of {earlier.name} ({min(ratios):.2f}-{max(ratios):.2f}), least {LEAST}", flush=True)
        short += [] if ratio >= LEAST else [name]
    sys.exit(f"Not reached: {', '.join(short)}" if short else 0)


def measured(tree: Path) -> Mapping[str, Sequence[float]]:
    """Seconds of each act, as that tree's own service does it."""
    program = [str(tree / ".venv" / "bin" / "python"), "-c", ONE_TREE.read_text(encoding="utf-8")]
    told: Mapping[str, Sequence[float]] = json.loads(
        subprocess.run(program, cwd=tree, stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()[-1]
    )
    return told


if __name__ == "__main__":
    main()
