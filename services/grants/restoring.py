"""`python -m services.grants.restoring look | propose | confirm`: go on without facts of grants that are lost for good
(docs/operations.md)."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from psycopg import Connection

from services.grants.balance.digest import read_digest
from services.grants.settings import Settings
from services.httpapi.restoration.acting import Outside
from services.httpapi.restoration.command import main

BATCHES = "SELECT data FROM grants.event WHERE topic LIKE 'disbursement.batch-made.v%'"


def left(outbox: Path | None) -> Outside:
    """Payment requests that accounting was given and the log knows nothing of: they may be paid."""

    def unknown(connection: Connection[Any]) -> Sequence[str]:
        if outbox is None or not outbox.is_dir():
            return ()
        known = {json.loads(bytes(row[0])).get("file_name") for row in connection.execute(BATCHES)}
        there = {path.name for path in outbox.iterdir() if not path.name.startswith(".")}
        return sorted(there - known)

    return unknown


if __name__ == "__main__":
    main(
        Settings.from_environment,
        log="grants",
        digest=read_digest,
        outside=lambda told: left(told.accounting_outbox),
        arguments=sys.argv[1:],
    )
