"""The notifications service's tables, large: a small year that was lived through by both services, and its rows so many
times over.

Each copy has ids and places of its own, and is otherwise what was recorded: letters held, let out, sent and objected
to, notices, deadlines, messages and deliveries of one endpoint. Nothing is chained anew, for what is asked is how many
rows a statement reads, and not whether they hold.
"""

from collections.abc import Mapping
from typing import Any

import psycopg

COPIES = 400
STAY = {
    "notifications.alembic_version", "notifications.policy", "notifications.scheme_policy", "notifications.endpoint",
    "notifications.endpoint_secret", "notifications.endpoint_count", "notifications.letter_file",
    "notifications.message_turn", "notifications.message_place", "notifications.message_waiting",
    "notifications_view.edition", "notifications_view.parked",
}  # fmt: skip
"""Tables that are not copied: of a few rows, however many letters there are, or the queue of what is not handed on."""
TOLD_OUTSIDE = tuple(
    f"notifications.{name}" for name in ("message", "message_number", "delivery", "attempt", "attempt_outcome")
)
OUTSIDE = (
    "INSERT INTO notifications.message (id, type, occurred_at, put_at, subject, data)"
    " SELECT gen_random_uuid(), 'letter.left', e.recorded_at, e.recorded_at,"
    " jsonb_build_object('case_id', gen_random_uuid(), 'n', e.position), '{}'"
    " FROM notifications.event e WHERE e.stream ^@ 'letter-' ORDER BY e.position LIMIT 4000",
    "INSERT INTO notifications.message_number (number, id, hash)"
    " SELECT row_number() OVER (ORDER BY m.put_at, m.id), m.id, sha256(m.id::text::bytea) FROM notifications.message m",
    "UPDATE notifications.message_turn SET told = (SELECT max(number) FROM notifications.message_number)",
    "INSERT INTO notifications.delivery (endpoint_id, kind, sequence, message_id, state, tries, next_at, made_at,"
    " settled_at) SELECT e.id, 'message', n.number, n.id,"
    " CASE WHEN n.number > 3900 THEN 'waiting' WHEN n.number % 20 = 0 THEN 'failed' ELSE 'delivered' END, 1,"
    " '2099-01-01', '2020-03-20', CASE WHEN n.number <= 3900 THEN '2020-03-21'::timestamptz END"
    " FROM notifications.message_number n, (SELECT min(id::text)::uuid AS id FROM notifications.endpoint) AS e",
    "UPDATE notifications.endpoint_count SET last = 4000, committed = 4000",
    "INSERT INTO notifications.attempt (id, delivery_id, number, begun_at, worker)"
    " SELECT gen_random_uuid(), d.id, t, '2020-03-20', 'w' FROM notifications.delivery d, generate_series(1, 2) AS t",
    "INSERT INTO notifications.attempt_outcome (attempt_id, ended_at, outcome, status)"
    " SELECT a.id, '2020-03-20', CASE a.number WHEN 1 THEN 'failed' ELSE 'delivered' END, 200"
    " FROM notifications.attempt a",
)
"""What one endpoint has been told of the letters: four thousand messages, delivered, given up or still to come."""
PLACES = {
    "position", "first_position", "last_position", "ordered_position", "changed_position", "begun_at", "nth", "number",
}  # fmt: skip
"""Whole numbers of 64 bits that say where in the log, or in another order, a row stands."""
OF_THE_ENDPOINT = ("endpoint_id",)
COLUMNS = """
    SELECT c.oid::regclass::text, array_agg(ARRAY[a.attname::text, format_type(a.atttypid, NULL)] ORDER BY a.attnum)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE n.nspname IN ('notifications', 'notifications_view') AND c.relkind = 'r' AND a.attnum > 0
      AND NOT a.attisdropped AND a.attgenerated = '' GROUP BY c.oid
"""
IDS = "regexp_replace({}, '[0-9a-f]{{8}}(-[0-9a-f]{{4}}-[0-9a-f]{{4}}-)', lpad(to_hex(k), 8, '0') || '\\1', 'g')"


def enlarge(admin_dsn: str, copies: int = COPIES) -> Mapping[str, int]:
    """So many copies of every row beside what stands, and statistics by hand. How many rows each table then has."""
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        tables = [each for each in connection.execute(COLUMNS).fetchall() if each[0] not in STAY]
        [(far,)] = connection.execute(
            "SELECT 1000 + greatest((SELECT max(position) FROM notifications.event),"
            " (SELECT max(nth) FROM notifications.command))"
        ).fetchall()
        counts = {}
        for table, columns in tables:
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
            names = ", ".join(name for name, _ in columns)
            made = ", ".join(_made(name, kind, far) for name, kind in columns)
            connection.execute(
                f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE SELECT {made}"
                f" FROM {table} r, generate_series(1, {copies}) AS k ON CONFLICT DO NOTHING".encode()
            )
            connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER".encode())
            counts[table] = _count(connection, table)
        for statement in OUTSIDE:
            connection.execute(statement.encode())
        counts |= {table: _count(connection, table) for table in TOLD_OUTSIDE}
        connection.execute("VACUUM ANALYZE")
    return counts


def _made(name: str, kind: str, far: int) -> str:
    """What a copy has in this column."""
    column = f"r.{name}"
    if kind == "bigint" and name in PLACES:
        return f"{column} + k * {far}"
    if name in ("case_numbers", "item_numbers"):
        return f"regexp_replace({column}::text, '([0-9]{{4}}/)([0-9]+)', '\\1' || k || '0\\2', 'g')::{kind}"
    if name == "key" and kind == "text":
        return f"{column} || '-' || k"
    if name in ("data", "metadata") and kind == "bytea":
        ids = IDS.format(f"convert_from({column}, 'UTF8')")
        return f"convert_to({ids}, 'UTF8')"
    if kind in ("text", "uuid", "jsonb", "text[]", "uuid[]") and name not in OF_THE_ENDPOINT:
        return f"{IDS.format(f'{column}::text')}::{kind}"
    return column


def _count(connection: psycopg.Connection[Any], table: str) -> int:
    [(count,)] = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchall()
    return int(count)
