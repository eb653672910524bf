"""What became of a command is answered when the standby has it too."""

from alembic import op

from migrations.log import log_change

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.get_bind().exec_driver_sql(log_change("grants", "log_recall.sql"))


def downgrade() -> None:
    raise NotImplementedError("what is answered must not be lost; restore a backup instead")
