"""An append asks the database less: the log of any service.

What an ordinary batch does not need (the version before a stream's first, the row of a command just written) it no
longer looks up. What is recorded, refused and answered is as it was.
"""

from sqlalchemy import Connection

from migrations.redefining import redefine

LAST_EVENT = """SELECT e.position, e.hash, e.recorded_at INTO head, head_hash, head_at
        FROM {schema}.event e ORDER BY e.position DESC LIMIT 1;
    IF NOT FOUND THEN
"""
BOTH_LAST = """SELECT e.position, e.hash, e.recorded_at, k.nth, k.hash INTO head, head_hash, head_at, nth, nth_hash
    FROM (SELECT) AS always
    LEFT JOIN (SELECT e.position, e.hash, e.recorded_at FROM {schema}.event e
               ORDER BY e.position DESC LIMIT 1) AS e ON true
    LEFT JOIN (SELECT k.nth, k.hash FROM {schema}.command k
               WHERE k.nth IS NOT NULL ORDER BY k.nth DESC LIMIT 1) AS k ON true;
    IF head IS NULL THEN
"""
LAST_COMMAND = """    SELECT k.nth, k.hash INTO nth, nth_hash FROM {schema}.command k \
WHERE k.nth IS NOT NULL ORDER BY k.nth DESC LIMIT 1;
    IF NOT FOUND THEN
"""
ANSWERED = """k.id, k.first_position, k.last_position, k.recorded_at, k.request_hash, k.answer,
                       NULL::text, NULL::jsonb
                FROM unnest(ids) WITH ORDINALITY AS c (id, nth) JOIN {schema}.command k ON k.id = c.id ORDER BY c.nth;
"""
KNOWN = """c.id, CASE WHEN c.n > 0 THEN c.upto - c.n + 1 END, CASE WHEN c.n > 0 THEN c.upto END,
                       now_at, c.request_hash, c.answer, NULL::text, NULL::jsonb
                FROM (SELECT g.*, heads.head + sum(g.n) OVER (ORDER BY g.nth) AS upto
                      FROM unnest(ids, event_counts, request_hashes, answers)
                           WITH ORDINALITY AS g (id, n, request_hash, answer, nth)) AS c ORDER BY c.nth;
"""


def shorten_append(connection: Connection, schema: str) -> None:
    """Lays the log's functions of that schema anew where they asked for what they knew."""

    def change(function: str, was: str, becomes: str) -> None:
        redefine(connection, f"{schema}.{function}", was.format(schema=schema), becomes.format(schema=schema))

    change("read_heads", LAST_EVENT, BOTH_LAST)
    change("read_heads", LAST_COMMAND, "    IF nth IS NULL THEN\n")
    change("append", ANSWERED, KNOWN)
    # The table's lock itself: a call of a function with settings of its own costs more than what it does.
    turn = "LOCK TABLE ONLY {schema}.log_turn IN SHARE ROW EXCLUSIVE MODE;"
    change("append", "PERFORM {schema}.take_turn();", turn)
    declared = "    later   boolean := false;  -- whether any event has one before it in its stream\n"
    change("record", "BEGIN\n", declared + "BEGIN\n")
    change(
        "record",
        "        head := head + 1;\n",
        "        head := head + 1;\n        later := later OR versions[i] > 1;\n",
    )
    change("record", "    IF EXISTS (SELECT FROM unnest(streams", "    IF later AND EXISTS (SELECT FROM unnest(streams")
