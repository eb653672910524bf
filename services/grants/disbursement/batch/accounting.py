"""The accounting system, as far as we know it: a place that takes the files of payment requests.

The port has one method. What is behind it may change (a directory now; another system's own interface later) without
anything else in the room noticing: requests go out as documented bytes, receipts come in over our own API.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from services.grants.disbursement.batch.payment_file import PaymentFile


class AnotherFileThere(Exception):
    """A file of that name with other bytes lies in the outbox. Nobody but us writes there; look into it."""


class Accounting(Protocol):
    """Who takes payment requests."""

    @property
    def place(self) -> str:
        """The kind of place, for the record of the hand-over."""
        ...

    def hand_over(self, file: PaymentFile) -> None:
        """Hand the file over, whole or not at all. The same file again, by name and bytes, is nothing. Raises OSError
        when it cannot be done now, AnotherFileThere when it must not."""
        ...


@dataclass(frozen=True, slots=True)
class FileOutbox:
    """A directory that the accounting system empties.

    A file appears under its name only when every byte of it is on disk: it is written beside, and linked in. The link
    refuses a name that is taken, so two processes at once make one file.
    """

    directory: Path

    @property
    def place(self) -> str:
        return "file-outbox"

    def hand_over(self, file: PaymentFile) -> None:
        there = self.directory / file.name
        for left_behind in self.directory.glob(f".{file.name}.*.part"):
            left_behind.unlink(missing_ok=True)
        part = self.directory / f".{file.name}.{secrets.token_hex(8)}.part"
        try:
            _write(part, file.content)
            os.link(part, there)
        except FileExistsError:
            if there.read_bytes() != file.content:
                raise AnotherFileThere(f"{file.name} is in the outbox with other bytes") from None
        finally:
            part.unlink(missing_ok=True)
        _flush(self.directory)


def _write(path: Path, content: bytes) -> None:
    """New, readable by the owner and the group only, and on disk when this returns."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "wb") as part:
        part.write(content)
        part.flush()
        os.fsync(part.fileno())


def _flush(directory: Path) -> None:
    """The directory's own entry is on disk too."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
