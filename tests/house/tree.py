"""The files of the checkout as somebody would commit them, and what is written in them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
HIDDEN_AND_OURS = {".ci"}
VENDORED = {"vendor"}


@cache
def list_files() -> tuple[Path, ...]:
    """Every file but what tools and runs leave behind and what was written by others, in one order."""
    return tuple(sorted(walk(ROOT)))


def walk(folder: Path) -> Iterator[Path]:
    """The files of a folder and of the folders in it."""
    for path in folder.iterdir():
        hidden = path.name.startswith(".") and path.name not in HIDDEN_AND_OURS
        if path.is_dir():
            if not hidden and path.name not in VENDORED | {"__pycache__"}:
                yield from walk(path)
        elif not path.is_symlink() and path.name != ".git":  # a worktree's pointer to its repository
            yield path


def list_texts() -> Iterator[tuple[str, str]]:
    """Each file that is text, by its path from the root."""
    for path in list_files():
        try:
            yield named(path), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def list_sources(*folders: str) -> Iterator[tuple[str, str]]:
    """Each Python file of these folders: its path and its text."""
    for path in list_files():
        name = named(path)
        if path.suffix == ".py" and name.split("/")[0] in folders:
            yield name, path.read_text(encoding="utf-8")


def list_modules(*folders: str) -> Iterator[tuple[str, str, ast.Module]]:
    """Each Python file of these folders: its path, its text, its syntax."""
    return ((name, text, ast.parse(text)) for name, text in list_sources(*folders))


def named(path: Path) -> str:
    """The path from the root, with slashes."""
    return path.relative_to(ROOT).as_posix()
