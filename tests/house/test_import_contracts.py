"""The import contracts hold, and each of them has been seen to fail."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.tree import ROOT

LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"

# contract -> a module, and an import in it that the contract forbids
VIOLATIONS = [
    ("floors", "services/eventlog/planted.py", "import services.grants.case.events.award"),
    ("floors", "services/eventlog/planted.py", "import services.httpapi.problem"),
    ("floors", "services/httpapi/planted.py", "import services.grants.case.events.award"),
    ("floors", "services/grants/planted.py", "import services.notifications.planted"),
    ("floors", "services/notifications/planted.py", "import services.grants.case.events.award"),
    ("floors", "services/grants/planted.py", "import services.dashboard.settings"),
    ("floors", "services/httpapi/planted.py", "import services.dashboard.settings"),
    ("the-log-knows-no-framework", "services/eventlog/planted.py", "import fastapi"),
    ("nothing-shipped-knows-the-workshop", "services/grants/planted.py", "import dev.state"),
    ("nothing-shipped-knows-the-workshop", "migrations/planted.py", "import dev.state"),
    ("rules-import-no-framework", "services/grants/withholding/rules.py", "import sqlalchemy"),
    ("rules-import-no-framework", "services/grants/case/events/award.py", "import pydantic"),
    ("rules-import-no-framework", "services/grants/case/commitment.py", "import psycopg"),  # reached from rules
    ("grants-runs-down", "services/grants/case/commitment.py", "import services.grants.award.rules"),
    ("grants-runs-down", "services/grants/planted.py", "import json"),  # a loose file has no place
    (
        "notifications-run-down",
        "services/notifications/gate/decision.py",
        "import services.notifications.release.rules",
    ),
    ("notifications-run-down", "services/notifications/planted/rules.py", "import json"),
    ("stages-know-no-other", "services/grants/withholding/rules.py", "import services.grants.disbursement.rules"),
    ("stages-know-no-other", "services/grants/round/rules.py", "import services.grants.grant_letter.state"),
    (
        "rooms-of-notifications-know-no-other",
        "services/notifications/webhook/rules.py",
        "import services.notifications.notice.rules",
    ),
    ("no-circles", "services/httpapi/callers/caller.py", "import services.httpapi.callers.bearer"),
    ("no-circles", "dev/people.py", "import dev.play2020"),
    ("the-dashboard-reads-views", "services/dashboard/planted.py", "import services.grants.case.events.award"),
    ("the-dashboard-reads-views", "services/dashboard/pages/planted.py", "import services.notifications.planted"),
    ("pages-draw-and-speak", "services/dashboard/words/planted.py", "import services.dashboard.charts.scale"),
    ("pages-draw-and-speak", "services/dashboard/charts/planted.py", "import services.dashboard.pages.answering"),
    ("pages-draw-and-speak", "services/dashboard/charts/planted.py", "import services.dashboard.sign_in.access"),
    ("sign-in-knows-no-page", "services/dashboard/sign_in/planted.py", "import services.dashboard.pages.answering"),
]


def lint(tree: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    """import-linter's verdict on a copy of the code."""
    command = [sys.executable, "-c", LINT, "--no-cache", *(word for name in contracts for word in ("--contract", name))]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The code, to plant a mistake in."""
    for folder in ("services", "migrations", "dev"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "static"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_contracts_hold() -> None:
    verdict = lint(ROOT)
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


@pytest.mark.parametrize(("contract", "module", "statement"), VIOLATIONS)
def test_a_contract_is_seen_to_fail(copy: Path, contract: str, module: str, statement: str) -> None:
    planted = copy / module
    planted.parent.mkdir(exist_ok=True)
    for package in {planted.parent, copy / "services" / "notifications"}:
        package.mkdir(exist_ok=True)
        (package / "__init__.py").touch()
    (copy / "services" / "notifications" / "planted.py").touch()
    with planted.open("a") as file:
        file.write(f"\n{statement}\n")
    verdict = lint(copy, contract)
    assert verdict.returncode == 1, verdict.stdout + verdict.stderr
    assert "BROKEN" in verdict.stdout


def test_every_contract_has_been_seen_to_fail() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    assert {contract["id"] for contract in contracts} == {contract for contract, _, _ in VIOLATIONS}
