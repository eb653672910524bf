"""Up to where a log was last verified whole, and on which day: kept outside the database by whoever verifies, and
signed with a key of theirs.

It names the last checkpoint that stood then: its number, the SHA-256 of its file, and the position, fact and command
that it signs for. So it can be moved forward neither by whoever owns the database nor by whoever holds the directory of
checkpoints; the services know nothing of it, nor of its key.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from dev.postgres import write_private
from services.eventlog.checkpoints.checkpoint import Checkpoint, Checkpoints, Verified


class NotVerified(Exception):
    """No whole verification is known that what came since could be held against. The message says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Whole:
    """A log that was verified whole, without a fault, as far as `checkpoint` signed for it. `file` is the SHA-256 of
    that checkpoint's file, `hash` that of the fact at its position, `commands_hash` that of its last command, in
    hexadecimal. `verified_at` is an instant in UTC, as ISO 8601 writes it."""

    log: str
    checkpoint: int
    file: str
    position: int
    hash: str
    commands: int
    commands_hash: str
    verified_at: str

    @property
    def place(self) -> Verified:
        """Where the checkpoints go on from."""
        return Verified(self.checkpoint, self.file, self.signed)

    @property
    def signed(self) -> Checkpoint:
        """What it holds of that checkpoint: enough to follow the next one from."""
        return Checkpoint(
            log=self.log,
            number=self.checkpoint,
            position=self.position,
            hash=self.hash,
            recorded_at="",
            balances="",
            previous="",
            made_at="",
            commands=self.commands,
            commands_hash=self.commands_hash,
        )

    def said(self) -> str:
        """For whoever reads the answer."""
        day = self.verified_at[:10]
        return f"facts 1 to {self.position:,} were last verified whole on {day}, and are not looked at now"


def whole_at(directory: Path, last: Checkpoint, at: datetime) -> Whole | None:
    """What a whole verification that found no fault has shown, by the last checkpoint it held; None where that one says
    nothing of commands."""
    if last.commands is None or last.commands_hash is None:
        return None
    [file] = [path for path in Checkpoints(directory).files() if int(path.stem) == last.number]
    return Whole(
        log=last.log,
        checkpoint=last.number,
        file=sha256(file.read_bytes()).hexdigest(),
        position=last.position,
        hash=last.hash,
        commands=last.commands,
        commands_hash=last.commands_hash,
        verified_at=at.isoformat(timespec="seconds"),
    )


def keep(folder: Path, whole: Whole, key: Ed25519PrivateKey) -> None:
    """Laid in the folder, for this log, in the place of what was kept before."""
    folder.mkdir(parents=True, exist_ok=True)
    said = asdict(whole)
    write_private(
        folder / f"{whole.log}.json", json.dumps(said | {"signature": key.sign(_bytes(said)).hex()}, indent=2)
    )


def find(folder: Path, log: str, key: Ed25519PublicKey) -> Whole:
    """What is kept of this log. Raises `NotVerified` where nothing is, or where it was not signed with this key."""
    path = folder / f"{log}.json"
    if not path.exists():
        raise NotVerified(f"{path} is not there: verify the log of {log} whole first")
    try:
        said = json.loads(path.read_bytes())
        signature = bytes.fromhex(said.pop("signature"))
        key.verify(signature, _bytes(said))
        whole = Whole(**said)
    except (InvalidSignature, ValueError, TypeError, KeyError, AttributeError) as wrong:
        detail = f"{path} is not what whoever verifies has signed ({type(wrong).__name__})"
        raise NotVerified(f"{detail}: verify the log of {log} whole") from wrong
    if whole.log != log:
        raise NotVerified(f"{path} is of the log of {whole.log}")
    return whole


def _bytes(said: dict[str, object]) -> bytes:
    return b"tilsagn verified\0" + json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
