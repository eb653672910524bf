"""The README's commands exist, and CI runs them as they stand there."""

import re
import subprocess

from tests.house.readme import list_targets
from tests.house.tree import ROOT, list_texts

README = ROOT / "README.md"


def test_the_newcomer_is_told_the_two_commands() -> None:
    assert {"make run", "make test"} <= set(re.findall(r"make (?:run|test)", README.read_text()))


def test_ci_runs_the_readmes_own_commands() -> None:
    """The same lines of awk as .ci/run, run on the same file."""
    script = re.search(r"awk '(.*)' README\.md", (ROOT / ".ci" / "run").read_text())
    assert script
    said = subprocess.run(["awk", script[1], README], capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == ["make check", "make test", "make demo ARGS=--end"]


def test_every_make_command_in_what_people_read_exists() -> None:
    named = {
        (path, target)
        for path, text in list_texts()
        if path.endswith(".md")
        for target in re.findall(r"`(?:[A-Z_]+=\S+ )*make ([a-z-]+)", text)
    }
    assert {(path, target) for path, target in named if target not in list_targets()} == set()


def test_make_help_lists_every_target() -> None:
    said = subprocess.run(["make", "--silent", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"^  make ([a-z-]+)", said, re.MULTILINE)) == list_targets() >= {"run", "test", "verify"}
