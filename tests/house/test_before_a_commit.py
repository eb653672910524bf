"""What a commit is asked for is what `make check` asks for, and nothing is fetched for it."""

import re
import shlex
from typing import Any

import yaml

from dev.check import CHECKS
from tests.house.tree import ROOT

CONFIGURATION: dict[str, Any] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
HOOKS: list[dict[str, Any]] = [hook for each in CONFIGURATION["repos"] for hook in each["hooks"]]


def asked(command: list[str]) -> tuple[str, frozenset[str]]:
    """The module a command runs, and the folders of tests it names."""
    assert command[1] == "-m"
    return command[2], frozenset(part for part in command[3:] if part.startswith("tests/"))


def test_every_hook_is_our_own_and_runs_in_our_own_environment() -> None:
    assert [each["repo"] for each in CONFIGURATION["repos"]] == ["local"]
    assert {hook["language"] for hook in HOOKS} == {"system"}
    assert {shlex.split(hook["entry"])[0] for hook in HOOKS} == {".venv/bin/python"}


def test_the_hooks_run_what_make_check_runs() -> None:
    hooked = [asked(shlex.split(hook["entry"])) for hook in HOOKS]
    checked = [asked(command) for command in CHECKS.values()]
    assert {module for module, _ in hooked} == {module for module, _ in checked}
    assert frozenset().union(*(tests for _, tests in hooked)) == frozenset().union(*(tests for _, tests in checked))
    assert [hook["entry"] for hook in HOOKS if "ruff format" in hook["entry"] and "--check" not in hook["entry"]] == []


def test_each_hook_is_asked_of_the_files_it_concerns() -> None:
    asked_of = {hook["id"]: hook["files"] for hook in HOOKS if "files" in hook}
    assert re.search(asked_of["types"], "services/eventlog/log.py")
    assert re.search(asked_of["history"], "services/eventlog/events.py")
    assert re.search(asked_of["contracts"], "contracts/openapi-grants.json")
    assert not re.search(asked_of["types"], "docs/rules.md")
