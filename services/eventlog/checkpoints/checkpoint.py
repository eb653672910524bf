"""Signed checkpoints of the log, kept outside the database.

Whoever owns the database can rewrite all of it, hashes too. What they cannot do is sign. Each checkpoint says which
hash stood at which position, how far commands were chained, and what all balances came to, and names the checkpoint
before it. The log itself keeps the digest of the newest (signed.py), so that files taken away from the end are missed.
What neither can tell is that both were set back together: copy the directory elsewhere.
"""

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from services.eventlog.checkpoints.chain import Fault

PUBLIC_KEY = "public-key.pem"
NOTHING_BEFORE = "0" * 64


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoint:
    """What stood at one position when it was signed. `balances` is the digest of every fund's totals then, `previous`
    the SHA-256 of the file of the checkpoint before; `commands` is the number of the last chained command, with its
    hash, and absent in checkpoints from before commands were chained. Hashes are hexadecimal, instants ISO 8601 in UTC.

    `resumes` is there where facts that were signed for are lost, and people have agreed to go on without them: the
    number of the last checkpoint that still holds (0 where none does). What was signed between that one and this one
    stands no more; the log goes on at the position after this one's with the fact that says who agreed.
    """

    log: str
    number: int
    position: int
    hash: str
    recorded_at: str
    balances: str
    previous: str
    made_at: str
    commands: int | None = None
    commands_hash: str | None = None
    resumes: int | None = None


def standing(made: Sequence[Checkpoint]) -> list[Checkpoint]:
    """The checkpoints that the log must still hold, oldest first: those after which no later one resumes."""
    still: list[Checkpoint] = []
    for each in made:
        while each.resumes is not None and still and still[-1].number > each.resumes:
            still.pop()
        still.append(each)
    return still


def said(checkpoint: Checkpoint) -> dict[str, str | int]:
    """What the checkpoint says, by name. What it says nothing of is left out."""
    return {name: value for name, value in asdict(checkpoint).items() if value is not None}


def canonical(checkpoint: Checkpoint) -> bytes:
    """The bytes that are signed: JSON with sorted keys and no spaces (RFC 8785 for these plain values)."""
    return json.dumps(said(checkpoint), sort_keys=True, separators=(",", ":")).encode()


def load_signing_key(path: Path) -> Ed25519PrivateKey:
    """The key that signs, from a PKCS8 PEM file."""
    key = load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, Ed25519PrivateKey), f"{path} holds no Ed25519 key"
    return key


def load_public_key(path: Path) -> Ed25519PublicKey:
    """The key that verifies, from a PEM file."""
    key = load_pem_public_key(path.read_bytes())
    assert isinstance(key, Ed25519PublicKey), f"{path} holds no Ed25519 key"
    return key


class Checkpoints:
    """The directory of checkpoints: 00000001.json and on, one file each, never written twice."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def files(self) -> list[Path]:
        """The files, oldest first."""
        return sorted(self.directory.glob("[0-9]*.json"))

    def contents(self) -> Iterator[bytes]:
        """Every file's bytes, oldest first."""
        return (path.read_bytes() for path in self.files())

    def public_key(self) -> bytes | None:
        """The key that was laid beside them (PEM); None before any was."""
        path = self.directory / PUBLIC_KEY
        return path.read_bytes() if path.exists() else None

    def add(self, checkpoint: Checkpoint, key: Ed25519PrivateKey) -> bool:
        """Sign and write the next one: whole or not at all, and on disk when this returns. False if somebody else
        wrote that number first, which is left as it is."""
        signed = said(checkpoint) | {"signature": key.sign(canonical(checkpoint)).hex()}
        final = self.directory / f"{checkpoint.number:08}.json"
        with tempfile.NamedTemporaryFile(dir=self.directory, prefix=".unfinished-") as file:
            file.write(json.dumps(signed, sort_keys=True, separators=(",", ":")).encode() + b"\n")
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            os.fsync(file.fileno())
            try:
                os.link(file.name, final)
            except FileExistsError:
                return False
        flush_directory(self.directory)
        return True

    def publish(self, key: Ed25519PrivateKey) -> None:
        """Lay the public key beside the checkpoints, for whoever verifies them. A key that is there already stays."""
        self.directory.mkdir(parents=True, exist_ok=True)
        path = self.directory / PUBLIC_KEY
        if not path.exists():
            pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            with tempfile.NamedTemporaryFile(dir=self.directory, prefix=".unfinished-", delete=False) as file:
                file.write(pem)
                os.fchmod(file.fileno(), 0o644)
            Path(file.name).replace(path)


