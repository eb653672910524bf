"""Nothing is sent once a pause, a change or a deletion has been answered: a try that had begun and not yet been sent is
stopped, and counts as none of the schedule's. What waits at a deleted endpoint is cancelled."""

from alembic import op

from migrations.redefining import redefine

revision = "0021"
down_revision = "0020"

DELIVERED = "    IF became = 'delivered' THEN\n        UPDATE notifications.delivery SET state = 'delivered'"
STOPPED = """    IF became = 'stopped' THEN
        UPDATE notifications.delivery SET state = 'waiting', next_at = at, turns = turns - (NOT by_hand)::integer
            WHERE id = d.id AND attempt_id = which AND state = 'begun';
        RETURN;
    END IF;
"""
TAKEN = "WHERE id = d.id AND state IN ('waiting', 'begun');"
TAKEN_ALL_THE_SAME = """WHERE id = d.id AND (state IN ('waiting', 'begun') OR state = 'cancelled' AND kind = 'message'
                AND attempt_id = which);"""
RESUMED = "        WHEN 'endpoint.resumed.v1' THEN\n"
DELETED = """        WHEN 'endpoint.deleted.v1' THEN
            UPDATE notifications.delivery SET state = 'cancelled', settled_at = now_at
                WHERE endpoint_id = which AND state IN ('waiting', 'begun');
"""


def upgrade() -> None:
    op.execute("ALTER TABLE notifications.attempt_outcome DROP CONSTRAINT attempt_outcome_outcome_check")
    op.execute("""
        ALTER TABLE notifications.attempt_outcome ADD CONSTRAINT attempt_outcome_outcome_check
            CHECK (outcome IN ('delivered', 'failed', 'lost', 'stopped'))
    """)
    op.execute("DROP INDEX notifications.delivery_begun")
    op.execute("""
        CREATE INDEX delivery_begun ON notifications.delivery (endpoint_id) WHERE state IN ('begun', 'cancelled')
    """)
    op.execute("""
        UPDATE notifications.delivery d SET state = 'cancelled', settled_at = notifications.log_clock()
        FROM notifications.endpoint e
        WHERE e.id = d.endpoint_id AND e.deleted AND d.state IN ('waiting', 'begun')
    """)
    connection = op.get_bind()
    redefine(connection, "notifications.end_attempt", DELIVERED, STOPPED + DELIVERED)
    redefine(connection, "notifications.end_attempt", TAKEN, TAKEN_ALL_THE_SAME)
    redefine(connection, "notifications.tell_deliveries", RESUMED, DELETED + RESUMED)


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
