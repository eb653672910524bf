"""The mark of a folder: a hidden file with something random in it, made once. A copy of the folder has it too; another
folder never has."""

import contextlib
import hashlib
import os
import secrets
from pathlib import Path

FILE = ".tilsagn-outbox"


def find_mark(directory: Path) -> str | None:
    """The SHA-256 (hex) of the folder's mark; None where it has none. Raises OSError where the folder cannot be
    read."""
    try:
        return hashlib.sha256((directory / FILE).read_bytes()).hexdigest()
    except FileNotFoundError:
        return None


def make_mark(directory: Path) -> str:
    """The same, of a mark that is made now unless there is one. Of two at once, one is kept. Raises OSError,
    also where there is no folder: it may be one that is not mounted."""
    part = directory / f"{FILE}.{secrets.token_hex(8)}.part"
    try:
        with part.open("xb") as file:
            file.write(secrets.token_hex(32).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(part, directory / FILE)
    finally:
        part.unlink(missing_ok=True)
    made = find_mark(directory)
    assert made is not None
    return made
