"""Bad input of every kind, made from the committed description: schemathesis with every check on, statefully, against
the service as a process. Afterwards the log, the chain and every balance must hold: nothing was left half-written.

What the description defines one by one (its examples, and each bound of each field at its edge: the phases `examples`
and `coverage`) is the same whatever the seed, and no number of examples bounds it. So the long run does it once, with
the fixed seed. What is drawn is bounded by examples: at most `LONG` of each kind for each operation, and as many walks
from one operation to the next, of at most `max-steps` each (schemathesis.toml). The random seed draws alone.
"""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dev.people import People
from dev.play2020 import ANNE, KARI, LETTERS, register
from dev.verifying.log import verify
from services.calendar.days import day_of
from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.faults.service import ROOT, Running, issuer_of, running, settings_of

DESCRIPTION = ROOT / "contracts" / "openapi-grants.json"
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
FIXED_SEED = 2020
SHORT, LONG = 3, 30
DRAWN, WHOLE = "fuzzing,stateful", "examples,coverage,fuzzing,stateful"


@pytest.fixture
def open_for_business(database: Database, tmp_path: Path) -> Iterator[Running]:
    """The service running, with the letters of 2020 registered."""
    settings = settings_of(database, tmp_path)
    issuer = issuer_of(settings)
    with running(settings, tmp_path) as service:
        tokens = {
            person: issuer.mint(person, [role]) for person, role in ((KARI, Role.caseworker), (ANNE, Role.controller))
        }
        people = People(service.address, tokens)
        for letter in sorted(LETTERS.glob("*.yaml")):
            register(people, letter)
        yield service


def dated_today(described: Any) -> Any:
    """The description with today for every day: a decision dated otherwise is refused, and then nothing is recorded."""
    if isinstance(described, list):
        return [dated_today(each) for each in described]
    if not isinstance(described, dict):
        return described
    if described.get("format") == "date":
        return described | {"enum": [day_of(datetime.now(UTC)).isoformat()]}
    return {name: dated_today(value) for name, value in described.items()}


def fuzz(service: Running, seed: int, examples: int, phases: str) -> subprocess.CompletedProcess[str]:
    """One run of schemathesis as somebody who holds every role; it ends with 0 when no check found anything."""
    token = issuer_of(service.settings).mint("fuzz", list(Role))
    description = service.log.parent / "openapi.json"
    description.write_text(json.dumps(dated_today(json.loads(DESCRIPTION.read_text(encoding="utf-8")))))
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIGURATION), "run", str(description)]
    command += ["--url", service.address, "--header", f"Authorization: Bearer {token}", "--checks", "all"]
    command += ["--phases", phases, "--mode", "all", "--seed", str(seed)]
    command += ["--max-examples", str(examples), "--continue-on-failure", "--no-color", "--workers", "1"]
    return subprocess.run(
        command,
        cwd=service.log.parent,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_nothing_schemathesis_makes_up_breaks_the_service_or_its_books(
    open_for_business: Running, database: Database, long: bool
) -> None:
    runs = ((FIXED_SEED, WHOLE), (secrets.randbelow(2**32), DRAWN)) if long else ((FIXED_SEED, DRAWN),)
    for seed, phases in runs:
        print(f"schemathesis with the seed {seed}: {phases}")
        run = fuzz(open_for_business, seed, LONG if long else SHORT, phases)
        print(run.stdout[-20_000:])
        assert run.returncode == 0, run.stdout[-20_000:] + run.stderr[-2_000:]
    counts, faults = verify(database.reader_dsn, None, None)
    print(dict(counts))
    assert not faults
    assert counts["events"] > len(list(LETTERS.glob("*.yaml")))  # it got something recorded, too
