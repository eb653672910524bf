"""What grants lost and decided anew has the version it had: a case's next version is the same, and so is a scheme's
next policy. It was refused as a duplicate and passed over, and what was lost went on deciding. Both stand now; of two
policies of one version the one that was confirmed last governs."""

from alembic import op

from migrations.redefining import redefine

revision = "0037"
down_revision = "0036"

WIDER = (
    "ALTER TABLE notifications.decision DROP CONSTRAINT decision_pkey",
    "CREATE INDEX decision_of_item ON notifications.decision (item, version)",
    "ALTER TABLE notifications.scheme_policy DROP CONSTRAINT scheme_policy_pkey",
    "CREATE INDEX policy_of_scheme ON notifications.scheme_policy (scheme_id, version)",
)


def upgrade() -> None:
    connection = op.get_bind()
    for statement in WIDER:
        connection.exec_driver_sql(statement)
    redefine(
        connection,
        "notifications.policy_at",
        "ORDER BY s.version DESC LIMIT 1",
        "ORDER BY s.version DESC, s.confirmed_at DESC LIMIT 1",
    )


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
