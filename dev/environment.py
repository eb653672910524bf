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
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements" / "dev.txt"
VENV = ROOT / ".venv"
MADE_FROM = VENV / "made-from"
PYTHON = VENV / "bin" / "python"

# Settings of the caller's shell that would send the packages somewhere else than into the environment.
ASTRAY = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV", "PYTHONHOME", "PYTHONPATH")

# How pip begins the line on which it takes up a package, from an index or from a folder.
TAKES = ("Collecting ", "Processing ")


def wanted() -> str:
    """What the environment should be made from: the lock's digest, and the interpreter that carries it."""
    return f"{hashlib.sha256(LOCK.read_bytes()).hexdigest()} {sys.version.split()[0]} {ROOT}"


def is_whole() -> bool:
    """Whether the environment that stands there was finished, from this lock, here, and still has its Python."""
    return MADE_FROM.is_file() and MADE_FROM.read_text() == wanted() and PYTHON.exists()


def make() -> None:
    """Build it from nothing."""
    began = time.monotonic()
    shutil.rmtree(VENV, ignore_errors=True)
    print("Making the environment (.venv), once:", flush=True)
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True)
    if made.returncode:
        sys.exit(f"{made.stdout}{made.stderr}\n{sys.executable} cannot make a virtual environment (see above).")
    install()
    unfinished = MADE_FROM.with_suffix(".part")
    unfinished.write_text(wanted())
    unfinished.replace(MADE_FROM)
    print(f"  made in {time.monotonic() - began:.0f} s", flush=True)


def install() -> None:
    """Install exactly the locked packages, wheels only, showing each as it comes."""
    names = [line.split("==")[0] for line in LOCK.read_text().splitlines() if "==" in line and line[:1].isalnum()]
    command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-deps", "--only-binary", ":all:"]
    command += ["--disable-pip-version-check", "--no-input", "--progress-bar", "off", "-r", str(LOCK)]
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


def main() -> None:
    """Make the environment unless it is whole; two at once take turns."""
    with LOCK.open() as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not is_whole():
            make()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nInterrupted. The next command makes the environment anew.")
