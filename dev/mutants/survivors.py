"""The changes that may survive, each named with its reason."""

import json
import tomllib
from collections.abc import Collection
from pathlib import Path

from dev.mutants.outcome import Change, Outcome

KEPT = Path(__file__).with_name("survivors.toml")


def read_kept() -> dict[Change, str]:
    """Each named survivor, and why no test can or should fail for it."""
    rows = tomllib.loads(KEPT.read_text(encoding="utf-8")).get("survivor", [])
    return {Change(row["function"], row["before"], row["after"]): row["reason"] for row in rows}


def find_unnamed(outcomes: Collection[Outcome], kept: Collection[Change]) -> list[Change]:
    """What survived and nobody has said why."""
    return sorted({change for outcome in outcomes for change in outcome.survived} - set(kept))


def find_gone(outcomes: Collection[Outcome], kept: Collection[Change]) -> list[Change]:
    """What is named and survives no more, in the modules that were run."""
    modules = {outcome.module for outcome in outcomes}
    survived = {change for outcome in outcomes for change in outcome.survived}
    return sorted(change for change in kept if change.function.split(":")[0] in modules and change not in survived)


def as_row(change: Change) -> str:
    """How a survivor stands in the list, its reason to be written."""
    rows = ("function", change.function), ("before", change.before), ("after", change.after), ("reason", "")
    return "\n".join(["[[survivor]]", *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in rows)])
