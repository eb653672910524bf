"""`python -m services.notifications.restoring look | propose | confirm`: go on without facts of notifications that are
lost for good (docs/operations.md)."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from psycopg import Connection

from services.httpapi.environment import SettingsInvalid
from services.httpapi.restoration.acting import Outside
from services.httpapi.restoration.command import main
from services.notifications.gate.digest import read_digest
from services.notifications.settings import Settings

KEYS = (
    "SELECT data FROM notifications.event"
    " WHERE topic LIKE 'letter.sending-begun.v%' OR topic LIKE 'notice.sending-begun.v%'"
)
NOT_SENDINGS = frozenset({"unfinished", "receipts"})


def left(outbox: Path) -> Outside:
    """Letters and notices that dispatch was given, and the log knows of no try to send. They left."""

    def unknown(connection: Connection[Any]) -> Sequence[str]:
        if not outbox.is_dir():
            return ()
        known = {json.loads(bytes(row[0])).get("key") for row in connection.execute(KEYS)}
        receipts = {path.stem for path in (outbox / "receipts").glob("*.json")}
        there = {path.name for path in outbox.iterdir() if path.is_dir()} - NOT_SENDINGS | receipts
        return sorted(there - known)

    return unknown


def outbox_of(settings: Settings) -> Path:
    """Where a worker sends. Raises SettingsInvalid where it is not said."""
    if settings.outbox is None:
        raise SettingsInvalid("TILSAGN_OUTBOX is not set: whoever restores looks where a worker sends.")
    return settings.outbox


if __name__ == "__main__":
    main(
        Settings.from_environment,
        log="notifications",
        digest=read_digest,
        outside=lambda told: left(outbox_of(told)),
        arguments=sys.argv[1:],
    )
