"""A log that holds facts says from where on it is judged by the third rules, and that the second held before."""

from alembic import op

from migrations.log import log_change

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.get_bind().exec_driver_sql(log_change("grants", "rules_replaced.sql"))


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
