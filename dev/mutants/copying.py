"""A copy of the checkout to be changed, in which every function can be."""

import ast
import shutil
from pathlib import Path

from dev.mutants.scope import Part
from dev.state import ROOT

FOLDERS = ("services", "tests", "dev", "migrations", "contracts", "docs", "bench", "data", "requirements")
BY_VALUE = {"cache", "lru_cache"}  # what was answered before a change would be answered after it
BY_NAME = {"property", "cached_property"}
SETTINGS = """
[tool.mutmut]
source_paths = ["services"]
only_mutate = {modules}
also_copy = {folders}
pytest_add_cli_args = ["-p", "no:cacheprovider", "-q", "--assert=plain", "-p", "dev.mutants.without_database"]
pytest_add_cli_args_test_selection = {tests}
track_dependencies = false
use_git_change_detection = false
"""


def copy(part: Part, place: Path) -> None:
    """Lay the checkout at `place`, with the settings for this part."""
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, place / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for module in part.modules:
        path = place / module
        path.write_text(opened(path.read_text(encoding="utf-8")), encoding="utf-8")
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    tests = list(dict.fromkeys(part.tests))
    more = SETTINGS.format(modules=list(part.modules), folders=[*FOLDERS[2:], "README.md"], tests=tests)
    (place / "pyproject.toml").write_text(settings + more, encoding="utf-8")
    shutil.copy(ROOT / "README.md", place)


def opened(text: str) -> str:
    """The same module without what `mutmut` passes over: it changes no function that has a decorator. A property is
    made one after it, and what is remembered is worked out again."""
    lines = text.splitlines()
    for function in sorted(_decorated(ast.parse(text)), key=lambda function: -function.lineno):
        decorator = function.decorator_list[0]
        name = _name(decorator)
        assert function.end_lineno is not None
        if name in BY_NAME:
            lines.insert(function.end_lineno, f"{' ' * function.col_offset}{function.name} = {name}({function.name})")
        if name in BY_NAME | BY_VALUE:
            del lines[decorator.lineno - 1]
    return "\n".join(lines) + "\n"


def _decorated(tree: ast.Module) -> list[ast.FunctionDef]:
    """The functions with one decorator."""
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and len(node.decorator_list) == 1]


def _name(decorator: ast.expr) -> str:
    """What a decorator is called, with or without arguments."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return called.id if isinstance(called, ast.Name) else ""
