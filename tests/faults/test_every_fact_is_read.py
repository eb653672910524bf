"""`make verify` reads every kind of fact that can stand in a log, in a process that has loaded nothing else."""

import json
import subprocess
import sys
from pathlib import Path

HISTORY = Path(__file__).parents[1] / "history"
ASKED = "import json, dev.verify; from services.eventlog.events import TOPICS; print(json.dumps(sorted(TOPICS)))"


def test_every_kind_of_fact_is_known_to_it() -> None:
    asked = subprocess.run([sys.executable, "-c", ASKED], check=True, capture_output=True, text=True)
    assert {file.stem for file in HISTORY.glob("*.json")} <= set(json.loads(asked.stdout))
