"""Commands are chained and sealed, and time in the log does not run away."""

from alembic import op

from migrations.log import log_change

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.get_bind().exec_driver_sql(log_change("notifications", "log_append.sql"))


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
