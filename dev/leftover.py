"""A child that outlived a killed run, found again by what was written down about it, and never mistaken for another."""

import contextlib
import json
import subprocess
from pathlib import Path

import psutil

from services.calendar.patience import at_most

END_SECONDS = at_most(30)


def record(path: Path, child: subprocess.Popen[bytes]) -> None:
    """Write down which process it is. The moment it started tells it from a later process of the same number."""
    path.write_text(json.dumps({"pid": child.pid, "started": psutil.Process(child.pid).create_time()}))


def end_recorded(path: Path) -> None:
    """End the process that was written down, if it still runs, and forget it."""
    with contextlib.suppress(FileNotFoundError, ValueError, KeyError, psutil.NoSuchProcess):
        noted = json.loads(path.read_text())
        process = psutil.Process(noted["pid"])
        if process.create_time() == noted["started"]:
            process.terminate()
            try:
                process.wait(END_SECONDS)
            except psutil.TimeoutExpired:
                process.kill()
                process.wait()
    path.unlink(missing_ok=True)
