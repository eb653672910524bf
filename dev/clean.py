"""`make clean`: stop what a run left behind and remove everything that was made. The next run starts from nothing.

Uses the standard library only, for the environment may be half made or gone.
"""

import fcntl
import os
import shutil
import signal
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHES = (".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".import_linter_cache")


def main() -> None:
    """Remove the environment, the state and the caches, unless a run is using them."""
    state = Path(os.environ.get("TILSAGN_STATE", ROOT / ".tilsagn")).absolute()
    remove_state(state)
    remove_state(Path(os.environ.get("TILSAGN_DEMO_STATE", ROOT / ".tilsagn-demo")).absolute())
    large = Path(os.environ.get("TILSAGN_LARGE_STATE", ROOT / ".tilsagn-large")).absolute()
    for each in large.glob("*"):
        remove_state(each)
    shutil.rmtree(large, ignore_errors=True)
    for name in (".venv", ".venv-patroni", ".node", *CACHES):
        shutil.rmtree(ROOT / name, ignore_errors=True)
    for folder in ("bench", "dev", "migrations", "services", "tests"):
        for cache in (ROOT / folder).rglob("__pycache__"):
            shutil.rmtree(cache, ignore_errors=True)
    print("Clean.")


def remove_state(state: Path) -> None:
    """Remove a run's folder with its database, wherever that stands; refuses while a run holds it."""
    database = (state / "postgres").resolve()
    if (database / "lock").exists():
        with (database / "lock").open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                sys.exit("Tilsagn is running from here. Stop it first (Ctrl-C where it runs).")
            end_postmaster(database)
            shutil.rmtree(database)
    if state.exists():
        shutil.rmtree(state)


def end_postmaster(database: Path) -> None:
    """Stop a PostgreSQL that outlived a killed run. Its own file says which process it is."""
    path = database / "data" / "postmaster.pid"
    if not path.exists():
        return
    pid = int(path.read_text().split("\n", 1)[0])
    command = Path(f"/proc/{pid}/cmdline")
    if command.exists() and os.fsencode(database / "data") in command.read_bytes():
        os.kill(pid, signal.SIGINT)
        while command.exists():
            time.sleep(0.1)


if __name__ == "__main__":
    main()
