"""`make image`: the image, where no registry is to be reached: a base made of Debian's packages, and the Dockerfile on
it.

It takes `buildah` and `mmdebstrap` (Debian's packages) and root, and keeps all of it under `.tilsagn/image/`. What runs
is isolated by chroot alone, so it also works within a container that may make none. Where pip finds packages is this
machine's setting, and is lent to the build; none of it stays in the image.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from dev.state import ROOT, State

BASE, NAME = "localhost/tilsagn-base", "localhost/tilsagn"
SUITE = "bookworm"
PACKAGES = ("ca-certificates", "passwd", "python-is-python3", "python3", "python3-venv")
"""What python:3.11-slim has that we use."""
LENT = ("/etc/pip.conf", "/etc/xdg/pip", "/etc/ssl/certs/ca-certificates.crt", "/etc/resolv.conf")
NEEDED = ("buildah", "mmdebstrap")


def place() -> Path:
    return State.of_this_checkout().folder / "image"


def command(verb: str, *rest: str) -> list[str]:
    """What is run: buildah, on storage of this checkout's own."""
    isolated = ("--isolation=chroot",) if verb in ("run", "bud") else ()
    storage = ("--storage-driver=vfs", f"--root={place() / 'storage'}", f"--runroot={place() / 'running'}")
    return ["buildah", *storage, verb, *isolated, *rest]


def buildah(verb: str, *rest: str) -> str:
    """What it says. Raises CalledProcessError."""
    return subprocess.run(command(verb, *rest), cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def lent() -> Iterator[str]:
    """What the build may read of this machine: how pip finds packages, and where it keeps some."""
    folders = os.environ.get("PIP_FIND_LINKS", "").split()
    said = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True).stdout
    folders += [
        each.removeprefix("file://").strip("'") for line in said.splitlines() for each in line.split("=")[-1].split()
    ]
    for each in dict.fromkeys((*LENT, *(folder.strip("'").removeprefix("file://") for folder in folders))):
        if each.startswith("/") and Path(each).exists():
            yield f"--volume={each}:{each}:ro"


def make_base() -> None:
    """Debian's packages, as an image."""
    tar = place() / "base.tar"
    if not tar.is_file():
        unfinished = tar.with_suffix(".part.tar")
        made = ["mmdebstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", SUITE, str(unfinished)]
        subprocess.run(made, check=True)
        unfinished.replace(tar)
    container = buildah("from", "scratch").strip()
    buildah("add", "--quiet", container, str(tar), "/")
    buildah("commit", "--quiet", container, BASE)
    buildah("rm", container)


def make() -> None:
    """The base, and the Dockerfile on it."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing or os.geteuid() != 0:
        sys.exit(
            f"make image takes root and Debian's packages {' and '.join(NEEDED)}: apt-get install {' '.join(NEEDED)}"
        )
    place().mkdir(parents=True, exist_ok=True)
    make_base()
    told = subprocess.run(
        command("bud", "--network=host", f"--build-arg=BASE={BASE}", *lent(), f"--tag={NAME}", "."), cwd=ROOT
    )
    if told.returncode:
        sys.exit("The image could not be made (see above).")


if __name__ == "__main__":
    make()
