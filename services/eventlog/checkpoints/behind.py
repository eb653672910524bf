"""A log that lacks what was signed for takes nothing more.

A backup that was restored, a standby that lagged, a table that somebody cut: the log then ends before its last
checkpoint, or says something else where it was signed. What is recorded there takes positions that others have read as
other facts, and nothing can be signed on it again. So each new connection of a writer is looked at before it records,
for a database is not exchanged under one that stands.
"""

import asyncio
import time
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from psycopg import AsyncConnection, Connection

from services.eventlog.checkpoints.checkpoint import Checkpoint, Checkpoints, canonical, read
from services.eventlog.epoch.events import LogRestored
from services.eventlog.refusal import Refusal

LOOKED_AT = 100
SETTLED_NS = 1_000_000_000
"""Two files that come at one moment may leave the directory with one time."""


class LogBehind(Refusal):
    """The log lacks what a checkpoint was signed for. Nothing is recorded until it holds that again, or people have
    taken up what was lost (docs/operations.md)."""

    code = "log-behind-its-checkpoints"
    status = 503
    title = "Loggen mangler det som er signert, og ingenting registreres"


class SignedFor:
    """What was signed for of one log (`schema`), looked for in the database somebody is about to record in."""

    def __init__(self, directory: Checkpoints, *, schema: str) -> None:
        self._directory, self._schema = directory, schema
        self._kept: tuple[int, Checkpoint | None] = (0, None)
        self._query = (
            f"SELECT coalesce(max(position), 0), (SELECT hash FROM {schema}.event WHERE position = %s),"
            f" (SELECT topic FROM {schema}.event WHERE position = %s) FROM {schema}.event"
        ).encode()

    def look(self, connection: Connection[Any]) -> None:
        """Raises LogBehind unless what was signed last stands in the log on this connection."""
        if signed := self._newest():
            _refuse_without(signed, connection.execute(self._query, asked(signed)).fetchone())

    async def look_aside(self, connection: AsyncConnection[Any]) -> None:
        """The same, where others are served meanwhile."""
        if signed := await asyncio.to_thread(self._newest):
            cursor = await connection.execute(self._query, asked(signed))
            _refuse_without(signed, await cursor.fetchone())

    def _newest(self) -> Checkpoint | None:
        """The newest checkpoint. There come to be hundreds of thousands, so they are not listed anew while nothing has
        come to the directory."""
        directory = self._directory.directory
        changed = directory.stat().st_mtime_ns if directory.exists() else 0
        if changed != self._kept[0] or time.time_ns() - changed < SETTLED_NS:
            self._kept = changed, newest_signed(self._directory, self._schema)
        return self._kept[1]


def signed_at(directory: Path | None, *, schema: str) -> SignedFor | None:
    """What was signed for of that log; None where the settings do not say where that is kept."""
    return None if directory is None else SignedFor(Checkpoints(directory), schema=schema)


def newest_signed(directory: Checkpoints, log: str) -> Checkpoint | None:
    """The newest checkpoint of that log that is truly signed, by the key that was laid beside them; None without one
    among the last hundred. What is wrong with others is for whoever verifies the directory."""
    pem = directory.public_key()
    if pem is None:
        return None
    key = load_pem_public_key(pem)
    for path in directory.files()[: -LOOKED_AT - 1 : -1]:
        try:
            made, signature = read(path.read_bytes())
            assert isinstance(key, Ed25519PublicKey)
            key.verify(signature, canonical(made))
        except (InvalidSignature, ValueError, TypeError, KeyError, AttributeError):
            continue
        if made.log == log:
            return made
    return None


def asked(signed: Checkpoint) -> tuple[int, int]:
    """Where it is looked: what was signed for, and what comes next."""
    return signed.position, signed.position + 1


def _refuse_without(signed: Checkpoint, found: tuple[int, bytes | None, str | None] | None) -> None:
    head, standing, following = found or (0, None, None)
    holds = standing is not None and bytes(standing).hex() == signed.hash
    if holds and (signed.resumes is None or following == LogRestored.TOPIC):
        return
    stands = "and something else stands there" if standing else f"and this log ends at {head}"
    if holds:
        stands = "to go on from there, and the fact that says who agreed is not recorded: confirm it once more"
    raise LogBehind(
        f"Checkpoint {signed.number} was signed for position {signed.position}, {stands}. Nothing was recorded.",
        signed_position=signed.position,
        head=head,
    )
