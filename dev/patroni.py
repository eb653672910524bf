"""The environment of `make failover`: Patroni, from its own lock, apart from everything else.

It is made like `.venv`, whole or anew (dev/environment.py), in `.venv-patroni`. It is no part of what is developed
with: Patroni's raft comes as source alone, and what the product runs on is wheels only.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from dev import account as accounts
from dev.state import ROOT

LOCKS = {
    "failover-build": ["--only-binary", ":all:"],
    "failover": ["--no-build-isolation"],
}
"""What is installed, one after the other: with what comes as source built by what was locked, and by nothing newer."""

PLACE = ROOT / ".venv-patroni"
PYTHON = PLACE / "bin" / "python"
PROGRAM = PLACE / "bin" / "patroni"
MADE_FROM = PLACE / "made-from"


def wanted() -> str:
    """What it should be made from."""
    digest = hashlib.sha256(b"".join(lock_of(name).read_bytes() for name in LOCKS)).hexdigest()
    return f"{digest} {sys.version.split()[0]} {ROOT}"


def lock_of(name: str) -> Path:
    """Where its exact versions stand, with hashes."""
    return ROOT / "requirements" / f"{name}.txt"


def make() -> None:
    """From nothing, unless it is whole."""
    if MADE_FROM.is_file() and MADE_FROM.read_text() == wanted() and PYTHON.exists():
        return
    print("Making the environment of Patroni (.venv-patroni), once ...", flush=True)
    shutil.rmtree(PLACE, ignore_errors=True)
    venv.create(PLACE, with_pip=True)
    for name, more in LOCKS.items():
        command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", *more]
        command += ["--disable-pip-version-check", "--no-input", "-r", str(lock_of(name))]
        subprocess.run(command, check=True)
    MADE_FROM.write_text(wanted())


def ambient() -> list[str]:
    """What a command begins with that PostgreSQL is started by. It refuses to run as root: root hands down to an
    account that is nobody's, which may still read the folders of the checkout."""
    account = accounts.server_account()
    if account is None:
        return []
    setpriv = shutil.which("setpriv")
    assert setpriv is not None, "as root this needs setpriv (util-linux); or run it as an ordinary user"
    return [
        setpriv, f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups",
        "--inh-caps=+dac_override", "--ambient-caps=+dac_override",
    ]  # fmt: skip


if __name__ == "__main__":
    os.chdir(ROOT)
    make()
