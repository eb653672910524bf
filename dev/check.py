"""`make check`: what must hold before a commit. All of it runs, also after a failure; the end names what failed."""

import subprocess
import sys
import time

from dev.state import ROOT

PYTHON = sys.executable

# The import contracts are checked by tests/house, which has also seen each of them fail.
CHECKS = {
    "format": [PYTHON, "-m", "ruff", "format", "--check", "."],
    "lint": [PYTHON, "-m", "ruff", "check", "."],
    "types": [PYTHON, "-m", "mypy"],
    "house rules, import contracts, contracts, migrations": [
        PYTHON, "-m", "pytest", "-q", "tests/house", "tests/contracts", "tests/history",
    ],
}  # fmt: skip


def main() -> None:
    """Run every check; ends with 1 when one failed."""
    failed = []
    for name, command in CHECKS.items():
        print(f"== {name}", flush=True)
        began = time.monotonic()
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            failed.append(name)
        print(f"   {time.monotonic() - began:.0f} s", flush=True)
    if failed:
        sys.exit("Failed: " + "; ".join(failed))
    print("All checks hold.")


if __name__ == "__main__":
    main()
