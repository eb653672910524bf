"""The one program of a service, whichever of its roles it plays."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KNOWN = "import {module}; from services.eventlog.events import TOPICS; print('\\n'.join(TOPICS))"


def topics_known_to(module: str) -> set[str]:
    """Those of a process that runs it and nothing else."""
    command = [sys.executable, "-c", KNOWN.format(module=module)]
    return set(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize("service", ["grants", "notifications"])
def test_the_program_knows_every_fact_that_either_of_its_roles_knows(service: str) -> None:
    """Before one that it does not know its read models would stand still, and its answers be refused."""
    known = topics_known_to(f"services.{service}.main")
    for role in ("web", "worker"):
        of_role = topics_known_to(f"services.{service}.{role}")
        assert of_role, role
        assert of_role - known == set(), role
