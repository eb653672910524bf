"""`make bench`: prints each figure with its floor's ratio, and ends with what did not reach its target."""

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping

from bench.answering import answering
from bench.appending import append_one, append_round
from bench.balances import balances
from bench.before import before
from bench.beside import beside
from bench.costly import costly
from bench.delivering import delivering
from bench.exporting import exporting
from bench.following import following
from bench.gate import gate
from bench.ground import Ground, ground
from bench.letters import letters
from bench.measure import Figure
from bench.pages import pages
from bench.projecting import projecting
from bench.rounds import rounds
from bench.serving import serving
from bench.verifying import verifying

BENCHES: Mapping[str, Callable[[Ground], Iterable[Figure]]] = {
    "before": before,
    "append": append_one,
    "round": append_round,
    "rounds": rounds,
    "serving": serving,
    "projection": projecting,
    "balances": balances,
    "answering": answering,
    "letters": letters,
    "gate": gate,
    "verifying": verifying,
    "following": following,
    "delivering": delivering,
    "costly": costly,
    "pages": pages,
    "exporting": exporting,
    "beside": beside,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("which", nargs="*", choices=[*BENCHES, []], help="which benches (all when none is named)")
    chosen = parser.parse_args().which or list(BENCHES)
    short = []
    for name in chosen:
        with ground() as here:
            for figure in BENCHES[name](here):
                print(figure, flush=True)
                short += [] if figure.reached else [figure.name.strip()]
    print(f"Not reached: {', '.join(short)}" if short else "Every target reached.")
    sys.exit(0)


if __name__ == "__main__":
    main()
