"""Packages that tests run in node, as receivers do: those of `requirements/node/package-lock.json`, by their hashes.

They are installed once, into a folder that nobody commits, by whichever test needs them first. Without node, npm or the
way to a registry a test says by name that it was not run.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import warnings
from pathlib import Path

from tests.house.tree import ROOT
from tests.patience import PATIENCE_SECONDS

LOCK = ROOT / "requirements" / "node"
FOLDER = ROOT / ".node"
MADE_FROM = FOLDER / "made-from"


def run(code: str, given: str | bytes, *needed: str) -> str | None:
    """What the code says that is given this, with the packages it needs; None, and a warning, where it cannot run."""
    installed = folder(*needed)
    if installed is None:
        return None
    environment = os.environ | {"NODE_PATH": str(installed)}
    content = given.encode() if isinstance(given, str) else given
    done = subprocess.run(["node", "-e", code], input=content, capture_output=True, env=environment)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def folder(*needed: str) -> Path | None:
    """Where the packages stand; None, and a warning that names those needed, where they cannot be had."""
    lacking = next((each for each in ("node", "npm") if shutil.which(each) is None), None)
    why = f"there is no {lacking} here" if lacking else _install()
    if why:
        warnings.warn(f"not run in node with npm {', '.join(needed)}: {why}", stacklevel=3)
        return None
    return FOLDER / "node_modules"


def _install() -> str | None:
    """Make the folder what the lock says, unless it is; why it is not, where that cannot be. Two at once take turns."""
    wanted = hashlib.sha256((LOCK / "package-lock.json").read_bytes()).hexdigest()
    with (LOCK / "package-lock.json").open() as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if MADE_FROM.is_file() and MADE_FROM.read_text() == wanted:
            return None
        shutil.rmtree(FOLDER, ignore_errors=True)
        FOLDER.mkdir()
        for each in ("package.json", "package-lock.json"):
            shutil.copy(LOCK / each, FOLDER)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]
        try:
            done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            return f"npm did not install them within {PATIENCE_SECONDS:.0f} seconds"
        assert "EINTEGRITY" not in done.stderr, "what npm fetched is not what the lock says"
        if done.returncode:
            return "npm could not install them"
        _write(MADE_FROM, wanted)
        return None


def _write(path: Path, content: str) -> None:
    unfinished = path.with_suffix(".part")
    unfinished.write_text(content)
    unfinished.replace(path)
