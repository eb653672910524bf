"""A try by hand is an attempt beside the schedule: it uses up none of the schedule's tries, and the one that waited is
made at its time all the same."""

from alembic import op

from migrations.redefining import redefine

revision = "0020"
down_revision = "0019"

BEGUN = "told.tries := d.tries + 1; told.challenge"
BEGUN_IN_TURN = "told.tries := d.tries + 1; told.turns := d.turns + (NOT d.by_hand)::integer; told.challenge"
KNOWN = "told.now_at := at;"
KNOWN_WHEN = "told.now_at := at; told.by_hand := d.by_hand; told.turn_at := d.turn_at;"
ATTEMPT = """(id, delivery_id, number, begun_at, worker)
            VALUES (told.attempt_id, d.id, told.tries, at, who);"""
ATTEMPT_BY_HAND = """(id, delivery_id, number, begun_at, worker, by_hand)
            VALUES (told.attempt_id, d.id, told.tries, at, who, d.by_hand);"""
TRIED = "state = 'begun', tries = told.tries, next_at = at + lease,"
TRIED_IN_TURN = (
    TRIED + "\n                turns = told.turns, hand_at = CASE WHEN d.by_hand THEN at ELSE d.hand_at END,"
)
DELIVERED = "SET state = 'delivered', settled_at = at"
FAILED = "SET state = 'failed', settled_at = at WHERE"
WAITS = "SET state = 'waiting', next_at = at + again_in WHERE"
OVER = ", by_hand = false, turn_at = NULL"
AGAIN = """UPDATE notifications.delivery d SET state = 'waiting', next_at = at, settled_at = NULL
        WHERE d.id"""
AGAIN_BY_HAND = """UPDATE notifications.delivery d SET state = 'waiting', settled_at = NULL,
            by_hand = d.by_hand OR d.state <> 'waiting' OR d.next_at > at,
            turn_at = CASE WHEN d.by_hand THEN d.turn_at WHEN d.state = 'waiting' AND d.next_at > at THEN d.next_at END,
            next_at = CASE WHEN d.state = 'waiting' AND (d.by_hand OR d.next_at <= at) THEN d.next_at
                ELSE greatest(at, d.hand_at + notifications.between_hands()) END
        WHERE d.id"""


def upgrade() -> None:
    op.execute("""
        ALTER TABLE notifications.delivery
            ADD COLUMN turns   integer     NOT NULL DEFAULT 0,     -- tries of the schedule's own
            ADD COLUMN by_hand boolean     NOT NULL DEFAULT false, -- somebody asked for the next try, or the one begun
            ADD COLUMN turn_at timestamptz,                        -- when the schedule's own next try was to be made
            ADD COLUMN hand_at timestamptz                         -- when one by hand last began
    """)
    op.execute("UPDATE notifications.delivery SET turns = tries")
    op.execute("ALTER TABLE notifications.attempt ADD COLUMN by_hand boolean NOT NULL DEFAULT false")
    for member in ("turns integer", "by_hand boolean", "turn_at timestamptz"):
        op.execute(f"ALTER TYPE notifications.claimed ADD ATTRIBUTE {member}")
    op.execute("""
        CREATE FUNCTION notifications.between_hands() RETURNS interval LANGUAGE sql IMMUTABLE
            SET search_path = pg_catalog, pg_temp AS $$ SELECT interval '5 seconds' $$
    """)
    op.execute("REVOKE ALL ON FUNCTION notifications.between_hands FROM PUBLIC")
    connection = op.get_bind()
    redefine(connection, "notifications.begin_deliveries", BEGUN, BEGUN_IN_TURN)
    redefine(connection, "notifications.begin_deliveries", KNOWN, KNOWN_WHEN)
    redefine(connection, "notifications.begin_deliveries", ATTEMPT, ATTEMPT_BY_HAND)
    redefine(connection, "notifications.begin_deliveries", TRIED, TRIED_IN_TURN)
    redefine(connection, "notifications.end_attempt", DELIVERED, DELIVERED + OVER)
    redefine(connection, "notifications.end_attempt", FAILED, FAILED.replace(" WHERE", OVER + " WHERE"))
    redefine(connection, "notifications.end_attempt", WAITS, WAITS.replace(" WHERE", OVER + " WHERE"))
    redefine(connection, "notifications.resend_deliveries", AGAIN, AGAIN_BY_HAND)


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
