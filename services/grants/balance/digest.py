"""All balances as one short text, for signed checkpoints: the same funds with the same totals, the same digest."""

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from psycopg import Connection

TOTALS = (
    "available_ore", "carried_over_ore", "earmarked_ore", "committed_ore",
    "direct_ore", "disbursed_ore", "withheld_ore",
)  # fmt: skip

TOGETHER = 5_000


def digest(funds: Iterable[tuple[Any, ...]]) -> str:
    """SHA-256, hexadecimal, over one JSON line a fund, [id, totals in the order of TOTALS], in the order of ids by
    code point."""
    hashed = sha256()
    for fund in funds:
        hashed.update(json.dumps(fund, separators=(",", ":")).encode() + b"\n")
    return hashed.hexdigest()


def read_digest(connection: Connection[Any]) -> str:
    """The digest of the balances as they stand for this connection's transaction, some thousand funds in memory at a
    time."""
    with connection.transaction(), connection.cursor(name="balances", binary=True) as cursor:
        cursor.itersize = TOGETHER
        query = f'SELECT id, {", ".join(TOTALS)} FROM grants.fund ORDER BY id COLLATE "C"'
        return digest(cursor.execute(query))
