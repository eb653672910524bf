"""Makes `.venv` from the lock, with hashes required; does nothing when it is already so.

Runs with the machine's own Python, before anything is installed, so it uses the standard library only. The
environment is whole or it is made anew: `.venv/made-from` is written last and names the lock and the interpreter, so
an install that was interrupted, a lock that has changed and an interpreter that has gone are all the same case.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MADE_FROM = "made-from"
PYTHON = Path("bin") / "python"
WHEELS = ("--only-binary", ":all:")
"""Nothing is built here."""

# Settings of the caller's shell that would send the packages somewhere else than into the environment.
ASTRAY = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV", "PYTHONHOME", "PYTHONPATH")

# How pip begins the line on which it takes up a package, from an index or from a folder.
TAKES = ("Collecting ", "Processing ")


def wanted(*locks: Path) -> str:
    """What an environment should be made from: the locks' digest, and the interpreter that carries it."""
    digest = hashlib.sha256(b"".join(lock.read_bytes() for lock in locks)).hexdigest()
    return f"{digest} {sys.version.split()[0]} {ROOT}"


def is_whole(place: Path, *locks: Path) -> bool:
    """Whether the environment that stands there was finished, from these locks, here, and still has its Python."""
    made_from = place / MADE_FROM
    return made_from.is_file() and made_from.read_text() == wanted(*locks) and (place / PYTHON).exists()


def begin(place: Path) -> None:
    """An empty one, in the place of what stands there."""
    shutil.rmtree(place, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", str(place)], capture_output=True, text=True)
    if made.returncode:
        sys.exit(f"{made.stdout}{made.stderr}\n{sys.executable} cannot make a virtual environment (see above).")


def finish(place: Path, *locks: Path) -> None:
    """Say that it is whole."""
    unfinished = (place / MADE_FROM).with_suffix(".part")
    unfinished.write_text(wanted(*locks))
    unfinished.replace(place / MADE_FROM)


def install(place: Path, lock: Path, *more: str) -> None:
    """Install exactly the locked packages, showing each as it comes."""
    names = [line.split("==")[0] for line in lock.read_text().splitlines() if "==" in line and line[:1].isalnum()]
    command = [str(place / PYTHON), "-m", "pip", "install", "--require-hashes", "--no-deps", *more]
    command += ["--disable-pip-version-check", "--no-input", "--progress-bar", "off", "-r", str(lock)]
    environment = {name: value for name, value in os.environ.items() if name not in ASTRAY}
    said = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment) as pip:
        assert pip.stdout is not None
        for line in pip.stdout:
            said.append(line)
            show(line, len(names), sum(1 for earlier in said if earlier.startswith(TAKES)))
    if pip.returncode:
        sys.exit("".join(said[-25:]) + "\nThe locked packages could not be installed (see above).")


def show(line: str, of: int, come: int) -> None:
    """One line of progress: each package on a terminal, every tenth in a log."""
    if line.startswith(TAKES):
        name = re.split(r"==|-\d", Path(line.split()[1]).name)[0]
        if sys.stdout.isatty():
            print(f"\r\033[K  {come} of {of}  {name}", end="", flush=True)
        elif come % 10 == 0:
            print(f"  {come} of {of}  {name}", flush=True)
    elif line.startswith("Installing collected packages"):
        print(("\r\033[K" if sys.stdout.isatty() else "") + "  unpacking", flush=True)


def make(place: Path, locks: Mapping[Path, Sequence[str]]) -> None:
    """Make the environment from these locks, each with what pip is told of it, unless it is whole; two at once take
    turns."""
    with next(iter(locks)).open() as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if is_whole(place, *locks):
            return
        began = time.monotonic()
        print(f"Making the environment ({place.name}), once:", flush=True)
        begin(place)
        for lock, more in locks.items():
            install(place, lock, *more)
        finish(place, *locks)
        print(f"  made in {time.monotonic() - began:.0f} s", flush=True)


def add(place: Path, lock: Path) -> None:
    """Install what this lock has beside, unless that was done: it adds to a whole environment, and changes none of what
    stands in it, so nothing is made anew for it."""
    added = place / f"added-{lock.stem}"
    with lock.open() as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if added.is_file() and added.read_text() == wanted(lock):
            return
        install(place, lock, *WHEELS)
        added.write_text(wanted(lock))


if __name__ == "__main__":
    try:
        make(ROOT / ".venv", {ROOT / "requirements" / "dev.txt": WHEELS})
        add(ROOT / ".venv", ROOT / "requirements" / "tracing.txt")
    except KeyboardInterrupt:
        sys.exit("\nInterrupted. The next command makes the environment anew.")
