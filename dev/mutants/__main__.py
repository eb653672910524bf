"""`make mutants`: every part, or those that ARGS names (a part of scope.py, or a piece of a module's path).

Fails when fewer than 95 of 100 changes are killed, when a survivor is not named, and when a named one survives no more.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from dev.mutants import outcome, scope, survivors
from dev.mutants.copying import copy
from dev.mutants.outcome import Outcome

LEAST_PERCENT = 95


def run(name: str, part: scope.Part, children: int) -> list[Outcome]:
    """Change one part's modules and ask its tests."""
    with tempfile.TemporaryDirectory(prefix="tilsagn-mutants-") as folder:
        place = Path(folder)
        copy(part, place)
        command = [sys.executable, "-m", "dev.mutants.operators", "run", "--max-children", str(children)]
        environment = os.environ | {"PYTHONPATH": folder, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        ran = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True)
        if ran.returncode:
            sys.exit(f"{ran.stdout[-6_000:]}{ran.stderr[-3_000:]}\n{name}: its tests fail with nothing changed.")
        return [outcome.read(place, module) for module in part.modules]


def tell(outcomes: list[Outcome]) -> bool:
    """What was found; whether all is well."""
    kept = survivors.read_kept()
    unnamed, gone = survivors.find_unnamed(outcomes, kept), survivors.find_gone(outcomes, kept)
    for change in unnamed:
        print(survivors.as_row(change), end="\n\n")
    for change in gone:
        print(f"survives no more: {change.function}: {change.before} -> {change.after}")
    made, killed = sum(each.made for each in outcomes), sum(each.killed for each in outcomes)
    share = 100 * killed / made if made else 100
    print(f"{made} changes, {killed} killed ({share:.1f} %), {made - killed} survived, {len(unnamed)} not named")
    return share >= LEAST_PERCENT and not unnamed and not gone


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="make mutants")
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(scope.PARTS)}; or a piece of a module's path")
    parser.add_argument("--children", type=int, default=2)
    asked = parser.parse_args()
    if away := scope.missing():
        sys.exit(f"not there: {', '.join(away)}")
    if not (parts := scope.chosen(asked.parts)):
        sys.exit(f"no part or module: {' '.join(asked.parts)}")
    outcomes = []
    for name, part in parts.items():
        for each in run(name, part, asked.children):
            print(f"{each.module}: {each.killed} of {each.made} killed, {each.untested} without a test", flush=True)
            outcomes.append(each)
    sys.exit(not tell(outcomes))


if __name__ == "__main__":
    main()
