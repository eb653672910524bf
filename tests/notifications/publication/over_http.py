"""What the tests of over http build, for other tests to use as well."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.house.tree import ROOT

ASKED = {"title": "Evaluering av Jobbsjansen", "document_sha256": "ef" * 32, "planned_on": "2020-04-01"}


def verified(certificate: dict[str, Any], folder: Path) -> tuple[int, str]:
    """What the auditor's script says of it."""
    file = folder / "certificate.json"
    file.write_text(json.dumps(certificate), encoding="utf-8")
    command: list[str | Path] = [sys.executable, ROOT / "contracts" / "verify_certificate.py", file]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    return said.returncode, said.stdout
