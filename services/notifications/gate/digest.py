"""Everything the gate stands on as one short text, for signed checkpoints: the same rows, the same digest."""

from hashlib import sha256
from itertools import groupby
from typing import Any

from psycopg import Connection
from pydantic_core import to_json

TOGETHER = 5_000
TABLES = {
    "item": "item, position, encode(manifest_sha256, 'hex'), encode(letter_sha256, 'hex'), exempt_source,"
    " ended, ordered, released",
    "notice": "notice, ordered_position, policy_version, withdrawn, dispatch, dispatched_at::text, received_at::text",
    "notice_line": "notice, item, encode(manifest_sha256, 'hex')",
    "objection": "notice, objection, item, lifted_at::text",
    "waiver": "item, encode(manifest_sha256, 'hex'), encode(document_sha256, 'hex'), proposed_by,"
    " confirmed_by, position",
    "release": "item, position, encode(manifest_sha256, 'hex'), encode(letter_sha256, 'hex'), ground, basis,"
    " opens_at::text, released_at::text",
    "scheme_policy": "scheme_id, version, rule, source, valid_from::text, confirmed_at::text,"
    " encode(document_sha256, 'hex'), written_by::text, confirmed_by",
    "decision": "item, version, decided_at::text",
}


def read_digest(connection: Connection[Any]) -> str:
    """SHA-256, hexadecimal, over one JSON line a row, table by table, in the order of their first columns and then of
    the lines; instants as PostgreSQL writes them in UTC. As it stands for this connection's transaction, some thousand
    rows in memory at a time."""
    hashed = sha256()
    with connection.transaction():
        connection.execute("SET LOCAL TIME ZONE 'UTC'")
        for table, columns in TABLES.items():
            query = f'SELECT {columns} FROM notifications.{table} ORDER BY {columns.partition(",")[0]} COLLATE "C"'
            with connection.cursor(name=f"digest of {table}") as cursor:
                cursor.itersize = TOGETHER
                cursor.execute(query.encode())
                for _, alike in groupby(cursor, key=lambda row: row[0]):
                    # UTF-8 is in the order of its signs.
                    hashed.update(b"".join(line + b"\n" for line in sorted(to_json([table, *row]) for row in alike)))
    return hashed.hexdigest()
