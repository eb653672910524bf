"""A worker beside the service."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
KNOWN = "import {module}; from services.eventlog.events import TOPICS; print('\\n'.join(TOPICS))"


def topics_known_to(module: str) -> set[str]:
    """Those of a process that runs it and nothing else."""
    command = [sys.executable, "-c", KNOWN.format(module=module)]
    return set(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split())


def test_a_worker_knows_every_fact_that_the_service_knows() -> None:
    """Before one that it does not know its read models would stand still."""
    service = topics_known_to("services.notifications.main")
    assert "letter.released.v1" in service
    assert service - topics_known_to("services.notifications.main") == set()
