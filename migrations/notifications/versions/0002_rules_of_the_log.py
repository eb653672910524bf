"""A log that holds facts says from where on it is judged by the rules of this release."""

from alembic import op

from migrations.log import log_sql

revision = "0002"
down_revision = "0001"

LOCK = 7402021


def upgrade() -> None:
    op.get_bind().exec_driver_sql(log_sql("notifications", lock=LOCK, part="log_rules.sql").replace("%", "%%"))


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
