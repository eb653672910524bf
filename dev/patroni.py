"""The environment of `make failover`: Patroni, from its own lock, apart from everything else.

It is made like `.venv`, whole or anew (dev/environment.py), in `.venv-patroni`. It is no part of what is developed
with: Patroni's raft comes as source alone, and what the product runs on is wheels only.
"""

import shutil

from dev import account as accounts
from dev.environment import ROOT, WHEELS, make

LOCKS = {
    ROOT / "requirements" / "failover-build.txt": WHEELS,
    ROOT / "requirements" / "failover.txt": ("--no-build-isolation",),
}
"""What is installed, one after the other: with what comes as source built by what was locked, and by nothing newer."""

PLACE = ROOT / ".venv-patroni"
PROGRAM = PLACE / "bin" / "patroni"


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
    make(PLACE, LOCKS)
