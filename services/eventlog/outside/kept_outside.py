"""Facts that must not be lost with the database, kept beside the checkpoints: who was erased, what is to be paid.

Each is a file of its own, written once, signed with the key of the checkpoints, and named by its place: the same place
of a log that went on otherwise is another file. They hold what the log holds, and nobody's name or number.
"""

import json
import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import Connection

from services.eventlog.checkpoints.checkpoint import flush_directory
from services.eventlog.events import Event
from services.eventlog.mapper import decode

FOLDER, PLACE = "kept", "place.json"
HASHES = "SELECT position, encode(hash, 'hex') FROM {schema}.event WHERE position = ANY (%s)"


@dataclass(frozen=True, kw_only=True)
class KeptFact:
    """A fact as it stands in the log of that name: its position, the hash (hex) there, and what it says."""

    log: str
    position: int
    hash: str
    stream: str
    topic: str
    data: str

    @property
    def event(self) -> Event:
        return decode(self.topic, self.data.encode())


@dataclass(frozen=True, kw_only=True)
class Again:
    """What is recorded of a kept fact that the log has lost."""

    stream: str
    event: Event


class KeptOutside:
    """The facts kept of one log, in the folder `kept` beside its checkpoints."""

    def __init__(self, checkpoints: Path, key: Ed25519PrivateKey, *, log: str) -> None:
        self._folder, self._key, self._log = checkpoints / FOLDER, key, log

    def add(self, fact: KeptFact) -> None:
        """Keep it: whole or not at all, and on disk when this returns. Again is nothing."""
        self._folder.mkdir(parents=True, exist_ok=True)
        final = self._folder / f"{fact.position:012}-{fact.hash[:16]}.json"
        if final.exists():
            return
        signed = asdict(fact) | {"signature": self._key.sign(_signed(fact)).hex()}
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".unfinished-", delete=False) as file:
            file.write(json.dumps(signed, sort_keys=True).encode() + b"\n")
            file.flush()
            os.fchmod(file.fileno(), 0o640)
            os.fsync(file.fileno())
        Path(file.name).replace(final)
        flush_directory(self._folder)

    def list_all(self) -> list[KeptFact]:
        """All of this log that we signed, by position. What anybody else laid there says nothing."""
        return [fact for path in sorted(self._folder.glob("[0-9]*.json")) if (fact := self._read(path)) is not None]

    def lost(self, connection: Connection[Any]) -> list[KeptFact]:
        """Those that do not stand in the log on this connection: it was brought back to before them."""
        kept = self.list_all()
        asked = ([each.position for each in kept],)
        there = dict(connection.execute(HASHES.format(schema=self._log).encode(), asked).fetchall()) if kept else {}
        return [each for each in kept if there.get(each.position) != each.hash]

    def place(self) -> tuple[int, str]:
        """How far the log has been looked through, and the hash there; the beginning where that is not known."""
        try:
            told = json.loads((self._folder / PLACE).read_text(encoding="utf-8"))
            return int(told["position"]), str(told["hash"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0, ""

    def keep_place(self, position: int, digest: str) -> None:
        """It is looked through up to there."""
        self._folder.mkdir(parents=True, exist_ok=True)
        unfinished = self._folder / f".{PLACE}"
        unfinished.write_text(json.dumps({"position": position, "hash": digest}), encoding="utf-8")
        unfinished.replace(self._folder / PLACE)

    def _read(self, path: Path) -> KeptFact | None:
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            signature = bytes.fromhex(told.pop("signature"))
            fact = KeptFact(**told)
            self._key.public_key().verify(signature, _signed(fact))
        except (OSError, ValueError, TypeError, KeyError, AttributeError, InvalidSignature):
            return None
        return fact if fact.log == self._log else None


def _signed(fact: KeptFact) -> bytes:
    return b"tilsagn kept outside\n" + json.dumps(asdict(fact), sort_keys=True).encode()


def by_stream(again: Iterable[Again]) -> dict[str, Sequence[Event]]:
    """What is recorded again, each stream's in order."""
    streams: dict[str, list[Event]] = {}
    for each in again:
        streams.setdefault(each.stream, []).append(each.event)
    return dict(streams)
