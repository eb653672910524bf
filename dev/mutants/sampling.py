"""A sample of all changes, drawn at random from a seed that is told: the same seed draws the same of the same code.

python -m dev.mutants.sampling MODULE ...     the names of the changes of these modules, as JSON on standard output
"""

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path

from dev.mutants.copying import opened
from dev.mutants.scope import Part
from dev.state import ROOT

SETTINGS = '[tool.mutmut]\nsource_paths = ["services"]\n'


def draw(names: Mapping[str, Collection[str]], size: int, seed: int) -> dict[str, list[str]]:
    """So many of the changes, each as likely as every other, by the module they are in."""
    every = sorted((module, name) for module, made in names.items() for name in made)
    drawn = random.Random(seed).sample(every, min(size, len(every)))
    return {module: sorted(name for of, name in drawn if of == module) for module in {of for of, _ in drawn}}


def narrowed(part: Part, drawn: Mapping[str, Collection[str]]) -> Part:
    """The part, with those of its modules that some change was drawn of."""
    return Part(tuple(module for module in part.modules if module in drawn), part.tests)


def list_changes(modules: Collection[str]) -> dict[str, list[str]]:
    """Every change of each module, by the name `mutmut` gives it. It reads settings where it stands."""
    with tempfile.TemporaryDirectory(prefix="tilsagn-mutants-") as folder:
        (Path(folder) / "services").mkdir()
        (Path(folder) / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")
        command = [sys.executable, "-m", "dev.mutants.sampling", *sorted(modules)]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        made = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, check=True)
    names: dict[str, list[str]] = json.loads(made.stdout)
    return names


def main() -> None:
    """Tell the names."""
    from dev.mutants.operators import put_in

    put_in()
    from mutmut.mutation.file_mutation import mutate_file_contents
    from mutmut.utils.format_utils import get_mutant_name

    told = {}
    for module in sys.argv[1:]:
        made = mutate_file_contents(module, opened((ROOT / module).read_text(encoding="utf-8")))
        told[module] = [get_mutant_name(Path(module), name) for name in made.mutant_names]
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
