"""Texts that differ by a sign drawn as nothing are the same; the months that are taken are found by it again."""

from alembic import op

from migrations.blank_signs import leave_out_blank_signs

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    connection = op.get_bind()
    leave_out_blank_signs(connection, "grants")
    connection.exec_driver_sql("REINDEX INDEX grants.month_taken_as_read")


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
