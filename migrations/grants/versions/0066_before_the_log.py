"""What is said to be from before this system is held against the log's own first day, whatever day the setting says
that the system began. A log that holds facts says from where on."""

from alembic import op

from migrations.log import rules_of_grants

revision = "0066"
down_revision = "0065"


def upgrade() -> None:
    op.get_bind().exec_driver_sql(rules_of_grants(7))


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
