"""`python -m dev.token PERSON`: a token of one of the demonstration's people, for the Tilsagn that runs in this folder.

`make run` and `make demo` each keep a folder and an issuer of their own, and a service believes only its own. The one
that runs is found; where both do, `--demonstration` chooses that one.
"""

import argparse
import os
import sys

from dev import postgres
from dev.people import PEOPLE
from dev.run import mint_tokens
from dev.state import State


def find_running(*, demonstration: bool) -> State | None:
    """The state of what runs here: of `make run`, unless only the demonstration runs or is asked for. A run on the
    PostgreSQL of DATABASE_URL has no server of its own, and its issuer's key is enough to know it by."""
    run, demo = State.of_this_checkout(), State.of_demonstration()
    runs = {state: postgres.find_running(state.postgres.resolve()) is not None for state in (run, demo)}
    if demonstration or (runs[demo] and not runs[run]):
        return demo if runs[demo] else None
    return run if runs[run] or (os.environ.get("DATABASE_URL") and run.issuer_key.exists()) else None


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m dev.token", description=__doc__)
    parser.add_argument("person", choices=sorted(PEOPLE))
    parser.add_argument("--demonstration", action="store_true", help="of make demo, where both run")
    asked = parser.parse_args()
    state = find_running(demonstration=asked.demonstration)
    if state is None:
        sys.exit("Nothing runs in this folder. Start it with make run or make demo, in another terminal.")
    print(mint_tokens(state)[asked.person])


if __name__ == "__main__":
    main()
