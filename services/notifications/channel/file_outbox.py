"""The channel that is always there: a directory that the archive and dispatch system empties.

Each sending is one folder, named by its key: `message.json` says to whom, and the files lie beside it. It appears whole
or not at all (written elsewhere, flushed, renamed). What carries it on answers with `receipts/<key>.json`:
`{"delivered_at": "2020-05-20T06:40:03Z", "evidence": "..."}` once the receiver has it, or `{"problem": "..."}`.
"""

import asyncio
import contextlib
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from services.notifications.channel.port import Arrived, CannotTell, Envelope, Lost, NotSent, OutcomeUnknown, Sent
from services.notifications.facts.channel import Channel

LONGEST_EVIDENCE = 200


class FileOutbox:
    """The outbox of one directory."""

    name: Channel = "file-outbox"

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def send(self, envelope: Envelope) -> Sent:
        """The folder is there when this returns, once, however often asked for. Raises NotSent, OutcomeUnknown."""
        return await asyncio.to_thread(self._put, envelope)

    async def find(self, key: str) -> Sent | None:
        """The folder of that key, if it is there or was there: a folder carried on leaves its receipt behind."""
        return await asyncio.to_thread(self._find, key)

    async def follow(self, key: str, reference: str) -> Arrived | Lost | None:  # noqa: ARG002 - the key names it
        """What the receipt says, once there is one. Raises CannotTell when it cannot be read."""
        return await asyncio.to_thread(self._follow, key)

    def _put(self, envelope: Envelope) -> Sent:
        unfinished = self._directory / "unfinished"
        with contextlib.ExitStack() as alone:
            try:
                unfinished.mkdir(parents=True, exist_ok=True)
                alone.enter_context(_alone_in(unfinished))
            except OSError as problem:
                raise NotSent(f"the outbox cannot be written: {problem.strerror}", lasting=False) from problem
            return self._find(envelope.key) or self._put_alone(envelope, unfinished / envelope.key)

    def _put_alone(self, envelope: Envelope, unfinished: Path) -> Sent:
        try:
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            for file in envelope.files:
                _write(unfinished / file.name, file.content)
            _write(unfinished / "message.json", json.dumps(_told(envelope), ensure_ascii=False, indent=2).encode())
            _flush(unfinished)
        except OSError as problem:
            raise NotSent(f"the outbox cannot be written: {problem.strerror}", lasting=False) from problem
        try:
            unfinished.rename(self._directory / envelope.key)
            _flush(self._directory)
        except OSError as problem:
            raise OutcomeUnknown(f"the outbox was cut off: {problem.strerror}") from problem
        return Sent(reference=envelope.key)

    def _find(self, key: str) -> Sent | None:
        try:
            there = (self._directory / key).is_dir() or self._receipt(key).is_file()
        except OSError as problem:
            raise CannotTell(f"the outbox cannot be read: {problem.strerror}") from problem
        return Sent(reference=key) if there else None

    def _follow(self, key: str) -> Arrived | Lost | None:
        try:
            told = json.loads(self._receipt(key).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as problem:
            raise CannotTell(f"the receipt cannot be read: {type(problem).__name__}") from problem
        with contextlib.suppress(KeyError, TypeError, ValueError):
            if "problem" in told:
                return Lost(problem=str(told["problem"])[:LONGEST_EVIDENCE])
            at = datetime.fromisoformat(told["delivered_at"])
            if at.tzinfo is not None and isinstance(told["evidence"], str) and told["evidence"]:
                return Arrived(at=at.astimezone(UTC), evidence=told["evidence"][:LONGEST_EVIDENCE])
        raise CannotTell("the receipt says neither when it was delivered nor what went wrong")

    def _receipt(self, key: str) -> Path:
        return self._directory / "receipts" / f"{key}.json"


@contextlib.contextmanager
def _alone_in(directory: Path) -> Iterator[None]:
    """Whoever else would put something waits: two tries of one sending would else write and clear the same folder. The
    kernel gives the lock back however the process ends."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _told(envelope: Envelope) -> dict[str, object]:
    return {
        "key": envelope.key,
        "kind": envelope.kind,
        "receiver": {
            "name": envelope.receiver.name,
            "organisation_number": envelope.receiver.number,
            "address": envelope.receiver.address,
        },
        "title": envelope.title,
        "text": envelope.text,
        "files": [
            {"name": file.name, "media_type": file.media_type, "sha256": hashlib.sha256(file.content).hexdigest()}
            for file in envelope.files
        ],
    }


def _write(path: Path, content: bytes) -> None:
    """The file, on the disk before this returns."""
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _flush(directory: Path) -> None:
    """The directory's names too."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
