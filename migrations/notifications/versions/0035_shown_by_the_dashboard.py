"""What the dashboard may read of deadlines, of letters that have left, and of what receivers outside were told: when,
how it went, and no content."""

from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    op.get_bind().exec_driver_sql("""
        GRANT USAGE ON SCHEMA notifications_view TO tilsagn_dashboard;
        GRANT SELECT ON notifications_view.deadline TO tilsagn_dashboard;
        GRANT SELECT (projection, edition, state, position) ON notifications_view.edition TO tilsagn_dashboard;
        GRANT SELECT (item, manifest_sha256, ended, released, opens_at, stale_at)
            ON notifications.item TO tilsagn_dashboard;
        GRANT SELECT (notice, ordered_position, withdrawn, received_at) ON notifications.notice TO tilsagn_dashboard;
        GRANT SELECT (notice, item, manifest_sha256) ON notifications.notice_line TO tilsagn_dashboard;
        GRANT SELECT (item, position, ground, released_at, opens_at, letter_sha256)
            ON notifications.release TO tilsagn_dashboard;
        GRANT SELECT (types, ordered, rate_per_second) ON notifications.endpoint TO tilsagn_dashboard;
        GRANT SELECT (id, sequence, message_id, tries, expires_at, made_at, settled_at)
            ON notifications.delivery TO tilsagn_dashboard;
        GRANT SELECT (id, type) ON notifications.message TO tilsagn_dashboard;
        GRANT SELECT (id, delivery_id, number, begun_at, by_hand) ON notifications.attempt TO tilsagn_dashboard;
        GRANT SELECT (attempt_id, ended_at, outcome, status, problem, took_ms)
            ON notifications.attempt_outcome TO tilsagn_dashboard;
        GRANT EXECUTE ON FUNCTION notifications.log_clock TO tilsagn_dashboard;
    """)


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
