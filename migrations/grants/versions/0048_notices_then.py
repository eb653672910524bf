"""The dashboard reads what grants has heard of the ministry's notices, so that a case's notice is told as it stood on
any day; and when a case of the list last changed, so that those that have not changed since need no folding."""

from alembic import op

revision = "0048"
down_revision = "0047"

READ = """
-- Ids of notices and cases, days, instants and numbers, without who acted.
CREATE VIEW grants.notice_heard WITH (security_barrier) AS
    SELECT position, stream, version, topic, data,
           '{"actor":"","command_id":"","correlation_id":""}'::bytea AS metadata, recorded_at
    FROM grants.event WHERE stream > 'notice-' AND stream < 'notice.';
REVOKE ALL ON grants.notice_heard FROM PUBLIC;
GRANT SELECT ON grants.notice_heard TO tilsagn_dashboard;
GRANT SELECT (changed_position, changed_at) ON grants_view.case_row TO tilsagn_dashboard;
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(READ.replace("%", "%%"))


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
