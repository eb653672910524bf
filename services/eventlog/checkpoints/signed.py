"""What the log itself keeps of its checkpoints: a command without facts for each, chained like every other.

So whoever takes the newest files away must also set the log back; and a service that starts on what is left does not
sign over the gap, but says that it is there.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from psycopg import Connection

ACTOR = "log:checkpoints"


@dataclass(frozen=True, slots=True)
class LastSigned:
    """The newest checkpoint the log knows of: its number, and the SHA-256 of its file."""

    number: int = 0
    file_hash: str | None = None


class OtherwiseSigned(Exception):
    """The log keeps another digest for that number: it was signed before, and not with these bytes."""


def find_last_signed(connection: Connection[Any], schema: str) -> LastSigned:
    """The newest one recorded; number 0 when none ever was."""
    query = (
        f"SELECT key, request_hash FROM {schema}.command WHERE actor = %s AND key IS NOT NULL ORDER BY key DESC LIMIT 1"
    )
    row = connection.execute(query.encode(), (ACTOR,)).fetchone()
    return LastSigned(int(row[0]), row[1].hex()) if row else LastSigned()


def record_signed(connection: Connection[Any], schema: str, signed: LastSigned, said_at: datetime) -> None:
    """Keep that a checkpoint was made. Harmless to repeat. `connection` commits each statement (autocommit); `said_at`
    is the service's clock, and while the log's does not agree with it nothing is kept, and it is tried at the next."""
    assert signed.file_hash is not None
    digest = bytes.fromhex(signed.file_hash)
    query = (
        f"SELECT outcome, request_hash FROM {schema}.append("
        "ARRAY[%s]::uuid[], ARRAY[%s], ARRAY[%s], ARRAY[%s]::bytea[], ARRAY[NULL]::bytea[],"
        " ARRAY[0], '{}', '{}', '{}', '{}', '{}', ARRAY[NULL]::jsonb[], %s)"
    )
    asked = (uuid4(), ACTOR, f"{signed.number:08}", digest, said_at)
    row = connection.execute(query.encode(), asked).fetchone()
    if row is not None and row[0] == "repeated" and row[1] != digest:
        raise OtherwiseSigned(f"number {signed.number} was signed before, as {row[1].hex()}")