def flush_directory(directory: Path) -> None:
    """Make the directory's own entries safe against a power cut."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(content: bytes) -> tuple[Checkpoint, bytes]:
    """A checkpoint and its signature from a file's bytes. Raises ValueError, TypeError or KeyError if it is none."""
    fields = json.loads(content)
    signature = bytes.fromhex(fields.pop("signature"))
    return Checkpoint(**fields), signature


@dataclass(frozen=True, slots=True)
class Verified:
    """How far a directory's checkpoints hold: how many, the SHA-256 of the last one's file, and what it says."""

    number: int = 0
    file_hash: str = NOTHING_BEFORE
    checkpoint: Checkpoint | None = None

    @property
    def position(self) -> int:
        return self.checkpoint.position if self.checkpoint else 0

    @property
    def commands(self) -> int | None:
        return self.checkpoint.commands if self.checkpoint else None


def verify(contents: Iterable[bytes], key: Ed25519PublicKey) -> tuple[list[Checkpoint], list[Fault]]:
    """The checkpoints that are truly signed, oldest first, and what is wrong with the others or with their order."""
    found: list[Checkpoint] = []
    faults: list[Fault] = []
    place = Verified()
    for content in contents:
        place, wrong = follow(place, content, key)
        faults += wrong
        if place.checkpoint is not None and (not found or found[-1] is not place.checkpoint):
            found.append(place.checkpoint)
    return found, faults + _strays(found)


def _strays(made: Sequence[Checkpoint]) -> list[Fault]:
    """Those that say they resume one that is not there, or that goes further than they do."""
    still, faults = list[Checkpoint](), list[Fault]()
    for each in made:
        if each.resumes is not None:
            still = standing([*still, each])[:-1]
            before = still[-1] if still else None
            if (before.number if before else 0) != each.resumes or (before and before.position > each.position):
                detail = f"number {each.number} resumes number {each.resumes}, which it does not follow"
                faults.append(Fault(each.position, "checkpoint", detail))
        still.append(each)
    return faults


def follow(place: Verified, content: bytes, key: Ed25519PublicKey) -> tuple[Verified, list[Fault]]:
    """The next file: a checkpoint truly signed, which names the one before it and goes further in the log."""
    number, file_hash = place.number + 1, sha256(content).hexdigest()
    try:
        made, signature = read(content)
        key.verify(signature, canonical(made))
    except (InvalidSignature, ValueError, TypeError, KeyError, AttributeError) as wrong:
        detail = f"number {number} is not what was signed ({type(wrong).__name__})"
        fault = Fault(place.position + 1, "checkpoint", detail)
        return replace(place, number=number, file_hash=file_hash), [fault]
    faults, further = [], made.position > place.position
    if made.number > number:
        detail = f"numbers {number} to {made.number - 1} are gone"
        faults.append(Fault(place.position + 1, "checkpoint", detail))
    elif (made.number, made.previous) != (number, place.file_hash) or not (made.resumes is not None or further):
        detail = f"number {made.number} does not follow the one before it"
        faults.append(Fault(place.position + 1, "checkpoint", detail))
    if made.commands is None or made.commands_hash is None:
        if place.commands is not None:
            faults.append(Fault(made.position, "checkpoint", f"number {made.number} says nothing of commands"))
    elif made.resumes is None and made.commands < (place.commands or 0):
        faults.append(Fault(made.position, "checkpoint", f"number {made.number} has fewer commands than before"))
    return Verified(made.number, file_hash, made), faults
