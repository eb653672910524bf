"""What `make bench` measures as `make verify` is all that `make verify` looks at of a log."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import bench.verifying
from bench.__main__ import BENCHES
from bench.before import before, is_there
from dev import verify
from dev.verifying import log, whole
from dev.verifying.following import Follows, Verification
from services.eventlog.checkpoints.chain import Fault
from services.eventlog.checkpoints.checkpoint import PUBLIC_KEY
from tests.conftest import Database


class Asked(Exception):
    """What was asked for is known, and nothing more is wanted."""


def given_to(monkeypatch: pytest.MonkeyPatch, module: Any, run: Callable[[], object]) -> dict[str, Any]:
    """What the one function is given by whoever calls it in that module."""
    told: dict[str, Any] = {}

    def keep(dsns: Any, *_: Any, **more: Any) -> int:
        told.update(more | {"dsns": dict(dsns)})
        raise Asked

    with monkeypatch.context() as changed:
        changed.setattr(module, "look_at_all", keep)
        with pytest.raises(Asked):
            run()
    return told


def looked_at(monkeypatch: pytest.MonkeyPatch, dsn: str, schema: str, asked: dict[str, Any]) -> set[str]:
    """The name of every check, and the class of whatever follows the facts, that is made of a log as it is asked."""
    made: set[str] = set()
    checks = log.checks

    def keep_checks(*given: Any, **more: Any) -> Any:
        found = checks(*given, **more)
        made.update(found)
        return found

    def keep_following(snapshot: Any, signed: Any, follows: list[Follows], **more: Any) -> Any:
        made.update(type(each).__name__ for each in follows)
        return Verification(snapshot, signed, follows, **more)

    def shipped(*_: Any, **__: Any) -> tuple[list[Fault], list[str]]:
        made.add("the schema")
        return [], []

    with monkeypatch.context() as changed:
        changed.setattr(log, "checks", keep_checks)
        changed.setattr(log, "Verification", keep_following)
        changed.setattr(whole, "check_schema", shipped)
        folder = Path("/nowhere")
        whole.look_at_all({schema: dsn}, {schema: folder}, {schema: folder / PUBLIC_KEY}, **asked)
    return made


@pytest.mark.parametrize("schema", ["grants", "notifications"])
def test_what_the_bench_measures_is_all_that_make_verify_looks_at(
    schema: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is run as whoever measures and whoever verifies runs it, and what it then looks at is compared by name."""
    dsn = {"grants": database.reader_dsn, "notifications": database.notifications_reader_dsn}[schema]
    option = "--dsn" if schema == "grants" else "--notifications-dsn"
    monkeypatch.setattr(sys, "argv", ["verify", option, dsn])
    by_hand = given_to(monkeypatch, verify, verify.main)
    name = "left_9" if schema == "notifications" else "verify_9"
    measured = given_to(monkeypatch, bench.verifying, lambda: bench.verifying.whole(dsn, Path(name)))
    assert by_hand.pop("dsns") == measured.pop("dsns") == {schema: dsn}
    found = {
        who: looked_at(monkeypatch, dsn, schema, {**asked, "say": lambda *_: None, "between": lambda: None})
        for who, asked in {
            "make verify": by_hand | {"without_views": True},
            "make bench": measured,
        }.items()
    }
    assert found["make bench"] == found["make verify"]
    least = {"the log", "the commands", "Duties", "the schema"}
    of_its_own = (
        {"Balances", "ToldFirst", "Payments", "DecidedDays"} if schema == "grants" else {"the gate", "what notices say"}
    )
    assert found["make bench"] >= least | of_its_own


def test_the_commit_before_is_a_part_of_the_bench_and_one_that_is_not_there_is_said_to_be_so() -> None:
    assert BENCHES["before"] is before
    assert not is_there("0" * 40)
