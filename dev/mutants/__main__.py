"""`make mutants`: every part, or those that ARGS names (a part of scope.py, or a piece of a module's path).

Fails when fewer than 95 of 100 changes are killed, when a survivor is not named, and when a named one survives no more.
All of them take days of processor. `--sample 400 --seed 7` tries so many, drawn at random from all that were asked for:
of 400, the share that is killed lies within two points of that of all, nineteen times out of twenty. `sql` is none of
the parts: it changes the database.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from dev.mutants import outcome, scope, sql, survivors
from dev.mutants.copying import copy
from dev.mutants.outcome import Outcome
from dev.mutants.sampling import draw, list_changes, narrowed

LEAST_PERCENT = 95


def run(name: str, part: scope.Part, children: int, drawn: Mapping[str, Sequence[str]] | None = None) -> list[Outcome]:
    """Change one part's modules and ask its tests: of every change, or of those that were drawn, by their module."""
    with tempfile.TemporaryDirectory(prefix="tilsagn-mutants-") as folder:
        place = Path(folder)
        copy(part, place)
        command = [sys.executable, "-m", "dev.mutants.operators", "run", "--max-children", str(children)]
        command += [] if drawn is None else [each for module in part.modules for each in drawn[module]]
        environment = os.environ | {"PYTHONPATH": folder, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        ran = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True)
        if ran.returncode:
            said = "\n".join(line for line in ran.stdout.splitlines() if not line.endswith("Running stats"))
            sys.exit(f"{said[-6_000:]}{ran.stderr[-3_000:]}\n{name}: its tests fail with nothing changed.")
        return [outcome.read(place, module, None if drawn is None else drawn[module]) for module in part.modules]


def tell(outcomes: list[Outcome], *, every: bool) -> bool:
    """What was found; whether all is well. That a named one survives no more is seen when every change is tried."""
    kept = survivors.read_kept()
    unnamed, gone = survivors.find_unnamed(outcomes, kept), survivors.find_gone(outcomes, kept) if every else []
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
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(scope.PARTS)}; a piece of a module's path; or sql")
    parser.add_argument("--children", type=int, default=2)
    parser.add_argument("--sample", type=int, help="try so many changes, drawn at random")
    parser.add_argument("--seed", type=int, default=0, help="what they are drawn by")
    asked = parser.parse_args()
    if away := scope.missing():
        sys.exit(f"not there: {', '.join(away)}")
    if asked.parts == [sql.NAME]:
        sys.exit(not tell([sql.run(asked.sample, asked.seed, asked.children)], every=asked.sample is None))
    if not (parts := scope.chosen(asked.parts)):
        sys.exit(f"no part or module: {' '.join(asked.parts)}")
    outcomes, drawn = [], None
    if asked.sample:
        names = list_changes({module for part in parts.values() for module in part.modules})
        drawn = draw(names, asked.sample, asked.seed)
        parts = {name: narrowed(part, drawn) for name, part in parts.items()}
        print(f"{asked.sample} of {sum(map(len, names.values()))} changes, drawn by seed {asked.seed}", flush=True)
    for name, part in ((name, part) for name, part in parts.items() if part.modules):
        for each in run(name, part, asked.children, drawn):
            print(f"{each.module}: {each.killed} of {each.made} killed, {each.untested} without a test", flush=True)
            outcomes.append(each)
    sys.exit(not tell(outcomes, every=drawn is None))


if __name__ == "__main__":
    main()
