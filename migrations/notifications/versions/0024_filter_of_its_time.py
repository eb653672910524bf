"""A message is judged by the filter that its endpoint had when what it tells of happened, and not by one it was given
before a worker came to hand the message on: after an outage of an hour, that is an hour of messages.

Each message says where in the log it stands: at the fact it tells of, or at the log's end when it was put.
"""

from alembic import op

from migrations.redefining import redefine

revision = "0024"
down_revision = "0023"

TELLS = "PERFORM notifications.put_message((m ->> 'id')::uuid,"
TELLS_WHERE = "PERFORM notifications.put_message_at((m ->> 'position')::bigint, (m ->> 'id')::uuid,"
WANTS = """AND (m.type = ANY (e.types) OR '*' = ANY (e.types)) AND notifications.lets_through(e.wanted, m.subject)"""
WANTED = """AND CASE WHEN m.position < e.position THEN notifications.wanted_then(e.id, m.position, m.type, m.subject)
                ELSE (m.type = ANY (e.types) OR '*' = ANY (e.types)) AND notifications.lets_through(e.wanted, m.subject)
                END"""
WANTED_THEN = """
    CREATE FUNCTION notifications.wanted_then(which uuid, at bigint, kind text, about jsonb) RETURNS boolean
        LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
        SELECT coalesce((
            SELECT (s -> 'types' ? kind OR s -> 'types' ? '*') AND notifications.lets_through(s -> 'wanted', about)
            FROM (
                SELECT convert_from(f.data, 'UTF8')::jsonb -> 'subscription' AS s FROM notifications.event f
                WHERE f.stream = 'endpoint-' || which AND f.position <= at
                  AND f.topic IN ('endpoint.registered.v1', 'endpoint.changed.v1')
                ORDER BY f.version DESC LIMIT 1
            ) stood
            WHERE EXISTS (
                SELECT FROM notifications.event f
                WHERE f.stream = 'endpoint-' || which AND f.position <= at AND f.topic = 'endpoint.consented.v1')
        ), false)
    $$
"""
PUT_AT = """
    CREATE FUNCTION notifications.put_message_at(
        at bigint, which uuid, kind text, happened_at timestamptz, about jsonb, content jsonb, valid_until timestamptz
    ) RETURNS boolean LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        INSERT INTO notifications.message (id, type, occurred_at, put_at, expires_at, subject, data, position)
        VALUES (which, kind, happened_at, notifications.log_clock(), valid_until, about, content, at)
        ON CONFLICT (id) DO NOTHING;
        IF NOT FOUND THEN RETURN false; END IF;
        INSERT INTO notifications.message_waiting (nth, id)
        VALUES (floor(extract(epoch FROM clock_timestamp()) * 1000000)::bigint, which);
        RETURN true;
    END $$
"""
PUT = """
    CREATE OR REPLACE FUNCTION notifications.put_message(
        which uuid, kind text, happened_at timestamptz, about jsonb, content jsonb, valid_until timestamptz
    ) RETURNS boolean LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        SELECT notifications.put_message_at((SELECT coalesce(max(e.position), 0) FROM notifications.event e),
            which, kind, happened_at, about, content, valid_until)
    $$
"""


def upgrade() -> None:
    op.execute("ALTER TABLE notifications.message ADD COLUMN position bigint")  # unknown of what was put before
    for function in (WANTED_THEN, PUT_AT, PUT):
        op.execute(function)
    op.execute("REVOKE ALL ON FUNCTION notifications.wanted_then, notifications.put_message_at FROM PUBLIC")
    connection = op.get_bind()
    redefine(connection, "notifications.tell_messages", TELLS, TELLS_WHERE)
    redefine(connection, "notifications.hand_on_messages", WANTS, WANTED)


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
