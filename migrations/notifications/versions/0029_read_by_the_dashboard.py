"""What the dashboard may read of receivers outside: where they are and how they stand, and no secret of theirs."""

from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.get_bind().exec_driver_sql("""
        GRANT USAGE ON SCHEMA notifications TO tilsagn_dashboard;
        GRANT SELECT (id, url, consented, paused, disabled, deleted) ON notifications.endpoint TO tilsagn_dashboard;
        GRANT SELECT (endpoint_id, last, committed, failing_since) ON notifications.endpoint_count TO tilsagn_dashboard;
        GRANT SELECT (endpoint_id, state, kind, next_at) ON notifications.delivery TO tilsagn_dashboard;
    """)


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
