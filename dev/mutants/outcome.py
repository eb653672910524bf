"""What became of each change: killed, or what the lines said before it and after."""

import ast
import difflib
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

KILLED = {1, 3, 37, 24, -24, 36, 152, 255, -11, -9}  # a failing test, or one that never ends
SEPARATOR = "ǁ"


@dataclass(frozen=True, order=True)
class Change:
    """One wrong change: where, and the lines that differ."""

    function: str
    before: str
    after: str


@dataclass(frozen=True)
class Outcome:
    """Of one module."""

    module: str
    made: int
    untested: int
    survived: tuple[Change, ...]

    @property
    def killed(self) -> int:
        """How many made a test fail."""
        return self.made - len(self.survived)


def read(place: Path, module: str, drawn: Collection[str] | None = None) -> Outcome:
    """What `mutmut` wrote down of a module: of every change, or of those that were drawn."""
    changed = place / "mutants" / module
    codes = json.loads(Path(f"{changed}.meta").read_text())["exit_code_by_key"]
    codes = {name: code for name, code in codes.items() if drawn is None or name in drawn}
    alive = {name.rpartition(".")[2] for name, code in codes.items() if code not in KILLED}
    functions = dict(_functions(changed.read_text(encoding="utf-8")))
    survived = tuple(sorted(_differ(module, name, functions) for name in alive))
    return Outcome(module, len(codes), sum(code in (5, 33) for code in codes.values()), survived)


def _functions(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each function that was made, and its statements as lines of one form, whatever their breaks."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and "__mutmut_" in node.name:
            yield node.name, [line.strip() for part in node.body for line in ast.unparse(part).splitlines()]


def _differ(module: str, name: str, functions: dict[str, list[str]]) -> Change:
    """The change by what it says."""
    whole = name.rpartition("__mutmut_")[0]
    before, after = functions[f"{whole}__mutmut_orig"], functions[name]
    gone, come = [], []
    for line in difflib.ndiff(before, after):
        if line[:2] == "- ":
            gone.append(line[2:])
        if line[:2] == "+ ":
            come.append(line[2:])
    function = whole.removeprefix("x_").removeprefix(f"x{SEPARATOR}").replace(SEPARATOR, ".")
    return Change(f"{module}:{function}", " ".join(gone), " ".join(come))
