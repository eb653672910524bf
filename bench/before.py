"""`python -m bench.before <commit>`, a part of `make bench`: this tree beside an earlier commit of it, in one run.

The two take turns at each act, the one that begins alternating, and what is kept is the ratio of each pair: our speed
to the earlier one's. The earlier tree is checked out beside this one and uses this one's environment.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.acts import NAMES
from bench.ground import Ground, ground
from bench.measure import Figure, compared

HERE = Path(__file__).parent.parent
PAIRS = 9
LEAST = 0.95
THE_COMMIT_BEFORE = "fa5cbcc"
"""What the appends of today are held against, by `make bench`: before facts had limits asked in their transaction."""


class Tree:
    """A process that times one tree's acts."""

    def __init__(self, folder: Path) -> None:
        worker = [sys.executable, str(HERE / "bench" / "acts.py"), str(folder)]
        self._process = subprocess.Popen(worker, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def wait_ready(self) -> None:
        assert self._answer() == "ready"

    def seconds(self, act: str) -> float:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{act}\n")
        self._process.stdin.flush()
        return float(self._answer())

    def end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "it ended without an answer"
        return line.strip()


@contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """The tree of that commit, while it is used."""
    with tempfile.TemporaryDirectory(prefix="tilsagn-before-") as folder:
        tree = Path(folder) / "tree"
        subprocess.run(["git", "worktree", "add", "-q", "--detach", str(tree), commit], cwd=HERE, check=True)
        try:
            yield tree
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(tree)], cwd=HERE, check=True)


def ratios(ours: Tree, before: Tree, act: str, pairs: int) -> Iterator[float]:
    """Our speed to the earlier tree's, pair by pair."""
    for nth in range(pairs):
        taking_turns = (ours, before) if nth % 2 else (before, ours)
        took = {tree: tree.seconds(act) for tree in taking_turns}
        yield took[before] / took[ours]


def is_there(commit: str) -> bool:
    """Whether this checkout has that commit: a shallow clone, or an archive, has not."""
    asked = ["git", "cat-file", "-e", f"{commit}^{{commit}}"]
    try:
        return subprocess.run(asked, cwd=HERE, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def before(_: Ground, commit: str = THE_COMMIT_BEFORE, pairs: int = PAIRS) -> Iterator[Figure]:
    """Each act beside the commit before the work that is measured against it, or a sentence where this checkout does
    not have that commit."""
    if not is_there(commit):
        print(f"Not measured against {commit}: this checkout does not have that commit.")
        return
    with checked_out(commit) as tree:
        ours, earlier = Tree(HERE), Tree(tree)
        try:
            ours.wait_ready()
            earlier.wait_ready()
            for act in NAMES:
                yield compared(f"{act}, to {commit}", ratios(ours, earlier, act, pairs), least=LEAST)
        finally:
            ours.end()
            earlier.end()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.before", description=__doc__)
    parser.add_argument("commit", help="the earlier commit")
    parser.add_argument("--pairs", type=int, default=PAIRS)
    asked = parser.parse_args()
    with ground() as here:
        for figure in before(here, asked.commit, asked.pairs):
            print(figure, flush=True)


if __name__ == "__main__":
    main()
