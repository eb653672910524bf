"""The day of each decision is held against when it was recorded. A log that holds facts says from where on."""

from alembic import op

from migrations.log import log_change

revision = "0055"
down_revision = "0054"


def upgrade() -> None:
    op.get_bind().exec_driver_sql(log_change("grants", "fourth_rules.sql"))


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
