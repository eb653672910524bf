"""What is said to be from before this system is held against the log's own first day, whatever day the setting says
that the system began. A log that holds facts says from where on."""

from alembic import op

from migrations.log import log_change

revision = "0066"
down_revision = "0065"


def upgrade() -> None:
    op.get_bind().exec_driver_sql(log_change("grants", "seventh_rules.sql"))


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
