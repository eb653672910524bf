"""The one program of a service, whichever of its roles it plays."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STANDS_ON = "fastapi, httpx, psycopg_pool, sqlalchemy, eventsourcing.application, prometheus_client, uvicorn, openpyxl"
KNOWN = f"""
import importlib, json, os, sys
import {STANDS_ON}
for module in sys.argv[1:]:
    if os.fork() == 0:
        importlib.import_module(module)
        from services.eventlog.events import TOPICS
        print(json.dumps([module, *TOPICS]), flush=True)
        os._exit(0)
    assert os.wait()[1] == 0, module
assert not [name for name in sys.modules if name.partition(".")[0] == "services"]
"""
"""Each module alone in a process that holds nothing of ours, but what all of them stand on: that is loaded once."""


def topics_known_to(*modules: str) -> dict[str, set[str]]:
    """By module, those of a process that runs it and nothing else."""
    said = subprocess.run([sys.executable, "-c", KNOWN, *modules], cwd=ROOT, capture_output=True, text=True, check=True)
    told = map(json.loads, said.stdout.splitlines())
    return {module: set(topics) for module, *topics in told}


@pytest.mark.parametrize("service", ["grants", "notifications"])
def test_the_program_knows_every_fact_that_either_of_its_roles_knows(service: str) -> None:
    """Before one that it does not know its read models would stand still, and its answers be refused."""
    known, *of_roles = topics_known_to(*(f"services.{service}.{name}" for name in ("main", "web", "worker"))).values()
    for role, of_role in zip(("web", "worker"), of_roles, strict=True):
        assert of_role, role
        assert of_role - known == set(), role
