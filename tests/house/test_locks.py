"""What is installed is what was looked at: exact versions, with hashes, and no word of where they came from."""

import json
import re

import pytest

from tests.house.tree import ROOT

LOCKS = ("runtime", "dev", "tracing")


def read_pins(lock: str) -> dict[str, str]:
    """The version each package is locked at."""
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    return dict(re.findall(r"^([a-z0-9.-]+)(?:\[[a-z]+\])?==(\S+)", text, re.MULTILINE))


def wanted_by(lock: str) -> set[str]:
    """The packages that are asked for by name."""
    text = (ROOT / "requirements" / f"{lock}.in").read_text()
    names = re.findall(r"^([A-Za-z0-9._-]+)", re.sub(r"^(#|-).*$", "", text, flags=re.MULTILINE), re.MULTILINE)
    return {re.sub(r"[._-]+", "-", name).lower() for name in names}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_locked_at_one_version_with_hashes(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    entries = re.split(r"\n(?=[a-z])", re.sub(r"^ *#.*\n", "", text, flags=re.MULTILINE).strip())
    assert len(entries) == len(read_pins(lock)) > 10
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    assert re.findall(r"https?:|file:|@ |--(?:extra-)?index|--find-links|--trusted-host", text) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_everything_asked_for_is_in_the_lock(lock: str) -> None:
    assert wanted_by(lock) - read_pins(lock).keys() == set()


def test_development_runs_the_versions_that_are_deployed() -> None:
    development = read_pins("dev")
    assert {name: development.get(name) for name in read_pins("runtime")} == read_pins("runtime")


def test_what_traces_adds_to_what_is_deployed_and_changes_nothing_in_it() -> None:
    tracing = read_pins("tracing")
    for lock in ("runtime", "dev"):
        there = read_pins(lock)
        assert {name: there.get(name, version) for name, version in tracing.items()} == tracing


def test_what_tests_run_in_node_is_locked_alike() -> None:
    folder = ROOT / "requirements" / "node"
    lock = json.loads((folder / "package-lock.json").read_text())
    wanted = json.loads((folder / "package.json").read_text())["dependencies"]
    taken = {name.removeprefix("node_modules/"): each for name, each in lock["packages"].items() if name}
    assert wanted == {name: taken[name]["version"] for name in wanted}
    assert [name for name, each in taken.items() if not each["integrity"].startswith("sha512-")] == []
    assert [name for name, each in taken.items() if "resolved" in each] == []
